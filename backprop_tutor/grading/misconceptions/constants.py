"""Which steps hold the factors that are easily lost: the 1/N of a mean, the 1/2 and the 2 of a square."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node

__all__ = ["Constants", "constants_of", "examples_of", "is_half"]


class Constants(NamedTuple):
    """`examples` is the N that is divided by (1: none), `outputs` how many outputs the loss adds up,
    `squares` the factors by which a quantity is off where the 2 of a square or a 1/2 is lost. `inherited`
    says that they come with the gradients of later nodes, not from the step itself."""

    examples: int = 1
    outputs: int = 1
    squares: tuple[float, ...] = ()
    inherited: bool = False


def is_half(node: Node) -> bool:
    return node.value == Fraction(1, 2)


def examples_of(graph: Graph, nodes: Iterable[Node] | None = None) -> int:
    """The N that the loss, or one of `nodes`, divides by; 1 where it divides by none."""
    for node in graph.nodes.values() if nodes is None else nodes:
        if node.op and (op := ops.get(node.op)).mean and graph.nodes[node.parents[0]].shape:
            first = graph.nodes[node.parents[0]]
            return first.size if op.loss and op.mean == "elements" else op.examples(first)
    return 1


def constants_of(graph: Graph, consumers: Iterable[str]) -> tuple[Constants, Constants]:
    """Those that a gradient as a whole gets from the node it comes back through, and those it inherits."""
    nearest = set(consumers)
    beyond = graph.between(nearest) - nearest
    return (
        _constants(graph, [graph.nodes[name] for name in nearest] if len(nearest) == 1 else []),
        _constants(graph, [node for name, node in graph.nodes.items() if name in beyond], inherited=True),
    )


def _constants(graph: Graph, nodes: list[Node], *, inherited: bool = False) -> Constants:
    shapes = [graph.nodes[n.parents[0]].shape for n in nodes if n.op and ops.get(n.op).loss]
    outputs = max((shape[-1] for shape in shapes if shape), default=1)
    squares = tuple(dict.fromkeys(_squares(graph, nodes)))
    return Constants(examples_of(graph, nodes), outputs, squares, inherited)


def _squares(graph: Graph, some: Iterable[Node]) -> Iterator[float]:
    nodes = graph.nodes
    for node in some:
        if not node.op:
            continue
        op = ops.get(node.op)
        if op.loss and op.loss.square:
            yield from (2.0, 0.5) if op.loss.half else (0.5,)
        elif op.joins == "power" and nodes[node.parents[1]].value == 2:
            yield 0.5
        elif op.joins == "product" and any(is_half(nodes[parent]) for parent in node.parents):
            yield 2.0
