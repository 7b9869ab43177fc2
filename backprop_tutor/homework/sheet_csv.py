"""A sheet from a spreadsheet: rows of a quantity and its answer."""

import csv
import re
from collections.abc import Sequence

from backprop_tutor.errors import Fault
from backprop_tutor.homework.sheet import HEAD, MAX_KEY, AnswerText, Sheet, SheetEntry
from backprop_tutor.homework.spreadsheet import separator_said
from backprop_tutor.language import clean

__all__ = ["has_columns", "read_csv"]

HEADS = (*HEAD, "quantity")
SIGNS = "\t;,"

_TWO_MARKS = re.compile(r"\d\.\d+\.")  # 1.250,00: refused for its separators of thousands, as it stands
_COMMA = re.compile(r"\d*,\d+")
_OF_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")  # or a decimal: 1,250
_TITLES = re.compile(r"^[\s\"]*quantity[\s\"]*[\t;,]", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\[\]]*\]')


def has_columns(text: str) -> bool:
    """Whether the titles of a table of answers stand in it, whatever its file is called."""
    return _TITLES.search(text) is not None


def read_csv(text: str) -> Sheet:
    """The sheet; never raises. Commas, semicolons and tabs separate; rows that start with # are comments.

    What a sheet says about itself stands above `quantity,answer`, also below rows that mean nothing here.
    Where semicolons do, the comma between two digits is the decimal mark; but 1,250 stays as it is unless
    another answer, such as 0,5, shows what its commas are.
    """
    sheet = Sheet()
    rows: list[tuple[str, str, int]] = []
    lines = text.splitlines()
    sign = _delimiter(lines)
    above = has_columns(text)  # the rows above the titles of the columns
    reader = csv.reader(text.splitlines(keepends=True), delimiter=sign)  # a cell may hold several lines
    try:
        for row in reader:
            first = row[0].strip() if row else ""
            if not first or first.startswith("#") or (reader.line_num == 1 and separator_said(lines[0])):
                continue
            answer = row[1].strip().removeprefix("'") if len(row) > 1 else ""
            if first.lower() in HEADS and (above or not rows):
                sheet.head(first.lower(), answer, reader.line_num)
                above = above and first.lower() != "quantity"
                continue
            rows.append((clean(first)[:MAX_KEY], answer, reader.line_num))
    except csv.Error as error:
        sheet.faults.append(Fault(f"this is not readable CSV: {clean(str(error))}.", "", reader.line_num, 1))
    keys, answers, at = zip(*rows, strict=True) if rows else ((), (), ())
    read = _pointed(answers) if sign == ";" else answers
    sheet.typed = {
        (line, clean(text)): clean(typed) for line, text, typed in zip(at, read, answers, strict=True)
    }
    for key, answer, line in zip(keys, read, at, strict=True):
        sheet.entries.append(SheetEntry(key, AnswerText(answer, line), line))
    return sheet


def _pointed(answers: Sequence[str]) -> Sequence[str]:
    """The answers with points for decimal commas, if any of them shows that its comma is one."""
    written = [_with_points(answer) for answer in answers]
    commas = (
        comma[0]
        for before, after in zip(answers, written, strict=True)
        for comma in _COMMA.finditer(before)
        if after[comma.start() : comma.end()] != comma[0]
    )
    return answers if all(map(_OF_THOUSANDS.fullmatch, commas)) else written


def _with_points(text: str) -> str:
    """Points for the decimal commas: those between two digits and outside of brackets."""
    depth, written = 0, ""
    for before, character, after in zip(" " + text, text, text[1:] + " ", strict=False):
        depth += (character in "([") - (character in ")]")
        is_mark = character == "," and not depth and before.isdecimal() and after.isdecimal()
        written += "." if is_mark else character
    return text if _TWO_MARKS.search(written) else written


def _delimiter(lines: list[str]) -> str:
    """What separates the cells: said in the file, seen in a row that is known, or in the first of all."""
    if said := separator_said(lines[0]):
        return said
    rows = [line for line in lines if line.strip() and not line.lstrip('\ufeff" ').startswith("#")]
    for line in rows:
        for sign in SIGNS:
            if sign in line and line.partition(sign)[0].strip().strip('"').lower() in HEADS:
                return sign
    first = _QUOTED.sub("", rows[0]) if rows else ""
    return min((sign for sign in SIGNS if sign in first), key=first.index, default=",")
