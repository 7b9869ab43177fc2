"""Local derivatives between elements: which elements of a node depend on which of its parents, and how.

Only what leads to one chosen element is worked out, so a wide layer costs what that element needs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.formal import FormalSystem
from backprop_tutor.engine.systems.taint import TAINT, clear, mark
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Expr, Num, Sym
from backprop_tutor.walkthrough.formulas import pulled_back

__all__ = ["Edges", "added", "edges", "local_formula", "mixes_examples", "reached"]

Values = Mapping[str, Array]
At = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """The derivatives of elements `rows` of a node by elements `columns` of `parent`, by flat index.

    Sorted by rows. `exact` holds Fractions, None where one of them is irrational. `sizes` are the values with
    all of their terms taken as positive: what rounding is measured by.
    """

    parent: str
    rows: Array
    columns: Array
    values: Array
    exact: Array | None
    sizes: Array

    def then(self, further: "Edges") -> "Edges":
        """Those that lead on from the columns by `further`, whose rows they are: one a pair of elements."""
        first = np.searchsorted(further.rows, self.columns, "left")
        counts = np.searchsorted(further.rows, self.columns, "right") - first
        own = np.repeat(np.arange(len(self.columns)), counts)
        starts = np.repeat(np.cumsum(counts) - counts, counts)
        next_ = np.repeat(first, counts) + np.arange(len(own)) - starts
        exact = None
        if self.exact is not None and further.exact is not None:
            exact = self.exact[own] * further.exact[next_]
        values, sizes = self.values[own] * further.values[next_], self.sizes[own] * further.sizes[next_]
        found = Edges(further.parent, self.rows[own], further.columns[next_], values, exact, sizes)
        return added([found], int(further.columns.max(initial=0)) + 1)


def added(parts: "list[Edges]", width: int) -> Edges:
    """Edges to the same parent, which has `width` elements, those between the same elements added up."""
    rows, columns, values, sizes = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("rows", "columns", "values", "sizes")
    )
    pairs, places = np.unique(rows * width + columns, return_inverse=True)
    total, exact = np.bincount(places, weights=values, minlength=len(pairs)), None
    if all(part.exact is not None for part in parts):
        exact = EXACT.zeros(pairs.shape)
        np.add.at(exact, places, np.concatenate([part.exact for part in parts]))
        total = exact.astype(float)
    size = np.bincount(places, weights=sizes, minlength=len(pairs))
    return Edges(parts[0].parent, pairs // width, pairs % width, total, exact, size)


def reached(graph: Graph, of: str, wrt: str, index: At) -> dict[str, Array]:
    """For every node from `wrt` to `of`: True at the elements that depend on `wrt[index]`."""
    start = np.zeros(graph.nodes[wrt].shape, dtype=bool)
    start[index] = True
    found = {wrt: start}
    on_the_way = graph.between([wrt], of)
    for node in graph.nodes.values():
        if node.name in on_the_way and node.name != wrt:
            inputs = [mark(found[p]) if p in found else clear(graph.nodes[p].shape) for p in node.parents]
            with np.errstate(all="ignore"):
                found[node.name] = np.isnan(ops.get(node.op).forward(TAINT, *inputs, **node.params))
    return found


def mixes_examples(graph: Graph, of: str, wrt: str) -> bool:
    """Whether an example of the one node depends on other examples of the other, as behind a batch norm."""
    above, below = graph.nodes[of], graph.nodes[wrt]
    if not above.batched or not below.batched or of == wrt:
        return False
    found = reached(graph, of, wrt, (0,) * len(below.shape))
    return of in found and bool(np.any(found[of][1:]))


def edges(graph: Graph, node: Node, marks: Values, values: Values, exact: Values) -> list[Edges]:
    """The edges from `node` to the marked elements of its parents, one entry a parent."""
    shapes = tuple(graph.nodes[parent].shape for parent in node.parents)
    rows = np.flatnonzero(marks[node.name])
    found = []
    for parent in dict.fromkeys(node.parents):
        columns = np.flatnonzero(marks[parent]) if parent in marks else ()
        if len(columns) and len(rows):
            slots = [
                _Slot(node, k, shapes, rows, columns) for k, name in enumerate(node.parents) if name == parent
            ]
            found.append(_merged(parent, graph.nodes[parent].size, slots, values, exact))
    return found


@dataclass(frozen=True, slots=True)
class _Slot:
    """One input of a node, with the elements of both that count."""

    node: Node
    slot: int
    shapes: tuple[Shape, ...]  # of all inputs
    rows: Array
    columns: Array

    @property
    def op(self) -> Op:
        return ops.get(self.node.op)

    def inputs(self, values: Values) -> list[Array]:
        return [values[parent] for parent in self.node.parents]


Triple = tuple[Array, Array, Array]  # rows, columns and derivatives


def _merged(parent: str, width: int, slots: list[_Slot], values: Values, exact: Values) -> Edges:
    """The edges of all the slots that one parent stands in, those between the same elements added up."""
    with np.errstate(all="ignore"):
        rows, columns, local = _joined([_derivatives(slot, FLOAT64, values) for slot in slots])
    pairs, places = np.unique(rows * width + columns, return_inverse=True)
    total = np.bincount(places, weights=local, minlength=len(pairs))
    try:
        fractions = _joined([_derivatives(slot, EXACT, exact) for slot in slots])[2]
        exact_total = EXACT.zeros(pairs.shape)
        np.add.at(exact_total, places, fractions)
        total = exact_total.astype(float)
    except (Irrational, KeyError, ZeroDivisionError):
        exact_total = None
    size = np.bincount(places, weights=abs(local), minlength=len(pairs))
    return Edges(parent, pairs // width, pairs % width, total, exact_total, size)


def _joined(parts: list[Triple]) -> Triple:
    rows, columns, local = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return rows, columns, local


def _derivatives(slot: _Slot, xp: Any, values: Values) -> Triple:
    route = _ROUTES.get(slot.op.weighted, _elementwise if slot.op.is_elementwise else _one_by_one)
    return route(slot, xp, values)


def _elementwise(slot: _Slot, xp: Any, values: Values) -> Triple:
    node = slot.node
    local = slot.op.partials[slot.slot](xp, values[node.name], *slot.inputs(values), **node.params)
    own = np.arange(np.prod(slot.shapes[slot.slot], dtype=int)).reshape(slot.shapes[slot.slot])
    sources = np.broadcast_to(own, node.shape).ravel()
    rows = np.flatnonzero(np.isin(sources, slot.columns))
    spread = np.broadcast_to(xp.finish(xp.number(local) if isinstance(local, int) else local), node.shape)
    return rows, sources[rows], spread.ravel()[rows]


def _linear(slot: _Slot, xp: Any, values: Values) -> Triple:
    """net = x Wᵀ + b: an input meets the weights of one column, a weight the inputs of one column."""
    x, W = (values[parent] for parent in slot.node.parents[:2])
    x = x.reshape(-1, x.shape[-1])  # the rows of all examples
    if slot.slot == 2:
        shared = not slot.shapes[2]
        rows = (
            np.arange(len(x) * len(W))[None] if shared else np.arange(len(x)) * len(W) + slot.columns[:, None]
        )
        return _spread(rows, slot.columns, np.broadcast_to(xp.finish(xp.number(1)), rows.shape))
    columns = slot.columns if slot.slot == 0 else _turned(slot.columns, W.shape)
    return _product(slot, x, W.T, columns)


def _matmul(slot: _Slot, xp: Any, values: Values) -> Triple:
    """a @ b, a vector on the left being a row and on the right a column."""
    a, b = slot.inputs(values)
    if a.ndim > 2 or b.ndim > 2:
        return _one_by_one(slot, xp, values)
    return _product(slot, np.atleast_2d(a), b if b.ndim == 2 else b[:, None], slot.columns)


def _product(slot: _Slot, a: Array, b: Array, columns: Array) -> Triple:
    """The matrix product a @ b by the elements `columns` of one side of it."""
    width = b.shape[1]
    if slot.slot == 0:
        row, inner = np.divmod(columns, a.shape[1])
        return _spread(row[:, None] * width + np.arange(width), slot.columns, b[inner, :])
    inner, column = np.divmod(columns, width)
    return _spread(np.arange(len(a)) * width + column[:, None], slot.columns, a[:, inner].T)


def _turned(columns: Array, shape: Shape) -> Array:
    """Flat indices into an array of `shape` as those into its transpose."""
    row, column = np.divmod(columns, shape[1])
    return column * shape[0] + row


def _spread(rows: Array, columns: Array, local: Array) -> Triple:
    return rows.ravel(), np.repeat(columns, rows.shape[1]), local.ravel()


def _one_by_one(slot: _Slot, xp: Any, values: Values) -> Triple:
    """Any op: its VJP for one element of the result at a time, at the elements that this one reads."""
    node, rule, inputs = slot.node, slot.op.vjp(slot.slot), slot.inputs(values)
    found = []
    for row in slot.rows:
        at = tuple(int(place) for place in np.unravel_index(row, node.shape))
        read = np.intersect1d(_read(slot, at), slot.columns)
        g = xp.zeros(node.shape)
        g[at] = xp.number(1)
        local = xp.finish(rule(xp, g, values[node.name], *inputs, **node.params))
        found.append((np.full(len(read), row), read, local.ravel()[read]))
    return _joined(found)


def _read(slot: _Slot, at: At) -> Array:
    """The flat indices of the input's elements that the formula of one element mentions."""
    seen: set[int] = set()

    def look(index: At) -> Expr:
        seen.add(int(np.ravel_multi_index(index, slot.shapes[slot.slot])) if index else 0)
        return Sym("x")

    inputs = [Element(s, look if k == slot.slot else lambda _: Sym("x")) for k, s in enumerate(slot.shapes)]
    slot.op.forward(ELEMENT, *inputs, **slot.node.params).at(at)
    return np.array(sorted(seen), dtype=int)


_ROUTES: dict[str, Callable[[_Slot, Any, Values], Triple]] = {"layer": _linear, "product": _matmul}
"""Products over a whole layer at once; every other op goes the general way."""


def local_formula(
    graph: Graph, node: Node, at: At, parent: str, place: At, xp: FormalSystem = ELEMENT
) -> Expr:
    """The derivative of one element by one element of a parent, in symbols: `W2[1,2]`, `relu'(net1[1])`."""
    one = Element(node.shape, lambda index: Num(Fraction(int(index == at))))
    return ex.add(*(term.at(place) for term in pulled_back(graph, node.name, parent, xp, one)))
