"""The words at the prompt, and how a typed text is known to be one of them."""

import re
from collections.abc import Container
from typing import NamedTuple

__all__ = ["WORDS", "Attempt", "attempt", "command", "nearest_command"]

WORDS = {
    "hint": "the next hint: first a question, then the rule, the numbers, at last the answer",
    "skip": "leave this question and go on; so does next",
    "back": "go back to the question before",
    "why": "why it is so: in numbers; again in letters and with indices",
    "show": "the task and everything known so far",
    "try": "change a number and see what the loss does: try w = 1.01",
    "quit": "save and leave",
    "fill": "after two right answers of a kind: fill in the rest of the array",
    "help": "this list",
}
LETTERS = {"h": "hint", "s": "skip", "b": "back", "w": "why", "q": "quit", "?": "help"}
ALSO = {"next": "skip", "exit": "quit", "known": "fill"}
LOST = (
    "idk",
    "dunno",
    "dont know",
    "i dont know",
    "no idea",
    "help me",
    "i am lost",
    "lost",
    "stuck",
    "im stuck",
)
"""What one types who does not know: that is a hint, and no fault."""

_TRY = re.compile(r":?\s*try\b\s*(?P<name>[^=]*?)\s*(?:=\s*(?P<value>.*))?", re.IGNORECASE | re.DOTALL)


class Attempt(NamedTuple):
    """`try NAME = VALUE` as it was typed; both are empty where they are missing."""

    name: str
    value: str


def command(text: str, quantities: Container[str] = ()) -> str | None:
    """The word that `text` is, or its first letter, where that is no quantity of the exercise.

    A word after a colon is always a command: `:show`.
    """
    word = " ".join(text.split()).casefold()
    if word.startswith(":"):
        word = word[1:].strip()
    elif text.strip() in quantities:
        return None
    if re.sub(r"['’.!?]", "", word) in LOST:
        return "hint"
    word = LETTERS.get(word) or ALSO.get(word, word)
    return word if word in WORDS else None


def attempt(text: str) -> Attempt | None:
    """What is to be tried; None for any other text."""
    found = _TRY.fullmatch(text.strip())
    return Attempt(found["name"].strip(), (found["value"] or "").strip()) if found else None


def nearest_command(text: str) -> str:
    """The word that was probably meant: hint for hnit; nothing where none is near."""
    from difflib import get_close_matches  # only ever needed for what cannot be read

    return next(iter(get_close_matches(text.strip().casefold(), [*WORDS, *ALSO], n=1)), "")
