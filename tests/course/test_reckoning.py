"""The numbers of lessons, against hand computation: as the exercise is, changed, counted and compared."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor import load, solve
from backprop_tutor.course.lesson_text import amount_text, number_said
from backprop_tutor.course.reckoning import Amount, Reckoner
from backprop_tutor.errors import BackpropTutorError

ONE = Reckoner(solve(load("one-weight")))  # z = w·3, J = (z - 12)²/2, w = 2
DEEP = Reckoner(solve(load("three-hidden")))
SOFT = Reckoner(solve(load("softmax-one")))


def number(reckoner: Reckoner, text: str) -> tuple[float, Fraction | None]:
    return reckoner.amount(reckoner.read(text)).number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("J", Fraction(18)),
        ("dJ/dw", Fraction(-18)),
        ("J at w = 3", Fraction(9, 2)),
        ("J at w = w + 1/100", Fraction(356409, 20000)),  # (6.03 - 12)²/2
        ("((J at w = w + 1/10) - J) / (1/10)", Fraction(-351, 20)),  # -18 + 9/2·1/10
        ("J at w = w_new", Fraction(9, 50)),
        ("w - eta*dJ/dw", Fraction(19, 5)),
        ("J at w = 4, t = 0", Fraction(72)),
        ("size(w) + 1", Fraction(2)),
        ("paths(J, w)", Fraction(1)),
        ("sigmoid'(0)**5 * 4**5", Fraction(1)),
    ],
)
def test_what_a_formula_comes_to(text: str, value: Fraction) -> None:
    assert number(ONE, text) == (float(value), value)


def test_paths_and_sizes_are_counted() -> None:
    assert number(DEEP, "paths(J, x[1])")[0] == 8
    assert number(DEEP, "size(W1) + size(W2) + size(W3) + size(W4)")[0] == 14


def test_an_irrational_number_has_no_fraction() -> None:
    value, exact = number(SOFT, "z[1]")
    assert exact is None
    assert value == pytest.approx(np.exp(2) / (np.exp(2) + np.e + 1))


@given(st.fractions(min_value=-10, max_value=10, max_denominator=50))
def test_a_changed_exercise_is_solved_anew(w: Fraction) -> None:
    assert number(ONE, f"J at w = {w}")[1] == (3 * w - 12) ** 2 / 2
    assert number(ONE, f"dJ/dw at w = {w}")[1] == 3 * (3 * w - 12)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("dJ/dw < 0", True),
        ("dJ/dw = -18", True),
        ("dJ/dw != -18", False),
        ("(J at w = 3) < J and J >= 18", True),
        ("(J at w = 8) > J", True),
        ("J <= 17", False),
    ],
)
def test_a_condition_holds_or_does_not(text: str, holds: bool) -> None:
    assert ONE.holds(ONE.condition(text)) is holds


def test_numbers_that_only_rounding_parts_are_equal() -> None:
    assert SOFT.holds(SOFT.condition("z[1] + z[2] + z[3] = 1"))
    assert number(SOFT, "dJ/dnet1[1] + dJ/dnet1[2] + dJ/dnet1[3]")[0] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("foo", "foo is not a quantity"),
        ("J at z = 3", "`z` cannot be changed"),
        ("J at w", "changes nothing"),
        ("J[1]", "1 index"),
        ("1/(w - 2)", "no finite value"),
        ("J at w = 1, w = 2, t = 1, x = 1, w = 3", "too much is changed"),
        ("paths(J)", "counts nothing"),
        ("w" * 600, "too long"),
        ("1 +", "ends"),
    ],
)
def test_what_makes_no_sense_is_said(text: str, said: str) -> None:
    with pytest.raises(BackpropTutorError, match=said):
        number(ONE, text)


@pytest.mark.parametrize("text", ["J", "J < ", "J<0", "a < b"])
def test_a_condition_compares_two_things(text: str) -> None:
    with pytest.raises(BackpropTutorError):
        ONE.condition(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Fraction(-18), "-18"),
        (Fraction(9, 50), "0.18"),
        (Fraction(356409, 20000), "17.82045"),
        (Fraction(1, 3), "1/3"),
        (Fraction(123456789, 1000000007), "0.1235"),
    ],
)
def test_a_number_is_said_shortly(value: Fraction, said: str) -> None:
    assert number_said(float(value), value) == said


def test_arrays_are_said_in_rows() -> None:
    assert amount_text(Amount(np.array([[2.0, 1.0, 3.0]]), None)) == "(2, 1, 3)"
    assert amount_text(Amount(np.array([[1.0, 2.0], [0.0, -1.0]]), None)) == "[1 2; 0 -1]"
