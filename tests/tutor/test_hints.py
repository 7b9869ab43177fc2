"""Questions, their factors, and the ladder of hints, over every shipped exercise."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language.expr import Array, Call, Expr, Num
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.session_texts import question_text, solved_rows
from backprop_tutor.render.subjects.why import why_blocks
from backprop_tutor.tutor.hints import Hints, with_a_gap
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question, questions_of
from backprop_tutor.tutor.session_marker import SessionMarker
from backprop_tutor.walkthrough import Solution

NO_HISTORY: Mapping[str, str] = {}


def setup(name: str, *selection: str, factors: bool = False) -> tuple[Solution, list[Question], Steps]:
    solution = solve(load(name))
    questions = questions_of(solution, selection, factors=factors)
    return solution, questions, Steps(solution, style_for("utf-8"), questions)


def ladder(name: str, target: str) -> list[str]:
    _, questions, steps = setup(name)
    return Hints(steps)(next(q for q in questions if q.target == target))


def test_the_ladder_of_a_forward_step() -> None:
    assert ladder("exercise1", "net1[2]") == [
        "Which arrows lead to net1? They come from x and W1. What is done with what arrives?",
        "Weighted sum (net): net1[2] = W1[2,1]·x[1] + W1[2,2]·x[2]",
        "net1[2] = ?·1 + 1·0",
        "net1[2] = -1",
    ]


def test_the_ladder_of_a_backward_step_asks_twice_before_it_tells() -> None:
    rungs = ladder("exercise2", "dJ/dh1[2]")
    assert rungs[0] == "Which arrows leave h1, and where do they lead?"
    assert rungs[1].startswith("Upstream times local: what is upstream")
    assert "∂J/∂net2[1]·W2[1,2]" in rungs[2]
    assert rungs[3:] == ["∂J/∂h1[2] = ?·2", "∂J/∂h1[2] = -2"]


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_blanked_does_not_stand_in_the_same_line(name: str) -> None:
    _, questions, steps = setup(name)
    for question in questions[:40]:
        side = steps.sides(question)
        if side.numbers is not None:
            gap = with_a_gap(side.numbers, side.formula)
            assert len(values(side.numbers) - values(gap)) <= 1
            if not isinstance(gap, Num) and values(side.numbers):
                assert "?" in steps.text(gap)
                assert values(gap) != values(side.numbers), "no number like it is left in the line"


def values(expr: Expr) -> set[Fraction]:
    """The numbers in a formula, but for exponents and axes."""
    match expr:
        case Num(value):
            return {value}
        case Call("pow", (base, _)):
            return values(base)
        case Call(_, parts) | Array(parts):
            return set().union(*map(values, parts))
    return set()


def test_numbers_are_those_of_one_element_and_of_what_lies_on_the_way() -> None:
    assert ladder("rnn-three-steps", "h<1>")[2] == (
        "h⟨1⟩[1] = tanh(?), where net⟨1⟩[1] = 0.5·2 + 0.5·0.5 + (-0.25·(-0.5)) + 0.25"
    )
    assert ladder("conv-2d-max-pool", "net")[2] == "net[1,1] = 1·(-1) + 0·(-1) + (-1·3) + ?·3 + (-1)"
    assert "axis" not in "".join(ladder("softmax-batch", "z"))


@pytest.mark.parametrize("name", ["fan-out", "rnn-three-steps", "exercise2"])
def test_why_says_something_new_each_time(name: str) -> None:
    _, questions, steps = setup(name)
    for question in questions:
        said = [
            "\n".join(list(PlainPainter(steps.style).paint(why_blocks(question, steps, level)))[1:])
            for level in range(1, 1 + len(steps.forms(question)))
        ]
        assert len(set(said)) == len(said)
        assert len(said) == (3 if question.phase == "backward" else 1 if question.size == 1 else 2)


def test_a_step_that_passes_a_number_on_is_followed_back() -> None:
    rungs = ladder("exercise1", "z[1]")
    assert rungs[1].endswith("z[1] = net2[1], where net2[1] = W2[1,1]·h1[1] + W2[1,2]·h1[2]")
    assert rungs[2] == "net2[1] = 1·1 + 2·?"


def test_an_exercises_own_hint_comes_after_the_rule() -> None:
    rungs = ladder("exercise2", "dJ/dnet1[1]")
    assert rungs[1].startswith("The derivative of ReLU is 1 where net is positive")
    assert len(rungs) == 6


def test_an_own_hint_is_found_under_any_name_of_its_quantity() -> None:
    text = """
