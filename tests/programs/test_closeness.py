"""When two arrays count as the same, and where they differ."""

from typing import Any

import numpy as np
import pytest

from backprop_tutor.engine.infinity import MINUS_INFINITY
from backprop_tutor.programs.closeness import off, same, tolerance_of

INFINITE = float(MINUS_INFINITY)  # what the engine has for -inf in a mask


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [
        ([0, 0], [0, 0], [0, 0]),
        ([1e-7, 0], [0, 0], [1, 0]),
        ([1 + 0.9e-6, 1 - 0.9e-6], [1, 1], [0, 0]),
        ([1 + 1.1e-6, 1 - 1.1e-6], [1, 1], [1, 1]),
        ([1 + 3e-6, -4], [1, -4], [0, 0]),  # by the largest number of the array, whatever its sign
        ([1 + 5e-6, -4], [1, -4], [1, 0]),
        ([np.nan, 1], [np.nan, 1], [0, 0]),
        ([np.nan, 1], [2, np.nan], [1, 1]),
        ([np.inf, 2], [np.inf, 2], [0, 0]),
        ([np.inf, -np.inf], [-np.inf, np.inf], [1, 1]),
        ([np.inf, 2 + 1e-3], [np.inf, 2], [0, 1]),  # what is not finite is not the largest number
        ([-np.inf, 2 + 1e-3], [INFINITE, 2], [0, 1]),
        ([-1e6, -1e9], [INFINITE, INFINITE], [0, 0]),  # what does in a mask
        ([-1e5, 0], [INFINITE, INFINITE], [1, 1]),
    ],
)
def test_where_arrays_differ(given: list[float], right: list[float], wrong: list[Any]) -> None:
    a, b = np.array(given, dtype=float), np.array(right, dtype=float)
    assert off(a, b, 1e-6).tolist() == [bool(entry) for entry in wrong]
    assert same(a, b) is not any(wrong)


def test_a_floor_is_how_near_small_numbers_have_to_be() -> None:
    zeros = np.zeros(3)
    for most in (zeros + 1e-9, zeros - 1e-9):
        assert same(most, zeros, floor=1e-9)
        assert not same(2 * most, zeros, floor=1e-9)
        assert off(most, zeros, 1e-6, floor=1e-9).tolist() == [False] * 3
        assert off(2 * most, zeros, 1e-6, floor=1e-9).tolist() == [True] * 3


@pytest.mark.parametrize("place", [0, 1, 254, 255, 256, 999])
def test_one_number_of_many_is_enough(place: int) -> None:
    right = np.linspace(0, 1, 1000)
    given = right.copy()
    assert same(given, right)
    given[place] += 1e-5
    assert not same(given, right)


def test_arrays_of_other_shapes_are_not_the_same() -> None:
    assert not same(np.zeros((1, 2)), np.zeros(2))
    assert not same(np.zeros(2), None)
    assert same(np.zeros((0, 2)), np.zeros((0, 2)))


def test_single_and_half_precision_may_be_off_by_more() -> None:
    kinds = ("float64", "int64", "float32", "torch.float32", "float16", "torch.bfloat16")
    assert [tolerance_of(kind) for kind in kinds] == [1e-6, 1e-6, 1e-3, 1e-3, 1e-2, 3e-2]
