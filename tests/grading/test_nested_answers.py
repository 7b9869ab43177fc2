"""Answers as a program gives them: nested lists, arrays, numbers and anything else."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backprop_tutor.grading.nested_answers import MAX_CELLS, MAX_DEPTH, MAX_WRITTEN, arranged


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


@pytest.mark.parametrize(
    ("value", "shape", "cells"),
    [
        ([[1, 2], [3, 4]], (2, 2), {(0, 0): "1", (0, 1): "2", (1, 0): "3", (1, 1): "4"}),
        ([0.5, Fraction(1, 3), "1/7", None], (4,), {(0,): "0.5", (1,): "1/3", (2,): "1/7", (3,): ""}),
        (np.array([[[7.0]]]), (1, 1, 1), {(0, 0, 0): "7.0"}),
        ([], (0,), {}),
        ([[], []], (2, 0), {}),
        (nested(MAX_DEPTH), (1,) * MAX_DEPTH, {(0,) * MAX_DEPTH: "1"}),
    ],
)
def test_a_rectangle_has_a_cell_an_index(value: Any, shape: tuple[int, ...], cells: dict[Any, str]) -> None:
    given = arranged(value)
    assert (given.shape, given.cells, given.fault) == (shape, cells, "")


@pytest.mark.parametrize(("value", "text"), [(2, "2"), ("x", "x"), (None, ""), (np.float64(0.5), "0.5")])
def test_anything_else_is_one_text(value: Any, text: str) -> None:
    given = arranged(value)
    assert (given.shape, given.cells, given.text) == (None, {}, text)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([[1, 2], [3]], "its rows have different lengths"),
        ([[1, 2], 3], "its rows have different lengths"),
        ([[1], "2"], "its rows have different lengths"),
        ([1, [2]], "it is nested too deeply, or unevenly"),
        (nested(MAX_DEPTH + 1), "it is nested too deeply, or unevenly"),
    ],
)
def test_what_is_no_rectangle_is_said(value: Any, fault: str) -> None:
    given = arranged(value)
    assert (given.cells, given.fault) == ({}, fault)


def test_cells_are_bounded() -> None:
    assert len(arranged([0] * MAX_CELLS).cells) == MAX_CELLS
    assert arranged([0] * (MAX_CELLS + 1)).fault == "it has more than 100,000 entries"


def test_it_is_written_as_it_would_be_typed() -> None:
    assert arranged(np.array([[1, 0.5], [-1, 2]])).written == "[[1.0, 0.5], [-1.0, 2.0]]"
    whole = arranged(["x" * (MAX_WRITTEN - 2)]).written
    assert (len(whole), whole[-2:]) == (MAX_WRITTEN, "x]")
    longer = arranged(["x" * (MAX_WRITTEN - 1)]).written
    assert (len(longer), longer[-2:]) == (MAX_WRITTEN + 1, "x…")
    assert arranged([1, nested(20)]).written.startswith("[1, [[[")
