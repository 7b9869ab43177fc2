"""The figure of a step in characters: arrays side by side, what is marked in brackets, shares as shades."""

from collections.abc import Sequence
from itertools import zip_longest
from math import ceil

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.blocks import Words
from backprop_tutor.render.pictures.figure import Entry, Grid, StepFigure

__all__ = ["figure_lines"]

GAP = 3
SHADES = (" ░▒▓█", " .:*#")
MASKED = ("··", "--")


def figure_lines(figure: StepFigure, style: Style, width: int) -> list[list[Words]]:
    """The arrays of a figure and what is said of them; nothing where that is wider than `width`."""
    picture = _beside([_grid(grid, style) for grid in figure.grids])
    if max(map(display_width, (*picture, figure.said))) > width:
        return []
    return [*([Words(line)] for line in picture), [Words(figure.said, "quiet")]]


def _grid(grid: Grid, style: Style) -> list[str]:
    if any(entry.shade is not None for entry in grid.rows[0]):
        return [f" {grid.title}", *(_squares(row, style) for row in grid.rows)]
    widths = [max(len(entry.text) for entry in column) for column in zip(*grid.rows, strict=True)]
    return [
        f" {grid.title}",
        *("".join(map(_bracketed, row, widths)) for row in grid.rows),
    ]


def _bracketed(entry: Entry, width: int) -> str:
    left, right = ("[", "]") if entry.marked else (" ", " ")
    return f"{left}{entry.text:>{width}}{right}"


def _squares(row: Sequence[Entry], style: Style) -> str:
    unicode = bool(style.glyphs.scripts)
    shades, masked = (SHADES[0], MASKED[0]) if unicode else (SHADES[1], MASKED[1])

    def square(entry: Entry) -> str:
        darkness = ceil((entry.shade or 0) * (len(shades) - 1))
        return masked if entry.masked else 2 * shades[min(max(darkness, 0), len(shades) - 1)]

    return f" {''.join(map(square, row))}{'▏' if unicode else '|'}"


def _beside(parts: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(display_width, part)) for part in parts]
    rows = zip_longest(*parts, fillvalue="")
    return [
        "".join(
            line + " " * (w - display_width(line) + GAP) for line, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
