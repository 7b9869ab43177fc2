"""The words at the prompt, and how a typed text is known to be one of them."""

from collections.abc import Container

__all__ = ["WORDS", "command", "nearest_command"]

WORDS = {
    "hint": "the next of up to four hints; the last is the answer",
    "skip": "leave this question and go on; so does next",
    "back": "go back to the question before",
    "why": "the derivation of this step",
    "show": "the task and everything known so far",
    "quit": "save and leave",
    "help": "this list",
}
LETTERS = {"h": "hint", "s": "skip", "b": "back", "w": "why", "q": "quit", "?": "help"}
ALSO = {"next": "skip", "exit": "quit"}


def command(text: str, quantities: Container[str] = ()) -> str | None:
    """The word that `text` is, or its first letter, where that is no quantity of the exercise.

    A word after a colon is always a command: `:show`.
    """
    word = text.strip().casefold()
    if word.startswith(":"):
        word = word[1:].strip()
    elif text.strip() in quantities:
        return None
    word = LETTERS.get(word) or ALSO.get(word, word)
    return word if word in WORDS else None


def nearest_command(text: str) -> str:
    """The word that was probably meant: hint for hnit; nothing where none is near."""
    from difflib import get_close_matches  # only ever needed for what cannot be read

    return next(iter(get_close_matches(text.strip().casefold(), [*WORDS, *ALSO], n=1)), "")
