"""One sheet marked: faults with their lines, marks and their weights, and a check that raises nothing."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor import load, loads, solve
from backprop_tutor.grading import check
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.marked import MarkedSheet, SheetMarker
from backprop_tutor.homework.sheet import SheetError
from backprop_tutor.homework.sheet_file import read_sheet

EXERCISE = load("exercise1")
MARKING = SheetMarker(solve(EXERCISE))
TEXT = EXERCISE.path.read_text(encoding="utf-8") if EXERCISE.path else ""


def marked(text: str, marking: SheetMarker = MARKING) -> MarkedSheet:
    return marking.mark(read_sheet(text, "s.yaml"), "s.yaml")


def verdicts(found: MarkedSheet, quantity: str) -> list[str]:
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


@pytest.mark.parametrize(
    ("answers", "due", "lines", "twice"),
    [
        ("net1: [[?, ?]]\n  net1[1]: 1\n  net1[2]: -1", ["correct", "correct"], [3, 4], []),
        ("net1[1]: 1\n  net1[2]: ?\n  net1: [[?, -1]]", ["correct", "correct"], [2, 4], []),
        ("net1: [[1, ?]]\n  net1: [[?, -1]]", ["correct", "correct"], [2, 3], []),
        ("net1[1]: 1\n  net1: [[7, -1]]", ["correct", "correct"], [2, 3], [3]),
        ("net1: W1 @ x\n  net1[1]: 7", ["correct", "correct"], [2, 2], [3]),
        ("net1[1]: 7\n  net1: [1, -1, 1]", ["wrong", "blank"], [2, 3], [3]),
        ("net1(1): [1, -1]\n  net1[2]: ?", ["correct", "correct"], [2, 2], []),
    ],
)
def test_a_blank_place_stands_in_the_way_of_no_answer(
    answers: str, due: list[str], lines: list[int], twice: list[int]
) -> None:
    found = marked(f"answers:\n  {answers}\n")
    assert verdicts(found, "net1") == due
    assert [row.line for row in found.rows if row.quantity.startswith("net1")] == lines
    assert [fault.line for fault in found.faults] == twice


def test_one_example_of_several_is_answered_by_itself() -> None:
    solution = solve(load("exercise3"))
    marking = SheetMarker(solution)
    rows = solution.value("net1").tolist()
    answers = "".join(f"  net1({n}): {row}\n" for n, row in enumerate(rows, 1))
    assert len(rows) == 3
    assert set(verdicts(marked(f"answers:\n{answers}", marking), "net1")) == {"correct"}


def test_of_many_faults_a_few_are_said() -> None:
    unknown = "".join(f"  dJ/dW{n}0: 1\n" for n in range(9_000))
    found = marked(f"answers:\n{unknown}  J: 1/2\n  net1[ 1 ]: 1\n")
    assert verdicts(found, "J") + verdicts(found, "net1[1]") == ["correct", "correct"]
    assert len(found.faults) == 21
    assert found.faults[-1].what == "8,980 more places on the sheet are not understood either."


def test_the_sheet_of_the_exercise_as_published_is_not_marked_as_a_version() -> None:
    version = next(iter(draw_class(EXERCISE, 1, ["ann"]))).version.exercise
    marking = SheetMarker(solve(version))
    with pytest.raises(SheetError, match=r"s\.yaml:1:1: this sheet is for exercise1 as published"):
        marked("exercise: exercise1\nanswers:\n  J: 1\n", marking)
    found = marked("answers:\n  J: 1\n", marking)  # the answers alone, as from a form of one's own
    assert [fault.what.split(";")[0] for fault in found.faults] == ["the sheet does not say its version"]


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
    half = SheetMarker(solve(EXERCISE), Fraction(1, 2))
    assert marked(sheet, half).score == 3


def test_quantities_weigh_what_the_exercise_says() -> None:
    exercise = loads(TEXT + "marks: {net1: 3, 'dJ/dW2[1,1]': 5, J: 0}\nfollow_through: 1/4\n", "exercise1")
    marking = SheetMarker(solve(exercise))
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


@pytest.mark.parametrize("blank", [None, "", "?"])
def test_a_blank_element_leaves_what_the_whole_array_answers(blank: str | None) -> None:
    for whole in ([[1, -1]], "[1, -1]", "W1 @ x"):
        found = {v.quantity: v.verdict for v in check(EXERCISE, {"net1": whole, "net1[1]": blank}).verdicts}
        assert (found["net1[1]"], found["net1[2]"]) == ("correct", "correct")
    found = {v.quantity: v.verdict for v in check(EXERCISE, {"net1": blank, "net1[1]": 1}).verdicts}
    assert (found["net1[1]"], found["net1[2]"]) == ("correct", "blank")


@pytest.mark.parametrize("answer", [[[1, 0, 0]], [[1], [0, 2]], [[]]])
def test_an_array_of_another_shape_is_kept_as_it_was_given(answer: list[list[int]]) -> None:
    found = {v.quantity: v for v in check(EXERCISE, {"net1": answer}).verdicts}
    assert (found["net1[1]"].verdict, found["net1[1]"].given) == ("invalid", str(answer))


def test_of_an_endless_array_the_beginning_is_kept() -> None:
    answer: list[object] = [1]
    answer.append(answer)
    (given, *_) = (v.given for v in check(EXERCISE, {"net1": answer}).verdicts)
    assert given.startswith("[1, [1, [1, ")
    assert len(given) <= 301


def test_an_answer_of_a_spreadsheet_is_shown_as_it_was_typed() -> None:
    sheet = read_sheet("sep=;\nJ;0,51\nnet1[1];1,0\nh1[1];1/3\n", "a.csv")
    found = {row.quantity: row.verdict for row in SheetMarker(solve(load("exercise1"))).mark(sheet).rows}
    assert [found[name].given for name in ("J", "net1[1]", "h1[1]")] == ["0,51", "1,0", "1/3"]
    assert found["net1[1]"].verdict == "correct"
