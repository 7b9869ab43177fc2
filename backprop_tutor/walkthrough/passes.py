"""One forward and backward pass and the update that follows it, in floats and in fractions."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cached_property

import numpy as np

from backprop_tutor.engine.evaluate import (
    contributions,
    exact_gradients,
    exact_pass,
    float_gradients,
    float_pass,
    rounded,
)
from backprop_tutor.engine.oracles import Confirmation, Oracles
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import EvaluationError
from backprop_tutor.exercise.ledger import Known, Ledger, LedgerLine

__all__ = ["Pass"]

Arrays = dict[str, Array]
Both = tuple[Arrays, Arrays]  # in floats, and in fractions those that have one


class Pass:
    """Pass `number` of the training, starting from `leaves` and what the optimizer `kept`, by quantity.

    Values are float64 arrays by node name; the exact ones are object arrays of Fraction, and only those
    that have one. Gradients are worked out when they are first asked for.
    """

    def __init__(
        self, ledger: Ledger, leaves: Known, number: int = 1, kept: tuple[Known, Known] = ({}, {})
    ) -> None:
        self.ledger, self.graph = ledger, ledger.graph
        self.leaves = leaves
        self.number = number
        self.kept = kept
        self.noise: Arrays = {}
        """By node: where its value is nothing but rounding noise, in place of which there is 0."""
        self.gradient_noise: Arrays = {}
        self._gradients: Arrays = {}
        self._exact_gradients: Arrays = {}
        self._updates: dict[str, Both] = {}

    @cached_property
    def values(self) -> Arrays:
        """Raises EvaluationError naming the step without a finite value."""
        return float_pass(self.graph, self.leaves, self.exact, self.noise)

    @cached_property
    def exact(self) -> Arrays:
        return exact_pass(self.graph, self.leaves)

    @cached_property
    def _oracles(self) -> Oracles:
        return Oracles(self.graph, self.values, self.exact)

    def confirm(self, name: str, routes: Collection[str] | None = None) -> Confirmation:
        """What every route, or those of `routes`, says of dJ/d(name).

        Raises ProofError where one disagrees.
        """
        if name in self.ledger.further:
            found = self._further(self.ledger.lines[name])
            return self.ledger.further[name].confirm(self.values, found, routes)
        gradient = self.gradient(name)
        upstream = {consumer: self.gradient(consumer) for consumer, _ in self.graph.consumers[name]}
        with np.errstate(all="ignore"):
            terms = contributions(self.graph, FLOAT64, self.values, upstream, name)
            sizes = [float(np.max(np.abs(term))) for term in terms]
        reach = max((size for size in sizes if np.isfinite(size)), default=0.0)
        return self._oracles.confirm(name, gradient, routes, reach)

    def prepare(self, names: Iterable[str]) -> None:
        """Work out the gradients of `names`, and of all on the way to them, in one backward pass."""
        missing = [name for name in names if name not in self._gradients]
        if missing:
            exact = exact_gradients(self.graph, self.exact, missing)
            floats = float_gradients(self.graph, self.values, missing, exact, self.gradient_noise)
            self._gradients |= floats
            self._exact_gradients |= exact

    def gradient(self, name: str) -> Array:
        """dJ/d(name), of the node's shape; zeros where the loss does not depend on it."""
        self.prepare([name])
        return self._gradients.get(name, np.zeros(self.graph.nodes[name].shape))

    def exact_gradient(self, name: str) -> Array | None:
        self.prepare([name])
        if name not in self._gradients:
            return EXACT.zeros(self.graph.nodes[name].shape)
        return self._exact_gradients.get(name)

    def value(self, line: LedgerLine) -> Array:
        """What one line of the ledger, of this pass, comes to."""
        name = line.node.name
        match line.kind:
            case "gradient":
                return self.gradient(name)
            case "further":
                return self._further(line)
            case "update":
                return self._update(name)[0][line.target]
        return self.values[name]

    def exact_value(self, line: LedgerLine) -> Array | None:
        """The same in fractions, None where it has none."""
        name = line.node.name
        match line.kind:
            case "gradient":
                return self.exact_gradient(name)
            case "further":
                return self._exact_further(line)
            case "update":
                return self._update(name)[1].get(line.target)
        return self.exact.get(name)

    def _further(self, line: LedgerLine) -> Array:
        """Raises EvaluationError where it has no finite value."""
        exact = self._exact_further(line)
        if exact is not None:
            return rounded({line.node.name: exact})[line.node.name]
        with np.errstate(all="ignore"):
            found = self.ledger.compute(line.node.name, self.values)
        if not np.isfinite(found).all():
            raise EvaluationError(line.node.name, "it has no finite value.", hint="Change the numbers.")
        return found

    def _exact_further(self, line: LedgerLine) -> Array | None:
        try:
            return line.compute(EXACT, self.exact)
        except (Irrational, KeyError, ZeroDivisionError):
            return None

    @cached_property
    def _lines(self) -> dict[str, LedgerLine]:
        """Those of the update that follows."""
        return {name: line for name, line in self.ledger.later(self.number) if line.kind == "update"}

    def _update(self, parameter: str) -> Both:
        """What every equation of the optimizer gives for `parameter`, by target."""
        if parameter not in self._updates:
            self._updates[parameter] = self._updated(parameter)
        return self._updates[parameter]

    def _updated(self, parameter: str) -> Both:
        """For the loss, that is what its gradients have in common: their norm."""
        floats, exact = dict(self.kept[0]), dict[str, Array | None](self.kept[1])
        is_overall = parameter == self.graph.loss
        for name in self.graph.parameters if is_overall else [parameter]:
            old = self.ledger.before(name, self.number)
            gradient = self.ledger.gradient_name(name, self.number)
            floats |= {old: self.values[name], gradient: self.gradient(name)}
            exact |= {old: self.exact.get(name), gradient: self.exact_gradient(name)}
        if not is_overall:
            for name, line in self._lines.items():
                if line.node.name == self.graph.loss:
                    floats[name] = self._update(self.graph.loss)[0][line.target]
                    exact[name] = self._update(self.graph.loss)[1].get(line.target)
        fractions = {name: array for name, array in exact.items() if array is not None}
        found: Both = {}, {}
        with np.errstate(all="ignore"):
            for name, line in self._lines.items():
                if line.node.name != parameter:
                    continue
                with suppress(Irrational, KeyError):
                    found[1][line.target] = fractions[name] = line.compute(EXACT, fractions)
                if name in fractions:
                    floats[name] = rounded({name: fractions[name]})[name]
                else:
                    floats[name] = self.ledger.compute(name, floats)
                found[0][line.target] = floats[name]
        return found

    def next(self) -> "Pass":
        """The pass after this one: every parameter moved, from gradients taken at the old ones."""
        self.prepare(self.graph.parameters)
        leaves: Arrays = dict(self.leaves)
        kept: Both = {}, {}
        for name, line in self._lines.items():
            floats, exact = self._update(line.node.name)
            if line.target == "W_new":
                leaves[line.node.name] = exact.get(line.target, floats[line.target])
            kept[0][name] = floats[line.target]
            if line.target in exact:
                kept[1][name] = exact[line.target]
        return Pass(self.ledger, leaves, self.number + 1, kept)
