"""What can be foreseen without arithmetic: dead units, longer paths, signs; and how a choice is typed."""

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.language import Style
from backprop_tutor.tutor.predictions import Prediction, Predictions
from backprop_tutor.tutor.questions import questions_of


def foreseen(text: str) -> list[Prediction]:
    solution = solve(loads(text))
    questions = questions_of(solution)
    predictions = Predictions(solution, Style(), questions)
    return [found for question in questions if (found := predictions(question))]


def dead(nets: list[int], examples: int = 1) -> str | None:
    """The answer to which unit of a ReLU layer with these nets is dead; None where that is not asked."""
    weights = [[net] for net in nets]
    data = ", ".join(["{x: [1], t: [1]}"] * examples)
    text = "title: t\nnetwork:\n  layers:\n"
    text += f"    - {{activation: relu, weights: {weights}}}\n"
    text += f"    - {{activation: linear, weights: [{[1] * len(nets)}]}}\ndata: [{data}]\nloss: half_sse\n"
    return next((found.answer for found in foreseen(text) if "is dead" in found.text), None)


@pytest.mark.parametrize(
    ("nets", "answer"),
    [
        ([1, -1], "h1[2]"),
        ([-1, 1], "h1[1]"),
        ([1, 2], "none"),
        ([-1, -2], "all"),
        ([-1, -2, 3], None),  # one choice would have to name several
        ([-1, -2, -3], "all"),
        ([1, 2, -3, 4], "h1[3]"),
        ([1, 2, -3, 4, 5], None),  # too many to list
        ([1], None),
        ([0, 1], None),  # on the kink it is agreed upon
    ],
)
def test_dead_units_are_known_by_the_signs_of_their_nets(nets: list[int], answer: str | None) -> None:
    assert dead(nets) == answer


def test_no_unit_is_called_dead_by_one_of_several_examples() -> None:
    assert dead([1, -1], examples=2) is None


def circuit(leaves: str, formulas: str) -> str:
    return f"title: t\ngraph:\n  parameters: {{{leaves}}}\n  compute: {{{formulas}}}\n  loss: f\n"


@pytest.mark.parametrize(
    ("formulas", "because"),
    [
        ("a: 3 * w, f: a + w", "The path by a has 2 arrows at most, the other 1."),
        ("a: 3 * w, b: 2 * a, f: b * w", "The path by a has 3 arrows at most, the other 1."),
        ("a: 3 * w, b: 2 * a, c: w * w, f: b * c", "The path by a has 3 arrows at most, the other 2."),
        ("a: 3 * w, b: 2 * w, f: a * b", None),  # as long as each other
        ("a: 3 * w, b: 2 * a, c: 4 * w, f: b * c * w", None),  # three ways
    ],
)
def test_the_longer_of_two_paths(formulas: str, because: str | None) -> None:
    found = [p for p in foreseen(circuit("w: 2", formulas)) if "Which is longer" in p.text]
    assert [p.because.partition(" Both")[0] for p in found] == ([because] if because else [])


@pytest.mark.parametrize(
    ("v", "f", "does", "sign"),
    [
        (3, "a", "rises", "positive"),
        (-3, "a", "rises", "negative"),
        (3, "-a", "falls", "negative"),
        (-3, "-a", "falls", "positive"),
        (0, "3 * a", "rises", "zero"),
        (0, "a * v", None, "zero"),  # at a slope of 0 the loss may do either
    ],
)
def test_the_signs_of_gradients(v: int, f: str, does: str | None, sign: str) -> None:
    found = foreseen(circuit(f"w: 2, v: {v}", f"a: v * w, f: {f}"))
    falls = [(p.text, p.answer) for p in found if p.text.startswith("when")]
    assert falls == ([("when a grows a little, what does f do?", does)] if does else [])
    assert ("is ∂f/∂w positive, negative or zero?", sign) in [(p.text, p.answer) for p in found]


@pytest.mark.parametrize(
    ("choices", "typed", "choice"),
    [
        ("rises falls stays", "rises", "rises"),
        ("rises falls stays", "FA", "falls"),
        ("rises falls stays", "f", ""),  # a letter may be an answer to the question itself
        ("rises falls stays", "sinks", ""),
        ("rises falls stays", "", ""),
        ("h1[1] h1[2] none all", "h1[2]", "h1[2]"),
        ("h1[1] h1[2] none all", "h1", ""),
        ("h1[1] h1[2] none all", "al", "all"),
        ("h1[1] h1[2] none all", " h1 [1] ", "h1[1]"),
        ("all all-but-one", "all", "all"),
        ("all all-but-one", "all-", "all-but-one"),
        ("1/2 2", "1/2", ""),  # a number is an answer to the question itself
    ],
)
def test_a_choice_is_typed_whole_or_by_its_beginning(choices: str, typed: str, choice: str) -> None:
    assert Prediction("?", tuple(choices.split()), "", "").chosen(typed) == choice
