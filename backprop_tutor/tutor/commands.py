"""The words at the prompt, and how a typed text is known to be one of them."""

from collections.abc import Container

__all__ = ["WORDS", "command"]

WORDS = {
    "hint": "the next of up to four hints; the last is the answer",
    "skip": "leave this question and go on",
    "back": "go back to the question before",
    "why": "the derivation of this step",
    "show": "the task and everything known so far",
    "quit": "save and leave",
    "help": "this list",
}
LETTERS = {"h": "hint", "s": "skip", "b": "back", "w": "why", "q": "quit", "?": "help", "exit": "quit"}


def command(text: str, quantities: Container[str] = ()) -> str | None:
    """The word that `text` is, or its first letter, where that is no quantity of the exercise.

    A word after a colon is always a command: `:show`.
    """
    word = text.strip().casefold()
    if word.startswith(":"):
        word = word[1:].strip()
    elif text.strip() in quantities:
        return None
    word = LETTERS.get(word, word)
    return word if word in WORDS else None
