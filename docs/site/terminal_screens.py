"""The directive `screen`: the program run in a pseudo-terminal while the site is built, and what it shows.

A picture can thus never be out of date. It is drawn as text in an SVG, each piece at its column, so that it
looks the same in every font and can be read aloud, searched and copied.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import pexpect
import pyte
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

CELL, LINE, FONT, MARGIN = 8.4, 18, 14, 10  # pixels
QUIET = 0.7  # seconds without output after which a screen is taken for finished
PATIENCE = 60.0  # seconds until something must be shown
KEYS = {"Enter": "\r", "Space": " ", "Right": "\x1b[C", "Left": "\x1b[D", "Down": "\x1b[B", "Up": "\x1b[A"}
COLOURS = {
    "default": "#e4e4e7", "black": "#767676", "red": "#e06c75", "green": "#4fb286", "brown": "#d7af5f",
    "blue": "#7f8cff", "magenta": "#e27ad5", "cyan": "#56b6c2", "white": "#f4f4f5",
}  # fmt: skip


class Screen(SphinxDirective):
    """`screen WORDS`: `backprop-tutor WORDS` on a screen of `size`, after `keys`: words, names of keys.

    Other commands may run `before`, one a line, with the answers that they get after a <.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "before": directives.unchanged,
        "size": directives.unchanged,
        "keys": directives.unchanged,
        "caption": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        words = self.arguments[0]
        columns, rows = map(int, self.options.get("size", "80x24").split("x"))
        before = self.options.get("before", "").splitlines()
        screen = shown(shlex.split(words), self.options.get("keys", "").split(), columns, rows, before)
        caption = self.options.get("caption", "")
        said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        command = f'<p class="screen-command"><code>$ backprop-tutor {escape(words)}</code></p>'
        html = f'<figure class="screen">{command}{svg(screen)}{said}</figure>'
        return [nodes.raw("", html, format="html")]


def shown(words: list[str], keys: list[str], columns: int, rows: int, before: list[str]) -> pyte.Screen:
    """The screen once everything is typed. Raises ExtensionError where nothing is shown."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    with tempfile.TemporaryDirectory() as folder:
        environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        environment |= {"BACKPROP_TUTOR_STATE": str(Path(folder) / "state"), "TERM": "xterm-256color"}
        environment |= {"PYTHONIOENCODING": "utf-8"}
        for command in before:
            call, _, answers = command.partition("<")
            subprocess.run(
                [sys.executable, "-m", "backprop_tutor", *shlex.split(call)],
                cwd=folder,
                env=environment,
                input="\n".join(answers.split()),
                encoding="utf-8",
                stdout=subprocess.DEVNULL,
                check=False,
            )
        child = pexpect.spawn(
            sys.executable,
            ["-m", "backprop_tutor", *words],
            cwd=folder,
            env=environment,
            dimensions=(rows, columns),
        )
        for key in ["", *keys]:
            child.send(KEYS.get(key, key))
            if key in ("", *KEYS):
                _settle(child, stream, screen)
        child.close(force=True)
    if not any(line.strip() for line in screen.display):
        raise ExtensionError(f"backprop-tutor {shlex.join(words)} shows nothing")
    return screen


def _settle(child: Any, stream: pyte.ByteStream, screen: pyte.Screen) -> None:
    """Read until nothing more comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            stream.feed(child.read_nonblocking(65536, timeout=QUIET))
        except pexpect.TIMEOUT:
            if any(line.strip() for line in screen.display):
                return
        except pexpect.EOF:
            return


def svg(screen: pyte.Screen) -> str:
    """The rows of the screen up to the last that holds something."""
    last = max(n for n, line in enumerate(screen.display) if line.strip())
    width, height = screen.columns * CELL + 2 * MARGIN, (last + 1) * LINE + 2 * MARGIN
    texts = "".join(piece for row in range(last + 1) for piece in _row(screen, row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" font-size="{FONT}">{texts}</svg>'
    )


def _row(screen: pyte.Screen, row: int) -> Iterator[str]:
    """The pieces of a row that look alike and have no gap within, each at its column."""
    cells = [screen.buffer[row][column] for column in range(screen.columns)]
    for (colour, bold, italics), group in groupby(
        enumerate(cells), key=lambda cell: (cell[1].fg, cell[1].bold, cell[1].italics)
    ):
        part = [*group]
        text = "".join(cell.data for _, cell in part)
        marks = ' font-weight="bold"' if bold else ""
        marks += ' font-style="italic"' if italics else ""
        for piece in re.finditer(r"\S+(?: \S+)*", text):
            x = MARGIN + (part[0][0] + piece.start()) * CELL
            yield (
                f'<text x="{x:.1f}" y="{MARGIN + row * LINE + FONT}" '
                f'fill="{COLOURS.get(colour) or f"#{colour}"}"{marks} '
                f'textLength="{len(piece[0]) * CELL:.1f}" lengthAdjust="spacingAndGlyphs">'
                f"{escape(piece[0])}</text>"
            )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("screen", Screen)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
