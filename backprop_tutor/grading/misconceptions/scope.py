"""What an edit may put in the place of a part of a formula: the neighbours of what stands there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.grading.misconceptions.constants import Constants, constants_of
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym
from backprop_tutor.walkthrough import Solution

__all__ = ["Neighbour", "Scope", "Surroundings"]

MOST_PLACES = 4  # along one axis, beside which only the next ones are neighbours
MOST_SIBLINGS = 4

Index = tuple[int, ...]


class Neighbour(NamedTuple):
    """Another element, and what is the same wherever elements are exchanged, or moved, in the same way."""

    expr: Expr
    exchange: tuple[object, ...]
    is_transposed: bool = False


class Surroundings:
    """Who stands beside whom in an exercise."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._beside: dict[str, list[str]] = {}
        self._neighbours: dict[tuple[str, Index], list[Neighbour]] = {}

    @property
    def graph(self) -> Graph:
        return self.solution.graph

    @cached_property
    def _kin(self) -> dict[tuple[str, tuple[int, ...]], list[str]]:
        """Quantities that differ in their number alone: net1 and net2, x0 and x1."""
        kin: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for name, shape in self.solution.shapes.items():
            kin.setdefault((re.sub(r"\d+", "#", name), shape), []).append(name)
        return kin

    def beside(self, name: str) -> list[str]:
        """The quantities of the same shape that may be taken for `name`, the nearest first."""
        if name not in self._beside:
            shape = self.solution.shapes[name]
            found = dict.fromkeys((*self._adjacent(name), *self._same_letter(name), *self._fellows(name)))
            fits = (other for other in found if other != name and self.solution.shapes.get(other) == shape)
            self._beside[name] = list(fits)
        return self._beside[name]

    def _same_letter(self, name: str) -> list[str]:
        kin = self._kin[re.sub(r"\d+", "#", name), self.solution.shapes[name]]
        at = kin.index(name)
        near = sorted(range(len(kin)), key=lambda k: abs(k - at))
        return [kin[k] for k in near[1 : MOST_SIBLINGS + 1]] + self._other_updates(name)

    def _other_updates(self, name: str) -> list[str]:
        """An updated parameter after another step, and before all of them."""
        solution, node = self.solution, self.solution.quantities[name]
        steps = range(1, solution.updates + 1)
        if name == node.name or name not in (solution.update_name(node.name, "W_new", k) for k in steps):
            return []
        return [*(solution.update_name(node.name, "W_new", k) for k in steps), node.name]

    def _adjacent(self, name: str) -> Iterator[str]:
        """The net of an activation and the activation of a net; of a gradient, one step on or back."""
        prefix = self.solution.gradient_prefix
        is_gradient = name.startswith(prefix)
        node = self.graph.nodes.get(name.removeprefix(prefix))
        if node is None:
            return
        before = [] if is_gradient or len(node.parents) != 1 else [node.parents[0]]
        after = [c for c, _ in self.graph.consumers[node.name]]
        if not is_gradient:
            after = [c for c in after if len(self.graph.nodes[c].parents) == 1]
        for other in (*before, *after):
            yield prefix + other if is_gradient else other

    def _fellows(self, name: str) -> Iterator[str]:
        """What goes into the same operation; of a single number also other data or parameters."""
        prefix = self.solution.gradient_prefix
        node = self.graph.nodes.get(name.removeprefix(prefix))
        if node is None:
            return
        before = prefix if name.startswith(prefix) else ""
        for consumer, _ in self.graph.consumers[node.name]:
            for other in self.graph.nodes[consumer].parents:
                if self.graph.nodes[other].role != "constant":
                    yield before + other
            if before:
                yield from (prefix + later for later, _ in self.graph.consumers[consumer])
        if not node.op:
            roles = ("parameter",) if node.shape or before else ("given", "parameter")
            yield from (before + other for other in self.graph.named(*roles))
        if not node.shape and before:
            yield from self._near(node.name, before)

    def _near(self, name: str, prefix: str) -> Iterator[str]:
        """The gradients of a circuit's numbers next to this one, in the order in which they are computed."""
        names = list(self.graph.nodes)
        at = names.index(name)
        for k in range(1, MOST_SIBLINGS + 1):
            yield from (prefix + names[place] for place in (at + k, at - k) if 0 <= place < len(names))

    def neighbours(self, name: str, index: Index) -> list[Neighbour]:
        """The elements that may be taken for the one at `index` of `name`."""
        if (name, index) not in self._neighbours:
            self._neighbours[name, index] = list(self._around(name, index))
        return self._neighbours[name, index]

    def _moves(self, name: str, axis: int, at: int, to: int) -> tuple[object, ...]:
        """Two places exchanged, one taken for the other, or all of them moved on."""
        size = self.solution.shapes[name][axis]
        return (name, axis, frozenset((at, to))), (name, axis, at, to), (name, axis, (to - at) % size)

    def _around(self, name: str, index: Index) -> Iterator[Neighbour]:
        node = self.solution.quantities[name]
        for axis, size in reversed(list(enumerate(node.shape))):
            at = index[axis]
            for k in range(size):
                if k != at and (size <= MOST_PLACES or abs(k - at) == 1):
                    moved = (*index[:axis], k, *index[axis + 1 :])
                    yield Neighbour(
                        element_symbol(name, node, moved),
                        self._moves(name, axis, at, k),
                    )
        turned = index[::-1]
        if (
            turned != index
            and len(index) == 2
            and all(i < n for i, n in zip(turned, node.shape, strict=True))
        ):
            yield Neighbour(element_symbol(name, node, turned), ((name, "transposed"),), is_transposed=True)
        for other in self.beside(name):
            expr = element_symbol(other, self.solution.quantities[other], index)
            yield Neighbour(expr, (frozenset((name, other)), (name, other)))


