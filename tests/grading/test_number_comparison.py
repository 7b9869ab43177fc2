"""When a number is right: exactly for fractions, to the digits given for decimals."""

import math
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.grading import mark, read_answer
from backprop_tutor.grading.compare import Closeness, compare, compare_update


@cache
def solution() -> Solution:
    return solve(load("exercise1"))


def closeness(
    text: str, value: float, exact: Fraction | None = None, reach: float = 0.0, **options: Any
) -> Closeness:
    number = read_answer(text, solution()).number
    assert number is not None
    return compare(number, value, exact, Precision(**options), reach)


def step_taken(text: str, value: float, old: float, reach: float = 0.0, **options: Any) -> Closeness:
    number = read_answer(text, solution()).number
    assert number is not None
    is_rounded = options.pop("old_is_rounded", False)
    return compare_update(
        number, value, old, None, Precision(**options), reach=reach, old_is_rounded=is_rounded
    )


THIRD = Fraction(1, 3)


@pytest.mark.parametrize(
    "text", ["1/3", "2/6", "0.333", "0.3333", "0.33333333333", ".333", "3.33e-1", "0.5*2/3"]
)
def test_a_third(text: str) -> None:
    assert closeness(text, 1 / 3, THIRD) is Closeness.RIGHT


@pytest.mark.parametrize(
    "text", ["0.33", "0.3333", "33/100", "333/1000", "0.334", "0.3", "1/4", "-1/3", "0.32"]
)
def test_a_third_and_what_is_not(text: str) -> None:
    expected = {"0.33": Closeness.ROUNDED, "0.3333": Closeness.RIGHT, "0.334": Closeness.NEARLY}
    assert closeness(text, 1 / 3, THIRD) is expected.get(text, Closeness.WRONG)


@pytest.mark.parametrize("text", ["0.1387", "0.139", "0.13869", "0.1386921052", "0.1386"])
def test_an_irrational_value_rounded_or_cut_off(text: str) -> None:
    assert closeness(text, 0.13869210519) is Closeness.RIGHT


def test_a_last_digit_that_is_wrong() -> None:
    assert closeness("0.1388", 0.13869210519) is Closeness.NEARLY
    assert closeness("0.13875", 0.13869210519) is Closeness.NEARLY
    assert closeness("0.141", 0.13869210519) is Closeness.WRONG


def test_rounded_too_early_is_said_so() -> None:
    verdict = mark(solve(load("exercise3")), "h1(1)[1]", "0.73")
    assert (verdict.verdict, verdict.rounded) == ("wrong", True)
    assert "rounded too early" in verdict.message
    assert verdict.misconceptions == ()


@pytest.mark.parametrize(
    ("text", "value"), [("2.2", 2.1992), ("0.5", 0.50004), ("3", 3.0012), ("-0.25", -0.2496)]
)
def test_zeros_at_the_end_may_go_unwritten(text: str, value: float) -> None:
    assert closeness(text, value) is Closeness.RIGHT


def test_few_digits_are_enough_where_they_are_exact() -> None:
    assert closeness("-.5", -0.5, Fraction(-1, 2)) is Closeness.RIGHT
    assert closeness("2", 2.0, Fraction(2)) is Closeness.RIGHT
    assert closeness("1", 1.1, Fraction(11, 10)) is Closeness.WRONG


def test_zero() -> None:
    assert closeness("0", 0.0, Fraction(0)) is Closeness.RIGHT
    assert closeness("0.000", 1e-17) is Closeness.RIGHT
    assert closeness("0", 0.3) is Closeness.WRONG
    assert closeness("0.001", 0.0, Fraction(0)) is Closeness.WRONG


def test_an_exercise_sets_its_own_tolerance() -> None:
    assert closeness("0.14", 0.13869, tolerance=Fraction(1, 50)) is Closeness.RIGHT
    assert closeness("0.15", 0.13869, tolerance=Fraction(1, 50)) is Closeness.WRONG
    assert closeness("1/7", 1 / 8, Fraction(1, 8), tolerance=Fraction(1, 50)) is Closeness.WRONG


@pytest.mark.parametrize(
    ("text", "value"), [("0.149", 0.14978), ("0.199", 0.19956), ("0.000438", 0.00043857), ("-2.66", -2.6667)]
)
def test_three_digits_cut_off(text: str, value: float) -> None:
    assert closeness(text, value) is Closeness.CUT_OFF


@pytest.mark.parametrize(
    ("text", "value"), [("0.148", 0.14978), ("100", 101.0), ("-0.149", 0.14978), ("0.14", 0.149)]
)
def test_another_number_is_not_cut_off(text: str, value: float) -> None:
    assert closeness(text, value) is Closeness.WRONG


