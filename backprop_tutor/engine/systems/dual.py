"""Dual numbers: forward-mode differentiation, a route to every gradient that uses no VJP.

A dual array is a value and its derivative in one direction; running the forward rules on it carries
the direction along (R. E. Wengert, 1964).
"""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, Index, Shape, examples
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.windows import Windows

__all__ = ["DUAL", "Dual", "DualSystem"]


class Dual:
    """`value` and `tangent`, two float arrays of one shape."""

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
    return x if isinstance(x, Dual) else Dual(np.asarray(x, dtype=float), np.zeros(np.shape(x)))


def _function(f: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Callable[[Array], Dual]:
    def apply(x: Array) -> Dual:
        x = _lift(x)
        return Dual(f(x.value), slope(x.value) * x.tangent)

    return apply


def _gaussian(x: Array) -> Array:
    return 2 / math.sqrt(math.pi) * np.exp(-x * x)


class DualSystem(DerivedFunctions):
    name = "dual"
    pi = math.pi

    exp = staticmethod(_function(np.exp, np.exp))
    log = staticmethod(_function(np.log, lambda x: 1 / x))
    sqrt = staticmethod(_function(np.sqrt, lambda x: 0.5 / np.sqrt(x)))
    sin = staticmethod(_function(np.sin, np.cos))
    cos = staticmethod(_function(np.cos, lambda x: -np.sin(x)))
    tan = staticmethod(_function(np.tan, lambda x: 1 / np.cos(x) ** 2))
    arctan = staticmethod(_function(np.arctan, lambda x: 1 / (1 + x * x)))
    sinh = staticmethod(_function(np.sinh, np.cosh))
    cosh = staticmethod(_function(np.cosh, np.sinh))
    tanh = staticmethod(_function(np.tanh, lambda x: 1 / np.cosh(np.clip(x, -350, 350)) ** 2))
    sigmoid = staticmethod(_function(FLOAT64.sigmoid, lambda x: FLOAT64.sigmoid(x) * FLOAT64.sigmoid(-x)))
    softplus = staticmethod(_function(FLOAT64.softplus, FLOAT64.sigmoid))
    erf = staticmethod(_function(FLOAT64.erf, _gaussian))

    def number(self, value: int | Fraction) -> Array:
        return float(value)

    def finish(self, x: Array) -> Array:
        return x

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return float(examples(x, axes))

    def power(self, x: Array, y: Array) -> Dual:
        x, y = _lift(x), _lift(y)
        value = np.power(x.value, y.value)
        by_base = np.where(x.tangent == 0, 0, FLOAT64.slope_by_base(x.value, y.value) * x.tangent)
        by_exponent = np.where(y.tangent == 0, 0, FLOAT64.slope_by_exponent(value, x.value) * y.tangent)
        return Dual(value, by_base + by_exponent)

    def gt(self, x: Array, y: Array) -> Array:
        return FLOAT64.gt(_lift(x).value, y if isinstance(y, int) else _lift(y).value)

    def eq(self, x: Array, y: Array) -> Array:
        return FLOAT64.eq(_lift(x).value, y if isinstance(y, int) else _lift(y).value)

    def where(self, condition: Array, x: Array, y: Array) -> Dual:
        x, y = _lift(x), _lift(y)
        return Dual(np.where(condition, x.value, y.value), np.where(condition, x.tangent, y.tangent))

    def max(self, x: Dual, axes: Axes, keepdims: bool = False) -> Dual:
        """Ties share the derivative equally."""
        largest = np.max(x.value, axis=axes, keepdims=True)
        hit = FLOAT64.eq(x.value, largest)
        tangent = np.sum(x.tangent * hit, axis=axes, keepdims=True) / np.sum(hit, axis=axes, keepdims=True)
        if keepdims:
            return Dual(largest, tangent)
        return Dual(np.squeeze(largest, axes), np.squeeze(tangent, axes))

    def first_max(self, x: Dual) -> Dual:
        top = np.max(x.value, axis=-2, keepdims=True)
        first = np.expand_dims(np.argmax(FLOAT64.eq(x.value, top), axis=-2), -2)
        return _both(x, lambda a: np.take_along_axis(a, first, axis=-2))

    def peak(self, x: Dual, axes: Axes) -> Array:
        return FLOAT64.peak(_lift(x).value, axes)

    def stop(self, x: Array) -> Dual:
        return _lift(_lift(x).value)

    def arange(self, count: int) -> Array:
        return FLOAT64.arange(count)

    def rows(self, x: Array, numbers: Array) -> Dual:
        return _both(x, lambda a: FLOAT64.rows(a, _lift(numbers).value))

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Dual:
        return _both(g, lambda a: FLOAT64.rows_back(a, _lift(numbers).value, like))

    def windows(self, x: Array, windows: Windows) -> Dual:
        return _both(x, lambda a: FLOAT64.windows(a, windows))

    def overlap(self, x: Array, windows: Windows) -> Dual:
        return _both(x, lambda a: FLOAT64.overlap(a, windows))

    def permute(self, x: Array, axes: Axes) -> Dual:
        return _both(x, lambda a: FLOAT64.permute(a, axes))

    def sum(self, x: Dual, axes: Axes, keepdims: bool = False) -> Dual:
        return _both(x, lambda a: FLOAT64.sum(a, axes, keepdims))

    def transpose(self, x: Dual) -> Dual:
        return _both(x, FLOAT64.transpose)

    def swap(self, x: Dual) -> Dual:
        return _both(x, FLOAT64.swap)

    def outer(self, x: Dual, y: Dual) -> Dual:
        return self.reshape(x, (*x.shape, 1)) * y

    def reshape(self, x: Dual, shape: Shape) -> Dual:
        return _both(x, lambda a: FLOAT64.reshape(a, shape))

    def broadcast(self, x: Dual, shape: Shape) -> Dual:
        return _both(x, lambda a: FLOAT64.broadcast(a, shape))

    def index(self, x: Dual, key: Index) -> Dual:
        return _both(x, lambda a: FLOAT64.index(a, key))

    def scatter(self, x: Dual, key: Index, like: Dual) -> Dual:
        return _both(x, lambda a: FLOAT64.scatter(a, key, like))

    def concat(self, arrays: tuple[Dual, ...], axis: int) -> Dual:
        lifted = [_lift(array) for array in arrays]
        return Dual(
            np.concatenate([a.value for a in lifted], axis), np.concatenate([a.tangent for a in lifted], axis)
        )


def _both(x: Array, change: Callable[[Array], Array]) -> Dual:
    """A linear rearrangement acts on value and tangent alike."""
    x = _lift(x)
    return Dual(change(x.value), change(x.tangent))


DUAL = DualSystem()
