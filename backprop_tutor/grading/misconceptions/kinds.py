"""Which steps hold the factors that are easily lost: the 1/N of a mean, the 1/2 and the 2 of a square."""

from collections.abc import Iterator
from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node

__all__ = ["examples_of", "is_half", "square_slips"]


def is_half(node: Node) -> bool:
    return node.value == Fraction(1, 2)


def examples_of(graph: Graph) -> int:
    """The N that the loss divides by, 1 where it divides by none."""
    for node in graph.nodes.values():
        if node.op and ops.get(node.op).mean and graph.nodes[node.parents[0]].shape:
            return ops.get(node.op).examples(graph.nodes[node.parents[0]])
    return 1


def square_slips(graph: Graph) -> tuple[float, ...]:
    """By which factors a gradient is off if the 2 of the loss's square or its 1/2 is lost."""
    return tuple(dict.fromkeys(_slips(graph)))


def _slips(graph: Graph) -> Iterator[float]:
    nodes = graph.nodes
    for node in nodes.values():
        loss = ops.get(node.op).loss if node.op else None
        if loss and loss.square:
            yield from (2.0, 0.5) if loss.half else (0.5,)
        elif node.op == "pow" and nodes[node.parents[1]].value == 2:
            yield 0.5
        elif node.op == "mul" and any(is_half(nodes[parent]) for parent in node.parents):
            yield 2.0
