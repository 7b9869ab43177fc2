"""Dual numbers: forward-mode differentiation, a route to every gradient that uses no VJP.

A dual array is a value and its derivative in one direction; running the forward rules on it carries
the direction along (R. E. Wengert, 1964).
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, Index, Shape, examples
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.windows import Windows

__all__ = ["DUAL", "Dual", "DualSystem"]


class Dual:
    """`value` and `tangent`, two arrays of one shape."""

    __array_ufunc__ = None  # an ndarray on the left leaves the operator to us
    __slots__ = ("tangent", "value")

    def __init__(self, value: Array, tangent: Array) -> None:
        self.value = value
        self.tangent = tangent

    @property
    def shape(self) -> Shape:
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        return np.ndim(self.value)

    def __add__(self, other: Array) -> "Dual":
        b = _lift(other)
        return Dual(self.value + b.value, self.tangent + b.tangent)

    def __mul__(self, other: Array) -> "Dual":
        b = _lift(other)
        return Dual(self.value * b.value, self.tangent * b.value + self.value * b.tangent)

    def __truediv__(self, other: Array) -> "Dual":
        b = _lift(other)
        quotient = self.value / b.value
        return Dual(quotient, (self.tangent - quotient * b.tangent) / b.value)

    def __matmul__(self, other: Array) -> "Dual":
        b = _lift(other)
        return Dual(self.value @ b.value, self.tangent @ b.value + self.value @ b.tangent)

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.tangent)

    def __sub__(self, other: Array) -> "Dual":
        return self.__add__(-_lift(other))

    def __radd__(self, other: Array) -> "Dual":
        return _lift(other).__add__(self)

    def __rmul__(self, other: Array) -> "Dual":
        return _lift(other).__mul__(self)

    def __rsub__(self, other: Array) -> "Dual":
        return _lift(other).__sub__(self)

    def __rmatmul__(self, other: Array) -> "Dual":
        return _lift(other).__matmul__(self)

    def __rtruediv__(self, other: Array) -> "Dual":
        return _lift(other).__truediv__(self)


def _lift(x: Array) -> Dual:
    """A constant, whose derivative is 0."""
    return x if isinstance(x, Dual) else Dual(np.asarray(x), np.zeros(np.shape(x)))


class DualSystem(DerivedFunctions):
    """Dual numbers whose values and tangents are arrays of the system `base`."""

    name = "dual"

    def __init__(self, base: Any) -> None:
        self.base = base
        self.pi = base.pi

    def _through(self, function: Callable[[Array], Array], x: Array, slope: Callable[[Array], Array]) -> Dual:
        x = _lift(x)
        return Dual(function(x.value), slope(x.value) * x.tangent)

    def exp(self, x: Array) -> Dual:
        return self._through(self.base.exp, x, self.base.exp)

    def log(self, x: Array) -> Dual:
        return self._through(self.base.log, x, lambda v: 1 / v)

    def sqrt(self, x: Array) -> Dual:
        return self._through(self.base.sqrt, x, lambda v: 0.5 / self.base.sqrt(v))

    def sin(self, x: Array) -> Dual:
        return self._through(self.base.sin, x, self.base.cos)

    def cos(self, x: Array) -> Dual:
        return self._through(self.base.cos, x, lambda v: -self.base.sin(v))

    def tan(self, x: Array) -> Dual:
        return self._through(self.base.tan, x, lambda v: 1 / (self.base.cos(v) * self.base.cos(v)))

    def arctan(self, x: Array) -> Dual:
        return self._through(self.base.arctan, x, lambda v: 1 / (1 + v * v))

    def sinh(self, x: Array) -> Dual:
        return self._through(self.base.sinh, x, self.base.cosh)

    def cosh(self, x: Array) -> Dual:
        return self._through(self.base.cosh, x, self.base.sinh)

    def tanh(self, x: Array) -> Dual:
        return self._through(self.base.tanh, x, lambda v: 4 * self._logistic_slope(2 * v))

    def sigmoid(self, x: Array) -> Dual:
        return self._through(self.base.sigmoid, x, self._logistic_slope)

    def _logistic_slope(self, x: Array) -> Array:
        return self.base.sigmoid(x) * self.base.sigmoid(-x)

    def softplus(self, x: Array) -> Dual:
        return self._through(self.base.softplus, x, self.base.sigmoid)

    def erf(self, x: Array) -> Dual:
        return self._through(self.base.erf, x, lambda v: 2 / self.base.sqrt(self.pi) * self.base.exp(-v * v))

    def number(self, value: int | Fraction) -> Array:
        return self.base.number(value)

    def finish(self, x: Array) -> Array:
        return x

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return float(examples(x, axes))

    def power(self, x: Array, y: Array) -> Dual:
        x, y, base = _lift(x), _lift(y), self.base
        value = base.power(x.value, y.value)
        by_base = np.where(x.tangent == 0, 0, base.slope_by_base(x.value, y.value) * x.tangent)
        by_exponent = np.where(y.tangent == 0, 0, base.slope_by_exponent(value, x.value) * y.tangent)
        return Dual(value, by_base + by_exponent)

    def gt(self, x: Array, y: Array) -> Array:
        return self.base.gt(_lift(x).value, y if isinstance(y, int) else _lift(y).value)

    def eq(self, x: Array, y: Array) -> Array:
        return self.base.eq(_lift(x).value, y if isinstance(y, int) else _lift(y).value)

    def where(self, condition: Array, x: Array, y: Array) -> Dual:
        x, y = _lift(x), _lift(y)
        return Dual(np.where(condition, x.value, y.value), np.where(condition, x.tangent, y.tangent))

    def max(self, x: Dual, axes: Axes, keepdims: bool = False) -> Dual:
        """Ties share the derivative equally."""
        largest = np.max(x.value, axis=axes, keepdims=True)
        hit = self.base.eq(x.value, largest)
        tangent = np.sum(x.tangent * hit, axis=axes, keepdims=True) / np.sum(hit, axis=axes, keepdims=True)
        if keepdims:
            return Dual(largest, tangent)
        return Dual(np.squeeze(largest, axes), np.squeeze(tangent, axes))

    def first_max(self, x: Dual) -> Dual:
        top = np.max(x.value, axis=-2, keepdims=True)
        first = np.expand_dims(np.argmax(self.base.eq(x.value, top), axis=-2), -2)
        return _both(x, lambda a: np.take_along_axis(a, first, axis=-2))

    def peak(self, x: Dual, axes: Axes) -> Array:
        return self.base.peak(x.value, axes)

    def stop(self, x: Array) -> Dual:
        return _lift(_lift(x).value)

    def arange(self, count: int) -> Array:
        return self.base.arange(count)

    def rows(self, x: Array, numbers: Array) -> Dual:
        return _both(x, lambda a: self.base.rows(a, _lift(numbers).value))

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Dual:
        return _both(g, lambda a: self.base.rows_back(a, _lift(numbers).value, like))

    def windows(self, x: Array, windows: Windows) -> Dual:
        return _both(x, lambda a: self.base.windows(a, windows))

    def overlap(self, x: Array, windows: Windows) -> Dual:
        return _both(x, lambda a: self.base.overlap(a, windows))

    def permute(self, x: Array, axes: Axes) -> Dual:
        return _both(x, lambda a: self.base.permute(a, axes))

    def centred(self, x: Dual, axes: Axes) -> Dual:
        x = _lift(x)
        return Dual(self.base.centred(x.value, axes), x.tangent)

    def sum(self, x: Dual, axes: Axes, keepdims: bool = False) -> Dual:
        return _both(x, lambda a: self.base.sum(a, axes, keepdims))

    def transpose(self, x: Dual) -> Dual:
        return _both(x, self.base.transpose)

    def swap(self, x: Dual) -> Dual:
        return _both(x, self.base.swap)

    def outer(self, x: Dual, y: Dual) -> Dual:
        return self.reshape(x, (*x.shape, 1)) * y

    def reshape(self, x: Dual, shape: Shape) -> Dual:
        return _both(x, lambda a: self.base.reshape(a, shape))

    def broadcast(self, x: Dual, shape: Shape) -> Dual:
        return _both(x, lambda a: self.base.broadcast(a, shape))

    def index(self, x: Dual, key: Index) -> Dual:
        return _both(x, lambda a: self.base.index(a, key))

    def scatter(self, x: Dual, key: Index, like: Dual) -> Dual:
        return _both(x, lambda a: self.base.scatter(a, key, like))

    def concat(self, arrays: tuple[Dual, ...], axis: int) -> Dual:
        lifted = [_lift(array) for array in arrays]
        return Dual(
            np.concatenate([a.value for a in lifted], axis), np.concatenate([a.tangent for a in lifted], axis)
        )


def _both(x: Array, change: Callable[[Array], Array]) -> Dual:
    """A linear rearrangement acts on value and tangent alike."""
    x = _lift(x)
    return Dual(change(x.value), change(x.tangent))


DUAL = DualSystem(FLOAT64)
