"""One sheet marked: a verdict and marks for every element asked, and what is wrong with the sheet itself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from backprop_tutor.errors import Fault
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.marker import Marker
from backprop_tutor.grading.selection import Asked, asked
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.homework.placing import check_head, place
from backprop_tutor.homework.sheet import Cell, Entry, Sheet, Value
from backprop_tutor.walkthrough import Solution

__all__ = ["Marked", "Marking", "Row", "check"]

MAX_NESTING = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One element asked: the verdict, the line of the sheet (0: not there), the marks and their most."""

    quantity: str
    verdict: Verdict
    line: int
    marks: Fraction
    out_of: Fraction


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of one sheet. `faults` are what is wrong beside the answers, each with its line."""

    exercise: Exercise
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def score(self) -> float:
        return float(sum((row.marks for row in self.rows), Fraction(0)))

    @property
    def out_of(self) -> float:
        return float(sum((row.out_of for row in self.rows), Fraction(0)))

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdicts by the name of the element."""
        return {row.quantity: row.verdict for row in self.rows}

    @property
    def passed(self) -> bool:
        """Whether every answer asked is right, or right but for an earlier slip that earned full marks."""
        return all(row.verdict.passed for row in self.rows) and self.score == self.out_of

    def count(self) -> Counter[str]:
        return Counter(row.verdict.verdict for row in self.rows)

    def document(self) -> dict[str, Any]:
        """As in the JSON of `check`; the right values are not in it."""
        return {
            "format": 1,
            "exercise": self.exercise.name,
            "variant": self.exercise.variant.id if self.exercise.variant else None,
            "score": self.score,
            "out_of": self.out_of,
            "answers": [
                {
                    **row.verdict.document(),
                    "quantity": row.quantity,
                    "line": row.line,
                    "marks": float(row.marks),
                    "out_of": float(row.out_of),
                }
                for row in self.rows
            ],
            "faults": [{"line": fault.line, "what": fault.what, "hint": fault.hint} for fault in self.faults],
        }


class Marking:
    """Marks sheets of one exercise, or of one version; what is worked out once serves every sheet."""

    def __init__(self, solution: Solution, follow_through: Fraction | None = None) -> None:
        self.solution = solution
        self.exercise = solution.exercise
        self.share = self.exercise.follow_through if follow_through is None else follow_through

    @cached_property
    def marker(self) -> Marker:
        return Marker(self.solution, [name for question in self.questions for name in question.elements])

    @cached_property
    def questions(self) -> list[Asked]:
        return asked(self.solution)

    @cached_property
    def weights(self) -> dict[str, Fraction]:
        """The marks of each element asked: 1, its own under `marks`, or its share of its quantity's."""
        given: dict[tuple[str, tuple[int, ...]], Fraction] = {}
        shared: dict[str, Fraction] = {}
        for name, mark in self.exercise.marks.items():
            quantity, indices, single = self.marker.book.elements.find(name)
            if single:
                given[quantity, indices[0]] = mark
            else:
                shared[quantity] = mark
        sizes = Counter(question.quantity for question in self.questions for _ in question.indices)
        return {
            element: given.get(
                (question.quantity, index),
                shared[question.quantity] / sizes[question.quantity]
                if question.quantity in shared
                else Fraction(1),
            )
            for question in self.questions
            for index, element in zip(question.indices, question.elements, strict=True)
        }

    def mark(self, sheet: Sheet, file: str = "the sheet") -> Marked:
        """The marks of `sheet`. Raises SheetError where it answers another exercise or version."""
        check_head(sheet, self.exercise, file)
        placed = place(sheet, self.marker)
        history: dict[str, Verdict] = {}
        arrays: dict[str, dict[str, Verdict]] = {}
        rows = []
        for question in self.questions:
            for element in question.elements:
                cell = placed.elements.get(element) or placed.wholes.get(element)
                if cell is None:
                    verdict = Verdict(element, "", "blank", message="This is not on the sheet.")
                elif element in placed.elements:
                    verdict = self.marker.mark(element, cell.text, history)
                else:
                    if question.quantity not in arrays:
                        arrays[question.quantity] = self._array(question.quantity, cell, history)
                    verdict = arrays[question.quantity][element]
                history[element] = verdict
                rows.append(self._row(element, verdict, cell.line if cell else 0))
        return Marked(self.exercise, tuple(rows), tuple(placed.faults))

    def _array(self, quantity: str, cell: Cell, history: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """The verdict on each element of an array that was answered as one text."""
        whole = self.marker.mark(quantity, cell.text, history)
        names = self.marker.book.elements.names(quantity).values()
        entries = {verdict.quantity: verdict for verdict in whole.entries}
        return {name: entries.get(name, whole) for name in names}

    def _row(self, element: str, verdict: Verdict, line: int) -> Row:
        out_of = self.weights[element]
        share = {"correct": Fraction(1), "follow-through": self.share}.get(verdict.verdict, Fraction(0))
        return Row(element, verdict, line, share * out_of, out_of)


def check(exercise: Exercise, answers: Mapping[str, Any]) -> Marked:
    """Mark `answers`: texts, numbers, or nested lists of them, by quantity or element.

    Nothing that the answers hold raises anything: it becomes a verdict or one of the `faults`.

    >>> from backprop_tutor import load
    >>> marked = check(load("exercise1"), {"net1": [[1, -1]], "h1": [1, 0], "z": "W2[1,1]*h1[1]"})
    >>> marked.verdicts["net1[1]"].verdict
    'correct'
    """
    entries = [Entry(str(key), _value(value), 0) for key, value in answers.items()]
    return Marking(Solution(exercise)).mark(Sheet(entries=entries))


def _value(value: Any, depth: int = 0) -> Value:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple) and depth < MAX_NESTING:
        return [_value(item, depth + 1) for item in value]
    return Cell("" if value is None else str(value)[:10_000], 0)
