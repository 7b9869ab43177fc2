"""The figure of a step in SVG: arrays as squares, what is marked on a ground of its own, shares as shades."""

from collections.abc import Iterator
from html import escape

from backprop_tutor.render.pictures.figure import Entry, Grid, StepFigure

__all__ = ["figure_size", "figure_svg", "whole_svg"]

SIDE, PAD, GAP, HEAD = 30, 11, 34, 30  # pixels: of a square, around all, between arrays, above each
LETTER = 7.8


def figure_size(figure: StepFigure) -> tuple[int, int]:
    """The width and height in pixels."""
    rows = max(len(grid.rows) for grid in figure.grids)
    wide = sum(_width(grid) * len(grid.rows[0]) + GAP for grid in figure.grids) - GAP
    return round(max(wide, 6.6 * len(figure.said)) + 2 * PAD), HEAD + SIDE * rows + HEAD + PAD


def figure_svg(figure: StepFigure) -> str:
    """What stands inside of a `<g>` or an `<svg>`."""
    return "\n".join(_parts(figure))


def whole_svg(figure: StepFigure) -> str:
    """The figure by itself."""
    width, height = figure_size(figure)
    names = ", ".join(grid.title for grid in figure.grids)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture of-step" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(names)}">'
        f"{figure_svg(figure)}</svg>"
    )


def _width(grid: Grid) -> float:
    """Of a square that has room for every number of an array."""
    return max(SIDE, *(len(entry.text) * LETTER + 10 for row in grid.rows for entry in row))


def _parts(figure: StepFigure) -> Iterator[str]:
    x = float(PAD)
    for grid in figure.grids:
        width = _width(grid)
        yield f'<text class="title" x="{x:.0f}" y="{HEAD - 9}">{escape(grid.title)}</text>'
        for row, entries in enumerate(grid.rows):
            for column, entry in enumerate(entries):
                yield _square(entry, grid.role, x + column * width, HEAD + row * SIDE, width)
        x += len(grid.rows[0]) * width + GAP
    bottom = figure_size(figure)[1] - PAD
    yield f'<text class="name" x="{PAD}" y="{bottom}">{escape(figure.said.replace("[ ]", "frames"))}</text>'


def _square(entry: Entry, role: str, x: float, y: float, width: float) -> str:
    kind = "square masked" if entry.masked else "square marked" if entry.marked else "square"
    place = f'x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{SIDE}"'
    parts = [f'<rect class="{kind}" {place}/>']
    if entry.shade:
        parts.append(f'<rect class="shade" {place} fill-opacity="{0.55 * entry.shade:.2f}"/>')
    if not entry.masked:
        middle = f'x="{x + width / 2:.0f}" y="{y + SIDE / 2 + 5:.0f}"'
        parts.append(f'<text class="number {role}" {middle}>{escape(entry.text)}</text>')
    return "".join(parts)
