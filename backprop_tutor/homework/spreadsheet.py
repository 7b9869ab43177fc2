"""CSV that a spreadsheet shows as text, whoever wrote the cells."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from backprop_tutor.language import clean

__all__ = ["csv_rows", "csv_text", "original_cell", "safe_cell", "separator_said"]

LOOKED_AT = 20  # rows that tell what separates their cells
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four are wide

_QUOTED = re.compile(r'"[^"]*"')


def safe_cell(text: str) -> str:
    """`text` on one line, with an apostrophe before what a spreadsheet would run; a dash alone is nothing."""
    text = clean(text).strip()
    return f"'{text}" if _runs(text) and text != "-" and not _is_number(text) else text


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
    rows = [(reader.line_num, row) for row in reader]
    return rows[1:] if separator_said(text.partition("\n")[0]) else rows


def _delimiter(text: str) -> str:
    """What separates the cells at the beginning: a line `sep=;` of Excel says it; or the sign that each row
    has as often as the first, outside of quotes. Texts and numbers have commas; semicolons and tabs not."""
    rows = [row for row in _QUOTED.sub("", text[:20_000]).splitlines()[:LOOKED_AT] if row.strip(" ")]
    if rows and (said := separator_said(rows[0])):
        return said
    counts = {sign: [row.count(sign) for row in rows] for sign in "\t;,"}
    even = [sign for sign, found in counts.items() if found and found[0] and min(found) == max(found)]
    often = [sign for sign, found in counts.items() if found and found[0]]
    return (even or often or [","])[0]


def separator_said(line: str) -> str:
    """What a line `sep=;` says, which Excel writes and reads before the first row."""
    line = line.strip().strip('"')
    return line[4:] if line.lower().startswith("sep=") and len(line) == 5 else ""
