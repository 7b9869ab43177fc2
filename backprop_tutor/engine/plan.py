"""A graph turned once into flat lists of calls, so that a pass looks nothing up at its nodes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import Forward, Vjp
from backprop_tutor.engine.systems.base import Array

__all__ = ["BackwardCall", "ForwardCall", "PassPlan", "Way", "plan_of"]

Values = Mapping[str, Array]


class ForwardCall(NamedTuple):
    """The call that makes the node `name` of its parents."""

    name: str
    rule: Forward
    parents: tuple[str, ...]
    params: Mapping[str, Any]

    def made(self, xp: Any, values: Values) -> Array:
        _, rule, parents, params = self
        return xp.finish(rule(xp, *map(values.__getitem__, parents), **params))


class BackwardCall(NamedTuple):
    """The call that makes what a consumer sends back to one of its parents."""

    consumer: str
    rule: Vjp
    parents: tuple[str, ...]
    params: Mapping[str, Any]

    def sent(self, xp: Any, values: Values, upstream: Values) -> Array:
        consumer, rule, parents, params = self
        return rule(xp, upstream[consumer], values[consumer], *map(values.__getitem__, parents), **params)


class Way(NamedTuple):
    """A way back from the loss: the nodes in order, without the loss, and whose gradients are watched."""

    nodes: list[str]
    watched: list[str]


class PassPlan:
    """The calls of a graph, in order, and the nodes that a pass has to look at.

    What is not finite shows up downstream as long as every op on the way carries it on. So it is enough to
    watch the values, and the gradients, that no such op takes further.

    steps      what makes each node that has an op
    terms      by node, what its consumers send back to it
    watched    the nodes whose values are watched
    constants  the nodes that are literal numbers, and those
    labelled   losses whose targets are labels, across: shares or logarithms of such along an axis,
               numbered: what picks by whole numbers; each with its op
    """

    def __init__(self, graph: Graph) -> None:
        found = [(node, ops.get(node.op)) for node in graph.nodes.values() if node.op]
        self.steps = [ForwardCall(node.name, op.forward, node.parents, node.params) for node, op in found]
        self.terms = {name: list(_terms(graph, name)) for name in graph.nodes}
        carried = {parent for node, op in found if op.carries for parent in node.parents}
        self.watched = [name for name in graph.nodes if name not in carried]
        self.constants = {node.name: node.value for node in graph.nodes.values() if node.value is not None}
        self.labelled = [(node, op) for node, op in found if op.loss and op.loss.targets == "labels"]
        self.across = [(node, op) for node, op in found if op.across]
        self.numbered = [(node, op) for node, op in found if op.numbers is not None]
        np.empty(graph.size)  # glibc keeps for the next pass only twice the largest block that ever came back
        self._ways: dict[tuple[str, ...] | None, Way] = {}

    def way(self, graph: Graph, wanted: Iterable[str] | None = None) -> Way:
        """The way to the `wanted` nodes of the plan's `graph`; without any, to its parameters."""
        key = None if wanted is None else tuple(wanted)
        if key not in self._ways:
            reached = graph.between(graph.parameters if key is None else key)
            nodes = [node for name, node in reversed(graph.nodes.items()) if name in reached]
            watched = [node.name for node in nodes if not _carries_back(node, reached)]
            self._ways[key] = Way([node.name for node in nodes if node.name != graph.loss], watched)
        return self._ways[key]


def _terms(graph: Graph, name: str) -> Iterator[BackwardCall]:
    for consumer, slot in graph.consumers[name]:
        node = graph.nodes[consumer]
        rule = ops.get(node.op).vjp(slot, fits=node.shape == graph.nodes[name].shape)
        yield BackwardCall(consumer, rule, node.parents, node.params)


def _carries_back(node: Node, reached: set[str]) -> bool:
    """Whether a gradient that is not finite shows up in that of a parent."""
    if not node.op or reached.isdisjoint(node.parents):
        return False
    op = ops.get(node.op)
    return op.carries or op.is_elementwise


_PLANS: WeakKeyDictionary[Graph, PassPlan] = WeakKeyDictionary()


def plan_of(graph: Graph) -> PassPlan:
    if graph not in _PLANS:
        _PLANS[graph] = PassPlan(graph)
    return _PLANS[graph]
