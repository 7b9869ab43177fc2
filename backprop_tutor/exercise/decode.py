"""The bytes of a file -> text that a YAML scanner can be trusted with, or the fault in them."""

import re

from backprop_tutor.errors import Fault

__all__ = ["MAX_BYTES", "decode"]

MAX_BYTES = 256 * 1024

# What YAML calls not printable: the scanner gives up on it without saying where. (Listing the printable
# characters instead would take 5 ms to compile.)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def decode(source: bytes | str, limit: int = MAX_BYTES) -> str | Fault:
    """The text of a UTF-8 file of at most `limit` bytes, without its byte order mark."""
    if len(source) > limit:
        hint = "Keep large arrays in a .npz or .csv file beside it."
        return Fault(f"the file has more than {limit // 1024:,} KB.", hint)
    text = source.removeprefix("\ufeff") if isinstance(source, str) else _decode_bytes(source)
    if isinstance(text, Fault):
        return text
    if not text.strip():
        return Fault("the file is empty.", "`backprop-tutor new FILE` writes one to start from.")
    if found := _UNPRINTABLE.search(text):
        what = f"the control character U+{ord(found[0]):04X} cannot stand in a text file."
        return Fault(what, "Remove it.", *_line_column(text[: found.start()]))
    return text


def _decode_bytes(source: bytes) -> str | Fault:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Fault("the file is UTF-16 text.", "Save it as UTF-8.")
    if b"\0" in source:
        return Fault("the file is binary, not text.", "An exercise is a YAML text file.")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        what = f"the byte 0x{error.object[error.start]:02x} is not UTF-8 text."
        return Fault(what, "Save the file as UTF-8.", *_line_column(before))


def _line_column(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")
