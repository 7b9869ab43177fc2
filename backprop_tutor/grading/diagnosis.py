"""Why an answer is wrong: the slips whose result it is, and whether only one of them can be meant."""

import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.candidates import Candidates, Edits
from backprop_tutor.grading.cause import Cause, Found
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.grading.history import History
from backprop_tutor.grading.misconceptions.table import COVERS, RANK
from backprop_tutor.grading.number import LEAST_DIGITS, Number
from backprop_tutor.grading.points import Point
from backprop_tutor.grading.slip_pool import Slip, SlipPool
from backprop_tutor.grading.working import Student
from backprop_tutor.language.expr import Expr

__all__ = ["Diagnosis", "formula_causes", "number_causes"]

_SAME = 1e-9
_OWN_ROUNDING = 1.5  # units of the last digit that a student's rounded earlier values may cost
_LAST_ROUNDING = 1.0  # where those values are known as they were rounded: cut off, not rounded
_CERTAIN = 0.02  # coincidences that may be expected among slips as usual where one is called the cause
_CHANCE = {"section": 0.5, "slips": 0.5, "constants": 0.05, "composed": 0.02, "pairs": 0.02, "anywhere": 0.01}
"""The most coincidences that may be expected among the slips of a sort, where they are looked at at all."""
_OF_THE_TABLE = ("direct", "section", "anywhere")
_USUAL = RANK["factor-dropped"]  # what is still told of a number that comes out in many ways
_FURTHER = 30  # ranks that a slip in an earlier step is less usual
_MOST_CAUSES = 4
_MOST_PAIRS = 10_000


Sort = Literal["direct", "section", "anywhere"] | Edits


class _Look(NamedTuple):
    """One pool looked at: its sort, its values here (NaN for what cannot be meant), and how many units of
    the last digit the number may be off."""

    name: Sort
    pool: SlipPool
    values: Array
    units: float


