"""How every quantity follows from others, in floating point: worked out again with a student's values."""

from collections.abc import Iterator, Mapping
from functools import cached_property, partial, reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine.evaluate import backward, forward, numbers, settling
from backprop_tutor.engine.noise import settled
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.context import Edge, Forward
from backprop_tutor.walkthrough import Solution

__all__ = ["Known", "Recompute", "Updated"]

Known = Mapping[str, Array]


class Updated(NamedTuple):
    """What an update's quantity is: the `target` of the optimizer, for a parameter, in one of the passes."""

    parameter: str
    target: str
    number: int

    @property
    def is_step(self) -> bool:
        """Whether it is the new parameter itself, none of what the optimizer keeps beside it."""
        return self.target == "W_new"


class Recompute:
    """The steps of a solution, quantity by quantity, in an order in which each follows its `needs`."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.graph = solution.graph
        self.prefix = solution.gradient_prefix
        used = self.graph.upstream(self.graph.loss)
        backwards = [node for node in reversed(self.graph.nodes.values()) if node.role != "constant"]
        self.graded = {self.prefix + node.name: node for node in backwards if node.name in used}
        self.consumers = {
            name: [(consumer, slot) for consumer, slot in found if consumer in used]
            for name, found in self.graph.consumers.items()
        }
        self.needs: dict[str, tuple[str, ...]] = dict(self._needs())
        self._ancestors: dict[str, list[str]] = {}

    @cached_property
    def base(self) -> dict[str, Array]:
        """The right values."""
        return self.values(self.solution)

    def values(self, solution: Solution) -> dict[str, Array]:
        """Those of `solution`: the exercise's, or a version's."""
        solution.prepare(self.graded)
        known = dict(solution.first.values)
        known |= {name: solution.first.gradient(node.name) for name, node in self.graded.items()}
        return known | {name: np.asarray(solution.value(name)) for name in (*self.updates, *self.later)}

    @cached_property
    def updates(self) -> dict[str, Updated]:
        """By the name of each quantity of an update."""
        rate, passes = self.solution.rate, range(1, len(self.solution.passes) + 1)
        return {
            self.solution.update_name(name, equation.target, number): Updated(name, equation.target, number)
            for number in passes
            for name in self.graph.parameters
            for equation in (rate.optimizer.equations if rate else ())
        }

    @cached_property
    def later(self) -> dict[str, tuple[int, str]]:
        """The losses and gradients of the passes after the first: the pass, and what by (empty: the loss)."""
        found: dict[str, tuple[int, str]] = {}
        for number in range(2, len(self.solution.passes) + 1):
            loss = self.solution.loss_name(number)
            found |= {loss: (number, "")}
            found |= {f"d{loss}/d{name}": (number, name) for name in self.graph.parameters}
        return found

    @cached_property
    def activations(self) -> frozenset[str]:
        """Values that a derivative may be written with: h in h(1 - h)."""
        nodes = self.graph.nodes.values()
        return frozenset(node.name for node in nodes if node.op and len(node.parents) == 1)

    def old(self, quantity: str) -> str:
        """The parameter that the update `quantity` steps from; nothing for any other quantity."""
        update = self.updates.get(quantity)
        return self.before(update.parameter, update.number) if update and update.is_step else ""

    def before(self, parameter: str, number: int) -> str:
        """The parameter that pass `number` starts from."""
        return parameter if number == 1 else self.solution.update_name(parameter, "W_new", number - 1)

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
        for number in range(1, len(self.solution.passes) + 1):
            leaves = (*graph.named("given"), *(self.before(name, number) for name in graph.parameters))
            for quantity, (of, _) in self.later.items():
                if of == number:
                    yield quantity, leaves
            for quantity, update in self.updates.items():
                if update.number == number:
                    yield quantity, tuple(self._needs_of(update))

    def _needs_of(self, update: Updated) -> Iterator[str]:
        parameter, target, number = update
        solution, rate = self.solution, self.solution.rate
        assert rate is not None
        gradient = self._gradient(update)
        yield self.before(parameter, number)
        yield from (gradient,) if gradient in self.graded or gradient in self.later else ()
        if number > 1:
            for kept in rate.optimizer.state:
                yield solution.update_name(parameter, f"{kept}_new", number - 1)
        for equation in rate.optimizer.equations:
            if equation.target == target:
                return
            yield solution.update_name(parameter, equation.target, number)

    def _gradient(self, update: Updated) -> str:
        return f"d{self.solution.loss_name(update.number)}/d{update.parameter}"

    def ancestors(self, quantity: str) -> list[str]:
        """What `quantity` follows from, directly or not, in order, `quantity` left out."""
        if quantity not in self._ancestors:
            reached = {quantity}
            for name in reversed(self.needs):
                if name in reached:
                    reached.update(self.needs[name])
            self._ancestors[quantity] = [name for name in self.needs if name in reached - {quantity}]
        return self._ancestors[quantity]

    # One step

    def compute(self, quantity: str, known: Known, *, fresh: bool = False) -> Array:
        """The value of `quantity` from the `known` values of what it needs, 0 in place of rounding noise.
        With `fresh`, a derivative such as h(1 - h) is taken at net, whatever the known h is."""
        value = self._compute(quantity, known, fresh)
        inputs = {name: known[name] for name in self.needs.get(quantity, ()) if name in known}
        return settled(value, inputs, lambda moved: self._compute(quantity, {**known, **moved}, fresh))[0]

    def _compute(self, quantity: str, known: Known, fresh: bool) -> Array:
        if quantity in self.graph.nodes:
            return self.forward(quantity, known).right
        if quantity in self.graded:
            if self.graded[quantity].name == self.graph.loss:
                return np.ones(())
            edges = self.edges(quantity, known, fresh=fresh)
            return FLOAT64.finish(reduce(add, (edge.right for edge in edges)))
        return self._of_pass(quantity, known) if quantity in self.later else self.update(quantity, known)

    def forward(self, name: str, known: Known) -> Forward:
        node = self.graph.nodes[name]
        return Forward(self.graph, node, [known[parent] for parent in node.parents], known)

    def edges(self, quantity: str, known: Known, *, fresh: bool = False) -> list[Edge]:
        """What each consumer sends back."""
        found = []
        for consumer, slot in self.consumers[self.graded[quantity].name]:
            node = self.graph.nodes[consumer]
            inputs = [known[parent] for parent in node.parents]
            g = known[self.prefix + consumer]
            y = self.forward(consumer, known).right if fresh else known[consumer]
            found.append(Edge(self.graph, node, inputs, known, slot, g, y, partial(self._updated, known)))
        return found

    def update(self, quantity: str, known: Known) -> Array:
        """A quantity of an update."""
        parameter, wanted, number = update = self.updates[quantity]
        solution, rate = self.solution, self.solution.rate
        assert rate is not None
        zero = np.zeros(self.graph.nodes[parameter].shape)
        terms: dict[str, Any] = {letter: float(value) for letter, value in rate.numbers.items()}
        terms |= {"k": float(number), "W": known[self.before(parameter, number)]}
        terms["g"] = known.get(self._gradient(update), zero)
        for kept in rate.optimizer.state:
            earlier = solution.update_name(parameter, f"{kept}_new", number - 1)
            terms[kept] = known[earlier] if number > 1 else zero
        for equation in rate.optimizer.equations:
            if equation.target == wanted:
                return FLOAT64.finish(equation.formula(FLOAT64, terms))
            terms[equation.target] = known[solution.update_name(parameter, equation.target, number)]
        raise KeyError(wanted)

    def _of_pass(self, quantity: str, known: Known) -> Array:
        """The loss or a gradient of a later pass, from its data and the parameters it starts from."""
        number, name = self.later[quantity]
        leaves = {given: known[given] for given in self.graph.named("given")}
        leaves |= {parameter: known[self.before(parameter, number)] for parameter in self.graph.parameters}
        settle = settling(self.graph)
        values = forward(self.graph, FLOAT64, numbers(self.graph, FLOAT64, leaves), revise=settle)
        if not name:
            return values[self.graph.loss]
        gradients = backward(self.graph, FLOAT64, values, [name], revise=settle)
        return gradients.get(name, np.zeros(self.graph.nodes[name].shape))

    def _updated(self, known: Known, parameter: str) -> Array | None:
        """The parameter after the first update with the gradient that follows from the `known` values."""
        gradient = self.prefix + parameter
        news = [q for q, (name, _, number) in self.updates.items() if (name, number) == (parameter, 1)]
        if not news or gradient not in self.graded:
            return None
        values = {**known, gradient: self.compute(gradient, known)}
        for quantity in news:
            values[quantity] = self.update(quantity, values)
        return values[news[-1]]
