"""CSV that a spreadsheet shows as text, whoever wrote the cells; and the reading of rosters."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from backprop_tutor.errors import ExerciseError, Fault
from backprop_tutor.exercise.decode import decode
from backprop_tutor.files import read_bytes
from backprop_tutor.language import clean

__all__ = ["RosterError", "csv_text", "read_roster", "read_versions", "safe_cell"]

FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four are wide
HINT = "A roster is a CSV file in UTF-8 with one id a line, under `student`."
MAX_ROSTER = 64 * 1024 * 1024
STUDENT = ("student", "student_id", "studentid", "student id", "id", "sid", "username", "user", "login",
           "email", "matriculation", "matnr", "name",
           "full name", "identifier", "email address")  # fmt: skip


class RosterError(ExerciseError):
    """A roster without student ids, or with one twice."""

    title = "The roster is not valid"


def safe_cell(text: str) -> str:
    """`text` on one line, with an apostrophe before what a spreadsheet would run."""
    text = clean(text).strip()
    return f"'{text}" if _runs(text) and not _is_number(text) else text


def _unsafe(cell: str) -> str:
    """The text of which `safe_cell` made `cell`."""
    text = clean(cell).strip()
    return text[1:] if text.startswith("'") and _runs(text) else text


def _runs(text: str) -> bool:
    """Whether it is a formula. One that has apostrophes already gets another: so each can be undone."""
    return text.lstrip("'").startswith(FORMULA)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text[-1:].isdigit()


def csv_text(rows: Iterable[Sequence[str | float]]) -> str:
    """Rows of cells as CSV; numbers are written plainly, texts made safe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([safe_cell(c) if isinstance(c, str) else f"{c:g}" for c in row])
    return out.getvalue()


def read_roster(path: Path) -> list[str]:
    """The student ids in a CSV file, in its order: the column whose header says so, or the first one.

    Raises AccessError, and RosterError for a file without ids or with one twice.
    """
    shown = clean(str(path))
    rows = _rows(path)
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    known = [name for name in STUDENT if name in header]
    column = header.index(known[0]) if known else 0
    first: dict[str, int] = {}
    faults = []
    for line, row in enumerate(rows[1:] if known else rows, 2 if known else 1):
        student = _unsafe(row[column]) if column < len(row) else ""
        if student in first:
            faults.append(
                Fault(f"{student} is already on line {first[student]}.", "List each once.", line, 1)
            )
        elif student:
            first[student] = line
    if not first:
        faults.append(Fault("there are no student ids in this file.", HINT))
    if faults:
        raise RosterError(faults, file=shown)
    return list(first)


def read_versions(path: Path) -> dict[str, tuple[str, int]]:
    """The id of each student's version and the draws that lead to it, from the `versions.csv` that
    `variants` writes; nothing from any other roster."""
    header, *rows = _rows(path) or [[]]
    if not {"student", "variant", "draws"} <= set(header):
        return {}
    found = [dict(zip(header, row, strict=False)) for row in rows]
    return {
        _unsafe(row["student"]): (row["variant"], int(row["draws"]))
        for row in found
        if row.get("draws", "").isdecimal() and len(row["draws"]) < 6
    }


def _rows(path: Path) -> list[list[str]]:
    text = decode(read_bytes(path, MAX_ROSTER), MAX_ROSTER)
    if isinstance(text, Fault):
        raise RosterError([Fault(text.what, HINT, text.line, text.column)], file=clean(str(path)))
    return list(csv.reader(text.splitlines(), delimiter=_delimiter(text)))


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count) if any(sign in head for sign in ",;\t") else ","
