"""What a version must be like to be a good exercise, and how hard it is.

The measure of hardness (`effort`): every entry of data, parameters, values, gradients and updates that is
not zero counts 1, since it is a term of the sums it goes into, plus the digits needed to write it.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.quantities import WORDS
from backprop_tutor.exercise.review import digits_needed, saturated
from backprop_tutor.walkthrough import Solution

__all__ = ["MAX_DIGITS", "Demands", "RefusedError"]

MAX_DIGITS = 4  # of every value, gradient and update, unless the exercise's own numbers need more
ROUNDED = 4  # digits that an irrational number is written with
HOPELESS = 12  # digits of a fraction that everyone rounds
NEAR = 1e-9  # of a kink

Digits = Mapping[str, list[int]]  # by quantity: of each entry that is not zero


class RefusedError(Exception):
    """Why a version is not a good exercise."""


class Demands:
    """Judges versions of `exercise`; what its own numbers break already is not asked of a version."""

    def __init__(self, exercise: Exercise) -> None:
        solution = Solution(exercise)
        self.bounds = {name: max([MAX_DIGITS, *found]) for name, found in digits(solution).items()}
        self.saturated = any(_saturated(solution))
        self.same_examples = any(_same_examples(exercise))
        asked = asked_gradients(solution)
        solution.prepare(asked)
        self.asked = [name for name in asked if _is_alive(solution, name)]

    def effort(self, solution: Solution) -> int:
        """How much hand work this version is, by the measure above.

        Raises RefusedError for one that is not a good exercise, and EvaluationError where the arithmetic
        fails on its numbers.
        """
        for reason in self._refusals(solution):
            raise RefusedError(reason)
        found = digits(solution)
        for name, counts in found.items():
            bound = self.bounds.get(name, MAX_DIGITS)
            if max(counts, default=0) > bound:
                raise RefusedError(f"{name} needs more than {bound} digits")
        return sum(1 + count for counts in found.values() for count in counts)

    def _refusals(self, solution: Solution) -> Iterator[str]:
        """What is wrong with this version; cheap reasons come first."""
        if not self.same_examples:
            yield from _same_examples(solution.exercise)
        yield from _kinks(solution)
        yield from _dead_layers(solution)
        if not self.saturated:
            yield from _saturated(solution)
        yield from self._zero_gradients(solution)

    def _zero_gradients(self, solution: Solution) -> Iterator[str]:
        solution.prepare(self.asked)
        for name in self.asked:
            if not _is_alive(solution, name):
                yield f"{name} is zero in every entry"


def _is_alive(solution: Solution, gradient: str) -> bool:
    return bool(np.any(np.abs(solution.value(gradient)) > NEAR))


def digits(solution: Solution) -> Digits:
    """The digits of every quantity's entries that are not zero, in the order of the walkthrough."""
    names = [n.name for n in solution.graph.nodes.values() if n.role != "constant"]
    names += [solution.gradient_prefix + name for name in solution.differentiated]
    if solution.exercise.steps == 1:  # later ones are long in every version
        names += [name for name in solution.shapes if name.endswith("_new")]
    solution.prepare(names)
    return {name: _digits(solution, name) for name in names}


def _digits(solution: Solution, name: str) -> list[int]:
    exact = solution.exact(name)
    if exact is None:  # irrational
        return [ROUNDED] * int(np.count_nonzero(solution.value(name)))
    return [_length(number) for number in exact.flat if number]


def _length(number: Fraction) -> int:
    if number.denominator == 1 and -10 < number.numerator < 10:
        return 1
    length = digits_needed(number)
    return length if length < HOPELESS else ROUNDED


def asked_gradients(solution: Solution) -> list[str]:
    """The gradients that the exercise asks: those it names, else all in the walkthrough."""
    every = [solution.gradient_prefix + name for name in solution.differentiated]
    named = [solution.find(ask.quantity).name for ask in solution.exercise.ask if ask.quantity not in WORDS]
    return [name for name in named if name in every] or every


def _same_examples(exercise: Exercise) -> Iterator[str]:
    for node in exercise.graph.nodes.values():
        if node.role == "given" and node.axes == ("example", "input") and node.shape[0] > 1:
            rows = {tuple(row) for row in exercise.values[node.name].tolist()}
            if len(rows) < node.shape[0]:
                yield f"two examples have the same {node.name}"


def _kinks(solution: Solution) -> Iterator[str]:
    for node in solution.graph.nodes.values():
        kink = ops.get(node.op).kink if node.op else None
        if kink and (np.abs(kink(FLOAT64, *_inputs(solution, node), **node.params)) < NEAR).any():
            yield f"a value lies on the kink of {node.name}"


def _dead_layers(solution: Solution) -> Iterator[str]:
    for node in solution.graph.nodes.values():
        activation = ops.get(node.op).activation if node.op else None
        if activation and activation.flat == "below 0":
            [net] = _inputs(solution, node)
            units = node.shape[1:] if node.batched else node.shape
            if not (net > 0).any():
                yield f"no unit of {node.name} is alive"
            elif any(size > 1 for size in units) and (net > 0).all():
                yield f"every unit of {node.name} is alive"


def _saturated(solution: Solution) -> Iterator[str]:
    for node in solution.graph.nodes.values():
        hit = saturated(solution.graph, node, solution.first.values)
        if hit is not None and hit.any():
            yield f"a unit of {node.name} is saturated"


def _inputs(solution: Solution, node: Node) -> list[NDArray[Any]]:
    return [solution.first.values[parent] for parent in node.parents]