@dataclass
class Diagnosis:
    """Looks for what explains one wrong `number` given for the element at `place`.

    `candidates` are those at the right values, or, of a formula, at other numbers. `accepted` are the
    quantities that were answered rightly: no slip was made in them; `unseen` says that nothing of what leads
    here was answered at all. `student` goes on from wrong values, `rounded` from rounded ones.
    """

    book: Book
    candidates: Candidates
    place: Element
    number: Number
    accepted: frozenset[str] = frozenset()
    unseen: bool = False
    student: Student | None = None
    rounded: Student | None = None
    is_formula: bool = False

    @cached_property
    def right(self) -> float:
        return float(self.candidates.known[self.place[0]][self.place[1]])

    def found(self) -> Found:
        """The causes: slips in this step and in what was not asked before it, then two at once, then any."""
        return next((found for found in self._searches() if found.causes), Found())

    def _searches(self) -> Iterator[Found]:
        usual = [*self._usual(None), *(self._usual(self.student) if self.student else ())]
        if self.unseen or any(self._hits(look).any() for look in usual):  # far ones have names of their own
            usual += self._far()
        yield self._told(usual)
        if self.rounded:
            yield self._told(self._usual(self.rounded))
        for student in (None, self.student or self.rounded):
            yield self._told(self._pairs(student))
        yield self._told(self._far())

    def _usual(self, student: Student | None) -> Iterator[_Look]:
        candidates, quantity, units = self.candidates, self.place[0], self._units(student)
        yield self._look("direct", candidates.direct(quantity, student), units)
        section = self._look("section", candidates.section(quantity, self.book.answered, student), units)
        if self._coincidences(section.values, units, self.fine_grain) <= _CHANCE["section"]:
            yield section
        edits = self._look("slips", candidates.edits("slips", self.place, student), units)
        if self._coincidences(edits.values, units, self.grain) > _CHANCE["slips"]:  # of a small whole number
            edits.values[edits.pool.ranks > _USUAL] = np.nan
        yield edits

    def _units(self, student: Student | None) -> float:
        """Units of the number's last digit that it may be off, worked out from these values."""
        return 0.5 if student is None else _OWN_ROUNDING if student is self.student else _LAST_ROUNDING

    def _pairs(self, student: Student | None) -> Iterator[_Look]:
        """Two slips at once: the coarser the number, the fewer, and those the most usual."""
        if self.student is not None and student is None:
            return
        units = self._units(student)
        one = 2 * units * self.grain / self.spread  # coincidences to be expected of one of them
        kinds: tuple[Edits, ...] = ("constants",) if self.is_formula else ("constants", "composed", "pairs")
        before = 0
        for kind in kinds:
            most = int(min(_CHANCE[kind] / one, sys.maxsize)) - before if one else _MOST_PAIRS
            if most > 0:
                pairs = self._look(kind, self.candidates.edits(kind, self.place, student), units)
                pairs.values[most:] = np.nan
                before += len(pairs.values)
                yield pairs

    def _far(self) -> Iterator[_Look]:
        """Slips in any earlier step: there are many, so the number has to be a precise one."""
        if self.fine_grain * 10 <= _CHANCE["anywhere"] * self.spread:
            far = self._look("anywhere", self.candidates.anywhere(self.place[0]), 0.5)
            if self._coincidences(far.values, 0.5, self.fine_grain) <= _CHANCE["anywhere"]:
                yield far

    def _look(self, name: Sort, pool: SlipPool, units: float) -> _Look:
        values = np.array(pool.values(self.place[1]))
        values[pool.which(self._is_ruled_out)] = np.nan
        return _Look(name, pool, values, units)

    def _is_ruled_out(self, slip: Slip) -> bool:
        """Whether this is about something that was answered rightly."""
        if slip.inherited and self._is_settled:
            return True
        return slip.place in self.accepted or not self.accepted.isdisjoint(slip.places)

    @cached_property
    def _is_settled(self) -> bool:
        """Whether all that comes back from the loss was answered rightly on its way here."""
        ledger = self.book.ledger
        start = ledger.gradient_prefix + ledger.graph.loss
        waiting, seen = [self.place[0]], {self.place[0]}
        while waiting:
            for name in ledger.needs.get(waiting.pop(), ()):
                if name == start:
                    return False
                if name in ledger.gradients and name not in self.accepted and name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return True

    # What is found

    def _told(self, looks: Iterable[_Look]) -> Found:
        looks = list(looks)
        hits = [(look, int(row)) for look in looks for row in np.flatnonzero(self._hits(look))]
        hits.sort(key=lambda hit: self._order(hit[0].pool.slip(hit[1])))
        causes: dict[Cause, tuple[float, bool]] = {}  # what each gives at other numbers; is it the table's?
        for look, row in hits:
            slip, elsewhere = look.pool.slip(row), self._elsewhere(look, row) if len(hits) > 1 else np.nan
            listed = look.name in _OF_THE_TABLE
            if self._is_done_here(slip, causes):
                continue
            cause = Cause(slip.ids, slip.text(self.book.style), slip.place)
            same = next((known for known, (value, _) in causes.items() if _equal(value, elsewhere)), None)
            if same is None:
                causes[cause] = elsewhere, listed
                continue
            first, second = (cause, same) if listed and not causes[same][1] else (same, cause)
            is_further = look.name == "anywhere" and same.place == self.place[0] and causes[same][1]
            if (listed and not is_further) or slip.ids[0] in COVERS[same.ids[0]]:
                first = first._replace(ids=tuple(dict.fromkeys(first.ids + second.ids)))
            found = {first if known is same else known: value for known, value in causes.items()}
            causes = {**found, first: (elsewhere, listed or causes[same][1])}
        if not causes:
            return Found()
        return Found(tuple(causes)[:_MOST_CAUSES], len(causes) == 1 and self._is_no_chance(looks, hits[0]))

    def _is_done_here(self, slip: Slip, causes: Iterable[Cause]) -> bool:
        """Whether this is what was done in the step asked already, done in an earlier one."""
        here = self.place[0]
        return slip.place != here and any(c.place == here and set(slip.ids) <= set(c.ids) for c in causes)

    def _order(self, slip: Slip) -> int:
        return slip.rank + (_FURTHER if slip.place and slip.place != self.place[0] else 0)

    def _is_no_chance(self, looks: Iterable[_Look], hit: tuple[_Look, int]) -> bool:
        """Whether an arbitrary number would hardly have been the result of a slip as usual as this one."""
        rank = hit[0].pool.ranks[hit[1]]
        as_usual = [look.values[look.pool.ranks <= rank] for look in looks]
        return self._coincidences(np.concatenate(as_usual), hit[0].units, self.grain) <= _CERTAIN

    def _elsewhere(self, look: _Look, row: int) -> float:
        """What the same slip gives in the exercise with other numbers."""
        for point in self.book.elsewhere:
            pool = self._pool_at(self.book.candidates_at(point), look.name)
            if len(pool) != len(look.pool) or pool.slip(row).ids != look.pool.slip(row).ids:
                return np.nan
            if np.isfinite(value := pool.values(self.place[1])[row]):
                return float(value)
        return np.nan

    def _pool_at(self, candidates: Candidates, name: Sort) -> SlipPool:
        quantity = self.place[0]
        match name:
            case "direct":
                return candidates.direct(quantity)
            case "section":
                return candidates.section(quantity, self.book.answered)
            case "anywhere":
                return candidates.anywhere(quantity)
            case _:
                return candidates.edits(name, self.place)

    def _hits(self, look: _Look) -> Array:
        """Which values the number may be as someone wrote it: to some units of its last digit where enough
        digits were given, otherwise of the last that there should be."""
        number, size = self.number, np.abs(look.values)
        off = np.abs(number.value - look.values)
        within = _SAME * size
        if number.digits >= self.least:
            within = np.maximum(within, look.units * number.unit * (1 + _SAME))
        elif number.unit > 0:  # it may have lost zeros at its end
            within = np.maximum(within, 0.5 * number.unit * 10.0 ** (number.digits - self.least))
        return (
            (off <= within)
            & np.isfinite(look.values)
            & (np.abs(look.values - self.right) > _SAME * abs(self.right))
        )

    def _coincidences(self, values: Array, units: float, grain: float) -> float:
        """How many of these values a random number of this grain would match."""
        different = set(np.round(values[np.isfinite(values)], 9).tolist())  # np.unique imports numpy.ma: 8 ms
        return len(different) * 2 * units * grain / self.spread

    @cached_property
    def least(self) -> int:
        """The significant digits that tell what a number of this size was meant to be: no more than are
        asked."""
        precision, size = self.book.precision, abs(self.number.value)
        if precision.decimals is None:
            return min(precision.digits, LEAST_DIGITS)
        places = math.floor(math.log10(size)) + 1 + precision.decimals if size else 1
        return min(max(places, 1), LEAST_DIGITS)

    @cached_property
    def grain(self) -> float:
        """The distance between numbers as coarse as this one; 0 for one that no one has rounded."""
        number = self.number
        return number.unit or (1 / number.exact.denominator if number.exact is not None else 0.0)

    @cached_property
    def fine_grain(self) -> float:
        """The same, or that of numbers like the true one where those are finer: 0.5 for 0.1234 is one."""
        if self.number.digits >= self.least or not self.grain:
            return self.grain
        steps = self.right / self.grain
        return self.grain if abs(steps - np.round(steps)) < _SAME else 10.0**-self.least * abs(self.right)

    @property
    def spread(self) -> float:
        """The range that a wrong answer may come from."""
        return 4 * max(abs(self.number.value), abs(self.right), 1e-300)


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= _SAME * max(abs(a), abs(b))


