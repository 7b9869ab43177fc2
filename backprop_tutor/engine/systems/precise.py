"""Floats of many digits and any exponent, by mpmath: what float64 loses to rounding is still there."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from mpmath.ctx_mp import MPContext

from backprop_tutor.engine.systems.base import Array, Axes, examples
from backprop_tutor.engine.systems.dense import DenseSystem, elementwise

__all__ = ["PRECISE", "Precise", "agree"]

DIGITS = 700  # in 1e308 + 1e-308 both numbers leave a trace
SAME = 650  # digits that equal numbers have in common
TOLERANCE = 1e-9  # relative
TINY = 1e-300  # what is left of terms of any size that cancel, and less than a float can show
FAR = 10**400  # e to the power of more is infinite, and of less 0

_mp = MPContext()
_mp.dps = DIGITS
_NOISE = _mp.mpf(10) ** -SAME


def _real(function: Callable[..., Any], arguments: int = 1) -> Callable[..., Array]:
    """A function of real numbers, by element: NaN where it has no real value."""

    def at(*numbers: Any) -> Any:
        try:
            value = function(*map(_number, numbers))
        except (ZeroDivisionError, ValueError):
            return _mp.nan
        return value if isinstance(value, _mp.mpf) else _mp.nan

    return elementwise(at, arguments)


def _number(x: Any) -> Any:
    return _mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else _mp.mpf(x)


def _exp(x: Any) -> Any:
    if abs(x) > FAR:
        return _mp.inf if x > 0 else _mp.zero
    return _mp.exp(x)


def _hyperbolic(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """sinh or cosh, infinite far out."""
    return lambda x: function(x) if abs(x) <= FAR else _mp.inf * function(_mp.sign(x))


def _same(x: Any, y: Any) -> bool:
    return bool(x == y or abs(x - y) <= _NOISE * max(abs(x), abs(y)))


class Precise(DenseSystem):
    """Arrays are object arrays of mpf. ZeroDivisionError is raised where a divisor is 0."""

    name = "precise"
    pi = +_mp.pi

    power = staticmethod(_real(lambda x, y: x**y, 2))
    exp = staticmethod(_real(_exp))
    log = staticmethod(_real(_mp.log))
    sqrt = staticmethod(_real(_mp.sqrt))
    sin = staticmethod(_real(_mp.sin))
    cos = staticmethod(_real(_mp.cos))
    tan = staticmethod(_real(_mp.tan))
    arctan = staticmethod(_real(_mp.atan))
    sinh = staticmethod(_real(_hyperbolic(_mp.sinh)))
    cosh = staticmethod(_real(_hyperbolic(_mp.cosh)))
    tanh = staticmethod(_real(_mp.tanh))
    erf = staticmethod(_real(_mp.erf))
    sigmoid = staticmethod(_real(lambda x: 1 / (1 + _exp(-x))))
    softplus = staticmethod(_real(lambda x: x if x > FAR else _mp.log1p(_exp(x))))
    gt = staticmethod(elementwise(lambda x, y: bool(x > y and not _same(x, y)), 2))
    eq = staticmethod(elementwise(_same, 2))
    where = staticmethod(elementwise(lambda condition, x, y: x if condition else y, 3))
    slope_by_base = staticmethod(_real(lambda x, y: y * x ** (y - 1) if y else _mp.zero, 2))
    slope_by_exponent = staticmethod(_real(lambda value, x: value * _mp.log(x) if value else _mp.zero, 2))

    def number(self, value: int | Fraction) -> Array:
        return _number(value)

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return _number(examples(x, axes))

    def array(self, x: Array) -> Array:
        """An array of floats or fractions."""
        return elementwise(_number)(x)


PRECISE = Precise()


def agree(a: Array, b: Array) -> bool:
    """Whether two arrays, worked out in two ways, have the same numbers; one that is none tells nothing."""
    gap = np.abs(a - b)
    return not np.any(gap > TOLERANCE * np.maximum(np.abs(a), np.abs(b)) + TINY)
