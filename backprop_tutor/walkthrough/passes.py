"""One forward and backward pass and the update that follows it, in floats and in fractions."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from backprop_tutor.engine.evaluate import (
    contributions,
    exact_gradients,
    exact_pass,
    float_gradients,
    float_pass,
    rounded,
)
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.noise import settled
from backprop_tutor.engine.optimizers import OPTIMIZERS, Optimizer, UpdateEquation
from backprop_tutor.engine.oracles import Confirmation, Oracles
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64

__all__ = ["Pass", "Rate", "updated"]

Arrays = dict[str, Array]


def updated(equation: UpdateEquation, terms: Arrays) -> Array:
    """The target of one equation of an update in float64, 0 in place of rounding noise."""

    def of(known: Mapping[str, Array]) -> Array:
        return FLOAT64.finish(equation.formula(FLOAT64, {**terms, **known}))

    arrays = {name: term for name, term in terms.items() if isinstance(term, np.ndarray)}
    return settled(of(terms), arrays, of)[0]


class Rate:
    """How weights are updated: the optimizer, its settings with the exercise's own, the learning rate."""

    def __init__(self, name: str, learning_rate: Fraction, settings: Mapping[str, Fraction]) -> None:
        self.optimizer: Optimizer = OPTIMIZERS[name]
        known = self.optimizer.settings.items()
        self.numbers: dict[str, Fraction] = {"η": learning_rate} | {
            setting.letter: settings.get(key, setting.default) for key, setting in known
        }


class Pass:
    """Pass `number` of the training, starting from `leaves` and the optimizer's `state`.

    Values are float64 arrays by node name; the exact ones are object arrays of Fraction, and only those
    that have one. Gradients are worked out when they are first asked for.
    """

    def __init__(
        self,
        graph: Graph,
        leaves: Mapping[str, Array],
        number: int = 1,
        state: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        self.graph = graph
        self.leaves = leaves
        self.number = number
        self.state = state or {}
        self.noise: Arrays = {}
        """By node: where its value is nothing but rounding noise, in place of which there is 0."""
        self.gradient_noise: Arrays = {}
        self._gradients: Arrays = {}
        self._exact_gradients: Arrays = {}

    @cached_property
    def values(self) -> Arrays:
        """Raises EvaluationError naming the step without a finite value."""
        return float_pass(self.graph, self.leaves, self.exact, self.noise)

    @cached_property
    def exact(self) -> Arrays:
        return exact_pass(self.graph, self.leaves)

    @cached_property
    def _oracles(self) -> Oracles:
        return Oracles(self.graph, self.values)

    def confirm(self, name: str, routes: Collection[str] | None = None) -> Confirmation:
        """What every route, or those of `routes`, says of dJ/d(name).

        Raises ProofError where one disagrees.
        """
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

    def _state(self, name: str, rate: Rate, kind: str, zeros: Array) -> dict[str, Any]:
        return {kept: self.state.get(f"{kept}_{name}", {}).get(kind, zeros) for kept in rate.optimizer.state}

    def update(self, name: str, rate: Rate) -> Arrays:
        """Every target of the optimizer's equations for the parameter `name`, in float64."""
        terms: Arrays = {letter: float(value) for letter, value in rate.numbers.items()}
        terms |= self._state(name, rate, "float", np.zeros(self.graph.nodes[name].shape))
        terms |= {"k": float(self.number), "W": self.values[name], "g": self.gradient(name)}
        with np.errstate(all="ignore"):
            found = rounded(self.exact_update(name, rate))
            for equation in rate.optimizer.equations:
                if equation.target not in found:
                    found[equation.target] = updated(equation, {**terms, **found})
            return found

    def exact_update(self, name: str, rate: Rate) -> Arrays:
        """The same in fractions: those that have one."""
        terms = self._state(name, rate, "exact", EXACT.zeros(self.graph.nodes[name].shape))
        terms |= {"W": self.exact.get(name), "g": self.exact_gradient(name)}
        known = {letter: term for letter, term in terms.items() if term is not None}
        known |= {**rate.numbers, "k": Fraction(self.number)}
        found: Arrays = {}
        for equation in rate.optimizer.equations:
            with suppress(Irrational, KeyError):
                found[equation.target] = EXACT.finish(equation.formula(EXACT, {**known, **found}))
        return found

    def next(self, rate: Rate) -> "Pass":
        """The pass after this one: every parameter moved, from gradients taken at the old ones."""
        self.prepare(self.graph.parameters)
        leaves, state = dict(self.leaves), {}
        for name in self.graph.parameters:
            floats, exact = self.update(name, rate), self.exact_update(name, rate)
            leaves[name] = exact.get("W_new", floats["W_new"])
            for kept in rate.optimizer.state:
                state[f"{kept}_{name}"] = {
                    "float": floats[f"{kept}_new"],
                    "exact": exact.get(f"{kept}_new"),
                }
        return Pass(self.graph, leaves, self.number + 1, state)
