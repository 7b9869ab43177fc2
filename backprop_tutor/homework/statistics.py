"""What a class got wrong: counts that grow with the exercise, not with the number of sheets."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from backprop_tutor.homework.sheet_record import SUPERSEDED, SheetRecord, SlipMet

__all__ = ["ClassReport", "ClassSlip"]

BINS = 10
SHOWN_REFUSED = 20
SHOWN_SEVERAL = 20


class ClassSlip(NamedTuple):
    """A misconception of a class: how many students had it for certain and how many more may have had it, its
    commonest steps with how often each, and an example."""

    misconception: str
    certain: int
    possible: int
    steps: list[tuple[str, int]]
    example: SlipMet


@dataclass(slots=True)
class ClassReport:
    """The report on a class, one sheet at a time; `elements` are those asked, in walkthrough order."""

    exercise: str
    title: str
    out_of: float
    elements: list[str]
    sheets: int = 0
    marked: int = 0
    missing: int = 0
    superseded: int = 0  # sheets that were handed in again
    left_out: int = 0  # files beside a sheet that are none
    total: float = 0.0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    missed: Counter[str] = field(default_factory=Counter)  # by element
    students: Counter[str] = field(default_factory=Counter)  # by misconception, for certain
    perhaps: Counter[str] = field(default_factory=Counter)  # further ones, possibly
    steps: dict[str, Counter[str]] = field(default_factory=dict)  # of a misconception, by element
    examples: dict[str, SlipMet] = field(default_factory=dict)  # a certain one if there is
    refused: list[tuple[str, str]] = field(default_factory=list)  # the first few: sheet and reason
    further: Counter[str] = field(default_factory=Counter)  # sheets beside the first, by student
    _last: tuple[str, set[str], set[str]] = ("", set(), set())  # whose sheet was counted last, and its slips
    _seen: set[int] = field(default_factory=set)  # hashes of students: a class may be large

    def add(self, record: SheetRecord, *, row: bool = True) -> None:
        """Count one file; without a `row` of its own it is no sheet."""
        if record.status in ("missing", SUPERSEDED) or not row:
            self.missing += record.status == "missing"
            self.superseded += record.status == SUPERSEDED
            self.left_out += not row
            return
        self.sheets += 1
        if hash(record.student) in self._seen:
            self.further[record.student] += 1
        self._seen.add(hash(record.student))
        if record.status != "marked":
            if len(self.refused) < SHOWN_REFUSED:
                self.refused.append((record.sheet, record.reason))
            return
        self.marked += 1
        self.total += record.score
        share = record.score / self.out_of if self.out_of else 1.0
        self.bins[min(int(share * BINS), BINS - 1)] += 1
        self.missed.update(record.missed)
        for slip in record.slips:
            self.steps.setdefault(slip.misconception, Counter())[slip.element] += 1
            known = self.examples.setdefault(slip.misconception, slip)
            if slip.certain and not known.certain:
                self.examples[slip.misconception] = slip
        certain = {slip.misconception for slip in record.slips if slip.certain}
        self._count(record.student, certain, {slip.misconception for slip in record.slips} - certain)

    def _count(self, student: str, certain: set[str], perhaps: set[str]) -> None:
        """Count a student once for each misconception, however many sheets they handed in."""
        whose, counted, possibly = self._last
        if whose == student:
            self.perhaps.subtract(possibly & certain)
            certain, perhaps = certain - counted, perhaps - counted - possibly
        else:
            counted, possibly = set(), set()
        self.students.update(certain)
        self.perhaps.update(perhaps)
        self._last = student, counted | certain, (possibly | perhaps) - certain

    @property
    def not_marked(self) -> int:
        return self.sheets - self.marked

    @property
    def mean(self) -> float:
        return self.total / self.marked if self.marked else 0.0

    def several(self) -> str:
        """The students with more than one sheet, each with how many: `ann (2), bob (3)`, or nothing."""
        named = [f"{student} ({more + 1:,})" for student, more in sorted(self.further.items())]
        left = [f"and {len(named) - SHOWN_SEVERAL:,} more"] if len(named) > SHOWN_SEVERAL else []
        return ", ".join(named[:SHOWN_SEVERAL] + left)

    def hardest(self, count: int = 5) -> list[tuple[str, float]]:
        """The elements with the smallest shares of right answers, none that all had right."""
        missed = sorted(
            (name for name in self.elements if self.missed[name]), key=lambda name: -self.missed[name]
        )
        return [(name, 1 - self.missed[name] / self.marked) for name in missed[:count]]

    def misconceptions(self, count: int = 12) -> list[ClassSlip]:
        """The misconceptions that most students had, those that had them for certain first."""
        names = sorted(self.steps, key=lambda n: (-self.students[n], -self.perhaps[n], n))
        return [
            ClassSlip(n, self.students[n], self.perhaps[n], self.steps[n].most_common(3), self.examples[n])
            for n in names[:count]
        ]
