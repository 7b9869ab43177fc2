"""One sheet marked: what the checker says of its answers, with the lines on which they stand."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from backprop_tutor.errors import Fault
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.checking import Checker
from backprop_tutor.grading.verdict import Result, Verdict
from backprop_tutor.homework.placing import check_head, letters_of, place
from backprop_tutor.homework.sheet import Sheet
from backprop_tutor.language import Lettering, Style
from backprop_tutor.walkthrough import Solution, lettering_of

__all__ = ["MarkedAnswer", "MarkedSheet", "SheetMarker", "marked_of_document"]

NOT_THERE = "This is not on the sheet."


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """One element asked: the verdict, the line of the sheet (0: not there), the marks and their most, and
    the element's name in the letters of the messages."""

    verdict: Verdict
    line: int
    marks: Fraction
    out_of: Fraction
    name: str

    @property
    def quantity(self) -> str:
        return self.verdict.quantity

    @property
    def message(self) -> str:
        return self.verdict.message if self.line else NOT_THERE


@dataclass(frozen=True, slots=True)
class MarkedSheet:
    """The marks of one sheet. `faults` are what is wrong beside the answers, each with its line."""

    exercise: Exercise
    rows: tuple[MarkedAnswer, ...]
    faults: tuple[Fault, ...]
    score: float
    out_of: float

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
                    "message": row.message,
                    "line": row.line,
                    "marks": float(row.marks),
                    "out_of": float(row.out_of),
                }
                for row in self.rows
            ],
            "faults": [{"line": fault.line, "what": fault.what, "hint": fault.hint} for fault in self.faults],
        }


def marked_of_document(exercise: Exercise, document: Mapping[str, Any]) -> MarkedSheet:
    """The marks of which `document` was made, but for what it leaves out: how an answer was read."""
    rows = tuple(
        MarkedAnswer(
            Verdict(
                answer["quantity"],
                answer["given"],
                answer["verdict"],
                misconceptions=tuple(answer["misconceptions"]),
                ambiguous=answer["ambiguous"],
                message=answer["message"],
            ),
            answer["line"],
            Fraction(answer["marks"]),
            Fraction(answer["out_of"]),
            answer["quantity"],
        )
        for answer in document["answers"]
    )
    faults = tuple(Fault(fault["what"], fault["hint"], fault["line"]) for fault in document["faults"])
    out_of = sum(answer["out_of"] for answer in document["answers"])
    return MarkedSheet(exercise, rows, faults, document["score"], document.get("out_of", out_of))


class SheetMarker:
    """Marks sheets of one exercise, or of one version; what is worked out once serves every sheet.

    Sheets that do not name their notation are read in `lettering`, by default the exercise's own; `style`
    is how messages write names and formulas. What does not depend on the numbers is taken over from `like`,
    the marker of another version of the exercise.
    """

    def __init__(
        self,
        solution: Solution,
        follow_through: Fraction | None = None,
        lettering: Lettering | None = None,
        style: Style | None = None,
        like: "SheetMarker | None" = None,
    ) -> None:
        self.exercise = solution.exercise
        self.lettering = lettering or lettering_of(self.exercise)
        checker = like.checker if like else None
        self.checker: Checker = Checker(solution, follow_through=follow_through, style=style, like=checker)

    def mark(self, sheet: Sheet, file: str = "the sheet") -> MarkedSheet:
        """The marks of `sheet`. Raises SheetError where it answers another exercise or version."""
        check_head(sheet, self.exercise, file)
        lettering = letters_of(sheet, self.exercise, self.lettering, file)
        placed = place(sheet, self.checker, lettering)
        result = self.checker.check(placed.answers, lettering)
        each = zip(result.verdicts, result.marks, result.weights, strict=True)
        said, lines = self.checker.marker.book.said, placed.lines
        rows = tuple(
            MarkedAnswer(_as_typed(v, line, sheet), line, got, most, said(v.quantity))
            for v, got, most in each
            for line in [lines.get(v.quantity, 0)]
        )
        faults = (*placed.faults, *_further(result, sheet))
        return MarkedSheet(self.exercise, rows, faults, result.score, result.out_of)


def _as_typed(verdict: Verdict, line: int, sheet: Sheet) -> Verdict:
    """The verdict with the answer as it stands on the sheet."""
    typed = sheet.typed.get((line, verdict.given), verdict.given)
    return verdict if typed == verdict.given else replace(verdict, given=typed)


def _further(result: Result, sheet: Sheet) -> Iterator[Fault]:
    """What the checker says of the set of answers and of none of them."""
    said = {verdict.message for verdict in result.verdicts}
    for problem in result.problems:
        if problem.what not in said:
            line = next((entry.line for entry in sheet.entries if entry.key == problem.quantity), 0)
            yield Fault(f"{problem.quantity}: {problem.what}", "", line, int(line > 0))
