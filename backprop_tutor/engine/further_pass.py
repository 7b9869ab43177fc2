"""Second derivatives, and those of arrays by arrays: one backward pass for each row.

The first derivative is a node of a graph of its own, made of the same backward rules; so a second derivative
is one of an array by an array, too.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from backprop_tutor.engine.backward_graph import BackwardGraph
from backprop_tutor.engine.evaluate import backward, forward, numbers
from backprop_tutor.engine.graph import Graph, GraphBuilder, Node
from backprop_tutor.engine.oracles import Confirmation, Oracles
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.language.derivative_name import Derivative

__all__ = ["FurtherPass"]

WEIGHTS = "⟨v⟩"  # of the rows, where all of them are looked at together

Values = Mapping[str, Array]


class FurtherPass:
    """The derivative of the node `of` by each of `wrt` in turn, over a graph that holds all but the last."""

    def __init__(self, graph: Graph, derivative: Derivative) -> None:
        *first, self.wrt = derivative.wrt
        self.of = derivative.of
        self.graph = graph
        if first:
            builder = GraphBuilder(max_elements=4 * graph.size + 1_000)
            builder.nodes = dict(graph.nodes)
            self.of = BackwardGraph(builder, self.of, graph.is_named).gradient(first[0])
            self.graph = Graph(builder.nodes.values(), graph.loss, graph.sources)
        self.through = Graph(self.graph.nodes.values(), self.of)

    @property
    def needs(self) -> tuple[str, ...]:
        """What the backward passes need to know: the values of the nodes on the way, and of their parents."""
        on_the_way = self.through.between([self.wrt])
        nodes = [self.graph.nodes[name] for name in self.graph.nodes if name in on_the_way]
        found = dict.fromkeys(n for node in nodes for n in (*node.parents, node.name))
        return tuple(n for n in found if self.graph.nodes[n].value is None)

    def entries(self, xp: Any, known: Values) -> Array:
        """The derivative in `xp`, of the shape of what is derived and then of what it is derived by."""
        of, wrt = self.graph.nodes[self.of], self.graph.nodes[self.wrt]
        result = xp.zeros((*of.shape, *wrt.shape))
        if self.wrt not in self.through.upstream(self.of):
            return result
        values = self.values(xp, known)
        for row in np.ndindex(of.shape):
            seed = xp.zeros(of.shape)
            seed[row] = xp.number(1)
            result[row] = backward(self.through, xp, values, [self.wrt], seed=seed)[self.wrt][()]
        return result

    def values(self, xp: Any, known: Values) -> dict[str, Array]:
        """What is `known` of the nodes, and all that the derivative needs beside."""
        own = {name: known[name] for name in self.graph.nodes if name in known}
        return forward(self.graph, xp, numbers(self.graph, xp, own), self.through.upstream(self.of))

    def confirm(self, known: Values, claimed: Array, routes: Collection[str] | None = None) -> Confirmation:
        """What routes without a backward pass of this derivative say of the `claimed` entries.

        They are held against them in one direction of the rows. Raises ProofError where one disagrees.
        """
        of = self.graph.nodes[self.of]
        direction = np.cos(np.arange(1.0, of.size + 1)).reshape(of.shape)
        weights = Node(WEIGHTS, "given", of.shape)
        product = Node(f"{WEIGHTS}*", "forward", of.shape, "mul", (WEIGHTS, self.of))
        total = Node(f"{WEIGHTS}+", "forward", (), "sum", (product.name,))
        graph = Graph([*self.graph.nodes.values(), weights, product, total], total.name)
        values = forward(graph, FLOAT64, {**self.values(FLOAT64, known), WEIGHTS: direction})
        along = np.tensordot(direction, claimed, len(of.shape))
        return Oracles(graph, values).confirm(self.wrt, along, routes, float(np.max(np.abs(claimed))))
