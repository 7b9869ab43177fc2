"""Where the derivation of a long or entangled graph can be cut in two."""

from collections.abc import Iterable

from backprop_tutor.engine.graph import Graph

__all__ = ["cut_everywhere", "separators"]

FEW = 6  # paths that are followed in one go
SHORT = 14  # nodes on the way that are


class _Paths:
    """How many paths lead from the loss down to `wrt`, in all and through each node on the way."""

    def __init__(self, graph: Graph, wrt: str) -> None:
        on_the_way = graph.between([wrt])
        self.order = [name for name in graph.nodes if name in on_the_way]
        below = {wrt: 1}  # paths from a node down to wrt
        for name in self.order:
            below.setdefault(name, sum(below.get(parent, 0) for parent in graph.nodes[name].parents))
        self.above = {graph.loss: 1}  # paths from the loss down to a node
        for name in reversed(self.order):
            into = (self.above.get(consumer, 0) for consumer, _ in graph.consumers[name])
            self.above.setdefault(name, sum(into))
        self.total = below[graph.loss]
        self.cuts = {name for name in self.order if self.above[name] * below[name] == self.total}


def cut_everywhere(graph: Graph, wrt: str, names: Iterable[str]) -> bool:
    """Whether the paths are few, and every one of them runs through each of the nodes `names`."""
    paths = _Paths(graph, wrt)
    return paths.total <= FEW and paths.cuts.issuperset(names)


def separators(graph: Graph, wrt: str) -> list[str]:
    """Nodes that every path from the loss to `wrt` runs through, the nearest to the loss first.

    None where the paths are few and short; else enough of them to keep what lies between two small.
    """
    paths = _Paths(graph, wrt)
    if paths.total <= FEW and len(paths.order) <= SHORT:
        return []
    found: list[str] = []
    start, passed = graph.loss, 0
    for name in reversed(paths.order):
        passed += 1
        if name in paths.cuts and name not in (graph.loss, wrt):
            ways = paths.above[name] // paths.above[start]
            if ways > 1 or passed > SHORT // 2:
                found.append(name)
                start, passed = name, 0
    return found
