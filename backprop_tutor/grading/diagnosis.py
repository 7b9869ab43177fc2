"""Why an answer is wrong: the misconceptions whose result it is, where that is no coincidence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_tutor.grading.candidates import Candidate, Candidates
from backprop_tutor.grading.misconceptions.table import ARITHMETIC_SLIP, TABLE
from backprop_tutor.grading.number import LEAST_DIGITS, Number
from backprop_tutor.grading.student import Student
from backprop_tutor.grading.terms import Term, slips

__all__ = ["Cause", "Diagnosis", "matches"]

_SAME = 1e-9
_FEW_DIGITS = 1e-5  # relative: a number of one or two digits is meant exactly
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


def matches(number: Number, value: float, units: float = 0.5) -> bool:
    """Whether `number` may be `value` as someone wrote it: to `units` of its last digit where enough
    digits were given, otherwise exactly."""
    off = abs(number.value - value)
    if off <= _SAME * abs(value):
        return True
    if number.digits < LEAST_DIGITS:
        return number.unit > 0 and off <= _FEW_DIGITS * abs(value)
    return off <= units * number.unit * (1 + _SAME)


@dataclass(frozen=True)
class Diagnosis:
    """Looks for what explains one wrong `number` given for the element at `index` of `quantity`.

    `right` is the true value; `answered` the quantities that the student was asked for, between which
    their work is not seen; `terms` gives the terms of the step's sum at given values.
    """

    candidates: Candidates
    quantity: str
    index: tuple[int, ...]
    right: float
    number: Number
    answered: frozenset[str]
    student: Student | None
    terms: Callable[[Student | None], list[Term]]

    def causes(self) -> list[Cause]:
        """The causes, the simplest first; one step at a time, from the step asked to those far back."""
        return next((found for found in self._searches() if found), [])

    def _searches(self) -> Iterator[list[Cause]]:
        quantity, candidates, student = self.quantity, self.candidates, self.student
        section = candidates.section(quantity, self.answered)
        near = self._among(section, chance=_CHANCE["section"])
        yield _merged(self._among(candidates.direct(quantity)), near)
        if student:
            own = self._among(candidates.direct(quantity, student.known), _OWN_ROUNDING)
            if section:
                further = candidates.section(quantity, self.answered, student.known)
                near = self._among(further, _OWN_ROUNDING, _CHANCE["section"])
            yield _merged(own, near)
        yield self._in_a_term(None)
        if student:
            yield self._in_a_term(student)
        if self.grain * 10 <= _CHANCE["anywhere"] * self.spread:
            yield self._among(candidates.anywhere(quantity), chance=_CHANCE["anywhere"])

    def _among(
        self, candidates: Sequence[Candidate], units: float = 0.5, chance: float | None = None
    ) -> list[Cause]:
        found: dict[str, Cause] = {}
        for candidate in candidates:
            if self._is(float(candidate.values[self.index]), units):
                id_ = candidate.misconception.id
                found.setdefault(id_, Cause(id_, candidate.says, candidate.place))
        if found and chance is not None:
            values = (float(candidate.values[self.index]) for candidate in candidates)
            if self._coincidences(values, units) > chance:
                return []
        return sorted(found.values(), key=lambda cause: _RANK[cause.id])

    def _in_a_term(self, student: Student | None) -> list[Cause]:
        found = list(slips(self.terms(student)))
        units = _OWN_ROUNDING if student else 0.5
        hit = [says.format(term.text) for value, says, term in found if self._is(value, units)]
        if not hit or self._coincidences((value for value, _, _ in found), units) > _CHANCE["terms"]:
            return []
        return [Cause(ARITHMETIC_SLIP, hit[0], self.quantity)]

    def _is(self, value: float, units: float) -> bool:
        return matches(self.number, value, units) and abs(value - self.right) > _SAME * abs(self.right)

    def _coincidences(self, values: Iterable[float], units: float) -> float:
        """How many of the distinct `values` a random number written like this one would match."""
        array = np.fromiter(values, dtype=float)
        distinct = np.unique(np.round(array[np.isfinite(array)], 9))
        return float(len(distinct) * 2 * units * self.grain / self.spread)

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


def _merged(first: list[Cause], then: list[Cause]) -> list[Cause]:
    ids = {cause.id for cause in first}
    return [*first, *(cause for cause in then if cause.id not in ids)]
