"""Text from outside, made safe to show: no control, bidirectional or invisible characters."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["clean", "describe", "display_width", "is_hidden", "visible"]

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Letters and marks by category that draw nothing, so that two names could look the same.
_BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
_BLANK.update(range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))

# What a terminal would swallow as one command: CSI, then OSC/DCS/SOS/PM/APC strings, then short escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)


def is_hidden(character: str) -> bool:
    """True for a character that draws nothing, or that changes how its neighbours are drawn."""
    if character.isascii():
        return not character.isprintable()
    category = unicodedata.category(character)
    return category[0] == "C" or category in ("Zl", "Zp") or ord(character) in _BLANK


def clean(text: str, *, keep_newlines: bool = False) -> str:
    """`text` without terminal commands: they vanish, as do invisible characters and bidirectional
    overrides; other control characters become U+FFFD. A newline or a tab is kept with
    `keep_newlines`, and otherwise becomes a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_safe(character, keep_newlines) for character in _ESCAPES.sub("", text))


def _safe(character: str, keep_newlines: bool) -> str:
    if character in "\n\t\r":
        return character if keep_newlines and character != "\r" else "" if keep_newlines else " "
    if not is_hidden(character):
        return character
    return REPLACEMENT if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") else ""


def visible(text: str) -> str:
    """`text` made safe one character for one, so that offsets into it stay true."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c in "\n\t\r" else REPLACEMENT if is_hidden(c) else c for c in text)


def describe(character: str) -> str:
    """A character by its code and name, with itself in front where that is safe."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    itself = "" if is_hidden(character) or unicodedata.combining(character) else f"{character} "
    return f"{itself}({code}{f' {name}' if name else ''})"


def display_width(text: str) -> int:
    """Columns that `text` takes on a terminal: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


@lru_cache(maxsize=1024)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
