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
_TITLES = re.compile(r'^(?:[^#\n]*[\t;,])?[ "]*quantity[ "]*(?:[\t;,]|$)', re.IGNORECASE | re.MULTILINE)
_WHOLE = re.compile(r"[-+\u2212]?\d+")
_QUOTED = re.compile(r'"[^"]*"|\[[^\[\]]*\]')


def has_columns(text: str) -> bool:
    """Whether the titles of a table of answers stand in it, whatever its file is called."""
    return _TITLES.search(text) is not None


def read_csv(text: str) -> Sheet:
    """The sheet; never raises. Commas, semicolons and tabs separate; rows that start with # are comments.

    What a sheet says about itself stands above `quantity,answer`, also below rows that mean nothing here; the
    columns are found by these titles, if there are others, too.
    Where semicolons do, the comma between two digits is the decimal mark; but 1,250 stays as it is unless
    another answer, such as 0,5, shows what its commas are.
    """
    sheet = Sheet()
    rows: list[tuple[str, str, int]] = []
    lines = text.splitlines()
    sign = _delimiter(lines)
    above = has_columns(text)  # the rows above the titles of the columns
    titles = ["quantity", "answer"]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=sign)  # a cell may hold several lines
    try:
        for row in reader:
            first = row[0].strip() if row else ""
            if first.startswith("#") or (reader.line_num == 1 and separator_said(lines[0])):
                continue
            names = [cell.strip().lower() for cell in row]
            if above and "quantity" in names:
                above, titles = False, names
            elif first.lower() in HEADS and (above or not rows):
                sheet.head(first.lower(), row[1].strip() if len(row) > 1 else "", reader.line_num)
            elif key := _cell(row, titles.index("quantity")):
                rows.append((clean(key)[:MAX_KEY], _answer(row, titles, sign), reader.line_num))
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


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _answer(row: Sequence[str], titles: Sequence[str], sign: str) -> str:
    """The answer in a row: below its title, or else beside the quantity. Where a comma separates, one between
    two whole numbers may be a decimal comma that was typed without quotes."""
    place = titles.index("answer") if "answer" in titles else titles.index("quantity") + 1
    answer, after = _cell(row, place).removeprefix("'"), _cell(row, place + 1)
    typed = sign == "," and not any(titles[place + 1 :]) and after.isdecimal() and _WHOLE.fullmatch(answer)
    return f"{answer},{after}" if typed else answer


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