title: One example
network: {layers: [{activation: relu, weights: [[1, 0], [-1, 1]]}, {activation: linear, weights: [[1, 2]]}]}
data: [{x: [1, 0], t: [2]}]
loss: half_mse
ask: [h1, delta1]
hints: {delta1: A slope., 'h1(1)[2]': Cut it off.}
"""
    solution = solve(loads(text))
    questions = questions_of(solution)
    hints = Hints(Steps(solution, style_for("utf-8"), questions))
    own = {q.target: hints(q)[1] for q in questions if len(hints(q)) == (5 if q.phase == "forward" else 6)}
    assert own == {"h1[2]": "Cut it off.", "dJ/dnet1[1]": "A slope.", "dJ/dnet1[2]": "A slope."}


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("factors", [False, True])
def test_every_question_has_a_ladder_and_only_the_last_rung_is_the_answer(name: str, factors: bool) -> None:
    solution, questions, steps = setup(name, "all", factors=factors)
    hints = Hints(steps)
    for question in questions[:: 1 + len(questions) // 60]:
        rungs = hints(question)
        own = len(solution.exercise.hints.get(question.quantity, ())) if question.part == "value" else 0
        assert len(rungs) in (4 + own, 5 + own)
        assert all(rungs)
        value = steps.sides(question).value
        assert rungs[-1].endswith(f" = {value}")
        assert not any(rung == rungs[-1] for rung in rungs[:-1])
        assert question_text(question, steps).count("?") == 1
        assert [label for label, _ in solved_rows(question, steps)].count("value") == 1
        for level in range(1, 1 + len(steps.forms(question))):
            lines = PlainPainter(steps.style).paint(why_blocks(question, steps, level))
            assert not any(line.endswith(f" = {value}") for line in lines if "/" not in value) or (
                steps.sides(question).formula is not None
            )


@pytest.mark.parametrize("name", shipped_names())
def test_the_answer_of_every_question_is_marked_right(name: str) -> None:
    solution, questions, steps = setup(name, "all", factors=True)
    marking = SessionMarker(solution, questions)
    for question in questions:
        if question.place is None:
            continue  # a long array's answer is shortened where it is shown
        side = steps.sides(question)
        verdict = marking(question, side.value, NO_HISTORY)
        assert verdict.verdict == "correct" or "rounded too early" in verdict.message, question.target


def test_whole_arrays_are_marked_whole() -> None:
    solution, questions, _ = setup("softmax-batch", "dJ/dW1", "z")
    marking = SessionMarker(solution, questions)
    whole = [question for question in questions if question.place is None]
    assert whole
    for question in whole:
        text = str(np.asarray(solution.value(question.quantity)).tolist())
        assert marking(question, text, NO_HISTORY).verdict == "correct"


def factor_names(name: str, quantity: str) -> list[tuple[str, str]]:
    _, questions, steps = setup(name, quantity, factors=True)
    return [(question.part, question_text(question, steps)) for question in questions]


def test_the_factors_of_one_path() -> None:
    assert factor_names("exercise1", "dJ/dW2[1,2]") == [
        ("upstream", "Upstream gradient: what is ∂J/∂net2[1]?"),
        ("local", "Local derivative: what is ∂net2[1]/∂W2[1,2]?"),
        ("value", "What is ∂J/∂W2[1,2]?"),
    ]


def test_the_factors_of_two_paths_and_their_products() -> None:
    assert [part for part, _ in factor_names("fan-out", "df/da")] == [
        "upstream", "local", "product", "upstream", "local", "product", "value",
    ]  # fmt: skip


def test_an_upstream_gradient_is_asked_as_a_factor_once() -> None:
    parts = [part for part, _ in factor_names("exercise1", "dJ/dW2")]
    assert parts.count("upstream") == 1
    assert parts.count("local") == 2


def test_a_gradient_without_factors_is_asked_alone() -> None:
    assert [part for part, _ in factor_names("exercise1", "dJ/dz")] == ["value"]
    assert [part for part, _ in factor_names("exercise1", "net1")] == ["value", "value"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2", "correct"),
        ("x", "correct"),
        ("3", "wrong"),
        ("1/0", "invalid"),
        ("[1, 2]", "invalid"),
        ("(", "invalid"),
    ],
)
def test_a_local_derivative_is_marked_by_its_value(text: str, verdict: str) -> None:
    solution, questions, _ = setup("fan-out", "df/da", factors=True)
    local = next(question for question in questions if question.part == "local")
    assert SessionMarker(solution, questions)(local, text, NO_HISTORY).verdict == verdict


def test_a_saved_history_is_read_again() -> None:
    solution, questions, _ = setup("exercise1")
    marking = SessionMarker(solution, questions)  # new, as after a resume
    question = next(q for q in questions if q.target == "h1[2]")
    assert marking(question, "3", {"net1[2]": "3"}).verdict == "follow-through"


def test_what_is_given_cannot_be_asked() -> None:
    with pytest.raises(UsageError, match="given"):
        setup("exercise1", "x")
    with pytest.raises(UsageError):
        setup("exercise1", "nothing")


def test_a_long_array_is_shown_by_its_first_elements() -> None:
    row = [1] * 30
    text = (
        f"title: t\nnetwork:\n  layers:\n    - {{activation: linear, weights: [{row}]}}\n"
        f"data:\n  - {{x: {row}, t: [1]}}\nloss: mse\nask: [{{quantity: dJ/dW1, by: whole}}]\n"
    )
    solution = solve(loads(text))
    questions = questions_of(solution)
    steps = Steps(solution, style_for("utf-8"), questions)
    rungs = Hints(steps)(questions[0])
    assert rungs[-1].endswith("…")
    assert "so ∂J/∂W1[1,1] = ∂J/∂net1[1]·x[1]" in rungs[2]


def test_data_that_a_sheet_has_copied_are_no_question() -> None:
    text = """
title: One unit
network: {layers: [{activation: linear, weights: [[1, 2]]}]}
data: [{x: [1, 0], t: [2]}]
loss: half_mse
ask: [x, W1, net1]
"""
    solution = solve(loads(text))
    assert [question.target for question in questions_of(solution)] == ["net1[1]"]
    with pytest.raises(UsageError, match="x is given"):
        questions_of(solution, ("x",))
