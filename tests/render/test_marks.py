"""A marked sheet as text."""

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.sheet_file import read_sheet
from backprop_tutor.language import Style
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.subjects.marks import marks_blocks

EXERCISE = load("exercise1")
TEXT = EXERCISE.path.read_text(encoding="utf-8") if EXERCISE.path else ""


def shown(sheet: str, extra: str = "") -> list[str]:
    marking = SheetMarker(solve(loads(TEXT + extra, "exercise1")))
    blocks = marks_blocks(marking.mark(read_sheet(sheet, "s.yaml")), Style())
    return list(PlainPainter(Style()).paint(blocks))


def test_what_is_wrong_is_said_with_its_line_and_as_it_was_typed() -> None:
    lines = shown("answers:\n  net1: [[1, ?]]\n  h1: [[1, 0, 0]]\n  W2_new: [[1], [2]]\n")
    assert lines[3] == "h1[1] = [[1, 0, 0]]: invalid, 0/1. line 3: The shape of h1 is 2 numbers; this is 1×3."
    assert lines[4] == "h1[2] = [[1, 0, 0]]: invalid, 0/1."
    assert "line 4: This is transposed" in "\n".join(lines)


def test_what_is_not_on_the_sheet_is_not_what_was_left_blank() -> None:
    lines = shown("answers:\n  net1: [[1, ?]]\n")
    assert lines[2] == "net1[2] = ?: blank, 0/1."
    assert lines[3] == "h1[1] = (none): blank, 0/1. This is not on the sheet."
    assert sum("not on the sheet" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("marks", "total"),
    [
        ("marks: {J: 1/3}", "Score: 0.33 of 9.33 (1 correct, 9 blank)."),
        ("marks: {net1: 0, h1: 0, z: 0, J: 0, dJ/dW2: 0, W2_new: 0}",
         "No answer carries marks here (1 correct, 9 blank)."),
    ],
)  # fmt: skip
def test_marks_are_shown_to_a_hundredth(marks: str, total: str) -> None:
    assert shown("answers:\n  J: 1/2\n", f"{marks}\n")[-1] == total