def test_a_digit_too_low_is_not_cut_off_whatever_the_noise() -> None:
    assert {closeness(f"{k / 10}", (k + 1) / 10) for k in range(12341, 14009, 10)} == {Closeness.NEARLY}


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    ("text", "value", "options", "expected"),
    [
        # half of the last place is rounded either way, though 0.13 - 0.125 is 0.0050000000000000044
        ("0.12", 0.125, {"decimals": 2}, Closeness.RIGHT),
        ("0.13", 0.125, {"decimals": 2}, Closeness.RIGHT),
        ("0.11", 0.125, {"decimals": 2}, Closeness.WRONG),
        ("0.14", 0.125, {"decimals": 2}, Closeness.WRONG),
        ("0.12", 0.125, {}, Closeness.ROUNDED),
        ("0.13", 0.125, {}, Closeness.ROUNDED),
        ("0.11", 0.125, {}, Closeness.WRONG),
        # a rounding that changes more than a twentieth is another number
        ("0.5", 0.526, {}, Closeness.ROUNDED),
        ("0.5", 0.527, {}, Closeness.WRONG),
        ("1.4", 1.36, {}, Closeness.ROUNDED),
        ("1.3", 1.36, {}, Closeness.WRONG),
        # single precision, and not less
        ("0.3333333432674408", 1 / 3, {}, Closeness.RIGHT),
        ("0.333333433", 1 / 3, {}, Closeness.NEARLY),
        # a digit too low in the place to which it is written is not cut off there
        ("0.1387", 0.1388, {}, Closeness.NEARLY),
        ("0.1387", 0.13879, {}, Closeness.RIGHT),
        ("0.1397", 0.1387, {}, Closeness.WRONG),
        ("0.000", 0.0007, {"decimals": 3}, Closeness.NEARLY),
        ("0.000", 0.0011, {"decimals": 3}, Closeness.WRONG),
        ("0.0061", 0.0, {"decimals": 2}, Closeness.NEARLY),
        ("0.001", 0.0007, {"decimals": 3}, Closeness.RIGHT),
        # a tolerance includes its end
        ("0.51", 0.5, {"tolerance": Fraction(1, 50)}, Closeness.RIGHT),
        ("0.511", 0.5, {"tolerance": Fraction(1, 50)}, Closeness.WRONG),
        # within reach, by the digits that the largest number there needs
        ("0.334", 0.3325, {"reach": 0.001}, Closeness.RIGHT),
        ("0.335", 0.3325, {"reach": 0.001}, Closeness.WRONG),
        ("0.101", 0.0995, {"reach": 0.001}, Closeness.RIGHT),
        ("0.102", 0.0995, {"reach": 0.001}, Closeness.WRONG),
        ("0.3316", 0.33268, {"reach": 0.001}, Closeness.RIGHT),  # of 0.33168, cut off
        ("0.3316", 0.33271, {"reach": 0.001}, Closeness.WRONG),
        ("0.52", 0.5, {"reach": 0.01, "tolerance": Fraction(1, 50)}, Closeness.RIGHT),
        ("0.521", 0.5, {"reach": 0.01, "tolerance": Fraction(1, 50)}, Closeness.WRONG),
    ],
)
def test_both_sides_of_every_bound(
    sign: str, text: str, value: float, options: dict[str, Any], expected: Closeness
) -> None:
    assert closeness(sign + text, float(f"{sign}{value!r}"), **options) is expected


def test_the_value_of_a_formula_agrees_to_nine_digits() -> None:
    assert closeness("exp(1/2)", math.exp(0.5) * (1 + 1e-10)) is Closeness.RIGHT
    assert closeness("exp(1/2)", math.exp(0.5) * (1 + 1e-8)) is Closeness.WRONG
    assert closeness("exp(9)", math.exp(9) * (1 + 1e-10)) is Closeness.RIGHT
    assert closeness("exp(9)", math.exp(9) * (1 + 1e-8)) is Closeness.WRONG
    assert closeness("exp(1/2)", 1.6, Fraction(8, 5)) is Closeness.WRONG


@pytest.mark.parametrize(
    ("text", "value", "old", "options", "expected"),
    [
        # in decimals, a step that is rounded to none is none, and half of a place is rounded either way
        ("0.50", 0.504, 0.5, {"decimals": 2}, Closeness.RIGHT),
        ("0.50", 0.505, 0.5, {"decimals": 2}, Closeness.RIGHT),
        ("0.51", 0.505, 0.5, {"decimals": 2}, Closeness.RIGHT),
        ("0.50", 0.506, 0.5, {"decimals": 2}, Closeness.OLD),
        ("0.51", 0.504, 0.5, {"decimals": 2}, Closeness.NEARLY),
        ("0.52", 0.504, 0.5, {"decimals": 2}, Closeness.WRONG),
        # in digits, the old weight is no answer
        ("0.500", 0.5004, 0.5, {}, Closeness.HIDDEN),
        ("0.500", 0.5005, 0.5, {}, Closeness.HIDDEN),
        ("0.500", 0.5006, 0.5, {}, Closeness.OLD),
        ("0.500", 0.501, 0.5, {"reach": 0.0005}, Closeness.HIDDEN),
        ("0.500", 0.5011, 0.5, {"reach": 0.0005}, Closeness.OLD),
        # nor is what it may have been rounded to
        ("0.500", 0.5104, 0.5004, {"old_is_rounded": True}, Closeness.OLD),
        ("0.500", 0.5104, 0.5005, {"old_is_rounded": True}, Closeness.OLD),
        ("0.500", 0.5104, 0.5006, {"old_is_rounded": True}, Closeness.WRONG),
        ("0.500", 0.5104, 0.5004, {}, Closeness.WRONG),
        # the digits of the step are enough
        ("0.01", 0.012, -100, {}, Closeness.RIGHT),
        ("0.02", 0.012, -100, {}, Closeness.WRONG),
        ("0.02", 0.012, -100, {"reach": 0.003}, Closeness.RIGHT),
        ("0.01", 0.012, 0.2, {}, Closeness.WRONG),
        # a tolerance is one of the step
        ("0.5111", 0.51, 0.5, {"tolerance": Fraction(1, 10)}, Closeness.WRONG),
        ("0.511", 0.51, 0.5, {"tolerance": Fraction(1, 10)}, Closeness.RIGHT),
        ("0.5121", 0.51, 0.5, {"tolerance": Fraction(1, 10), "reach": 0.001}, Closeness.WRONG),
        ("0.512", 0.51, 0.5, {"tolerance": Fraction(1, 10), "reach": 0.001}, Closeness.RIGHT),
    ],
)
def test_both_sides_of_every_bound_of_a_step(
    text: str, value: float, old: float, options: dict[str, Any], expected: Closeness
) -> None:
    assert step_taken(text, value, old, **options) is expected
