"""Which elements of a result depend on which inputs: NaN goes in at some and is looked for in what comes out.

Only the structure of a rule counts here: ReLU passes the mark on, also where its derivative is 0.
"""

import numpy as np

from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.dense import DenseSystem
from backprop_tutor.engine.systems.float64 import Float64

__all__ = ["TAINT", "clear", "mark"]


def clear(shape: Shape) -> Array:
    """An array on which nothing is marked; its numbers are harmless to every rule."""
    return np.full(shape, 0.5)


def mark(where: Array) -> Array:
    """An array marked where `where` is True; `np.isnan` gives the marks back."""
    return np.where(where, np.nan, 0.5)


class Taint(Float64):
    """float64 with the functions replaced that could lose a NaN: 1 to any power, a choice, erf."""

    name = "taint"

    def power(self, x: Array, y: Array) -> Array:
        return np.add(x, y)

    def one_hot(self, x: Array, classes: int) -> Array:
        return np.ones((*np.shape(x), classes))  # any place: a mark is no number

    def rows(self, x: Array, numbers: Array) -> Array:
        return DenseSystem.rows(self, x, numbers)

    def erf(self, x: Array) -> Array:
        return x

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        return np.add(x, y)


TAINT = Taint()
