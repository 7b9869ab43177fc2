"""A number as it was written: its value, exactly, and how precise it is."""

import math
from fractions import Fraction

import pytest

from backprop_tutor.engine.systems.exact import MAX_BITS
from backprop_tutor.grading.number import Number, finest_place, last_place, number_of, plain_number
from backprop_tutor.language.parser import parse


def written(text: str) -> Number | None:
    return number_of(parse(text, functions={}))


@pytest.mark.parametrize(
    ("text", "exact", "unit", "digits"),
    [
        ("7", 7, 1, 1),
        ("-7", -7, 1, 1),
        ("0.5", "1/2", 0.1, 1),
        ("0.50", "1/2", 0.01, 2),
        ("-12.50", "-25/2", 0.01, 4),
        (".5", "1/2", 0.1, 1),
        ("5.", 5, 1, 1),
        ("007", 7, 1, 1),
        ("0.0070", "7/1000", 1e-4, 2),
        ("100", 100, 1, 3),
        ("0", 0, 1, 0),
        ("123456789012345", 123456789012345, 1, 15),
    ],
)
def test_decimals(text: str, exact: int | str, unit: float, digits: int) -> None:
    number = plain_number(text)
    assert number == written(text)
    assert number is not None
    assert (number.exact, number.value, number.digits) == (Fraction(exact), float(Fraction(exact)), digits)
    assert number.unit == pytest.approx(unit)


@pytest.mark.parametrize("text", ["-1/3", "2/6", "0/5"])
def test_a_fraction_has_no_last_place(text: str) -> None:
    assert plain_number(text) == written(text) == Number.of(Fraction(text))


@pytest.mark.parametrize(
    "text", ["", "x", "1e5", "--1", "1/0", "1.2/3", "1/-3", "1,5", "1234567890123456", "²"]
)
def test_what_is_not_plain(text: str) -> None:
    assert plain_number(text) is None


@pytest.mark.parametrize(
    ("text", "exact", "unit", "digits"),
    [
        ("1.2e-3", "12/10000", 1e-4, 2),
        ("1.20e3", 1200, 10, 3),
        ("1.2*10^-3", "12/10000", 1e-4, 2),
        ("-1.2*10^-3", "-12/10000", 1e-4, 2),
        ("1.2*10^3", 1200, 100, 2),
        ("-(-3)", 3, 1, 1),
        ("1/2*2", 1, 0, 0),
        ("(1 + 2)/6 - 1/3", "1/6", 0, 0),
        ("2^-2", "1/4", 0, 0),
        ("0^0", 1, 0, 0),
        ("1.5*2", 3, 0.01, 3),  # worked out from decimals: three digits
        ("0.5 - 0.125", "3/8", 0.001, 3),
    ],
)
def test_arithmetic_is_worked_out(text: str, exact: int | str, unit: float, digits: int) -> None:
    number = written(text)
    assert number is not None
    assert (number.exact, number.digits) == (Fraction(exact), digits)
    assert number.unit == pytest.approx(unit)


@pytest.mark.parametrize("text", ["1/0", "0^-1", "2^(1/2)", "x + 1", "1/(2 - 2)", "10^400", "-10^400"])
def test_what_is_no_number(text: str) -> None:
    assert written(text) is None


def test_powers_are_bounded_before_they_are_worked_out() -> None:
    assert written(f"2^-{MAX_BITS // 2}") is not None
    assert written(f"2^-{MAX_BITS // 2 + 1}") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("12300", 100),
        ("0.50", 0.1),
        ("1/8", 0.001),
        ("-1/40", 0.001),
        ("3/5", 0.1),
        ("7", 1),
        ("0.120", 0.01),
    ],
)
def test_the_last_digit_that_is_not_0(text: str, place: float) -> None:
    number = plain_number(text)
    assert number is not None
    assert finest_place(number) == pytest.approx(place)


def test_what_is_no_decimal_has_no_last_digit() -> None:
    assert finest_place(Number.of(Fraction(1, 3))) == 0
    assert finest_place(Number.of(Fraction(1, 6))) == 0
    assert finest_place(Number(math.e)) == 0
    assert finest_place(Number.of(Fraction(0))) == math.inf


@pytest.mark.parametrize(("value", "place"), [(0.14978, 0.001), (-1, 0.01), (999.9, 1), (1000, 10), (0, 0)])
def test_the_place_of_the_third_digit(value: float, place: float) -> None:
    assert last_place(value) == pytest.approx(place)
