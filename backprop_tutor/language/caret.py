"""The place of an error, drawn under the text that has it."""

from backprop_tutor.errors import LanguageError
from backprop_tutor.language.clean import display_width, visible

__all__ = ["caret"]

WIDTH = 60
ELLIPSIS = "…"


def caret(error: LanguageError) -> str:
    """Two lines: the text, made safe and cut to about 60 columns, and carets under the place."""
    text = visible(error.text)
    start = min(error.start, len(text))
    end = max(min(error.end, len(text)), start)
    if display_width(text) <= WIDTH:
        shown, before = text, text[:start]
        marked = text[start:end]
    else:
        left = _fitting(text[max(0, start - WIDTH) : start][::-1], WIDTH // 2 - 1)
        first = start - left
        right = _fitting(text[start : start + WIDTH], WIDTH - 2 - display_width(text[first:start]))
        lead = ELLIPSIS if first else ""
        tail = ELLIPSIS if start + right < len(text) else ""
        shown = f"{lead}{text[first : start + right]}{tail}"
        before = f"{lead}{text[first:start]}"
        marked = text[start : min(end, start + right)]
    return f"{shown}\n{' ' * display_width(before)}{'^' * max(1, display_width(marked))}"


def _fitting(text: str, columns: int) -> int:
    """How many characters from the start of `text` fit."""
    for count, character in enumerate(text):
        columns -= display_width(character)
        if columns < 0:
            return count
    return len(text)
