"""Which numbers of an array are wrong, in words: what a reader sees in the pattern, drawn here."""

import numpy as np
import pytest

from backprop_tutor.engine.graph import Node
from backprop_tutor.programs.wrong_entries import where_wrong


def said(pattern: str, *shape: int, axes: tuple[str, ...] = ()) -> str:
    """`x` is wrong and `.` right; a row a word, or of a `shape` of more axes."""
    flat = np.array([sign == "x" for sign in pattern.replace(" ", "")])
    rows = pattern.split()
    wrong = flat.reshape(shape or ((len(rows), len(rows[0])) if len(rows) > 1 else (len(rows[0]),)))
    return where_wrong(wrong, Node("W", "parameter", wrong.shape, axes=axes), "dW")


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("xx xx", ""),
        (".. ..", ""),
        (".. x.", "Only dW[1, 0] is wrong, one number of 4."),
        ("x. x.", "Only column 1 is wrong: dW[:, 0]."),
        (".. xx", "Only row 2 is wrong: dW[1]."),
        ("x.x. x.x.", "Only columns 1 and 3 are wrong: dW[:, [0, 2]]."),
        ("x.. ... x..", "2 of 9 numbers are wrong, all in column 1."),
        ("xx xx .. xx", "All is wrong but row 3."),
        ("x.xx x.xx", "All is wrong but column 2."),
        ("xxx.. xxx..", "All is wrong but columns 4 and 5."),
        ("xx... xx...", "Only columns 1 and 2 are wrong: dW[:, [0, 1]]."),
        (".x xx", "3 of 4 numbers are wrong."),
        ("xx... .x...", "3 of 10 numbers are wrong, all in columns 1 and 2."),
        ("x... ..x. ...x", "3 of 12 numbers are wrong."),
        ("xx. .xx xx.", "6 of 9 numbers are wrong."),
        ("xxx x.x xxx", "8 of 9 numbers are wrong: all on the border, where the padding is."),
        ("x.x ... x.x", "4 of 9 numbers are wrong: all on the border."),
        ("x. .x", "2 of 4 numbers are wrong: all on the diagonal."),
        ("x.. .x. ..x", "3 of 9 numbers are wrong: all on the diagonal."),
        (".xx x.x xx.", "6 of 9 numbers are wrong: all off the diagonal."),
        (".xxx x.xx xx.x xx..", "11 of 16 numbers are wrong."),
        (".xx xx. x.x", "6 of 9 numbers are wrong."),
        ("xx..", "Only entries 1 and 2 are wrong: dW[[0, 1]]."),
        ("xxx..", "All is wrong but entries 4 and 5."),
    ],
)
def test_what_a_reader_sees(pattern: str, sentence: str) -> None:
    assert said(pattern) == sentence


def test_one_number_alone_needs_no_place() -> None:
    assert said("x") == ""


def test_at_most_four_are_listed() -> None:
    assert said("xxxx....") == "Only entries 1, 2, 3 and 4 are wrong: dW[[0, 1, 2, 3]]."
    five = "Only entries 1, 2, 3, 4, … (5 of them) are wrong: dW[[0, 1, 2, 3, …]]."
    assert said("xxxxx.....") == five


def test_axes_have_their_names() -> None:
    assert said("xx .. ..", axes=("example", "unit")) == "Only example 1 is wrong: dW[0]."
    assert said("x... x... x...", axes=("example", "unit")) == "Only unit 1 is wrong: dW[:, 0]."
    assert said("xx .. ..", axes=("example",)) == "Only row 1 is wrong: dW[0]."
    assert said("xx..xx..xx..", 3, 2, 2) == "Only slice 1 along axis 1 is wrong: dW[:, 0]."


def test_the_border_of_images() -> None:
    image = "xxx x.x xxx"
    assert said(image * 2, 2, 3, 3).endswith(": all on the border, where the padding is.")
    assert said(image + "xxx xxx xxx", 2, 3, 3) == "17 of 18 numbers are wrong."
