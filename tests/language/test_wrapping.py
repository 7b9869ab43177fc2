"""Lines break where a reader would break them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.language import wrap

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
