"""What the misconceptions of the table make of one step."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise.ledger import Known, Ledger, LedgerLine, Rate
from backprop_tutor.grading.misconceptions.constants import constants_of
from backprop_tutor.grading.misconceptions.context import (
    Adjusted,
    Edge,
    Forward,
    Total,
    Update,
    WrongResult,
)
from backprop_tutor.grading.misconceptions.table import TABLE, Misconception

__all__ = ["Slips"]

Variants = Callable[[Misconception], Iterator[WrongResult]]


class Slips:
    """The wrong results of the steps of a `ledger`, whose insides are opened here."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.graph = ledger, ledger.graph

    def wrong(self, quantity: str, known: Known) -> Iterator[tuple[Misconception, WrongResult]]:
        """Every result that a misconception in the step of `quantity` gives, simplest first."""
        variants = self._variants(quantity, known)
        for misconception in TABLE:
            for variant in variants(misconception):
                yield misconception, variant

    def in_every_term(self, quantity: str, known: Known) -> Iterator[tuple[Misconception, WrongResult]]:
        """What a misconception gives that is made in all of the terms of a gradient: in every step of a
        recurrence, say."""
        if quantity not in self.ledger.gradients or not self.ledger.needs[quantity]:
            return
        edges = self._edges(quantity, known)
        for misconception in TABLE if len(edges) > 1 else ():
            if misconception.edge is None:
                continue
            each = [{found.key: found for found in misconception.edge(edge)} for edge in edges]
            for key, first in each[0].items():
                if all(key in variants for variants in each):
                    total = sum((variants[key].value for variants in each[1:]), start=first.value)
                    says = f"{first.says}, here and in the like terms"
                    yield misconception, first._replace(value=total, says=says)

    def slipped(self, quantity: str, known: Known, misconception: Misconception, key: str) -> Array | None:
        """The result of one misconception in this step, None where it does not arise."""
        for variant in self._variants(quantity, known)(misconception):
            if variant.key == key:
                return variant.value
        return None

    def _variants(self, quantity: str, known: Known) -> Variants:
        ledger = self.ledger
        if quantity in self.graph.nodes and self.graph.nodes[quantity].op:
            step = self._forward(quantity, known)
            return lambda m: m.forward(step) if m.forward else iter(())
        if quantity in ledger.gradients and ledger.needs[quantity]:
            return self._of_gradient(quantity, known)
        line, rate = ledger.lines[quantity], ledger.rate
        if rate and line.equation:
            return self._of_update(quantity, line, rate, known)
        return lambda m: iter(())

    def _of_update(self, quantity: str, line: LedgerLine, rate: Rate, known: Known) -> Variants:
        """An equation of the optimizer; the last one gives the new parameter."""
        right = line.compute(FLOAT64, known)
        adjusted = Adjusted(
            right,
            frozenset(rate.numbers),
            lambda letter, number: line.compute(FLOAT64, {**known, letter: np.asarray(number)}),
        )
        old = self.ledger.old(quantity)
        step = float(rate.numbers[rate.letter(line.number)])
        update = Update(known[old], right, step, rate.optimizer.maximizes) if old else None

        def variants(misconception: Misconception) -> Iterator[WrongResult]:
            if misconception.adjusted:
                changed = misconception.adjusted(adjusted)
                yield from (wrong for wrong in changed if not np.array_equal(wrong.value, right))
            if misconception.update and update:
                yield from misconception.update(update)

        return variants

    def _of_gradient(self, quantity: str, known: Known) -> Variants:
        edges = self._edges(quantity, known)
        rights = [edge.right for edge in edges]
        total = self._total(quantity, edges, rights)

        def variants(misconception: Misconception) -> Iterator[WrongResult]:
            if misconception.total:
                yield from misconception.total(total)
            if misconception.edge is None:
                return
            for i, edge in enumerate(edges):
                for variant in misconception.edge(edge):
                    rest = [right for j, right in enumerate(rights) if j != i]
                    yield variant._replace(value=sum(rest, start=variant.value))

        return variants

    def _total(self, quantity: str, edges: list[Edge], rights: list[Array]) -> Total:
        target = self.ledger.gradients[quantity]
        consumers = [edge.node for edge in edges]
        constants = constants_of(self.graph, [node.name for node in consumers])
        return Total(self.graph, target, rights, consumers, constants)

    def _forward(self, name: str, known: Known) -> Forward:
        """The step of a computed node."""
        node = self.graph.nodes[name]
        return Forward(self.graph, node, [known[parent] for parent in node.parents], known)

    def _edges(self, quantity: str, known: Known) -> list[Edge]:
        """What each consumer sends back."""
        found = []
        for consumer, slot in self.ledger.consumers(self.ledger.gradients[quantity].name):
            node = self.graph.nodes[consumer]
            inputs = [known[parent] for parent in node.parents]
            g = known[self.ledger.gradient_prefix + consumer]
            updated = partial(self._updated, known)
            found.append(Edge(self.graph, node, inputs, known, slot, g, known[consumer], updated))
        return found

    def _updated(self, known: Known, parameter: str) -> Array | None:
        """The parameter after the first update with the gradient that follows from the `known` values."""
        nodes = (parameter, self.graph.loss)  # under the loss, what all parameters' gradients have in common
        news = {name: line for name, line in self._news.items() if line.node.name in nodes}
        if parameter not in self.graph.parameters or not news:
            return None
        gradient = self.ledger.gradient_prefix + parameter
        values = {**known, gradient: self.ledger.compute(gradient, known)}
        for name, line in news.items():
            values[name] = line.compute(FLOAT64, values)
        return values[name]

    @cached_property
    def _news(self) -> dict[str, LedgerLine]:
        """The lines of the first update."""
        lines = self.ledger.lines.items()
        return {name: line for name, line in lines if line.kind == "update" and line.number == 1}
