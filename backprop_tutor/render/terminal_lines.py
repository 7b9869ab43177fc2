"""Styled lines on a terminal, by the escape sequences that all of them know.

For the tutor, whose first question is to be there at once: Rich's console takes 15 ms to import.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

__all__ = ["TerminalLines"]

CODES = {
    "bold": "1",
    "dim": "2",
    "italic": "3",
    "blue": "34",
    "orange": "38;5;172",
}
PLAIN = frozenset(["blue", "orange"])  # what NO_COLOR takes away


class TerminalLines:
    """Prints on `stream`. `styles` gives each role its words, such as `bold blue`.

    Without a terminal, or on one that can do nothing, the text alone is printed; with NO_COLOR set, no
    colours (https://no-color.org).
    """

    def __init__(self, styles: Mapping[str, str], stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        capable = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        if capable and sys.platform == "win32":
            os.system("")  # switches escape sequences on in the older console
        without = PLAIN if os.environ.get("NO_COLOR") else frozenset()
        self._codes = {
            role: ";".join(CODES[word] for word in words.split() if word not in without)
            for role, words in styles.items()
            if capable
        }

    @property
    def width(self) -> int:
        return shutil.get_terminal_size().columns

    @property
    def height(self) -> int:
        return shutil.get_terminal_size().lines

    def print(self, row: Iterable[tuple[str, str]]) -> None:
        """One line from its pieces, each a text and its role."""
        self.stream.write("".join(self._styled(text, role) for text, role in row) + "\n")

    def flush(self) -> None:
        self.stream.flush()

    def _styled(self, text: str, role: str) -> str:
        codes = self._codes.get(role)
        return f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text
