"""What a terminal of some width shows, and what a reader of single lines gets."""

from collections.abc import Iterable
from io import StringIO

from rich.console import Console

from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Block
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.painters.terminal import TerminalPainter

__all__ = ["plain_lines", "screen"]


def screen(blocks: Iterable[Block], style: Style, width: int) -> str:
    console = Console(width=width, file=StringIO(), markup=False, emoji=False, highlight=False)
    for drawn in TerminalPainter(console, style).paint(blocks):
        console.print(drawn)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def plain_lines(blocks: Iterable[Block], style: Style) -> list[str]:
    return list(PlainPainter(style).paint(blocks))
