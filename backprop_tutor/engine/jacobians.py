"""SymPy's own derivatives of single ops, put together by the chain rule: a route that uses no VJP.

Each op is differentiated once in symbols, whatever the number of places where it stands in the graph; its
Jacobian at the graph's values then carries the gradient of the loss from a node to its parents. That is
linear in the graph, where a composed expression doubles with each step.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import sympy

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.symbolic import Symbolic, symbols

__all__ = ["sent_to_parent"]

Input = Shape | Fraction  # the shape of an array, or a literal number
Params = tuple[tuple[str, Any], ...]


class _Differentiable(Symbolic):
    """The largest element as a mean of those that are as large: equal ones share its derivative."""

    @staticmethod
    def largest(*terms: Any) -> Any:
        top = sympy.Max(*terms)
        hits = [sympy.Piecewise((1, sympy.Eq(term, top)), (0, True), evaluate=False) for term in terms]
        return sympy.Add(*(hit * term for hit, term in zip(hits, terms, strict=True))) / sympy.Add(*hits)


_SYSTEM = _Differentiable()


class _Derived(NamedTuple):
    """The nonzero derivatives of one input: element `rows` of the result by element `columns` of the input,
    by flat index. `values` gives them from the inputs' numbers."""

    rows: Array
    columns: Array
    values: Callable[[list[Array]], Array]


def sent_to_parent(graph: Graph, node: Node, slot: int, values: Mapping[str, Array], g: Array) -> Array:
    """The gradient `g` of `node` carried to its parent at `slot`, by SymPy's Jacobian at the `values`."""
    inputs = tuple(_input(graph.nodes[parent]) for parent in node.parents)
    derived = _derived(node.op, tuple(sorted(node.params.items())), inputs, slot)
    with np.errstate(all="ignore"):
        local = derived.values([np.asarray(values[parent], dtype=float) for parent in node.parents])
        weights = np.broadcast_to(g, node.shape).ravel()[derived.rows] * local
    parent = graph.nodes[node.parents[slot]]
    return np.bincount(derived.columns, weights, minlength=parent.size).reshape(parent.shape)


def _input(node: Node) -> Input:
    return node.shape if node.value is None else node.value


@lru_cache(maxsize=1024)
def _derived(op_name: str, params: Params, inputs: tuple[Input, ...], slot: int) -> _Derived:
    op = ops.get(op_name)
    scalar = op.is_elementwise
    arrays = [_symbols(k, () if scalar and isinstance(x, tuple) else x) for k, x in enumerate(inputs)]
    result = _SYSTEM.finish(op.forward(_SYSTEM, *arrays, **dict(params)))
    if scalar:
        return _of_elements(inputs, slot, arrays, result.item())
    places = {symbol: place for place, symbol in enumerate(arrays[slot].flat)}
    entries = [
        (row, places[symbol], expression.diff(symbol))
        for row, expression in enumerate(sympy.S.Zero + element for element in result.flat)
        for symbol in sorted(expression.free_symbols & places.keys(), key=places.__getitem__)
    ]
    rows, columns, expressions = zip(*entries, strict=True) if entries else ((), (), ())
    every = [symbol for array in arrays for symbol in array.flat if isinstance(symbol, sympy.Symbol)]
    function = _compiled(every, list(expressions))
    given = [isinstance(x, tuple) for x in inputs]

    def evaluated(numbers: list[Array]) -> Array:
        flat = [x for array, is_array in zip(numbers, given, strict=True) if is_array for x in array.flat]
        return np.array(function(*flat), dtype=float)

    return _Derived(np.array(rows, dtype=int), np.array(columns, dtype=int), evaluated)


def _of_elements(inputs: tuple[Input, ...], slot: int, symbol: list[Array], formula: Any) -> _Derived:
    """Of an op on corresponding elements: one formula for all of them."""
    shapes = [x if isinstance(x, tuple) else () for x in inputs]
    shape = np.broadcast_shapes(*shapes)
    own = np.arange(np.prod(shapes[slot], dtype=int)).reshape(shapes[slot])
    columns = np.broadcast_to(own, shape).ravel()
    free = [array.item() for array in symbol if isinstance(array.item(), sympy.Symbol)]
    function = _compiled(free, (sympy.S.Zero + formula).diff(symbol[slot].item()))
    given = [isinstance(x, tuple) for x in inputs]

    def evaluated(numbers: list[Array]) -> Array:
        arrays = [array for array, is_array in zip(numbers, given, strict=True) if is_array]
        return np.broadcast_to(np.asarray(function(*arrays), dtype=float), shape).ravel()

    return _Derived(np.arange(len(columns)), columns, evaluated)


def _symbols(number: int, given: Input) -> Array:
    if isinstance(given, tuple):
        return symbols(f"x{number}", given)
    return _SYSTEM.finish(_SYSTEM.number(given))


def _compiled(arguments: list[sympy.Symbol], expressions: Any) -> Callable[..., Any]:
    return sympy.lambdify(arguments, expressions, [{"erf": FLOAT64.erf}, "numpy"])  # type: ignore[no-any-return]
