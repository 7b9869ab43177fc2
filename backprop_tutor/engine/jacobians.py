"""SymPy's own derivatives of single ops, put together by the chain rule: a route that uses no VJP.

Each op is differentiated once in symbols, whatever the number of places where it stands in the graph; its
Jacobian at the graph's values then carries the gradient of the loss from a node to its parents. That is
linear in the graph, where a composed expression doubles with each step.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import numpy as np
import sympy

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.slices import Local, Slices
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.symbolic import Held, Symbolic, symbols

__all__ = ["sent_to_parent"]


class _Differentiable(Symbolic):
    """The largest element as a mean of those that are as large: equal ones share its derivative."""

    @staticmethod
    def largest(*terms: Any) -> Any:
        top = sympy.Max(*terms)
        hits = [sympy.Piecewise((1, sympy.Eq(term, top)), (0, True), evaluate=False) for term in terms]
        return sympy.Add(*(hit * term for hit, term in zip(hits, terms, strict=True))) / sympy.Add(*hits)

    def first_max(self, x: Array) -> Array:
        """Of equal ones, the first has the derivative."""
        columns = np.moveaxis(x, -2, 0)
        return np.expand_dims(np.asarray(np.frompyfunc(_first, len(columns), 1)(*columns), dtype=object), -2)


def _first(*terms: Any) -> Any:
    top = sympy.Max(*terms)
    cases = [(term, sympy.Eq(term, top)) for term in terms[:-1]]
    return sympy.Piecewise(*cases, (terms[-1], True), evaluate=False)


_SYSTEM = _Differentiable()


class _Entry(NamedTuple):
    """The derivative of one element of the result by one of the input, by flat index."""

    row: int
    column: int
    derivative: sympy.Expr


def sent_to_parent(graph: Graph, node: Node, slot: int, values: Mapping[str, Array], g: Array) -> Array:
    """The gradient `g` of `node` carried to its parent at `slot`, by SymPy's Jacobian at the `values`."""
    slices = Slices(graph, node)
    inputs = [slices.rows(np.asarray(values[parent], dtype=float)) for parent in node.parents]
    known: dict[sympy.Basic, Array] = {
        symbol: rows[:, place]
        for array, rows in zip(_inputs(slices.local), inputs, strict=True)
        for place, symbol in enumerate(array.flat)
    }
    upstream = slices.rows(g)
    carried = np.zeros(inputs[slot].shape)
    with np.errstate(all="ignore"):
        for row, column, derivative in _entries(slices.local, slot):
            carried[:, column] += upstream[:, row] * _value(derivative, known)
    return slices.put_back(carried, graph.nodes[node.parents[slot]].shape)


@lru_cache(maxsize=1024)
def _inputs(local: Local) -> list[Array]:
    """A symbol for every element of an input; a literal number stays one."""
    return [
        symbols(f"x{number}", x) if isinstance(x, tuple) else _SYSTEM.finish(_SYSTEM.number(x))
        for number, x in enumerate(local.inputs)
    ]


@lru_cache(maxsize=1024)
def _entries(local: Local, slot: int) -> list[_Entry]:
    """The derivatives by the input at `slot` that are not 0, by SymPy's diff, term by term."""
    inputs = _inputs(local)
    result = _SYSTEM.finish(ops.get(local.op).forward(_SYSTEM, *inputs, **dict(local.params)))
    places = {symbol: place for place, symbol in enumerate(inputs[slot].flat)}
    entries = []
    for row, element in enumerate(result.flat):
        found: dict[int, list[sympy.Expr]] = {}
        for term in sympy.Add.make_args(sympy.S.Zero + element):
            for symbol in term.free_symbols & places.keys():
                found.setdefault(places[symbol], []).append(term.diff(symbol))
        entries += [_Entry(row, column, sympy.Add(*terms)) for column, terms in sorted(found.items())]
    return entries


def _value(expr: sympy.Basic, known: dict[sympy.Basic, Array]) -> Array:
    """The numbers that `expr` has where its symbols have the `known` ones; parts are remembered there."""
    if expr not in known:
        value: Array
        if isinstance(expr, sympy.Piecewise):
            value = np.nan
            for case, condition in reversed(expr.args):
                holds = np.asarray(_value(condition, known))
                decided = holds.dtype == bool  # a function that has no value decides nothing
                value = np.where(holds, _value(case, known), value) if decided else np.nan
        elif isinstance(expr, sympy.Number | sympy.NumberSymbol):
            value = float(expr)
        elif expr in (sympy.true, sympy.false):
            value = bool(expr)
        else:
            numbers = [_value(arg, known) for arg in expr.args]
            value = _FUNCTIONS[expr.func](*numbers) if expr.func in _FUNCTIONS else np.nan
        known[expr] = value
    return known[expr]


def _joined(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    return lambda *arrays: reduce(function, arrays)


_FUNCTIONS: dict[Any, Callable[..., Array]] = {
    sympy.Add: _joined(np.add),
    sympy.Mul: _joined(np.multiply),
    sympy.Pow: np.power,
    sympy.Max: _joined(np.maximum),
    sympy.Abs: np.abs,
    sympy.sign: np.sign,
    sympy.exp: np.exp,
    sympy.log: np.log,
    sympy.sin: np.sin,
    sympy.cos: np.cos,
    sympy.tan: np.tan,
    sympy.atan: np.arctan,
    sympy.sinh: np.sinh,
    sympy.cosh: np.cosh,
    sympy.tanh: np.tanh,
    Held: np.asarray,
    sympy.erf: FLOAT64.erf,
    sympy.StrictGreaterThan: np.greater,
    sympy.StrictLessThan: np.less,
    sympy.GreaterThan: np.greater_equal,
    sympy.LessThan: np.less_equal,
    sympy.Equality: np.equal,
    sympy.Unequality: np.not_equal,
    sympy.And: _joined(np.logical_and),
    sympy.Or: _joined(np.logical_or),
    sympy.Not: np.logical_not,
    sympy.ITE: np.where,
}
"""What SymPy's derivatives are made of; a function that is not here has no value."""
