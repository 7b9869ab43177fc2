"""Where the derivation of a long or entangled graph can be cut in two."""

from backprop_tutor.engine.graph import Graph

__all__ = ["separators"]

FEW = 6  # paths that are followed in one go
SHORT = 14  # nodes on the way that are


def separators(graph: Graph, wrt: str) -> list[str]:
    """Nodes that every path from the loss to `wrt` runs through, the nearest to the loss first.

    None where the paths are few and short; else enough of them to keep what lies between two small.
    """
    on_the_way = graph.between([wrt])
    order = [name for name in graph.nodes if name in on_the_way]
    below = {wrt: 1}  # paths from a node down to wrt
    for name in order:
        below.setdefault(name, sum(below.get(parent, 0) for parent in graph.nodes[name].parents))
    above = {graph.loss: 1}  # paths from the loss down to a node
    for name in reversed(order):
        above.setdefault(name, sum(above.get(consumer, 0) for consumer, _ in graph.consumers[name]))
    total = below[graph.loss]
    if total <= FEW and len(order) <= SHORT:
        return []
    through = [name for name in reversed(order) if above[name] * below[name] == total]
    found: list[str] = []
    start, passed = graph.loss, 0
    for name in reversed(order):
        passed += 1
        if name in through and name not in (graph.loss, wrt):
            ways = above[name] // above[start]
            if ways > 1 or passed > SHORT // 2:
                found.append(name)
                start, passed = name, 0
    return found
