"""The ledger of a solution with its right values, and its steps opened for what goes wrong inside them."""

from functools import cached_property, partial, reduce
from operator import add

import numpy as np

from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.context import Edge, Forward
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.ledger import Known, LedgerLine

__all__ = ["Known", "Recompute"]


class Recompute:
    """How the quantities of a solution follow from a student's values."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.ledger = solution, solution.ledger
        self.graph, self.prefix = solution.graph, solution.gradient_prefix
        self.needs = self.ledger.needs
        self.graded: dict[str, Node] = {
            name: line.node
            for name, line in self.ledger.lines.items()
            if line.kind == "gradient" and line.number == 1
        }

    @cached_property
    def base(self) -> dict[str, Array]:
        """The right values."""
        return self.values(self.solution)

    def values(self, solution: Solution) -> dict[str, Array]:
        """Those of `solution`: the exercise's, or a version's."""
        solution.prepare(self.graded)
        return {name: np.asarray(solution.value(name)) for name in self.ledger.lines}

    @cached_property
    def activations(self) -> frozenset[str]:
        """Values that a derivative may be written with: h in h(1 - h)."""
        nodes = self.graph.nodes.values()
        return frozenset(node.name for node in nodes if node.op and len(node.parents) == 1)

    def old(self, quantity: str) -> str:
        """The parameter that the update `quantity` steps from; nothing for any other quantity."""
        line = self.ledger.lines[quantity]
        return self.ledger.before(line.node.name, line.number) if line.target == "W_new" else ""

    def ancestors(self, quantity: str) -> list[str]:
        return self.ledger.ancestors(quantity)

    def compute(self, quantity: str, known: Known, *, fresh: bool = False) -> Array:
        """The value of `quantity` from the `known` values of what it needs, 0 in place of rounding noise.
        With `fresh`, a derivative such as h(1 - h) is taken at net, whatever the known h is."""
        line = self.ledger.lines[quantity]
        if not fresh or quantity not in self.graded or not line.needs:
            return self.ledger.compute(line, known)
        return self.ledger.settled(line, known, partial(self._afresh, quantity))

    def _afresh(self, quantity: str, known: Known) -> Array:
        edges = self.edges(quantity, known, fresh=True)
        return FLOAT64.finish(reduce(add, (edge.right for edge in edges)))

    def forward(self, name: str, known: Known) -> Forward:
        """The step of a computed node."""
        node = self.graph.nodes[name]
        return Forward(self.graph, node, [known[parent] for parent in node.parents], known)

    def edges(self, quantity: str, known: Known, *, fresh: bool = False) -> list[Edge]:
        """What each consumer sends back."""
        found = []
        for consumer, slot in self.ledger.consumers(self.graded[quantity].name):
            node = self.graph.nodes[consumer]
            inputs = [known[parent] for parent in node.parents]
            g = known[self.prefix + consumer]
            y = self.forward(consumer, known).right if fresh else known[consumer]
            found.append(Edge(self.graph, node, inputs, known, slot, g, y, partial(self._updated, known)))
        return found

    def _updated(self, known: Known, parameter: str) -> Array | None:
        """The parameter after the first update with the gradient that follows from the `known` values."""
        nodes = (parameter, self.graph.loss)  # under the loss, what all parameters' gradients have in common
        news = {name: line for name, line in self._news.items() if line.node.name in nodes}
        if parameter not in self.graph.parameters or not news:
            return None
        gradient = self.prefix + parameter
        values = {**known, gradient: self.compute(gradient, known)}
        for name, line in news.items():
            values[name] = line.compute(FLOAT64, values)
        return values[name]

    @cached_property
    def _news(self) -> dict[str, LedgerLine]:
        """The lines of the first update."""
        lines = self.ledger.lines.items()
        return {name: line for name, line in lines if line.kind == "update" and line.number == 1}
