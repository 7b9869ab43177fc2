"""How every quantity follows from others, in floating point: with a student's values, or with a slip."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial, reduce
from operator import add
from typing import Any

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.context import Edge, Forward, Total, Update, Variant
from backprop_tutor.grading.misconceptions.kinds import examples_of, square_slips
from backprop_tutor.grading.misconceptions.table import TABLE, Misconception
from backprop_tutor.walkthrough import Solution

__all__ = ["Found", "Rules"]

Known = Mapping[str, Array]
Found = tuple[Misconception, Variant]


class Rules:
    """The steps of the first pass, quantity by quantity, in an order in which each follows its `needs`."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.graph = solution.graph
        self.prefix = solution.gradient_prefix
        self.examples = examples_of(self.graph)
        self.squares = square_slips(self.graph)
        used = self.graph.upstream(self.graph.loss)
        backwards = [node for node in reversed(self.graph.nodes.values()) if node.role != "constant"]
        self.graded = {self.prefix + node.name: node for node in backwards if node.name in used}
        self.consumers = {
            name: [(consumer, slot) for consumer, slot in found if consumer in used]
            for name, found in self.graph.consumers.items()
        }
        self.needs: dict[str, tuple[str, ...]] = dict(self._needs())

    @cached_property
    def base(self) -> dict[str, Array]:
        """The right values."""
        return self.values(self.solution)

    def values(self, solution: Solution) -> dict[str, Array]:
        """Those of `solution`: the exercise's, or a version's."""
        solution.prepare(self.graded)
        known = dict(solution.first.values)
        known |= {name: solution.first.gradient(node.name) for name, node in self.graded.items()}
        return known | {name: np.asarray(solution.value(name)) for name in self.parameter_of}

    @cached_property
    def parameter_of(self) -> dict[str, tuple[str, str]]:
        """The parameter and the equation's target, by the name of each quantity of a single update."""
        rate = self.solution.rate
        if rate is None or len(self.solution.passes) > 1:
            return {}
        targets = [equation.target for equation in rate.optimizer.equations]
        return {
            self.solution.update_name(name, target, 1): (name, target)
            for name in self.graph.parameters
            for target in targets
        }

    @cached_property
    def activations(self) -> frozenset[str]:
        """Values that a derivative may be written with: h in h(1 - h)."""
        nodes = self.graph.nodes.values()
        return frozenset(node.name for node in nodes if node.op and len(node.parents) == 1)

    def _needs(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        graph = self.graph
        for node in graph.nodes.values():
            if node.op:
                yield node.name, node.parents
        for name, node in self.graded.items():
            needs: dict[str, None] = {}
            for consumer, _ in self.consumers[node.name]:
                needs |= dict.fromkeys((self.prefix + consumer, consumer, *graph.nodes[consumer].parents))
            yield name, tuple(needs)
        for quantity, (parameter, _) in self.parameter_of.items():
            earlier = [q for q, (name, _) in self.parameter_of.items() if name == parameter]
            gradient = self.prefix + parameter
            first = (parameter, gradient) if gradient in self.graded else (parameter,)
            yield quantity, (*first, *earlier[: earlier.index(quantity)])

    def ancestors(self, quantity: str) -> list[str]:
        """What `quantity` follows from, directly or not, in order, `quantity` left out."""
        if quantity not in self._ancestors:
            reached = {quantity}
            for name in reversed(self.needs):
                if name in reached:
                    reached.update(self.needs[name])
            self._ancestors[quantity] = [name for name in self.needs if name in reached - {quantity}]
        return self._ancestors[quantity]

    @cached_property
    def _ancestors(self) -> dict[str, list[str]]:
        return {}

    # One step

    def compute(self, quantity: str, known: Known, *, fresh: bool = False) -> Array:
        """The value of `quantity` from the `known` values of what it needs. With `fresh`, a derivative
        such as h(1 - h) is taken at net, whatever the known h is."""
        node = self.graph.nodes.get(quantity)
        if node is not None:
            return self._forward(quantity, known).right
        if quantity in self.graded:
            if self.graded[quantity].name == self.graph.loss:
                return np.ones(())
            edges = self._edges(quantity, known, fresh=fresh)
            return FLOAT64.finish(reduce(add, (edge.right for edge in edges)))
        return self._update(quantity, known)

    def wrong(self, quantity: str, known: Known) -> Iterator[Found]:
        """Every result that a misconception in this step gives, simplest first."""
        steps = self._contexts(quantity, known)
        for misconception in TABLE:
            for variant in steps(misconception):
                yield misconception, variant

    def slipped(self, quantity: str, known: Known, misconception: Misconception, key: str) -> Array | None:
        """The result of one misconception in this step, None where it does not arise."""
        for variant in self._contexts(quantity, known)(misconception):
            if variant.key == key:
                return variant.value
        return None

    def _contexts(self, quantity: str, known: Known) -> Callable[[Misconception], Iterator[Variant]]:
        if quantity in self.graph.nodes:
            if not self.graph.nodes[quantity].op:
                return lambda m: iter(())
            step = self._forward(quantity, known)
            return lambda m: m.forward(step) if m.forward else iter(())
        if quantity in self.graded and self.needs[quantity]:
            return self._wrong_gradient(quantity, known)
        old_and_new = self._old_and_new(quantity, known)
        rate = self.solution.rate
        if old_and_new is None or rate is None:
            return lambda m: iter(())
        update = Update(*old_and_new, float(rate.numbers["η"]))
        return lambda m: m.update(update) if m.update else iter(())

    def _old_and_new(self, quantity: str, known: Known) -> tuple[Array, Array] | None:
        """A parameter before and after the update that gives `quantity`; None for anything else."""
        if self.parameter_of.get(quantity, ("", ""))[1] == "W_new":
            return known[self.parameter_of[quantity][0]], self._update(quantity, known)
        if quantity in self.later:
            return self.solution.value(self.later[quantity]), self.solution.value(quantity)
        return None

    @cached_property
    def later(self) -> dict[str, str]:
        """Of several updates: the name before it, by each updated parameter's name."""
        solution, count = self.solution, len(self.solution.passes)
        if solution.rate is None or count == 1:
            return {}
        return {
            solution.update_name(name, "W_new", number): solution.update_name(name, "W_new", number - 1)
            if number > 1
            else name
            for name in self.graph.parameters
            for number in range(1, count + 1)
        }

    def _wrong_gradient(self, quantity: str, known: Known) -> Callable[[Misconception], Iterator[Variant]]:
        edges = self._edges(quantity, known)
        rights = [edge.right for edge in edges]
        total = self._total(quantity, rights)

        def variants(misconception: Misconception) -> Iterator[Variant]:
            if misconception.total:
                yield from misconception.total(total)
            if misconception.edge is None:
                return
            for i, edge in enumerate(edges):
                for variant in misconception.edge(edge):
                    rest = [right for j, right in enumerate(rights) if j != i]
                    value = sum(rest, start=variant.value)
                    yield variant._replace(value=value)

        return variants

    def _forward(self, name: str, known: Known) -> Forward:
        node = self.graph.nodes[name]
        return Forward(self.graph, node, [known[parent] for parent in node.parents], known)

    def _edges(self, quantity: str, known: Known, *, fresh: bool = False) -> list[Edge]:
        found = []
        for consumer, slot in self.consumers[self.graded[quantity].name]:
            node = self.graph.nodes[consumer]
            inputs = [known[parent] for parent in node.parents]
            g = known[self.prefix + consumer]
            y = self._forward(consumer, known).right if fresh else known[consumer]
            found.append(Edge(self.graph, node, inputs, known, slot, g, y, partial(self._updated, known)))
        return found

    def _total(self, quantity: str, terms: list[Array]) -> Total:
        target = self.graded[quantity]
        consumers = [self.graph.nodes[consumer] for consumer, _ in self.consumers[target.name]]
        return Total(self.graph, target, terms, consumers, self.examples, self.squares)

    def _updated(self, known: Known, parameter: str) -> Array | None:
        """The parameter after an update with the gradient that follows from the `known` values."""
        gradient = self.prefix + parameter
        news = [q for q, (name, _) in self.parameter_of.items() if name == parameter]
        if not news or gradient not in self.graded:
            return None
        values = {**known, gradient: self.compute(gradient, known)}
        for quantity in news:
            values[quantity] = self._update(quantity, values)
        return values[news[-1]]

    def _update(self, quantity: str, known: Known) -> Array:
        parameter, wanted = self.parameter_of[quantity]
        rate = self.solution.rate
        assert rate is not None
        zero = np.zeros(self.graph.nodes[parameter].shape)
        terms: dict[str, Any] = {letter: float(value) for letter, value in rate.numbers.items()}
        terms |= dict.fromkeys(rate.optimizer.state, zero)
        terms |= {"k": 1.0, "W": known[parameter], "g": known.get(self.prefix + parameter, zero)}
        for equation in rate.optimizer.equations:
            if equation.target == wanted:
                return FLOAT64.finish(equation.formula(FLOAT64, terms))
            terms[equation.target] = known[self.solution.update_name(parameter, equation.target, 1)]
        raise KeyError(wanted)
