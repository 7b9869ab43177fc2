"""The figure of a step in TikZ: arrays as squares, what is marked on a ground of its own, shares shaded."""

from collections.abc import Iterator

from backprop_tutor.language import latex_words
from backprop_tutor.render.pictures.figure import Entry, Grid, StepFigure

__all__ = ["figure_tikz"]

SIDE, GAP, LETTER = 18, 20, 5.4  # points: of a square, between arrays, of a digit


def figure_tikz(figure: StepFigure) -> str:
    """A tikzpicture, and a line on what is marked in it."""
    said = latex_words(figure.said.replace("[ ]", "frames"))
    picture = "\n".join(
        [r"\begin{tikzpicture}[x=1pt, y=-1pt, font=\small]", *_parts(figure), r"\end{tikzpicture}"]
    )
    return f"\\fit{{{picture}}}\n{{\\footnotesize {said}\\par}}"


def _parts(figure: StepFigure) -> Iterator[str]:
    x = 0.0
    for grid in figure.grids:
        width = _width(grid)
        title = rf"{{\bfseries {latex_words(grid.title)}}}"
        yield rf"\node[anchor=base west, inner sep=0pt] at ({x:.0f},-5) {title};"
        for row, entries in enumerate(grid.rows):
            for column, entry in enumerate(entries):
                yield _square(entry, grid.role, x + column * width, row * SIDE, width)
        x += len(grid.rows[0]) * width + GAP


def _width(grid: Grid) -> float:
    return max(SIDE, *(len(entry.text) * LETTER + 7 for row in grid.rows for entry in row))


def _square(entry: Entry, role: str, x: float, y: float, width: float) -> str:
    looks = "draw=blue, fill=blue!8, line width=1pt" if entry.marked else "draw=gray"
    if entry.masked:
        looks += ", fill=gray!35"
    elif entry.shade:
        looks += f", fill=blue!{55 * entry.shade:.0f}"
    drawn = rf"\draw[{looks}] ({x:.0f},{y:.0f}) rectangle ({x + width:.0f},{y + SIDE:.0f});"
    if entry.masked:
        return drawn
    colour = r"\color{magenta}" if role == "gradient" else ""
    middle = f"({x + width / 2:.0f},{y + SIDE / 2:.0f})"
    return rf"{drawn} \node[inner sep=0pt] at {middle} {{{colour}{latex_words(entry.text)}}};"
