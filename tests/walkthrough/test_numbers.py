"""How numbers are written."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.walkthrough.numbers import decimal, in_full, is_terminating, written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-0.5, "-0.5"),
        (0.59326999, "0.59327"),
        (1234567.0, "1234567"),
        (1.5e-7, "1.5e-7"),
        (-2e-5, "-2e-5"),
        (1234567.8, "1234568"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (9.99999, "9.99999"),
        (9.999999, "10"),
        (0.0001, "0.0001"),
        (0.00001, "1e-5"),
        (1e20, "1e20"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_decimals(value: float, text: str) -> None:
    assert decimal(value) == text


@given(st.floats(-1e300, 1e300, allow_subnormal=False), st.integers(1, 17))
def test_a_decimal_reads_back_to_its_digits(value: float, precision: int) -> None:
    assert float(decimal(value, precision)) == pytest.approx(value, rel=0.5 * 10 ** (1 - precision), abs=0)


def test_fractions_are_kept_while_they_are_short() -> None:
    assert written(0.5, Fraction(1, 2)) == "1/2"
    assert written(0.5, Fraction(1, 2), fractions=False) == "0.5"
    assert written(1 / 3, Fraction(1, 3), fractions=False) == "1/3"
    assert written(1.0, Fraction(10**9 + 1, 10**9)) == "1"
    assert written(0.25, None) == "0.25"
    nine, ten = Fraction(1111, 9973), Fraction(1111, 10007)
    for fractions in (True, False):
        assert written(float(nine), nine, fractions=fractions) == "1111/9973"
        assert written(float(ten), ten, fractions=fractions) == "0.111022"
    assert written(1e-4, Fraction(1, 10000), fractions=False) == "0.0001"
    assert written(7.0, Fraction(7), fractions=False) == "7"


def test_terminating() -> None:
    assert is_terminating(Fraction(3, 40))
    assert not is_terminating(Fraction(1, 3))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.12345678901234567890", "0.1234567890123456789"),
        ("1/3", "1/3"),
        ("1e308", "1e308"),
        ("-2.5e-9", "-2.5e-9"),
        ("120", "120"),
        ("0", "0"),
    ],
)
def test_a_number_in_full_is_the_number(text: str, shown: str) -> None:
    value = Fraction(text)
    assert in_full(float(value), value) == shown
    assert Fraction(shown) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_in_full_is_that_float(value: float) -> None:
    assert float(in_full(value, None)) == value
