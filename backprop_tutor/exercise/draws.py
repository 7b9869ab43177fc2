"""What varies in an exercise, and the drawing of it: other numbers in the same places."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.engine import ops
from backprop_tutor.exercise.model import Exercise, QuantityVariation, Variant, described

__all__ = ["Draws", "Stream", "fingerprint"]

Numbers = NDArray[Any]

FEW = 5  # numbers in all, drawn from a wider range so that a class has versions enough
MAX_VARIED = 1_000  # entries of an array that vary unless the exercise says otherwise


class Stream:
    """Random choices that depend on the key's text alone: the same on every machine and Python."""

    def __init__(self, *key: str) -> None:
        digest = sha256("\x1f".join(key).encode("utf-8", "surrogatepass")).digest()
        self._random = random.Random(int.from_bytes(digest, "big")).random  # kept stable by Python's docs

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))


@dataclass(frozen=True, slots=True)
class _Grid:
    """The fractions with the denominator `per` and numerators from `low` to `high`, with or without 0."""

    low: int
    high: int
    per: int = 1
    zero: bool = True

    def draw(self, stream: Stream) -> Fraction:
        if self.zero or not self.low <= 0 <= self.high:
            return Fraction(stream.between(self.low, self.high), self.per)
        number = stream.between(self.low, self.high - 1)
        return Fraction(number if number < 0 else number + 1, self.per)


class Draws:
    """Draws versions of `exercise` by a key; each has the same graph, with other numbers in its leaves."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.fingerprint = fingerprint(exercise)
        self._rules = {name: _rule(v) for name, v in exercise.variants.items()} or _defaults(exercise)

    @property
    def varied(self) -> list[str]:
        """The leaves whose numbers vary."""
        return list(self._rules)

    def stream(self, *key: str) -> Stream:
        return Stream(self.fingerprint, *key)

    def draw(self, stream: Stream) -> Exercise:
        """The next version on the stream, named by its numbers: equal ids are equal exercises."""
        values = {**self.exercise.values, **self._numbers(stream)}
        variant = Variant(self.exercise.name, self.identity(values))
        description = described(self.exercise.description, variant)
        return replace(self.exercise, values=values, variant=variant, description=description)

    def skip(self, stream: Stream) -> None:
        """Pass over the next version."""
        self._numbers(stream)

    def _numbers(self, stream: Stream) -> dict[str, Numbers]:
        found = {}
        for name, rule in self._rules.items():
            found[name] = drawn = np.empty(self.exercise.values[name].shape, dtype=object)
            for index in np.ndindex(drawn.shape):
                drawn[index] = rule(stream)
        return found

    def identity(self, values: Mapping[str, Numbers]) -> str:
        """The id of the version with these numbers."""
        return "v" + sha256(f"{self.fingerprint}\n{_spelled(values, self._rules)}".encode()).hexdigest()[:10]


def fingerprint(exercise: Exercise) -> str:
    """A digest of what is computed, with what numbers, and what is asked; not of names and prose."""
    nodes = [
        (n.name, n.role, n.shape, n.op, n.parents, sorted((k, str(v)) for k, v in n.params.items()))
        for n in exercise.graph.nodes.values()
    ]
    settings = sorted((k, str(v)) for k, v in exercise.optimizer.settings.items())
    asked = [(ask.quantity, ask.by) for ask in exercise.ask if not ask.of_a_person]
    varied = [(k, v.kind, list(map(str, v.numbers)), v.denominators) for k, v in exercise.variants.items()]
    rates = ",".join(map(str, exercise.learning_rates)) or str(exercise.learning_rate)
    said = (
        nodes, exercise.graph.loss, _spelled(exercise.values, exercise.values),
        rates, exercise.optimizer.name, settings, exercise.steps, asked, varied,
    )  # fmt: skip
    return sha256(repr(said).encode()).hexdigest()


def _spelled(values: Mapping[str, Numbers], names: Any) -> str:
    def text(array: Numbers) -> str:
        if array.dtype == object:
            return " ".join(map(str, array.flat))
        return sha256(np.ascontiguousarray(array, dtype="<f8").tobytes()).hexdigest()

    return "\n".join(f"{name}={text(values[name])}" for name in sorted(names))


def _rule(variation: QuantityVariation) -> Callable[[Stream], Fraction]:
    """How one entry is drawn, as the exercise says."""
    numbers = variation.numbers
    if variation.kind == "choices":
        return lambda stream: numbers[stream.between(0, len(numbers) - 1)]
    low, high = numbers
    if variation.kind == "integers":
        return _Grid(math.ceil(low), math.floor(high)).draw
    grids = [_Grid(math.ceil(low * d), math.floor(high * d), d) for d in variation.denominators]
    grids = [grid for grid in grids if grid.low <= grid.high]
    return lambda stream: grids[stream.between(0, len(grids) - 1)].draw(stream)


def _defaults(exercise: Exercise) -> dict[str, Callable[[Stream], Fraction]]:
    """Every exact leaf of moderate size, in numbers of its own kind; never the targets of classes, nor what
    is 0 or 1 to drop something, nor what the file does not have."""
    nodes = exercise.graph.nodes.values()
    kept = {node.parents[slot] for node in nodes if node.op for slot in ops.get(node.op).switches}
    few = sum(array.size for array in exercise.values.values()) < FEW
    targets = {name for name, _ in exercise.graph.targets}
    classes = {name for name, loss in exercise.graph.targets if loss.targets != "numbers"}
    counted = exercise.graph.whole_numbers
    return {
        node.name: _Grid(1, counted[node.name]).draw
        if node.name in counted
        else _like(exercise.values[node.name], node.role, node.name in targets, few).draw
        for node in nodes
        if node.role in ("given", "parameter")
        and node.name not in classes | kept
        and (not exercise.graph.sources or node.name in exercise.graph.sources)
        and exercise.values[node.name].dtype == object
        and node.size <= MAX_VARIED
    }


def _like(array: Numbers, role: str, target: bool, few: bool) -> _Grid:
    """Fractions with the array's own denominator, about as large as its entries; larger where there are
    `few`.

    A parameter is never 0, so that no path is cut by chance. Data is negative only where the file's is,
    and targets of 0 and 1 stay so.
    """
    per = math.lcm(*(number.denominator for number in array.flat))
    largest = max(int(abs(number) * per) for number in array.flat)
    positive = all(number >= 0 for number in array.flat)
    if per > 1:
        most = max(12 if few else 3, largest)
        return _Grid(1 if positive else -most, most, per, zero=False)
    if role == "parameter":
        most = min(max(12 if few else 3, largest), 12)
        return _Grid(-most, most, zero=False)
    most = 1 if target and largest <= 1 else min(max(12 if few else 2, largest), 12)
    return _Grid(0 if positive else -most, most)
