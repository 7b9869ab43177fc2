"""What a student answered earlier, and the values of their own that follow from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.elements import Index
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.grading.working import Result, Student, Working

__all__ = ["History"]

SLIPPED = ("wrong", "follow-through")

Answered = list[tuple[str, Index, Number, Verdict]]
Own = dict[str, list[tuple[Index, float]]]


class History:
    """The `verdicts` so far, by the name of the element; `answered` those that hold a number, by quantity.

    Verdicts on a quantity's own elements change nothing for the others: what is worked out from the
    verdicts before serves them all.
    """

    def __init__(self, book: Book, verdicts: Iterable[Verdict] = ()) -> None:
        self.book = book
        self.verdicts: dict[str, Verdict] = {}
        self.answered: dict[str, Answered] = {}
        self._students: dict[tuple[object, ...], Student | None] = {}
        self._workings: dict[tuple[object, ...], Working] = {}
        self.add(verdicts)

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Take in verdicts on further elements."""
        for verdict in verdicts:
            self.verdicts[verdict.quantity] = verdict
            place = self.book.elements.place(verdict.quantity) if verdict.number else None
            if place and verdict.number:
                self.answered.setdefault(place[0], []).append((*place, verdict.number, verdict))
        self._students.clear()
        self._workings.clear()
        self.__dict__.pop("accepted", None)

    @cached_property
    def accepted(self) -> frozenset[str]:
        """The quantities of which all that is asked was answered, and rightly."""
        asked = self.book.asked_of
        return frozenset(
            quantity
            for quantity, entries in self.answered.items()
            if len(entries) >= len(asked.get(quantity, ())) and all(v.passed for *_, v in entries)
        )

    def before(self, quantity: str) -> Iterator[tuple[object, ...]]:
        """What a verdict on an element of `quantity` may depend on: the answers to it, to all that it follows
        from, and to what is given."""
        ledger = self.book.ledger
        ancestors = set(ledger.ancestors(quantity))
        for name, answered in self.answered.items():
            if name in ancestors or name == quantity or name not in ledger.needs:
                yield from answered

    def student(
        self,
        quantity: str,
        *,
        rounded: bool = False,
        slips: bool = True,
        stand_in: bool = True,
        fresh: bool = False,
    ) -> Student | None:
        """The student before `quantity`, None where all of their values are the right ones.

        A wrong value that was answered is used as it is (without `slips`, as the true value), a right one
        as the true value (or, with `rounded`, as it was written). The true value stands in for what was
        asked and not answered with a number; without `stand_in`, that follows from the rest, as what was
        not asked at all does. `fresh` as in `Ledger.compute`.
        """
        stand_in = stand_in or not self._unanswered(quantity)
        key = quantity, rounded, slips, stand_in, fresh
        if key not in self._students:
            self._students[key] = self._student(quantity, rounded, slips, stand_in, fresh)
        return self._students[key]

    def working(
        self,
        quantity: str,
        *,
        slips: bool = True,
        stand_in: bool = True,
        fresh: bool = False,
        result: Result | None = None,
    ) -> Working | None:
        """What the right method gives with every value as it was written, and how far their rounding can
        move that; None for what is given. `result` as in `Working`."""
        solution = self.book.solution
        if quantity not in solution.ledger.needs:
            return None
        stand_in = stand_in or not self._unanswered(quantity)
        key = quantity, slips, stand_in, fresh, result
        if key not in self._workings:
            student = self.student(quantity, rounded=True, slips=slips, stand_in=stand_in, fresh=fresh)
            student = student or Student(solution, quantity, solution.values, frozenset(), "", fresh)
            self._workings[key] = Working(student, self._fixed(stand_in), self.book.precision, result)
        return self._workings[key]

    def _fixed(self, stand_in: bool) -> dict[str, dict[Index, Number | None]]:
        """The numbers that were answered, and None where the right value stands in for one."""
        asked = self.book.asked_of if stand_in else {}
        fixed: dict[str, dict[Index, Number | None]] = {
            name: dict.fromkeys(indices) for name, indices in asked.items()
        }
        for name, answered in self.answered.items():
            fixed.setdefault(name, {}).update((index, number) for _, index, number, _ in answered)
        return fixed

    def _unanswered(self, quantity: str) -> bool:
        """Whether there is anything to stand in for: asked before `quantity`, not answered with a number."""
        asked = self.book.asked_of
        before = self.book.ledger.ancestors(quantity)
        return any(len(asked.get(name, ())) > len(self.answered.get(name, ())) for name in before)

    def _student(
        self, quantity: str, rounded: bool, slips: bool, stand_in: bool, fresh: bool
    ) -> Student | None:
        solution = self.book.solution
        if quantity not in solution.ledger.needs:
            return None
        ancestors = solution.ledger.ancestors(quantity)
        answered = [entry for name in ancestors for entry in self.answered.get(name, ())]
        own = _own_values(answered, rounded, slips)
        if not own:
            return None
        right: dict[str, list[Index]] = {}
        for name, index, _, _ in answered:
            right.setdefault(name, []).append(index)
        known = self._carried_on(ancestors, own, right, self.book.asked_of if stand_in else {}, fresh)
        origin = next((v.quantity for *_, v in answered if v.verdict == "wrong"), "")
        return Student(solution, quantity, {**solution.values, **known}, frozenset(known), origin, fresh)

    def _carried_on(
        self,
        ancestors: list[str],
        own: Own,
        right: Mapping[str, Sequence[Index]],
        asked: Mapping[str, Sequence[Index]],
        fresh: bool,
    ) -> dict[str, Array]:
        """What differs from the right values, given the student's `own`; those at `right` and `asked`
        places that are not among them are the true ones."""
        ledger, right_values, changed = self.book.ledger, self.book.solution.values, dict[str, Array]()
        known = dict(right_values)
        with np.errstate(all="ignore"):
            for name in ancestors:
                true = right_values[name]
                is_asked = len(asked.get(name, ())) == true.size
                stands = is_asked or changed.keys().isdisjoint(ledger.needs[name])
                if stands and name not in own:
                    continue
                value = np.array(true if stands else ledger.compute(name, known, fresh=fresh), dtype=float)
                if not stands:
                    for index in (*asked.get(name, ()), *right.get(name, ())):
                        value[index] = true[index]
                for index, number in own.get(name, ()):
                    value[index] = number
                known[name] = changed[name] = value
        return changed


def _own_values(answered: Answered, rounded: bool, slips: bool) -> Own:
    """The values, by quantity, that the student goes on with and that are not the true ones."""
    own: Own = {}
    for quantity, index, number, verdict in answered:
        if slips if verdict.verdict in SLIPPED else rounded:
            own.setdefault(quantity, []).append((index, number.value))
    return own