@dataclass(frozen=True)
class Scope:
    """The step whose formula is edited: that of the element at `index` of `quantity`."""

    surroundings: Surroundings
    quantity: str
    index: Index

    @property
    def node(self) -> Node:
        return self.surroundings.solution.quantities[self.quantity]

    @property
    def is_gradient(self) -> bool:
        return self.quantity.startswith(self.surroundings.solution.gradient_prefix)

    @cached_property
    def constants(self) -> tuple[Constants, ...]:
        """The constants that this value holds, where it is a loss or a gradient."""
        graph = self.surroundings.graph
        if self.is_gradient:
            return constants_of(graph, [consumer for consumer, _ in graph.consumers[self.node.name]])
        return constants_of(graph, [graph.loss])[:1] if self.quantity == graph.loss else ()

    @property
    def examples(self) -> int:
        """How many examples there are, where the exercise has any."""
        nodes = self.surroundings.graph.nodes.values()
        return next((node.shape[0] for node in nodes if node.batched), 1)

    def element(self, leaf: Expr) -> tuple[str, Index] | None:
        return self.surroundings.solution.element(leaf)

    def neighbours(self, leaf: Expr) -> list[Neighbour]:
        place = self.element(leaf) if isinstance(leaf, Sym | Item) else None
        return self.surroundings.neighbours(*place) if place else []

    def own_neighbours(self) -> list[Neighbour]:
        return self.surroundings.neighbours(self.quantity, self.index)

    def activations(self) -> Iterator[str]:
        """What is applied to this quantity next."""
        graph = self.surroundings.graph
        for consumer, _ in graph.consumers.get(self.quantity, ()):
            node = graph.nodes[consumer]
            if ops.get(node.op).activation and len(ops.get(node.op).partials) == 1:
                yield node.op

    def like(self, function: str) -> Iterator[str]:
        """The activations that are flat in the same places."""
        activation = ops.get(function).activation if function in ops.TABLE else None
        if activation and activation.flat:
            for name, op in ops.TABLE.items():
                if name != function and op.activation and op.activation.flat == activation.flat:
                    yield name

    def settings(self, function: str) -> tuple[tuple[str, Expr], ...]:
        """The slope of the exercise's leaky ReLU, say."""
        for node in self.surroundings.graph.nodes.values():
            if node.op == function:
                return tuple((k, Num(v)) for k, v in node.params.items() if isinstance(v, Fraction))
        return ()

    def applied(self, function: str, expr: Expr) -> Expr:
        return Call(function, (expr,), self.settings(function))
