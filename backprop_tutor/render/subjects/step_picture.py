"""A picture beside a step in characters: arrays beside one another, what is marked in brackets."""

from collections.abc import Sequence
from itertools import zip_longest
from math import ceil

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.blocks import Drawing, Line, Words
from backprop_tutor.render.figure import Entry, Figure, Grid, step_figure
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["figure_lines", "step_picture"]

GAP = 3
SHADES = (" ░▒▓█", " .:*#")
MASKED = ("··", "--")


def step_picture(solution: Solution, step: Step, style: Style) -> Drawing | None:
    """The picture of a step, where there is one and it is small enough to be looked at; nothing of it where
    there is no room for all of it."""
    figure = step_figure(solution, step, style)
    if figure is None:
        return None
    return Drawing(
        lambda width: [(Words(""),), *lines] if (lines := figure_lines(figure, style, width)) else ()
    )


def figure_lines(figure: Figure, style: Style, width: int) -> list[Line]:
    """The arrays of a figure and what is said of them; nothing where that is wider than `width`."""
    picture = _beside([_grid(grid, style) for grid in figure.grids])
    if max(map(display_width, (*picture, figure.said))) > width:
        return []
    return [*((Words(line),) for line in picture), (Words(figure.said, "quiet"),)]


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
