"""A solved exercise: every quantity by its name, in floats and in fractions, confirmed on request."""

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from backprop_tutor.engine.oracles import Confirmation, confirm, kinks
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.shown import Shown
from backprop_tutor.walkthrough.passes import Pass, Rate
from backprop_tutor.walkthrough.quantity import Quantity, find_quantity

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.steps import Step

__all__ = ["Solution", "solve"]


def solve(exercise: Exercise) -> "Solution":
    """The solution of `exercise`. Nothing is computed before it is asked for.

    >>> from backprop_tutor import load, solve
    >>> solve(load("exercise1")).exact("dJ/dW2").tolist()
    [[Fraction(-1, 1), Fraction(0, 1)]]
    """
    return Solution(exercise)


class Solution(Shown):
    """Values by quantity name: `net1`, `dJ/dW1`, `W1_new`.

    `value` gives float64 arrays of the quantity's shape, `exact` object arrays of Fraction or None.
    Both raise UsageError for an unknown name and EvaluationError where the arithmetic fails.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.graph = exercise.graph
        self.first = Pass(self.graph, exercise.values)
        self.gradient_prefix = f"d{self.graph.loss}/d"
        self._confirmed: dict[tuple[str, tuple[str, ...] | None], Confirmation] = {}

    @cached_property
    def rate(self) -> Rate | None:
        """The update rule, None where the exercise has no learning rate."""
        if self.exercise.learning_rate is None or not self.graph.parameters:
            return None
        chosen = self.exercise.optimizer
        return Rate(chosen.name, self.exercise.learning_rate, chosen.settings)

    @cached_property
    def passes(self) -> list[Pass]:
        """The pass before each update; the later ones start from the updated parameters."""
        passes = [self.first]
        for _ in range(1, self.exercise.steps if self.rate else 1):
            passes.append(passes[-1].next(self.rate))  # type: ignore[arg-type]
        return passes

    @cached_property
    def targets(self) -> list[str]:
        """What the loss is differentiated by without being asked: parameters, or else the givens."""
        used = self.graph.upstream(self.graph.loss)
        return [n for n in self.graph.parameters or self.graph.named("given") if n in used]

    @cached_property
    def differentiated(self) -> list[str]:
        """Every node with a gradient in the walkthrough, from the loss backwards, leaves as soon as due."""
        graph = self.graph
        on_the_way = graph.downstream(self.targets) & graph.upstream(graph.loss)
        waiting = {
            name: sum(consumer in on_the_way for consumer, _ in graph.consumers[name]) for name in on_the_way
        }
        order: list[str] = []
        for node in reversed(graph.nodes.values()):
            if node.op and node.name in on_the_way:
                order.append(node.name)
                for parent in dict.fromkeys(reversed(node.parents)):
                    waiting[parent] = waiting.get(parent, 0) - node.parents.count(parent)
                    if waiting[parent] == 0 and parent in on_the_way and not graph.nodes[parent].op:
                        order.append(parent)
        return [name for name in order if name != graph.loss]

    @cached_property
    def steps(self) -> "dict[str, Step]":
        """The walkthrough: the steps in order, by the quantity that each computes."""
        from backprop_tutor.walkthrough.steps import build_steps

        return {step.quantity: step for step in build_steps(self)}

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every quantity that can be asked for, with its shape."""
        nodes = [node for node in self.graph.nodes.values() if node.role != "constant"]
        used = self.graph.upstream(self.graph.loss)
        shapes = {node.name: node.shape for node in nodes}
        shapes |= {self.gradient_prefix + node.name: node.shape for node in nodes if node.name in used}
        shapes |= {name: shape for name, (shape, _) in self._later.items()}
        return shapes

    def update_name(self, parameter: str, target: str, number: int) -> str:
        """`W1_new` after the last update, `W1_new1` after the first of several; `v_W1_new` of a helper."""
        helper, new, _ = target.partition("_new")
        name = parameter if helper == "W" else f"{helper}_{parameter}"
        which = str(number) if new else f"_{number}"
        return name + new + ("" if number == len(self.passes) else which)

    def loss_name(self, number: int) -> str:
        """`J` of the first pass, `J2` of the second."""
        return self.graph.loss + ("" if number == 1 else str(number))

    def find(self, text: str, lettering: Lettering = CANONICAL) -> Quantity:
        """The quantity, or part of one, that `text` names in a notation.

        Raises UsageError with near names.
        """
        batched = [node.name for node in self.graph.nodes.values() if node.batched]
        gradients = [self.gradient_prefix + name for name in batched]
        return find_quantity(text, self.shapes, [*batched, *gradients], lettering.read)

    def value(self, name: str) -> Array:
        return self._lookup(name, exact=False)

    def exact(self, name: str) -> Array | None:
        return self._lookup(name, exact=True)

    def symbolic(self, name: str, *, closed: bool = False) -> Array:
        """A computed node or a gradient, or a part of one, as an object array of SymPy expressions in the
        symbols of its neighbours: `h1[1,2]`, `dJ/dh1[1,2]`. `closed` writes them out in data and
        parameters alone.

        Raises UsageError for another name, and for a closed form that would be too long.
        """
        from backprop_tutor.engine.symbolic import closed_form, symbolic_forward, symbolic_gradients

        quantity = self.find(name)
        node = quantity.name.removeprefix(self.gradient_prefix)
        of_nodes = node == quantity.name
        found = symbolic_forward(self.graph) if of_nodes else symbolic_gradients(self.graph, [node])
        if node not in found:
            raise UsageError(f"{name} is not a computed quantity or a gradient of the first pass")
        region = tuple(slice(None) if place is None else place for place in quantity.region)
        part = np.asarray(found[node][region], dtype=object)
        return closed_form(self.graph, part) if closed else part

    def _lookup(self, name: str, *, exact: bool) -> Array | None:
        node = name.removeprefix(self.gradient_prefix)
        if name in self.graph.nodes:
            return (self.first.exact if exact else self.first.values).get(name)
        if node != name and node in self.graph.nodes:
            return self.first.exact_gradient(node) if exact else self.first.gradient(node)
        if name in self._later:
            return self._later[name][1](exact)
        raise UsageError(f"there is no quantity called {name}.", hint="solve --json lists all of them.")

    @cached_property
    def _later(self) -> dict[str, tuple[tuple[int, ...], Callable[[bool], Array | None]]]:
        """What comes after the first pass: shape and value of updates, and of later losses and gradients."""
        rate = self.rate
        found: dict[str, tuple[tuple[int, ...], Callable[[bool], Array | None]]] = {}
        if rate is None:
            return found
        for step in self.passes:
            loss = self.loss_name(step.number)
            if step.number > 1:
                found[loss] = ((), partial(_loss, step, self.graph.loss))
            for name in self.graph.parameters:
                shape = self.graph.nodes[name].shape
                if step.number > 1:
                    found[f"d{loss}/d{name}"] = (shape, partial(_gradient, step, name))
                for equation in rate.optimizer.equations:
                    quantity = self.update_name(name, equation.target, step.number)
                    found[quantity] = (shape, partial(_update, step, name, rate, equation.target))
        return found

    def prepare(self, quantities: Iterable[str]) -> None:
        """Work out several gradients in one backward pass."""
        prefix = self.gradient_prefix
        names = [name.removeprefix(prefix) for name in quantities if name.startswith(prefix)]
        self.first.prepare(name for name in names if name in self.graph.nodes)

    def confirm(self, name: str, routes: tuple[str, ...] | None = None) -> Confirmation | None:
        """What every route says of the gradient `name`, None for any other quantity.

        `routes` limits the work to those. Raises ProofError where a route disagrees.
        """
        if (name, routes) not in self._confirmed and (found := self._gradient(name)):
            step, node = found
            confirmation = confirm(self.graph, step.values, node, step.gradient(node), routes)
            self._confirmed[name, routes] = confirmation
        return self._confirmed.get((name, routes))

    def _gradient(self, name: str) -> tuple[Pass, str] | None:
        """The pass and the node of a gradient: dJ/dW1 of the first pass, dJ2/dW1 of the second."""
        of, _, node = name.partition("/d")
        for step in self.passes:
            if of == f"d{self.loss_name(step.number)}" and node in self.graph.nodes:
                return step, node
        return None

    @cached_property
    def kinks(self) -> dict[str, Array]:
        """Nodes with elements that sit on a kink of their op, and which elements."""
        return kinks(self.graph, self.first.values)

    @property
    def loss(self) -> float:
        return float(np.asarray(self.value(self.graph.loss)))


def _loss(step: Pass, name: str, exact: bool) -> Array | None:
    return step.exact.get(name) if exact else step.values[name]


def _gradient(step: Pass, name: str, exact: bool) -> Array | None:
    return step.exact_gradient(name) if exact else step.gradient(name)


def _update(step: Pass, name: str, rate: Rate, target: str, exact: bool) -> Array | None:
    return step.exact_update(name, rate).get(target) if exact else step.update(name, rate)[target]
