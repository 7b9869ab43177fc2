"""A session in a notation: what is asked, said and typed has its letters; what is kept the program's own."""

from pathlib import Path
from typing import Any

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.language import CANONICAL, NOTATIONS
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.known_quantities import known
from backprop_tutor.render.screens.session_plain import SessionPlain
from backprop_tutor.render.screens.session_texts import question_text, solved_rows
from backprop_tutor.tutor import Hints, Session, SessionMarker, State, Steps, questions_of
from backprop_tutor.tutor.session_keeper import Keeper
from backprop_tutor.tutor.store import Store
from backprop_tutor.walkthrough import lettering_of

FOUR = """
title: Four examples
network:
  layers:
    - {activation: linear, weights: [[1, 2], [3, -1]], bias: [1, 0]}
    - {activation: linear, weights: [[1, 1]]}
data:
  - {x: [1, 0], t: [1]}
  - {x: [0, 1], t: [0]}
  - {x: [1, 1], t: [2]}
  - {x: [2, 1], t: [1]}
loss: half_mse
ask: [{quantity: net1, by: whole}, {quantity: dJ/dW1, by: whole}]
"""


class Sitting:
    """A session and all that belongs to it."""

    def __init__(self, exercise: Any, notation: str) -> None:
        self.solution = solve(exercise)
        letters = lettering_of(exercise, notation) if notation else CANONICAL
        self.questions = questions_of(self.solution)
        self.steps = Steps(self.solution, style_for(notation=letters), self.questions, lettering=letters)
        self.marking = SessionMarker(self.solution, self.questions, letters, letters.styled())
        self.session = Session(
            "e", "E", self.questions, self.marking, Hints(self.steps), kept=self.marking.kept
        )
        self.state: State = self.session.start()[0]

    def type(self, text: str) -> str:
        """What the plain painter says of an answer."""
        self.state, happened = self.session.handle(self.state, text)
        painter = SessionPlain(self.steps, self.session)
        return "\n".join(line for event in happened for line in painter.rows(event, self.state))


def test_everything_on_the_way_has_the_letters() -> None:
    sitting = Sitting(load("exercise1"), "nielsen")
    opened = "\n".join(SessionPlain(sitting.steps, sitting.session)._opened(sitting.session.start()[1][0]))  # type: ignore[arg-type]
    assert "graph: x → z¹ → a¹ → z² → a² → C" in opened
    assert "given: w² = [[1, 2]]" in opened
    assert "given: y = 2" in opened
    assert "They come from x and w¹." in sitting.type("hint")
    said = sitting.type("w1[1,1]*x[1] + w¹[1,2]·x[2]")
    assert "(read as w¹[1,1]·x[1] + w¹[1,2]·x[2]): correct." in said
    assert "needed for a¹, ∂C/∂z¹" in said
    said = sitting.type("z1[1]")
    assert "z¹[2]" in said
    assert "net" not in said
    assert "a¹[1] = max(0, z¹[1])" in sitting.type("skip") + sitting.type("why")
    for question in sitting.questions:
        texts = [question_text(question, sitting.steps), *sitting.session.hints(question)]
        texts += [text for _, text in solved_rows(question, sitting.steps)]
        assert not any(name in " ".join(texts) for name in ("net", "h1", "∂J", "W2", "J "))
    shown = known(sitting.steps, tuple(sitting.questions), sitting.state, everything=True)
    assert [item.name for item in shown] == ["x", "y", "w¹", "w²", "η", "z¹"]


@pytest.mark.parametrize(
    ("notation", "answers"),
    [
        ("", ["W1[1,1]*x[1] + W1[1,2]*x[2]", "-1", "max(0, net1[1])", "0", "net2[1]"]),
        ("nielsen", ["w1[1,1]*x[1] + w1[1,2]*x[2]", "-1", "max(0, z1[1])", "0", "z2[1]"]),
        ("nielsen", ["W1[1,1]*x[1] + W1[1,2]*x[2]", "-1", "max(0, net1[1])", "0", "net2[1]"]),
        ("bishop", ["w1[1,1]*x[1] + w1[1,2]*x[2]", "-1", "max(0, a1[1])", "0", "a2[1]"]),
        ("pytorch", ["W1[1,1]*X[1] + W1[1,2]*X[2]", "-1", "max(0, z1[1])", "0", "z2[1]"]),
    ],
)
def test_typed_answers_have_the_names_of_the_notation_or_the_programs(
    notation: str, answers: list[str]
) -> None:
    sitting = Sitting(load("exercise1"), notation)
    for text in answers:
        sitting.type(text)
    assert [record.tries[-1].verdict for record in sitting.state.records[:5]] == ["correct"] * 5
    assert sitting.state.records[2].answer == "max(0, net1[1])"


@pytest.mark.parametrize("notation", [name for name, found in NOTATIONS.items() if not found.rows])
def test_whole_arrays_have_examples_as_columns(notation: str) -> None:
    sitting = Sitting(loads(FOUR), notation)
    letters = lettering_of(sitting.solution.exercise, notation)
    steps = sitting.steps
    net, weights, bias, gradient = (steps.quantity(name) for name in ("net1", "W1", "b1", "dJ/dnet1"))
    assert "All 2×4 at once, one column an example, as in" in question_text(sitting.questions[0], steps)
    assert "This is transposed" in sitting.type("[2, 3; 3, -1; 4, 2; 5, 5]")
    assert "correct" in sitting.type("[2, 3, 4, 5; 3, -1, 2, 5]")
    assert "correct" in sitting.type(f"{gradient} @ x.T")
    assert [record.answer for record in sitting.state.records] == [
        "[[2, 3], [3, -1], [4, 2], [5, 5]]",
        "(∂J/∂net1)ᵀ @ x",
    ]
    again = Sitting(loads(FOUR), notation)
    assert "correct" in again.type(f"{weights} @ x + {bias}")
    assert again.state.records[0].answer == "x @ W1ᵀ + b1"
    assert again.steps.answer(again.questions[0], "x @ W1ᵀ + b1") == f"{weights} @ x + {bias}"
    rows = dict(solved_rows(sitting.questions[0], steps))
    assert rows["value"] == f"{net} = [[2, 3, 4, 5], [3, -1, 2, 5]]"
    assert letters.by_columns


def test_progress_goes_on_in_another_notation(tmp_path: Path) -> None:
    exercise = load("exercise1")
    first = Sitting(exercise, "nielsen")
    keeper = Keeper(Store(tmp_path), exercise)
    for text in ("1", "z1[1] - 3", "skip", "a2 + z1[2]"):
        first.type(text)
        keeper.save(first.questions, first.state)
    saved = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.json"))
    assert '"net1[1] - 3"' in saved
    assert "h1" not in first.questions[0].target
    second = Sitting(exercise, "bishop")
    former = Keeper(Store(tmp_path), exercise).former(second.questions)
    assert former is not None
    second.state = keeper.take_over(former, second.questions)
    assert second.steps.answer(second.questions[1], "net1[1] - 3") == "a¹[1] - 3"
    assert "z¹[1] = 1: correct." in second.type("-1") + second.type("1")