POINTS = 2  # where a formula has to be what a misconception gives
PRECISION = 1e-12  # relative: what a formula is evaluated to


def number_causes(
    book: Book, place: Element, number: Number, history: History, student: Student | None
) -> Found:
    """The causes of a wrong `number`, the most usual first."""
    return Diagnosis(
        book,
        book.candidates,
        place,
        number,
        history.accepted,
        history.answered.keys().isdisjoint(book.ledger.ancestors(place[0])),
        student,
        history.student(place[0], rounded=True),
    ).found()


def formula_causes(book: Book, place: Element, formula: Expr) -> Found:
    """The causes of a wrong `formula`: those that give what it gives at other numbers than the exercise's,
    where nothing coincides by chance."""
    everywhere = (_found_at(book, place, formula, point) for point in book.elsewhere)
    found = list(islice((found for found in everywhere if found is not None), POINTS))
    first, *others = found or [Found()]
    causes = tuple(cause for cause in first.causes if all(cause in other.causes for other in others))
    return Found(causes, len(causes) == 1)


def _found_at(book: Book, place: Element, formula: Expr, point: Point) -> Found | None:
    """None where the formula or the quantity has no finite value there."""
    quantity, index = place
    candidates = book.candidates_at(point)
    truth = candidates.known[quantity]
    try:
        value = formula_value(formula, candidates.known, book.solution.batched)
    except BackpropTutorError:
        return None
    value = value.reshape(()) if value.size == 1 else value.reshape(truth.shape)[index]
    if not (np.isfinite(value) and np.isfinite(truth[index])):
        return None
    number = Number(float(value), unit=abs(float(value)) * PRECISION, digits=12)
    return Diagnosis(book, candidates, place, number, is_formula=True).found()
