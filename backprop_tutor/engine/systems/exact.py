"""Fractions: exact where the value is rational and short enough to be worth having."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, examples
from backprop_tutor.engine.systems.dense import NumericSystem, elementwise

__all__ = ["EXACT", "MAX_BITS", "Exact", "Irrational"]

MAX_BITS = 4096  # of a numerator or denominator; longer fractions teach nobody


class Irrational(ArithmeticError):  # noqa: N818 - a property of the value, nobody's error
    """The value is irrational, undefined, or a fraction too long to carry on with."""


class _Unknown:
    """Stands for a number that has no fraction: what is computed from it has none either, like a NaN.

    It cannot be compared, and whoever looks for its numerator learns the truth.
    """

    def _stay(self, *others: Any) -> Any:
        return self

    def _refuse(self, *others: Any) -> Any:
        raise Irrational

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _stay
    __neg__ = __abs__ = _stay
    __pow__ = __rpow__ = __lt__ = __gt__ = __eq__ = _refuse
    __hash__ = None  # type: ignore[assignment]
    numerator = denominator = property(_refuse)


def _special(known: dict[int, int]) -> Any:
    """A function that is rational at the `known` points only."""

    def at(x: Fraction) -> Fraction:
        if x.denominator == 1 and x.numerator in known:
            return Fraction(known[x.numerator])
        raise Irrational

    return elementwise(at)


def _root(x: Fraction) -> Fraction:
    if x < 0:
        raise Irrational
    root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
    if root * root != x:
        raise Irrational
    return root


def _power(x: Fraction, y: Fraction) -> Fraction:
    if y == Fraction(1, 2):
        return _root(x)
    size = max(x.numerator.bit_length(), x.denominator.bit_length())
    if y.denominator != 1 or abs(y.numerator) * size > MAX_BITS:
        raise Irrational
    return Fraction(x) ** int(y)


def _sigmoid(x: Fraction) -> Fraction:
    if x != 0:
        raise Irrational
    return Fraction(1, 2)


def _pick(condition: bool, x: Fraction, y: Fraction) -> Fraction:
    return x if condition else y


class Exact(NumericSystem):
    """Arrays are object arrays of Fraction. Raises Irrational where a value has no fraction."""

    name = "exact"

    power = staticmethod(elementwise(_power, 2))
    abs = staticmethod(elementwise(abs))
    exp = staticmethod(_special({0: 1}))
    log = staticmethod(_special({1: 0}))
    sqrt = staticmethod(elementwise(_root))
    sin = staticmethod(_special({0: 0}))
    cos = staticmethod(_special({0: 1}))
    tan = arctan = sinh = tanh = staticmethod(_special({0: 0}))
    cosh = staticmethod(_special({0: 1}))
    erf = staticmethod(_special({0: 0}))
    softplus = staticmethod(_special({}))
    sigmoid = staticmethod(elementwise(_sigmoid))
    gt = staticmethod(np.greater)
    eq = staticmethod(np.equal)
    where = staticmethod(elementwise(_pick, 3))

    def slope_by_base(self, x: Array, y: Array) -> Array:
        return y * self.power(x, self.where(y == 0, Fraction(1), y) - 1)

    def slope_by_exponent(self, value: Array, x: Array) -> Array:
        return value * self.log(self.where(value == 0, Fraction(1), x))

    @property
    def pi(self) -> Array:
        raise Irrational

    def number(self, value: int | Fraction) -> Array:
        return Fraction(value)

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return Fraction(examples(x, axes))

    def zeros(self, shape: tuple[int, ...]) -> Array:
        return np.full(shape, Fraction(0), dtype=object)

    def unknown(self, shape: tuple[int, ...]) -> Array:
        """An array without fractions: it may stand where nothing is computed from it."""
        return np.full(shape, _Unknown(), dtype=object)


EXACT = Exact()
