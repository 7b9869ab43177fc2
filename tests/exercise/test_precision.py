"""The rule of how precise an answer has to be, and how it is said."""

from fractions import Fraction

import pytest

from backprop_tutor.exercise.precision import USUAL, Precision


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        (Precision(), "3 significant digits"),
        (Precision(digits=1), "1 significant digit"),
        (Precision(decimals=2), "2 decimals"),
        (Precision(decimals=1), "1 decimal"),
        (Precision(decimals=0), "0 decimals"),
    ],
)
def test_it_is_said_in_words(precision: Precision, said: str) -> None:
    assert precision.least == said
    assert precision.rule() == f"Keep at least {said} in every step."


def test_a_new_weight_may_need_more_digits_but_no_more_decimals() -> None:
    more = " A new weight needs as many as show that it has changed."
    assert USUAL.rule(updated=True) == USUAL.rule() + more
    assert Precision(decimals=3).rule(updated=True) == Precision(decimals=3).rule()
    assert Precision(tolerance=Fraction(1, 40)).rule(updated=True) == "A decimal may be off by 2.5%."


@pytest.mark.parametrize(
    ("value", "grain"),
    [(0.14978, 0.001), (-0.14978, 0.001), (1, 0.01), (0.999, 0.001), (999, 1), (1000, 10), (0, 0)],
)
def test_the_last_place_that_is_needed(value: float, grain: float) -> None:
    assert USUAL.grain(value) == pytest.approx(grain)
    assert Precision(decimals=2).grain(value) == pytest.approx(0.01)
