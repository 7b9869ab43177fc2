"""Text from outside reaches a terminal only without its commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.language import clean, display_width
from backprop_tutor.language.clean import describe, is_hidden, visible


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain text", "plain text"),
        ("ŷ = σ(Wx) 日本", "ŷ = σ(Wx) 日本"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?25l\x1b[2Jx", "x"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;title\x9cx", "x"),
        ("\x1bPq...\x1b\\x", "x"),
        ("\x1bcx", "x"),
        ("\x1b", ""),
        ("a\x00b\x08c\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("a\u200bb\ufeffc\u2060", "abc"),
        ("a\ud800b", "a\ufffdb"),
        ("a\nb\tc", "a b c"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_what_is_left(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert clean("a\r\n\tb\u2028c\x1b[1m", keep_newlines=True) == "a\n\tbc"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    assert not any(is_hidden(character) for character in clean(text))
    assert not any(
        is_hidden(character) for character in clean(text, keep_newlines=True) if character not in "\n\t"
    )
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


@given(st.text())
def test_visible_keeps_every_place(text: str) -> None:
    assert len(visible(text)) == len(text)
    assert not any(is_hidden(character) for character in visible(text))


def test_describe_never_shows_a_hidden_character() -> None:
    assert describe("\u202e") == "(U+202E RIGHT-TO-LEFT OVERRIDE)"
    assert describe("\x07") == "(U+0007)"
    assert describe("é") == "é (U+00E9 LATIN SMALL LETTER E WITH ACUTE)"


def test_display_width() -> None:
    assert [display_width(text) for text in ("abc", "日本", "e\u0301", "σ²")] == [3, 4, 1, 2]
