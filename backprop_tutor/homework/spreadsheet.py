"""CSV that a spreadsheet shows as text, whoever wrote the cells."""

import csv
import io
from collections.abc import Iterable, Sequence

from backprop_tutor.language import clean

__all__ = ["csv_rows", "csv_text", "original_cell", "safe_cell"]

FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four are wide


def safe_cell(text: str) -> str:
    """`text` on one line, with an apostrophe before what a spreadsheet would run."""
    text = clean(text).strip()
    return f"'{text}" if _runs(text) and not _is_number(text) else text


def original_cell(cell: str) -> str:
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


def csv_rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the line on which it ends; a cell may hold line breaks.

    Raises csv.Error.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    return [(reader.line_num, row) for row in reader]


def _delimiter(text: str) -> str:
    """The sign that separates most cells at the beginning."""
    head = text[:4_000]
    return max(",;\t", key=head.count) if any(sign in head for sign in ",;\t") else ","
