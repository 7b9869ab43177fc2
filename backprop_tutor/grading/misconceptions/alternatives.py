"""What a student takes by mistake for the input of a layer: its net, the exercise's x, another layer's."""

from collections.abc import Iterator, Mapping

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.systems.base import Array

__all__ = ["alternative_inputs"]

MOST = 4


def alternative_inputs(
    graph: Graph, node: Node, slot: int, known: Mapping[str, Array]
) -> Iterator[tuple[str, str, Array]]:
    """Key, name and value of each array of the same shape that could stand in for `node`'s input.

    Only what is worked out from data is mistaken so, never a parameter.
    """
    belongs = graph.nodes[node.parents[slot]]
    if belongs.role in ("parameter", "constant"):
        return
    found = 0
    net = belongs.parents[0] if len(belongs.parents) == 1 else ""
    earlier = graph.upstream(belongs.name)
    for name in (net, *reversed(graph.nodes)):
        other = graph.nodes.get(name)
        if other is None or (name == net and found) or name in (belongs.name, node.name):
            continue
        near = name in earlier or (belongs.role == "given" and bool(other.op) and other.batched)
        if near and other.role in ("given", "forward") and other.shape == belongs.shape and name != "t":
            key = "net" if name == net else "given" if other.role == "given" else f"other {name}"
            yield key, name, known[name]
            found += 1
            if found == MOST:
                return
