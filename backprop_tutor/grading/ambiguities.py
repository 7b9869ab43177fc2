"""Misconceptions that an exercise cannot tell apart, or from the right method, and the number to change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.misconceptions.table import TABLE
from backprop_tutor.grading.points import Point
from backprop_tutor.walkthrough import Solution

__all__ = ["Ambiguity", "ambiguities", "ambiguity_warnings", "coincidences"]

MOST_SAID = 3
ELSEWHERE = 3  # random exercises of the same form: what coincides in all of them always does
MOST_LEAVES = 40  # numbers of the exercise that are tried
CHANGE = 0.7371  # what they are changed by: no number of an exercise differs from another by this
_SAME = 1e-9
_COVERS = {misconception.id: misconception.covers for misconception in TABLE}

Kind = tuple[str, str]  # a misconception's id and the key of its variant
Results = dict[Kind, Array]
Known = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """At `quantity`, the misconception `first` gives what `second` gives, or the right value where that is
    empty. Changing the element `number` of the exercise tells them apart."""

    quantity: str
    first: str
    second: str
    number: str

    @property
    def text(self) -> str:
        same = f"what {self.second} gives" if self.second else "the right value"
        return f"{self.quantity}: {self.first} gives {same} too. Change {self.number} to tell them apart."


def ambiguities(solution: Solution) -> list[Ambiguity]:
    """What a class's answers would not show, one a pair of misconceptions, in walkthrough order.

    What no number of the exercise could change (a ReLU's derivative at h for one at net) is left out.
    """
    finder = _Finder(solution)
    found: dict[tuple[str, str], Ambiguity] = {}
    for quantity, first, second in finder.coincidences():
        pair = (first[0], second[0] if second else "")
        if pair not in found:
            number = finder.number_between(quantity, first, second)
            found[pair] = Ambiguity(quantity, *pair, number)
    return list(found.values())


def coincidences(solution: Solution, most: int | None = None) -> set[tuple[str, str, str]]:
    """The same without the number to change, which takes longest: quantity, misconception, and the other
    one (empty: the right method). The search ends when more than `most` are found."""
    found: set[tuple[str, str, str]] = set()
    for quantity, first, second in _Finder(solution).coincidences():
        found.add((quantity, first[0], second[0] if second else ""))
        if most is not None and len(found) > most:
            break
    return found


def ambiguity_warnings(found: Sequence[Ambiguity]) -> list[str]:
    """The first few in full, and how many more there are."""
    lines = [ambiguity.text for ambiguity in found[:MOST_SAID]]
    more = len(found) - len(lines)
    return (
        [*lines, f"{more} more such coincidence{'s' if more > 1 else ''} of misconceptions."]
        if more
        else lines
    )


class _Finder:
    def __init__(self, solution: Solution) -> None:
        self.book = Book(solution)
        self.rules = self.book.rules
        self.leaves = self.book.formulas.base.leaves
        self._changed: dict[str, Point] = {}

    def coincidences(self) -> Iterator[tuple[str, Kind, Kind | None]]:
        """Quantity and kinds; None for the right method."""
        if not self.book.candidates.small:
            return
        for quantity in self.rules.needs:
            pairs = list(self._pairs(quantity)) if quantity in self.book.answered else []
            if not pairs:
                continue
            there = [self._results(quantity, known) for known in self._elsewhere]
            for first, second in pairs:
                others = [
                    results.get(second) if second else known[quantity]
                    for results, known in zip(there, self._elsewhere, strict=True)
                ]
                if not all(_same(r.get(first), other) for r, other in zip(there, others, strict=True)):
                    yield quantity, first, second

    @cached_property
    def _elsewhere(self) -> list[Known]:
        return [self._random_point(seed).quantities for seed in range(ELSEWHERE)]

    def _random_point(self, seed: int) -> Point:
        random = np.random.default_rng(seed)
        leaves = {name: value + random.uniform(-1, 1, value.shape) for name, value in self.leaves.items()}
        return Point(self.rules.solution, leaves)

    def number_between(self, quantity: str, first: Kind, second: Kind | None) -> str:
        """The first number of the exercise, data before weights, whose change tells the two apart."""
        for number, point in self._points():
            results = self._results(quantity, point.quantities)
            other = results.get(second) if second else point.quantities[quantity]
            if not _same(results.get(first), other):
                return number
        return "several numbers"

    def _pairs(self, quantity: str) -> Iterator[tuple[Kind, Kind | None]]:
        """What coincides at the exercise's own numbers."""
        right = np.asarray(self.rules.base[quantity])
        shown: Results = {}
        for kind, value in self._results(quantity, self.rules.base).items():
            if _same(value, right):
                yield kind, None
                continue
            for other, theirs in shown.items():
                if other[0] != kind[0] and kind[0] not in _COVERS[other[0]] and _same(value, theirs):
                    yield other, kind
            shown[kind] = value

    def _results(self, quantity: str, known: Known) -> Results:
        found: Results = {}
        with np.errstate(all="ignore"):
            for misconception, variant in self.rules.wrong(quantity, known):
                found.setdefault((misconception.id, variant.key), np.asarray(variant.value))
        return found

    def _points(self) -> Iterator[tuple[str, Point]]:
        """The exercise with one of its numbers changed, number by number."""
        graph = self.rules.graph
        names = graph.named("given", "parameter")
        places = [(name, place) for name in names for place in self.book.elements.names(name).items()]
        for name, (index, element) in places[:MOST_LEAVES]:
            if element not in self._changed:
                leaf = self.leaves[name].copy()
                leaf[index] += CHANGE
                self._changed[element] = Point(self.rules.solution, {**self.leaves, name: leaf})
            yield element, self._changed[element]


def _same(a: Array | None, b: Array | None) -> bool:
    if a is None or b is None:
        return a is b
    if a.shape != b.shape:
        return bool(np.allclose(a, b, rtol=_SAME, atol=_SAME, equal_nan=True))
    if (np.abs(a - b) <= _SAME * (1 + np.abs(b))).all():  # a quarter of the time of allclose
        return True
    return bool(np.isnan(a).any()) and bool(np.allclose(a, b, rtol=_SAME, atol=_SAME, equal_nan=True))
