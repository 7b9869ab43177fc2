"""The equal slices that an op works on one by one: an elementwise op on elements, softmax on rows."""

from fractions import Fraction
from math import prod
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.language.expr import Sym, leaves

__all__ = ["Local", "Slices"]


class Local(NamedTuple):
    """An op on one slice: `inputs` are the shapes of arrays, or literal numbers."""

    op: str
    params: tuple[tuple[str, object], ...]
    inputs: tuple[Shape | Fraction, ...]

    @property
    def terms(self) -> int:
        """How many symbols its formulas hold, over all elements of the result."""
        opaque = [Element(x if isinstance(x, tuple) else (), lambda _: Sym("x")) for x in self.inputs]
        result = ops.get(self.op).forward(ELEMENT, *opaque, **dict(self.params))
        first = result.at((0,) * result.ndim)
        size: int = prod(result.shape)
        return size * sum(1 for leaf in leaves(first) if isinstance(leaf, Sym))


class Slices:
    """How the arrays of `node` fall into slices: as rows of a matrix, one a slice, and back."""

    def __init__(self, graph: Graph, node: Node) -> None:
        self.node = node
        op, parents = ops.get(node.op), [graph.nodes[parent] for parent in node.parents]
        self.by_element = op.is_elementwise
        self.axis: int | None = None
        if op.across:
            axis = node.params.get("axis") or len(node.shape)
            self.axis = axis - 1 if isinstance(axis, int) else None
        params = dict(node.params) if self.axis is None else {**node.params, "axis": 1}
        given = [n.shape if n.value is None else n.value for n in parents]
        shapes = [self._of_one(x) if isinstance(x, tuple) else x for x in given]
        self.local = Local(node.op, tuple(sorted(params.items())), tuple(shapes))

    def _of_one(self, shape: Shape) -> Shape:
        if self.by_element:
            return ()
        return shape if self.axis is None else (shape[self.axis],)

    def rows(self, array: Array) -> Array:
        """`array`, an input or of the shape of the result, as one row a slice."""
        if self.by_element:
            return np.broadcast_to(array, self.node.shape).reshape(-1, 1)
        if self.axis is None:
            return np.reshape(array, (1, -1))
        return np.moveaxis(array, self.axis, -1).reshape(-1, np.shape(array)[self.axis])

    def put_back(self, rows: Array, shape: Shape) -> Array:
        """Rows as an array of `shape`, added up where an input of that shape was repeated."""
        if self.by_element:
            own = np.arange(prod(shape)).reshape(shape)
            places = np.broadcast_to(own, self.node.shape).ravel()
            return np.bincount(places, rows.ravel(), minlength=prod(shape)).reshape(shape)
        if self.axis is None:
            return rows.reshape(shape)
        moved = (*shape[: self.axis], *shape[self.axis + 1 :], shape[self.axis])
        return np.moveaxis(rows.reshape(moved), -1, self.axis)
