"""What the misconceptions of the table make of one step."""

from collections.abc import Callable, Iterator

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.constants import constants_of
from backprop_tutor.grading.misconceptions.context import Adjusted, Edge, Total, Update, WrongResult
from backprop_tutor.grading.misconceptions.table import TABLE, Misconception
from backprop_tutor.grading.recompute import Known, Recompute
from backprop_tutor.walkthrough.ledger import LedgerLine, Rate

__all__ = ["Slips"]

Variants = Callable[[Misconception], Iterator[WrongResult]]


class Slips:
    """The wrong results of the steps that `recompute` works out."""

    def __init__(self, recompute: Recompute) -> None:
        self.recompute = recompute
        self.graph = recompute.graph

    def wrong(self, quantity: str, known: Known) -> Iterator[tuple[Misconception, WrongResult]]:
        """Every result that a misconception in the step of `quantity` gives, simplest first."""
        variants = self._variants(quantity, known)
        for misconception in TABLE:
            for variant in variants(misconception):
                yield misconception, variant

    def slipped(self, quantity: str, known: Known, misconception: Misconception, key: str) -> Array | None:
        """The result of one misconception in this step, None where it does not arise."""
        for variant in self._variants(quantity, known)(misconception):
            if variant.key == key:
                return variant.value
        return None

    def _variants(self, quantity: str, known: Known) -> Variants:
        recompute = self.recompute
        if quantity in self.graph.nodes and self.graph.nodes[quantity].op:
            step = recompute.forward(quantity, known)
            return lambda m: m.forward(step) if m.forward else iter(())
        if quantity in recompute.graded and recompute.needs[quantity]:
            return self._of_gradient(quantity, known)
        line, rate = recompute.ledger.lines[quantity], recompute.solution.rate
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
        old = self.recompute.old(quantity)
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
        edges = self.recompute.edges(quantity, known)
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
        target = self.recompute.graded[quantity]
        consumers = [edge.node for edge in edges]
        constants = constants_of(self.graph, [node.name for node in consumers])
        return Total(self.graph, target, rights, consumers, constants)
