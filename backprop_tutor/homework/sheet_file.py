"""Read a sheet, whichever way it is written: as YAML, CSV, JSON, Markdown, or typed into a page."""

from io import BytesIO

from backprop_tutor.errors import AccessError, Fault
from backprop_tutor.exercise.decode import decode
from backprop_tutor.homework.handed_text import handed_text
from backprop_tutor.homework.sheet import MAX_FAULTS, Sheet, SheetError
from backprop_tutor.homework.sheet_csv import has_columns, read_csv
from backprop_tutor.homework.sheet_json import read_json
from backprop_tutor.homework.sheet_markup import (
    has_rows,
    is_html,
    text_of_html,
    text_of_markdown,
    typed_field,
)
from backprop_tutor.homework.sheet_text import read_text
from backprop_tutor.homework.submissions import Zip

__all__ = ["read_sheet"]

_HINT = "A sheet is a text in UTF-8: YAML, CSV or JSON."


def read_sheet(source: bytes | str, name: str) -> Sheet:
    """The sheet that a file called `name` holds: JSON or CSV by its ending or its looks, else YAML.

    Raises SheetError where it holds none. A fault in one answer is left to the marking of that answer.
    """
    if isinstance(source, bytes) and (packed := _only_one_in(source)):
        source, name = packed
    ending = name.lower().rpartition(".")[2]
    read = handed_text(source) if isinstance(source, bytes) else source
    if isinstance(read, Fault):
        raise SheetError([read], file=name)
    text = decode(read)
    if isinstance(text, Fault):
        raise SheetError([Fault(text.what, _HINT, text.line, text.column)], file=name)
    text = typed_field(text.replace("\r\n", "\n")) if ending == "txt" else text
    sheet = _read(text_of_html(text), "txt") if is_html(text) else _read(text, ending)
    if not sheet.entries:
        faults = sheet.faults or [
            Fault("there are no answers on this sheet.", "They stand under `answers:`.")
        ]
        raise SheetError(faults[:MAX_FAULTS], file=name)
    return sheet


def _only_one_in(source: bytes) -> tuple[bytes, str] | None:
    """The one file of a zip file that somebody handed in, with its name; nothing where it is none, or one of
    several parts, as a document is."""
    if not source.startswith(b"PK\x03\x04"):
        return None
    try:
        archive = Zip(BytesIO(source))
    except AccessError:
        return None
    names = archive.names()
    content = archive.read(names[0]) if len(names) == 1 else None
    return (content, names[0]) if isinstance(content, bytes) else None


def _read(text: str, ending: str) -> Sheet:
    if has_rows(text):
        return read_csv(text_of_markdown(text))
    if ending in ("csv", "tsv") or (ending == "txt" and has_columns(text)):
        return read_csv(text)
    if ending == "json" or text.lstrip().startswith("{"):
        sheet = read_json(text)
        if sheet.entries or ending == "json":
            return sheet
        again = read_text(text)
        return again if again.entries else sheet
    return read_text(text)
