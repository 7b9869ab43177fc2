"""Why an answer is wrong: the misconceptions whose result it is, where that is no coincidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.candidates import Candidates
from backprop_tutor.grading.misconceptions.table import ARITHMETIC_SLIP, TABLE
from backprop_tutor.grading.number import LEAST_DIGITS, Number
from backprop_tutor.grading.pool import Pool
from backprop_tutor.grading.student import Student
from backprop_tutor.grading.terms import Term, slips
from backprop_tutor.language import Sentence, Style

__all__ = ["Cause", "Diagnosis"]

_SAME = 1e-9
_FEW_DIGITS = 2e-4  # relative: a number of one or two digits may have lost zeros at its end
_RANK = {misconception.id: rank for rank, misconception in enumerate(TABLE)}
_OWN_ROUNDING = 1.5  # units of the last digit that a student's rounded earlier values may cost
_CHANCE = {"section": 0.5, "terms": 0.5, "anywhere": 0.01}
"""The most coincidences that may be expected among candidates of each sort."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A misconception's id, what was done in words, and in which step (empty: in every step)."""

    id: str
    says: str
    place: str

    def covers(self, other: "Cause") -> bool:
        """Whether this is a case of the more general `other`, so that both may hold."""
        return other.id in TABLE[_RANK[self.id]].covers


@dataclass(frozen=True)
class Diagnosis:
    """Looks for what explains one wrong `number` given for the element at `index` of `quantity`.

    `right` is the true value; `answered` the quantities that the student was asked for, between which
    their work is not seen; `unseen` says that nothing of what leads here was answered at all. `terms`
    gives the terms of the step's sum at given values; `style` writes what the causes say.
    """

    candidates: Candidates
    quantity: str
    index: tuple[int, ...]
    right: float
    number: Number
    answered: frozenset[str]
    unseen: bool
    student: Student | None
    terms: Callable[[Student | None], list[Term]]
    style: Style

    def causes(self) -> list[Cause]:
        """The causes, the simplest first; one step at a time, from the step asked to those far back."""
        return next((found for found in self._searches() if found), [])

    def _searches(self) -> Iterator[list[Cause]]:
        quantity, candidates, student = self.quantity, self.candidates, self.student
        section = candidates.section(quantity, self.answered)
        near = self._among(section, _CHANCE["section"])
        far = self._far() if self.unseen else []
        yield _merged(self._among(candidates.direct(quantity)), near, far)
        if student:
            own = self._among(candidates.direct(quantity, student), units=_OWN_ROUNDING)
            if section.candidates:
                further = candidates.section(quantity, self.answered, student)
                near = self._among(further, _CHANCE["section"], _OWN_ROUNDING)
            yield _merged(own, near)
        yield self._in_a_term(None)
        if student:
            yield self._in_a_term(student)
        yield self._far()

    def _far(self) -> list[Cause]:
        """Causes in any earlier step: there are many, so the number has to be a precise one."""
        if self.grain * 10 > _CHANCE["anywhere"] * self.spread:
            return []
        return self._among(self.candidates.anywhere(self.quantity), _CHANCE["anywhere"])

    def _among(self, pool: Pool, chance: float | None = None, units: float = 0.5) -> list[Cause]:
        if not pool.candidates:
            return []
        values, distinct = pool.at(self.index)
        hits = np.flatnonzero(self._hits(values, units))
        if not len(hits) or (chance is not None and self._coincidences(distinct, units) > chance):
            return []
        found: dict[str, Cause] = {}
        for candidate in (pool.candidates[hit] for hit in hits):
            id_ = candidate.misconception.id
            found.setdefault(id_, Cause(id_, self.style.prose(Sentence(candidate.says)), candidate.place))
        return sorted(found.values(), key=lambda cause: _RANK[cause.id])

    def _in_a_term(self, student: Student | None) -> list[Cause]:
        found = list(slips(self.terms(student)))
        if not found:
            return []
        units = _OWN_ROUNDING if student else 0.5
        values = np.array([value for value, _, _ in found])
        hits = np.flatnonzero(self._hits(values, units))
        if not len(hits) or self._coincidences(len(set(values)), units) > _CHANCE["terms"]:
            return []
        _, says, term = found[hits[0]]
        return [Cause(ARITHMETIC_SLIP, says.format(term.text(self.style)), self.quantity)]

    def _hits(self, values: Array, units: float) -> Array:
        """Which `values` the number may be as someone wrote it: to `units` of its last digit where enough
        digits were given, otherwise almost exactly."""
        number, size = self.number, np.abs(values)
        off = np.abs(number.value - values)
        within = _SAME * size
        if number.digits >= LEAST_DIGITS:
            within = np.maximum(within, units * number.unit * (1 + _SAME))
        elif number.unit > 0:
            within = np.maximum(within, _FEW_DIGITS * size)
        return (off <= within) & (np.abs(values - self.right) > _SAME * abs(self.right))

    def _coincidences(self, distinct: int, units: float) -> float:
        """How many of so many values a random number written like this one would match."""
        return distinct * 2 * units * self.grain / self.spread

    @property
    def grain(self) -> float:
        """The distance between numbers as coarse as this one, or as the true one where that is finer."""
        number = self.number
        if number.unit and number.digits >= LEAST_DIGITS:
            return number.unit
        coarse = number.unit or (1 / number.exact.denominator if number.exact is not None else 0.0)
        steps = self.right / coarse if coarse else 0.0
        return coarse if abs(steps - round(steps)) < _SAME else 10**-LEAST_DIGITS * abs(self.right)

    @property
    def spread(self) -> float:
        """The range that a wrong answer may come from."""
        return 4 * max(abs(self.number.value), abs(self.right), 1e-300)


def _merged(*searches: list[Cause]) -> list[Cause]:
    """The causes of all searches, one an id, those of the first search first."""
    found: dict[str, Cause] = {}
    for causes in searches:
        for cause in causes:
            found.setdefault(cause.id, cause)
    return list(found.values())
