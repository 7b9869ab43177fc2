"""A sheet from a spreadsheet: rows of a quantity and its answer."""

import csv

from backprop_tutor.errors import Fault
from backprop_tutor.homework.sheet import Cell, Entry, Sheet
from backprop_tutor.language import clean

__all__ = ["read_csv"]

MAX_KEY = 100
HEADS = ("exercise", "variant", "student", "quantity")


def read_csv(text: str) -> Sheet:
    """The sheet; never raises. Commas, semicolons and tabs separate; rows that start with # are comments."""
    sheet = Sheet()
    reader = csv.reader(text.splitlines(), delimiter=_delimiter(text))
    try:
        for row in reader:
            first = row[0].strip() if row else ""
            if not first or first.startswith("#"):
                continue
            answer = row[1].strip() if len(row) > 1 else ""
            if first.lower() in HEADS and not sheet.entries:
                sheet.head(first.lower(), answer, reader.line_num)
                continue
            line = reader.line_num
            sheet.entries.append(Entry(clean(first)[:MAX_KEY], Cell(answer, line), line))
    except csv.Error as error:
        sheet.faults.append(Fault(f"this is not readable CSV: {clean(str(error))}.", "", reader.line_num, 1))
    return sheet


def _delimiter(text: str) -> str:
    """What separates the cells of the first row that tells."""
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            for sign in "\t;,":
                if line.partition(sign)[0].strip().strip('"').lower() in HEADS and sign in line:
                    return sign
    return ","
