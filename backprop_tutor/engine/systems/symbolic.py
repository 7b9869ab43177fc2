"""SymPy expressions: object arrays whose elements are symbols and what is computed from them.

Imported only where SymPy is wanted: it takes 0.4 s to load.
"""

from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.dense import DenseSystem, elementwise

__all__ = ["SYMBOLIC", "Along", "Symbolic", "symbols"]


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


class Symbolic(DenseSystem):
    name = "symbolic"
    pi = sympy.pi

    power = staticmethod(elementwise(sympy.Pow, 2))
    exp = staticmethod(elementwise(sympy.exp))
    log = staticmethod(elementwise(sympy.log))
    sqrt = staticmethod(elementwise(sympy.sqrt))
    sin = staticmethod(elementwise(sympy.sin))
    cos = staticmethod(elementwise(sympy.cos))
    tanh = staticmethod(elementwise(sympy.tanh))
    erf = staticmethod(elementwise(sympy.erf))
    softplus = staticmethod(elementwise(lambda x: sympy.log(1 + sympy.exp(x))))
    sigmoid = staticmethod(elementwise(lambda x: 1 / (1 + sympy.exp(-x))))
    relations = MappingProxyType({"gt": elementwise(sympy.Gt, 2), "eq": elementwise(sympy.Eq, 2)})
    where = staticmethod(elementwise(_piecewise, 3))
    largest: Callable[..., Any] = staticmethod(sympy.Max)

    def gt(self, x: Array, y: Array) -> Array:
        return self.relations["gt"](x, y)

    def eq(self, x: Array, y: Array) -> Array:
        return self.relations["eq"](x, y)

    def number(self, value: int | Fraction) -> Array:
        value = Fraction(value)
        return sympy.Rational(value.numerator, value.denominator)

    def count(self, x: Array) -> Array:
        return sympy.Integer(self.examples(x))

    def max(self, x: Array, axes: tuple[int, ...], keepdims: bool = False) -> Array:
        kept = tuple(axis for axis in range(x.ndim) if axis not in axes)
        moved = np.transpose(x, kept + axes).reshape([x.shape[axis] for axis in kept] + [-1])
        largest = np.empty(moved.shape[:-1], dtype=object)
        for index in np.ndindex(largest.shape):
            largest[index] = self.largest(*moved[index])
        return np.expand_dims(largest, axes) if keepdims else largest


class Along(Symbolic):
    """Expressions in one symbol near 0: which is larger is decided at 0, and equal ones share a maximum."""

    name = "along"

    def __init__(self, symbol: sympy.Symbol) -> None:
        def start(x: Any) -> Any:
            return sympy.S.Zero + (x.subs(symbol, 0) if isinstance(x, sympy.Basic) else x)

        def largest(*terms: Any) -> Any:
            starts = [start(term) for term in terms]
            winners = [term for term, at in zip(terms, starts, strict=True) if at == sympy.Max(*starts)]
            return sympy.Add(*winners) / len(winners)

        self.largest = largest
        self.relations = MappingProxyType(
            {
                "gt": elementwise(lambda x, y: bool(start(x) > start(y)), 2),
                "eq": elementwise(lambda x, y: bool(sympy.Eq(start(x), start(y))), 2),
            }
        )


SYMBOLIC = Symbolic()
