"""Misconceptions that an exercise cannot tell apart, or from the right method, and the number to change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.exercise.ledger import Known
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.misconceptions.table import TABLE
from backprop_tutor.grading.points import Point, base_point
from backprop_tutor.walkthrough import Solution

__all__ = ["Ambiguity", "Coincidences", "ambiguities", "ambiguity_warnings"]

MOST_SAID = 2
ELSEWHERE = 3  # random exercises of the same form: what coincides in all of them always does
MOST_LEAVES = 40  # numbers of the exercise that are tried
CHANGE = 0.7371  # what they are changed by: no number of an exercise differs from another by this
_SAME = 1e-9
_TITLES = {misconception.id: misconception.title for misconception in TABLE}
_COVERS = {misconception.id: misconception.covers for misconception in TABLE}

Kind = tuple[str, str]  # a misconception's id and the key of its variant
Results = dict[Kind, Array]


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
        """`dJ/dW2 (with a sign turned round or the gradient that comes back forgotten: change x[1])`"""
        both = " or ".join(_TITLES[one] for one in (self.first, self.second) if one)
        return f"{self.quantity} (with {both}: change {self.number})"


def ambiguities(solution: Solution) -> list[Ambiguity]:
    """What a class's answers would not show, one a pair of misconceptions, in walkthrough order.

    What no number of the exercise could change (a ReLU's derivative at h for one at net) is left out.
    """
    coincidences = Coincidences(solution)
    numbers = _Numbers(coincidences)
    found: dict[tuple[str, str], Ambiguity] = {}
    for quantity, first, second in coincidences.of(solution):
        pair = (first[0], second[0] if second else "")
        if pair not in found:
            found[pair] = Ambiguity(quantity, *pair, numbers.between(quantity, first, second))
    return list(found.values())


def ambiguity_warnings(found: Sequence[Ambiguity]) -> list[str]:
    """A sentence for slips that give the right value and one for pairs that give the same wrong one, each
    with the first few of them."""
    right = [ambiguity for ambiguity in found if not ambiguity.second]
    alike = [ambiguity for ambiguity in found if ambiguity.second]
    return [
        f"{says} {'; '.join(one.text for one in kind[:MOST_SAID])}{_more(len(kind) - MOST_SAID)}."
        for kind, says in (
            (right, "A usual slip goes unseen, since it gives the right value, in"),
            (alike, "Two usual slips give the same number, and cannot be told apart, in"),
        )
        if kind
    ]


def _more(count: int) -> str:
    return f"; and {count} more" if count > 0 else ""


class Coincidences:
    """Finds what coincides in an exercise or in a version of it: they share all but their leaves' numbers."""

    def __init__(self, solution: Solution) -> None:
        self.book = Book(solution)

    def count(self, solution: Solution, most: int | None = None) -> int:
        """How many coincidences there are, a pair of misconceptions counted once a quantity; the search
        ends when more than `most` are found."""
        found: set[tuple[str, str, str]] = set()
        for quantity, first, second in self.of(solution):
            found.add((quantity, first[0], second[0] if second else ""))
            if most is not None and len(found) > most:
                break
        return len(found)

    def of(self, solution: Solution) -> Iterator[tuple[str, Kind, Kind | None]]:
        """Those of one of them: the quantity and the two kinds, None for the right method."""
        if not self.book.candidates.small:
            return
        known = solution.values
        elsewhere: list[Known] = []
        for quantity in self.book.ledger.needs:
            pairs = list(self._pairs(quantity, known)) if quantity in self.book.answered else []
            if pairs:
                elsewhere = elsewhere or _elsewhere(self.book.solution, solution)
                there = [(values, self.results(quantity, values)) for values in elsewhere]
                for first, second in pairs:
                    if not all(
                        _equal(results.get(first), results.get(second) if second else values[quantity])
                        for values, results in there
                    ):
                        yield quantity, first, second

    def _pairs(self, quantity: str, known: Known) -> Iterator[tuple[Kind, Kind | None]]:
        """What coincides at the `known` values."""
        results = self.results(quantity, known)
        kinds = list(results)
        same = _same(np.stack([known[quantity], *results.values()]))
        for row, kind in enumerate(kinds, 1):
            if same[row, 0]:
                yield kind, None
                continue
            for column in np.flatnonzero(same[row, 1:row] & ~same[0, 1:row]):
                other = kinds[column]
                if other[0] != kind[0] and kind[0] not in _COVERS[other[0]]:
                    yield other, kind

    def results(self, quantity: str, known: Known) -> Results:
        """What every misconception gives in the step of `quantity`."""
        found: Results = {}
        with np.errstate(all="ignore"):
            for misconception, variant in self.book.slips.wrong(quantity, known):
                found.setdefault((misconception.id, variant.key), np.asarray(variant.value))
        return found


def _elsewhere(solution: Solution, version: Solution) -> list[Known]:
    """Every quantity of some random exercises near the `version` of `solution`'s."""
    leaves = base_point(solution, version.exercise.values).leaves
    found: list[Known] = []
    for seed in range(ELSEWHERE):
        random = np.random.default_rng(seed)
        whole = solution.graph.whole_numbers
        moved = {
            name: value if name in whole else value + random.uniform(-1, 1, value.shape)
            for name, value in leaves.items()
        }
        found.append(Point(solution, moved).quantities)
    return found


class _Numbers:
    """The exercise with one of its numbers changed, number by number."""

    def __init__(self, coincidences: Coincidences) -> None:
        self.coincidences = coincidences
        self._changed: dict[str, Point] = {}

    def between(self, quantity: str, first: Kind, second: Kind | None) -> str:
        """The first number of the exercise, data before weights, whose change tells the two apart."""
        for number, point in self._points():
            results = self.coincidences.results(quantity, point.quantities)
            other = results.get(second) if second else point.quantities[quantity]
            if not _equal(results.get(first), other):
                return number
        return "several numbers"

    def _points(self) -> Iterator[tuple[str, Point]]:
        book, solution = self.coincidences.book, self.coincidences.book.solution
        leaves = book.formulas.base.leaves
        whole = solution.graph.whole_numbers  # no other number is one of them
        names = [name for name in solution.graph.named("given", "parameter") if name not in whole]
        places = [(name, place) for name in names for place in book.elements.names(name).items()]
        for name, (index, element) in places[:MOST_LEAVES]:
            if element not in self._changed:
                leaf = leaves[name].copy()
                leaf[index] += CHANGE
                self._changed[element] = Point(solution, {**leaves, name: leaf})
            yield element, self._changed[element]


def _same(values: Array) -> Array:
    """Which of the `values`, one a row, are equal to which: a square table of truths."""
    rows = values.reshape(len(values), 1, -1)
    columns = values.reshape(1, len(values), -1)
    with np.errstate(invalid="ignore"):
        near = np.abs(rows - columns) <= _SAME * (1 + np.abs(columns))
    return (near | (np.isnan(rows) & np.isnan(columns))).all(axis=-1)


def _equal(a: Array | None, b: Array | None) -> bool:
    if a is None or b is None:
        return a is b
    return bool(_same(np.stack([a, b]))[0, 1])
