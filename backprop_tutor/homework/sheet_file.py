"""Read a sheet, whichever way it is written: as YAML, CSV or JSON."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from backprop_tutor.errors import Fault
from backprop_tutor.exercise.decode import decode
from backprop_tutor.homework.sheet import MAX_FAULTS, Sheet, SheetError
from backprop_tutor.homework.sheet_csv import has_columns, read_csv
from backprop_tutor.homework.sheet_json import read_json
from backprop_tutor.homework.sheet_text import read_text

__all__ = ["read_sheet"]

_HINT = "A sheet is a text in UTF-8: YAML, CSV or JSON."


def read_sheet(source: bytes | str, name: str) -> Sheet:
    """The sheet that a file called `name` holds: JSON or CSV by its ending or its looks, else YAML.

    Raises SheetError where it holds none. A fault in one answer is left to the marking of that answer.
    """
    ending = name.lower().rpartition(".")[2]
    text = decode(_decoded(source, ending))
    if isinstance(text, Fault):
        raise SheetError([Fault(text.what, _HINT, text.line, text.column)], file=name)
    sheet = _read(text, ending)
    if not sheet.entries:
        faults = sheet.faults or [
            Fault("there are no answers on this sheet.", "They stand under `answers:`.")
        ]
        raise SheetError(faults[:MAX_FAULTS], file=name)
    return sheet


def _read(text: str, ending: str) -> Sheet:
    if ending in ("csv", "tsv") or (ending == "txt" and has_columns(text)):
        return read_csv(text)
    if ending == "json" or text.lstrip().startswith("{"):
        sheet = read_json(text)
        if sheet.entries or ending == "json":
            return sheet
        again = read_text(text)
        return again if again.entries else sheet
    return read_text(text)


def _decoded(source: bytes | str, ending: str) -> bytes | str:
    """What Windows saves in another way than UTF-8: "Unicode" text, and CSV in a code page."""
    if isinstance(source, str):
        return source
    if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return source.decode("utf-16", "replace")
    if ending in ("csv", "tsv") and b"\0" not in source:
        try:
            source.decode()
        except UnicodeDecodeError:
            return source.decode("cp1252", "replace")
    return source
