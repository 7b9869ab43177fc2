"""The two files of a class: grades.csv and details.jsonl, written line by line."""

from pathlib import Path
from types import TracebackType

from backprop_tutor.grading.checking import Checker
from backprop_tutor.homework.sheet_record import SheetRecord
from backprop_tutor.homework.spreadsheet import csv_text

__all__ = ["Gradebook"]

MAX_REASON = 300


class Gradebook:
    """Writes a line a file and a row a sheet, in the order in which they come."""

    def __init__(self, checker: Checker, grades: Path, details: Path) -> None:
        self.paths = grades, details
        self.quantities = list(dict.fromkeys(checker.quantity_of.values()))
        self.out_of = checker.out_of

    def __enter__(self) -> "Gradebook":
        self.grades, self.details = (path.open("w", encoding="utf-8", newline="\n") for path in self.paths)
        self.grades.write(csv_text([["student", "score", "out_of", *self.quantities, "status", "sheet"]]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.grades.close()
        self.details.close()

    def write(self, record: SheetRecord, *, row: bool = True) -> None:
        """Its line, and its row among the marks where it has one."""
        self.details.write(f"{record.line}\n")
        if row:
            self.grades.write(csv_text([self._row(record)]))

    def _row(self, record: SheetRecord) -> list[str | float]:
        marks = [record.marks.get(quantity, 0.0) for quantity in self.quantities]
        status = f"{record.status}: {record.reason}"[:MAX_REASON] if record.reason else record.status
        return [record.student, record.score, self.out_of, *marks, status, record.sheet]
