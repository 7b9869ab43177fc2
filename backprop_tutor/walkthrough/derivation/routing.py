"""Which entry of its window a pool picked: the first of the largest."""

from collections.abc import Callable
from typing import Any

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.language.expr import Expr, Sym

__all__ = ["winner"]

At = tuple[int, ...]


def winner(graph: Graph, pool: str, at: At, number: Callable[[At], Any]) -> At:
    """The place in its input of the entry that the element `at` of the node `pool` is; `number` gives the
    value of an entry."""
    node, read = graph.nodes[pool], list[At]()

    def look(index: At) -> Expr:
        read.append(index)
        return Sym("x")

    (parent,) = node.parents
    entries = Element(graph.nodes[parent].shape, look)
    ops.get(node.op).forward(ELEMENT, entries, **node.params).at(at)
    return max(read, key=number)  # the first of equal ones
