"""SymPy expressions: object arrays whose elements are symbols and what is computed from them.

Imported only where SymPy is wanted: it takes 0.4 s to load.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from backprop_tutor.engine.systems.base import Array, Axes, examples
from backprop_tutor.engine.systems.dense import DenseSystem, elementwise

__all__ = ["SYMBOLIC", "Held", "Symbolic", "symbols"]


def symbols(name: str, shape: tuple[int, ...]) -> Array:
    """An array of real symbols `name[1,2]`, indices from 1."""
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        label = f"{name}[{','.join(str(i + 1) for i in index)}]" if index else name
        array[index] = sympy.Symbol(label, real=True)
    return array


def _piecewise(condition: Any, x: Any, y: Any) -> Any:
    if condition in (True, False):
        return x if condition else y
    return sympy.Piecewise((x, condition), (y, True), evaluate=False)  # simplifying takes seconds


class Held(sympy.Function):  # type: ignore[misc]
    """Its argument, with the derivative 0."""

    @classmethod
    def eval(cls, x: Any) -> Any:
        return x if x.is_number else None

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.S.Zero


class Symbolic(DenseSystem):
    name = "symbolic"
    pi = sympy.pi

    power = staticmethod(elementwise(sympy.Pow, 2))
    abs = staticmethod(elementwise(lambda x: sympy.sqrt(x**2)))  # Abs has no derivative but of what is real
    exp = staticmethod(elementwise(sympy.exp))
    log = staticmethod(elementwise(sympy.log))
    sqrt = staticmethod(elementwise(sympy.sqrt))
    sin = staticmethod(elementwise(sympy.sin))
    cos = staticmethod(elementwise(sympy.cos))
    tan = staticmethod(elementwise(sympy.tan))
    arctan = staticmethod(elementwise(sympy.atan))
    sinh = staticmethod(elementwise(sympy.sinh))
    cosh = staticmethod(elementwise(sympy.cosh))
    tanh = staticmethod(elementwise(sympy.tanh))
    stop = staticmethod(elementwise(Held))
    erf = staticmethod(elementwise(sympy.erf))
    softplus = staticmethod(elementwise(lambda x: sympy.log(1 + sympy.exp(x))))
    sigmoid = staticmethod(elementwise(lambda x: 1 / (1 + sympy.exp(-x))))
    gt = staticmethod(elementwise(sympy.Gt, 2))
    eq = staticmethod(elementwise(sympy.Eq, 2))
    where = staticmethod(elementwise(_piecewise, 3))
    largest: Callable[..., Any] = staticmethod(sympy.Max)

    def number(self, value: int | Fraction) -> Array:
        value = Fraction(value)
        return sympy.Rational(value.numerator, value.denominator)

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return sympy.Integer(examples(x, axes))

    def max(self, x: Array, axes: tuple[int, ...], keepdims: bool = False) -> Array:
        kept = tuple(axis for axis in range(x.ndim) if axis not in axes)
        moved = np.transpose(x, kept + axes).reshape([x.shape[axis] for axis in kept] + [-1])
        largest = np.empty(moved.shape[:-1], dtype=object)
        for index in np.ndindex(largest.shape):
            largest[index] = self.largest(*moved[index])
        return np.expand_dims(largest, axes) if keepdims else largest


SYMBOLIC = Symbolic()
