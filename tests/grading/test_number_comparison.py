"""When a number is right: exactly for fractions, to the digits given for decimals."""

from fractions import Fraction
from functools import cache

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.grading import mark, read_answer
from backprop_tutor.grading.compare import Closeness, compare


@cache
def solution() -> Solution:
    return solve(load("exercise1"))


def closeness(text: str, value: float, exact: Fraction | None = None, **options: Fraction) -> Closeness:
    number = read_answer(text, solution()).number
    assert number is not None
    return compare(number, value, exact, Precision(**options))


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
