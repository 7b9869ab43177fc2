"""The two files of a class: grades.csv and details.jsonl, written line by line."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from backprop_tutor.homework.marked import Marking
from backprop_tutor.homework.table import csv_text

__all__ = ["Gradebook"]

MAX_REASON = 300


class Gradebook:
    """Writes a row and a line a sheet, in the order in which they come."""

    def __init__(self, marking: Marking, grades: Path, details: Path) -> None:
        self.paths = grades, details
        questions = marking.checker.questions
        self.quantity = {
            element: question.quantity for question in questions for element in question.elements
        }
        self.quantities = list(dict.fromkeys(self.quantity.values()))
        self.out_of = marking.checker.out_of
        self.student = ""  # of the last line

    def __enter__(self) -> "Gradebook":
        self.grades, self.details = (path.open("w", encoding="utf-8", newline="\n") for path in self.paths)
        self.grades.write(csv_text([["student", "score", "out_of", *self.quantities, "status", "sheet"]]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.grades.close()
        self.details.close()

    def write(self, line: str) -> dict[str, Any]:
        """Write what `line`, the details of one sheet, says; gives it back as a document."""
        document: dict[str, Any] = json.loads(line)
        self.details.write(f"{line}\n")
        self.grades.write(csv_text([self._row(document)]))
        self.student = document["student"]
        return document

    def _row(self, document: Mapping[str, Any]) -> list[str | float]:
        marks = dict.fromkeys(self.quantities, 0.0)
        for answer in document["answers"]:
            marks[self.quantity[answer["quantity"]]] += answer["marks"]
        status, reason = document["status"], document["reason"]
        return [
            document["student"],
            document["score"],
            self.out_of,
            *marks.values(),
            f"{status}: {reason}"[:MAX_REASON] if reason else status,
            document["sheet"],
        ]
