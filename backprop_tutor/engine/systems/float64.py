"""Floating point: NumPy itself, with the forms of sigmoid, softplus and softmax that do not overflow."""

import math
from fractions import Fraction

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, examples
from backprop_tutor.engine.systems.dense import NumericSystem

__all__ = ["BITWISE", "FLOAT64", "Float64"]

SAME = 32 * 2.0**-53  # relative: some units in the last place

_erf = np.frompyfunc(math.erf, 1, 1)


class Float64(NumericSystem):
    """Results that are not finite are left in place; `engine.evaluate` finds and names them."""

    name = "float64"
    dtype = float
    pi = math.pi

    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    sqrt = staticmethod(np.sqrt)
    sin = staticmethod(np.sin)
    cos = staticmethod(np.cos)
    tan = staticmethod(np.tan)
    arctan = staticmethod(np.arctan)
    sinh = staticmethod(np.sinh)
    cosh = staticmethod(np.cosh)
    tanh = staticmethod(np.tanh)

    def power(self, x: Array, y: Array) -> Array:
        return np.square(x) if isinstance(y, int) and y == 2 else np.power(x, y)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        if type(x) is type(y) is float and (x, y) == (1, 0):
            return np.asarray(condition, dtype=float)  # in a third of the time
        return np.where(condition, x, y)

    def abs(self, x: Array) -> Array:
        return np.abs(x)

    def gt(self, x: Array, y: Array) -> Array:
        """Whether `x` is larger by more than its rounding noise."""
        larger = np.greater(x, y)
        return larger if isinstance(y, int) else larger & ~self._same(x, y)

    def eq(self, x: Array, y: Array) -> Array:
        return np.equal(x, y) | self._same(x, y)

    def _same(self, x: Array, y: Array) -> Array:
        """Whether two numbers differ by no more than their last bits: 0.3 and 0.1 + 0.2. Nothing but 0 is so
        near to 0."""
        if isinstance(y, int):  # 0, mostly, and at no cost
            return np.equal(x, y)
        return np.abs(x - y) <= SAME * np.maximum(np.abs(x), np.abs(y))

    def slope_by_base(self, x: Array, y: Array) -> Array:
        return y * np.power(x, np.where(y == 0, 1, y) - 1)

    def slope_by_divisor(self, x: Array, y: Array) -> Array:
        return -(x / y / y)  # y squared may overflow

    def slope_by_exponent(self, value: Array, x: Array) -> Array:
        return value * np.log(np.where(value == 0, 1, x))

    def number(self, value: int | Fraction) -> Array:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return float(examples(x, axes))

    def sigmoid(self, x: Array) -> Array:
        return 1 / (1 + np.exp(-x))  # exp(-x) = inf gives 0, which is right

    def softplus(self, x: Array) -> Array:
        return np.logaddexp(0, x)

    def erf(self, x: Array) -> Array:
        return np.asarray(_erf(x), dtype=float)

    def peak(self, x: Array, axes: Axes) -> Array:
        return np.max(x, axis=axes, keepdims=True)


class Bitwise(Float64):
    """float64 whose numbers are equal when their bits are."""

    name = "bitwise"

    def _same(self, x: Array, y: Array) -> Array:
        return np.equal(x, y)


FLOAT64 = Float64()
BITWISE = Bitwise()
