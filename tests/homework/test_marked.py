"""One sheet marked: faults with their lines, marks and their weights, and a check that raises nothing."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor import load, loads, solve
from backprop_tutor.grading import check
from backprop_tutor.homework.marked import Marked, Marking
from backprop_tutor.homework.sheet import SheetError, read_sheet

EXERCISE = load("exercise1")
MARKING = Marking(solve(EXERCISE))
TEXT = EXERCISE.path.read_text(encoding="utf-8") if EXERCISE.path else ""


def marked(text: str, marking: Marking = MARKING) -> Marked:
    return marking.mark(read_sheet(text, "s.yaml"), "s.yaml")


def verdicts(found: Marked, quantity: str) -> list[str]:
    return [v.verdict for name, v in found.verdicts.items() if name.startswith(quantity)]


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        ("[[1, -1]]", ["correct", "correct"]),
        ("[1, -1]", ["correct", "correct"]),
        ("[1, *x]", ["correct", "invalid"]),
        ("[W1[1,1]*x[1] + W1[1,2]*x[2], ?]", ["correct", "blank"]),
        ("[[1], [-1]]", ["correct", "correct"]),
        ("[1, 2, 3]", ["invalid", "invalid"]),
        ("[1, -1", ["invalid", "invalid"]),
        ("", ["blank", "blank"]),
    ],
)
def test_an_array_is_marked_entry_by_entry(answer: str, due: list[str]) -> None:
    found = marked(f"answers:\n  net1: {answer}\n  J: 1/2\n")
    assert verdicts(found, "net1") == due
    assert verdicts(found, "J") == ["correct"]  # an answer spoils its own line only


def test_what_does_not_belong_is_said_with_its_line() -> None:
    found = marked("answers:\n  J: 1/2\n  q: 1\n  dJ/dW1: [[-1, 0], [0, 0]]\n  J: 3\n  z[7]: 1\n")
    said = [(fault.line, fault.what.split(":")[0]) for fault in found.faults]
    assert said == [
        (3, "unknown quantity"),
        (4, "dJ/dW1 is not asked, and gets no marks."),
        (5, "J is answered twice."),
        (6, "unknown quantity"),
    ]
    assert verdicts(found, "J") == ["correct"]
    assert {row.message for row in found.rows if row.quantity == "h1[1]"} == {"This is not on the sheet."}


@pytest.mark.parametrize("head", ["exercise: exercise2", "variant: v0123456789"])
def test_another_exercise_or_version_is_refused_at_its_line(head: str) -> None:
    with pytest.raises(SheetError, match=r"s\.yaml:2:1: this sheet"):
        marked(f"# a comment\n{head}\nanswers:\n  J: 1\n")


def test_follow_through_earns_the_share_that_was_set() -> None:
    sheet = "answers:\n  net1: [3, -1]\n  h1: [3, 0]\n  z: 3\n"
    assert verdicts(marked(sheet), "")[:5] == [
        "wrong",
        "correct",
        "follow-through",
        "correct",
        "follow-through",
    ]
    assert marked(sheet).score == 4
    half = Marking(solve(EXERCISE), Fraction(1, 2))
    assert marked(sheet, half).score == 3


def test_quantities_weigh_what_the_exercise_says() -> None:
    exercise = loads(TEXT + "marks: {net1: 3, 'dJ/dW2[1,1]': 5, J: 0}\nfollow_through: 1/4\n", "exercise1")
    marking = Marking(solve(exercise))
    found = marked("answers:\n  net1: [3, -1]\n  h1: [3, 0]\n", marking)
    assert [float(row.out_of) for row in found.rows] == [3, 3, 1, 1, 1, 0, 5, 1, 1, 1]
    assert (found.score, found.out_of) == (3 + 0.25 + 1, 17.0)


def test_the_document_is_the_contract() -> None:
    found = marked("answers:\n  J: -1/2\n").document()
    assert {"format": 1, "exercise": "exercise1", "score": 0.0, "out_of": 10.0}.items() <= found.items()
    (answer,) = [a for a in found["answers"] if a["quantity"] == "J"]
    assert answer["given"] == "-1/2"
    assert answer["verdict"] == "wrong"
    assert answer["misconceptions"] == ["sign-flipped"]
    assert "value" not in answer


def test_the_library_reads_numbers_arrays_and_texts() -> None:
    import numpy as np

    found = check(
        EXERCISE, {"net1": np.array([[1, -1]]), "h1": (1, 0), "z": 1.0, "J": "1/2", "nonsense": None}
    )
    assert found.score == 6
    assert found.problems[0].quantity == "nonsense"


Answers = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["net1", "J", "dJ/dW2", "h1[1]", "x", "", "[", "W2_new"]), Answers))
def test_the_library_raises_nothing(answers: dict[str, object]) -> None:
    found = check(EXERCISE, answers)
    assert 0 <= found.score <= found.out_of == 10
