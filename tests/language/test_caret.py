"""The place of an error under its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.errors import LanguageError
from backprop_tutor.language import caret, display_width


def drawing(text: str, start: int, end: int = -1) -> list[str]:
    return caret(LanguageError("wrong", text=text, start=start, end=end)).split("\n")


@pytest.mark.parametrize(
    ("text", "start", "end", "lines"),
    [
        ("a $ b", 2, 3, ["a $ b", "  ^"]),
        ("sigmid(x)", 0, 6, ["sigmid(x)", "^^^^^^"]),
        ("1 +", 3, -1, ["1 +", "   ^"]),
        ("", 0, -1, ["", "^"]),
        ("\x1b[31m$", 5, 6, ["\ufffd[31m$", "     ^"]),
        ("a\n$", 2, 3, ["a $", "  ^"]),
        ("日本$", 2, 3, ["日本$", "    ^"]),
        ("日本", 1, 2, ["日本", "  ^^"]),
    ],
)
def test_short_texts(text: str, start: int, end: int, lines: list[str]) -> None:
    assert drawing(text, start, end) == lines


def test_a_long_text_is_cut_on_both_sides() -> None:
    text, marks = drawing("a" * 500 + "$" + "b" * 500, 500, 501)
    assert text == "…" + "a" * 29 + "$" + "b" * 28 + "…"
    assert marks == " " * 30 + "^"


def test_a_long_place_is_cut() -> None:
    text, marks = drawing("x" * 1000, 10, 1000)
    assert display_width(text) <= 60
    assert len(marks) < 60
    assert marks.endswith("^^^")


@given(st.text(), st.integers(0, 200), st.integers(-1, 200))
def test_it_always_fits(text: str, start: int, end: int) -> None:
    shown, marks = drawing(text, start, end)
    assert display_width(shown) <= 62
    assert len(marks) <= 62
    assert set(marks) <= {" ", "^"}
