"""Lines break where a reader would break them."""

import re
import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.language import display_width, wrap, wrapping
from backprop_tutor.language.wrapping import LOOSE, TIGHT, breakable

FORMULA = "∂J/∂W1[1,2] = (-1/N)·Σ_p (t - z)·σ'(net2)·W2[1,1]·σ'(net1[1])·x[2] + 0.000125·(a + b)"


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (100, [FORMULA]),
        (
            50,
            [
                "∂J/∂W1[1,2] = (-1/N)·Σ_p (t - z)·σ'(net2)·W2[1,1]·",
                "    σ'(net1[1])·x[2] + 0.000125·(a + b)",
            ],
        ),
        (
            24,
            [
                "∂J/∂W1[1,2] = (-1/N)·",
                "    Σ_p (t - z)·",
                "    σ'(net2)·W2[1,1]·",
                "    σ'(net1[1])·x[2]",
                "    + 0.000125·(a + b)",
            ],
        ),
    ],
)
def test_golden_lines(width: int, lines: list[str]) -> None:
    assert wrap(FORMULA, width) == lines


def test_ascii_breaks_after_a_times_sign_and_not_in_a_power() -> None:
    assert wrap("aaaa*bbbb**cccc*dddd", 11, "") == ["aaaa*", "bbbb**cccc*", "dddd"]


@pytest.mark.parametrize("sign", ["∂/∂W1[1,1]", "d/dW1[1,1]", "Σ_p"])
def test_what_an_operator_binds_stays_with_it(sign: str) -> None:
    text = f"(t - z)·{sign} (t[1] - z[1]) + (t - z)·{sign} (t[2] - z[2])"
    assert wrap(text, len(text) - 8) == [
        f"(t - z)·{sign} (t[1] - z[1])",
        f"    + (t - z)·{sign} (t[2] - z[2])",
    ]


def test_what_is_too_long_sticks_out() -> None:
    assert wrap("0.12345678901234567890 + 1", 10) == ["0.12345678901234567890", "    + 1"]
    assert wrap("", 10) == [""]


@given(
    st.lists(st.sampled_from(["12", "0.5", "W1[1,2]", "σ(x)", "(a + b)"]), min_size=1), st.integers(12, 40)
)
def test_nothing_is_lost_and_nothing_is_cut(words: list[str], width: int) -> None:
    text = " + ".join(words)
    lines = wrap(text, width, "  ")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= width for line in lines)
    for word in words:
        assert re.sub(r" +", "", word) in "".join(lines).replace(" ", "")


def by_definition(text: str, width: int, indent: str) -> list[str]:
    """What `wrap` does, each line looked for among all places where a line may end."""
    lines, start, lead = [], 0, ""
    while display_width(lead + text[start:]) > width:
        room = width - display_width(lead)
        ahead = [(place, depth) for place, depth in wrapping._breaks(text) if place > start]
        fitting = [found for found in ahead if display_width(text[start : found[0]].rstrip()) <= room]
        full = [found for found in fitting if display_width(text[start : found[0]]) > room // 2]
        if not ahead:
            break
        choice = full or fitting[-1:] or ahead[:1]
        cut = min(choice, key=lambda found: (found[1], -found[0]))[0]
        lines.append(lead + text[start:cut].rstrip())
        start, lead = cut, indent
    return [*lines, lead + text[start:]]


NAMES = ["12", "-0.5", "W1[1,2]", "∂J/∂W1[1,2]", "σ'(net1)", "語", "Σ_p x(p)", "f(a, b)", "h²"]
SIGNS = [" + ", " - ", "·", " @ ", " ⊙ ", " = ", "*"]
FORMULAS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner).map("".join), inner.map(lambda text: f"({text})")
    ),
    max_leaves=40,
)


@given(FORMULAS, st.integers(8, 90), st.sampled_from(["", "  ", "    "]))
def test_lines_end_where_they_are_meant_to(text: str, width: int, indent: str) -> None:
    assert wrap(text, width, indent) == by_definition(text, width, indent)


@given(FORMULAS, st.sampled_from([LOOSE, TIGHT]))
def test_brackets_are_broken_no_deeper_than_they_have_to_be(text: str, most: int) -> None:
    shown = breakable(text, "_", "\x1f", most)
    assert shown.replace("\x1f", "").replace("_", " ") == text.replace("_", " ")
    breaks, ends = wrapping._breaks(text), [0, len(text)]
    for depth in sorted({depth for _, depth in breaks}):
        if max(after - before for before, after in pairwise(ends)) > most:
            ends = [0, *(place for place, inside in breaks if inside <= depth), len(text)]
    assert len(re.split("[ \x1f]", shown)) == len(ends) - 1


def operations(work: Callable[[str], object], text: str) -> int:
    """How many instructions `work` runs in the module of line breaks."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != wrapping.__file__:
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("work", [lambda text: wrap(text, 80), lambda text: breakable(text, "_", "|")])
@pytest.mark.parametrize("joined", [" + ".join, "·".join, lambda terms: "(".join(terms) + ")" * len(terms)])
def test_work_grows_with_the_length(
    work: Callable[[str], object], joined: Callable[[list[str]], str]
) -> None:
    short, long = (operations(work, joined([FORMULA] * count)) for count in (10, 80))
    assert short > 1000
    assert long <= 10 * short  # of 8 times the length
