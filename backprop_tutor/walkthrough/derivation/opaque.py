"""Arithmetic in the rationals in which activations are opaque: their values are drawn, their slopes true.

A function's value at an argument is a number drawn from the function, the argument and the draw, so that
nothing but the identities that a derivation may use holds of it: σ' = σ(1 - σ), exp' = exp, ln' = 1/x,
ln(e^x) = x, ….
Derivatives are carried along as in `engine.systems.dual`, exactly.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import Any
from zlib import crc32

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, examples
from backprop_tutor.engine.systems.dense import DenseSystem, elementwise

__all__ = [
    "Arrays",
    "Number",
    "Opaque",
    "Rational",
    "RationalDual",
    "drawn",
    "first_largest",
    "largest",
    "quotient",
    "root_of",
    "slope_of",
    "value_of",
]

Rational = int | Fraction
FUNCTIONS = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh", "sigmoid", "softplus"),
    *("erf", "stop"),
)


class RationalDual:
    """`value` and `slope`, its derivative in one direction."""

    __slots__ = ("slope", "value")

    def __init__(self, value: Rational, slope: Rational) -> None:
        self.value = value
        self.slope = slope

    def __add__(self, other: Any) -> "RationalDual":
        if isinstance(other, RationalDual):
            return RationalDual(self.value + other.value, self.slope + other.slope)
        if isinstance(other, Rational):
            return RationalDual(self.value + other, self.slope)
        return NotImplemented  # an array adds itself to us

    def __mul__(self, other: Any) -> "RationalDual":
        if isinstance(other, RationalDual):
            return RationalDual(self.value * other.value, self.slope * other.value + self.value * other.slope)
        if isinstance(other, Rational):
            return RationalDual(self.value * other, self.slope * other)
        return NotImplemented

    def __truediv__(self, other: Any) -> "RationalDual":
        if isinstance(other, RationalDual):
            ratio = quotient(self.value, other.value)
            return RationalDual(ratio, quotient(self.slope - ratio * other.slope, other.value))
        if isinstance(other, Rational):
            return RationalDual(quotient(self.value, other), quotient(self.slope, other))
        return NotImplemented

    def __rtruediv__(self, other: Rational) -> "RationalDual":
        ratio = quotient(other, self.value)
        return RationalDual(ratio, quotient(-ratio * self.slope, self.value))

    def __neg__(self) -> "RationalDual":
        return RationalDual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> "RationalDual":
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> "RationalDual":
        return (-self).__add__(other)

    __radd__ = __add__
    __rmul__ = __mul__


Number = Any  # int, Fraction or RationalDual


def value_of(x: Number) -> Rational:
    return x.value if isinstance(x, RationalDual) else x


def slope_of(x: Number) -> Rational:
    return x.slope if isinstance(x, RationalDual) else 0


def largest(*numbers: Number) -> Number:
    """The largest; equally large ones share the slope."""
    top = max(map(value_of, numbers))
    slopes = [slope_of(number) for number in numbers if value_of(number) == top]
    return RationalDual(top, quotient(sum(slopes), len(slopes))) if any(slopes) else top


def first_largest(*numbers: Number) -> Number:
    """The largest; of equally large ones, the first has the slope."""
    top = max(map(value_of, numbers))
    return next(number for number in numbers if value_of(number) == top)


def quotient(a: Number, b: Number) -> Number:
    """a / b, exact for fractions, whole numbers kept whole. Raises ZeroDivisionError."""
    if not (isinstance(a, Rational) and isinstance(b, Rational)):
        return a / b
    ratio = Fraction(a) / b
    return ratio.numerator if ratio.denominator == 1 else ratio


def root_of(number: Fraction) -> Fraction | None:
    """The root of the square of a fraction, None of any other number."""
    if number <= 0:
        return None
    root = Fraction(isqrt(number.numerator), isqrt(number.denominator))
    return root if root * root == number else None


def drawn(draw: int, *key: object, least: int = 2, many: int = 59) -> int:
    """One of `many` whole numbers from `least` on that depends on nothing but the key and the draw."""
    return crc32("|".join(map(str, (draw, *key))).encode()) % many + least


@lru_cache(maxsize=256)
def _exponents(draw: int) -> dict[Rational, Rational]:
    """The exponents by the value that e has to their power in this draw, for all who work in it."""
    return {}


class Opaque(DerivedFunctions):
    """The namespace of `engine.systems.base` for single numbers; the ops' own rules run in it."""

    name = "opaque"

    def __init__(self, draw: int) -> None:
        self.draw = draw
        self.exponents = _exponents(draw)
        self.pi = RationalDual(drawn(draw, "pi"), 0)

    def number(self, value: Rational) -> RationalDual:
        return RationalDual(value, 0)  # no bare int: Python divides those in floating point

    def finish(self, x: Number) -> Number:
        return x

    def _opaque(self, name: str, x: Number, slope: Callable[[Rational, Rational], Rational]) -> Number:
        """The drawn value at x; slope(argument, value) is the true derivative there."""
        at = value_of(x)
        value = drawn(self.draw, name, at)
        return RationalDual(value, slope(at, value) * x.slope) if isinstance(x, RationalDual) else value

    def exp(self, x: Number) -> Number:
        """One of so many fractions below 2 that no other exponent has the same one: ln finds it again."""
        at = value_of(x)
        number = drawn(self.draw, "exp", at, least=0, many=2**31)
        value = Fraction(1 + (number >> 15), 2**15 + number % 2**15)
        self.exponents[value] = at
        return RationalDual(value, value * x.slope) if isinstance(x, RationalDual) else value

    def log(self, x: Number) -> Number:
        at = value_of(x)
        value = self.exponents.get(at)
        if value is None:
            value = drawn(self.draw, "log", at)
        return RationalDual(value, quotient(x.slope, at)) if isinstance(x, RationalDual) else value

    def sqrt(self, x: Number) -> Number:
        """Of a square its root."""
        at = value_of(x)
        root = root_of(Fraction(at))
        if root is None:
            return self._opaque("sqrt", x, lambda at, value: quotient(1, 2 * value))
        return RationalDual(root, quotient(x.slope, 2 * root)) if isinstance(x, RationalDual) else root

    def sin(self, x: Number) -> Number:
        return self._opaque("sin", x, lambda at, value: value_of(self.cos(at)))

    def cos(self, x: Number) -> Number:
        return self._opaque("cos", x, lambda at, value: -value_of(self.sin(at)))

    def tan(self, x: Number) -> Number:
        return self._opaque("tan", x, lambda at, value: 1 + value * value)

    def arctan(self, x: Number) -> Number:
        return self._opaque("arctan", x, lambda at, value: quotient(1, 1 + at * at))

    def sinh(self, x: Number) -> Number:
        return self._opaque("sinh", x, lambda at, value: value_of(self.cosh(at)))

    def cosh(self, x: Number) -> Number:
        return self._opaque("cosh", x, lambda at, value: value_of(self.sinh(at)))

    def stop(self, x: Number) -> Number:
        return value_of(x)

    def tanh(self, x: Number) -> Number:
        return self._opaque("tanh", x, lambda at, value: 1 - value * value)

    def sigmoid(self, x: Number) -> Number:
        return self._opaque("sigmoid", x, lambda at, value: value * (1 - value))

    def softplus(self, x: Number) -> Number:
        return self._opaque("softplus", x, lambda at, value: value_of(self.sigmoid(at)))

    def erf(self, x: Number) -> Number:
        def slope(at: Rational, value: Rational) -> Rational:
            root = value_of(self.sqrt(self.pi.value))
            return quotient(2 * value_of(self.exp(-(at * at))), root)  # type: ignore[no-any-return]

        return self._opaque("erf", x, slope)

    def power(self, x: Number, y: Number) -> Number:
        base, exponent = value_of(x), value_of(y)
        value = self._power(base, exponent)
        if not isinstance(x, RationalDual) and not isinstance(y, RationalDual):
            return value
        moves = exponent != 0 and isinstance(x, RationalDual)
        slope = exponent * self._power(base, exponent - 1) * x.slope if moves else 0
        if isinstance(y, RationalDual):
            slope += value * value_of(self.log(base)) * y.slope
        return RationalDual(value, slope)

    def _power(self, base: Rational, exponent: Rational) -> Rational:
        whole = exponent.numerator // exponent.denominator
        power: Rational = base**whole if whole >= 0 else quotient(1, base**-whole)
        rest = exponent - whole
        return power * drawn(self.draw, "pow", base, rest) if rest else power

    def gt(self, x: Number, y: Number) -> bool:
        return bool(value_of(x) > value_of(y))

    def eq(self, x: Number, y: Number) -> bool:
        return bool(value_of(x) == value_of(y))

    def where(self, condition: bool, x: Number, y: Number) -> Number:
        return x if condition else y


class Arrays(DenseSystem):
    """The same for whole arrays, so that the engine's forward pass runs on them."""

    name = "opaque arrays"

    def __init__(self, draw: int) -> None:
        scalar = Opaque(draw)
        self.pi = scalar.pi
        for function in FUNCTIONS:
            setattr(self, function, elementwise(getattr(scalar, function)))
        self.power = elementwise(scalar.power, 2)
        self.gt, self.eq = elementwise(scalar.gt, 2), elementwise(scalar.eq, 2)
        self.where = elementwise(scalar.where, 3)

    def number(self, value: Rational) -> Array:
        return RationalDual(value, 0)

    def first_max(self, x: Array) -> Array:
        columns = np.moveaxis(x, -2, 0)
        top = np.asarray(np.frompyfunc(first_largest, len(columns), 1)(*columns), dtype=object)
        return np.expand_dims(top, -2)

    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        columns = np.transpose(x, (*axes, *kept)).reshape(-1, *(x.shape[axis] for axis in kept))
        top = np.asarray(np.frompyfunc(largest, len(columns), 1)(*columns), dtype=object)
        return np.expand_dims(top, axes) if keepdims else top

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return RationalDual(examples(x, axes), 0)
