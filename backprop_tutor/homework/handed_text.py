"""The text of a file that somebody made on their own machine, or what it is instead of a text."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from backprop_tutor.errors import Fault

__all__ = ["handed_text"]

FEW = 50  # characters for each that is no text
HINT = "Hand in the sheet itself, as YAML, CSV or JSON; a spreadsheet is saved as CSV."

_STARTS = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a document of a word processor (RTF)"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Word or Excel"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"7z\xbc\xaf", "a packed archive"),
    (b"Rar!", "a packed archive"),
    (b"\x1f\x8b", "a packed archive"),
)
_IN_ZIP = (
    (b"word/", "a Word document"),
    (b"xl/", "an Excel workbook"),
    (b"opendocument.text", "a document of LibreOffice"),
    (b"opendocument.spreadsheet", "a spreadsheet of LibreOffice"),
    (b"Index/", "a document of Pages or Numbers"),
)


_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def handed_text(source: bytes) -> bytes | str | Fault:
    """The text, which may be "Unicode" of Windows, with its mark or without, or in a code page; a few control
    characters are passed over. The bytes as they are where they are no text that is known."""
    if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _readable(source.decode("utf-16", "replace"))
    if kind := _kind(source):
        return Fault(f"this is {kind}, not a text.", HINT)
    if b"\0" in source:
        code = _utf_16(source)
        return _readable(source.decode(code, "replace")) if code else source
    try:
        return _readable(source.decode())
    except UnicodeDecodeError:
        return _readable(source.decode("cp1252", "replace"))


def _readable(text: str) -> str:
    """Without marks of its code, wherever they stand, and with spaces for a few control characters, such as
    the end of a file of DOS; many are left for the reader to refuse."""
    text = text.replace("\ufeff", "")
    found = len(_CONTROL.findall(text))
    return _CONTROL.sub(" ", text) if 0 < found * FEW <= len(text) else text


def _kind(source: bytes) -> str:
    """What the file is instead of a text, as far as its first bytes say so."""
    if source.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in _IN_ZIP if part in source), "a zip file")
    if source[4:8] == b"ftyp":
        return "a picture or a film"
    return next((kind for start, kind in _STARTS if source.startswith(start)), "")


def _utf_16(source: bytes) -> str:
    """The code in which every other byte of a plain text is 0, if it is one of those without a mark."""
    even, odd = source[::2], source[1::2]
    for code, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if 10 * zeros.count(0) > 9 * len(zeros) and 0 not in letters:
            return code
    return ""
