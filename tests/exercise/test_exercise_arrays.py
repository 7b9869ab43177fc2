from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor.exercise.rectangles import rectangle


def test_nested_lists_become_exact_arrays() -> None:
    array, problems = rectangle([[Fraction(1), Fraction(1, 3)], [Fraction(0), Fraction(-2)]])
    assert problems == []
    assert array is not None
    assert array.shape == (2, 2)
    assert array.dtype == object
    assert array[0, 1] == Fraction(1, 3)


def test_a_number_is_an_array_without_axes() -> None:
    array, _ = rectangle(Fraction(2))
    assert array is not None
    assert array.shape == ()


@pytest.mark.parametrize(
    ("value", "at", "what"),
    [
        ([[1, 2], [3]], (1,), "row 2 has 1 number, but row 1 has 2 numbers."),
        ([[1, 2], 3], (1,), "row 2 is a single number, but row 1 has 2 numbers."),
        ([[[1], [2]], [[3]]], (1,), "row 2 has shape 1 × 1, but row 1 has shape 2 × 1."),
        ([[[1], [2, 3]]], (0, 1), "row 2 has 2 numbers, but row 1 has 1 number."),
        ([], (), "an empty list is not an array."),
        ([[1], []], (1,), "an empty list is not an array."),
        (["abc"], (0,), "expected a number, not the text `abc`."),
        (["nan"], (0,), "`nan` is not a finite number."),
        (["1,5"], (0,), "`1,5` has a decimal comma."),
        (["1/2"], (0,), "the number 1/2 is in quotes."),
        (["−1"], (0,), "`−1` is not a plain number."),
        (["1 / 2"], (0,), "`1 / 2` is not a plain number."),
        (["5 2"], (0,), "`5 2` is 2 numbers: a comma is missing."),
        (["-1 1/2 3"], (0,), "`-1 1/2 3` is 3 numbers: a comma is missing."),
        (["- 5"], (0,), "`- 5` is not a plain number."),
        (["1 000"], (0,), "`1 000` is not a plain number."),
        ([True], (0,), "expected a number, not `true`."),
        ([None], (0,), "a number is missing here."),
        ([{}], (0,), "expected a number, not a mapping."),
    ],
)
def test_what_is_no_array_is_told_why_and_where(value: object, at: tuple[int, ...], what: str) -> None:
    array, problems = rectangle(numbered(value))
    assert array is None
    assert [(problem.at, problem.what) for problem in problems] == [(at, what)]
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5 2", "Write 5, 2."),
        ("-1 1/2 3", "Write -1, 1/2, 3."),
        ("- 5", "Write -5."),
        ("1 000", "Write 1000."),
    ],
)
def test_numbers_side_by_side_lack_a_comma_and_one_in_groups_does_not(text: str, hint: str) -> None:
    _, [problem] = rectangle([text])
    assert problem.hint == hint


def test_every_problem_is_named() -> None:
    _, problems = rectangle(numbered([[1, 2], ["x", 2], [1], [1, None]]))
    assert [problem.at for problem in problems] == [(1, 0), (3, 1), (2,)]


def numbered(value: object) -> object:
    if isinstance(value, list):
        return [numbered(item) for item in value]
    return Fraction(value) if type(value) is int else value


@settings(deadline=None)
@given(st.integers(1, 3).flatmap(lambda size: st.lists(st.lists(st.fractions(), min_size=size, max_size=size), min_size=1)))  # fmt: skip  # noqa: E501
def test_a_matrix_keeps_its_numbers(rows: list[list[Fraction]]) -> None:
    array, problems = rectangle(rows)
    assert problems == []
    assert array is not None
    assert np.array_equal(array.tolist(), rows)
