"""Curves as lines of text, with their axes labelled: of a function, in braille dots or in ASCII, and of the
loss over the steps of training."""

import math
from collections.abc import Callable, Sequence

from backprop_tutor.walkthrough import decimal

__all__ = ["LABELS", "curve", "plot"]

LABELS = 7  # columns left of the picture
LIMIT = 5.0  # of y; a curve that goes further leaves the picture

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # of a braille cell, by column and row
_BRAILLE = 0x2800


def plot(
    x: Sequence[float],
    y: Sequence[float],
    width: int,
    height: int,
    *,
    unicode: bool = True,
    limit: float = LIMIT,
    mark: tuple[float, float] | None = None,
) -> list[str]:
    """The curve through the points in `height` lines of `width` columns, and the axis of x below it.

    `x` is evenly spaced; a y that is not finite leaves a gap, and so does a jump, or one beyond `limit`. Give
    at least two points a column for braille. `mark` is a point (x, y) on the curve that stands out.
    """
    low, high = _range(y, limit)
    across, down = (2, 4) if unicode else (1, 1)
    columns, rows = width * across, height * down

    def row(value: float) -> int:
        return round((high - value) / (high - low) * (rows - 1))

    dots: set[tuple[int, int]] = set()
    before = None
    for k, value in enumerate(y):
        if not math.isfinite(value) or not low <= value <= high:
            before = None
            continue
        column, here = k * (columns - 1) // max(len(y) - 1, 1), row(value)
        start = here if before is None or abs(here - before) > rows // 3 else before
        dots |= {(column, r) for r in range(min(start, here), max(start, here) + 1)}
        before = here
    draw = _braille if unicode else _stars
    place = None
    if mark and x[0] <= mark[0] <= x[-1] and low <= mark[1] <= high:
        place = row(mark[1]) // down, round((mark[0] - x[0]) / (x[-1] - x[0]) * (width - 1))
    marks = {row(value) // down: value for value in (low, high, 0.0) if low <= value <= high}
    lines = []
    for r in range(height):
        label = decimal(marks[r], 2) if r in marks else ""
        tick = ("┤" if unicode else "+") if r in marks else ("│" if unicode else "|")
        drawn = draw(dots, r, width)
        if place and place[0] == r:
            drawn = f"{drawn[: place[1]]}{'●' if unicode else 'O'}{drawn[place[1] + 1 :]}"
        lines.append(f"{label:>{LABELS - 2}} {tick}{drawn}".rstrip())
    return lines + _axis(x, width, unicode)


def _range(y: Sequence[float], limit: float) -> tuple[float, float]:
    """From the least to the largest of y and 0, rounded outwards to two digits."""
    inside = [0.0, *(min(max(value, -limit), limit) for value in y if not math.isnan(value))]
    low, high = _outwards(min(inside), math.floor), _outwards(max(inside), math.ceil)
    return (low, high) if low < high else (low, low + 1)


def _outwards(value: float, rounded: Callable[[float], int]) -> float:
    if value == 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return float(rounded(round(value / unit, 6)) * unit)


def _braille(dots: set[tuple[int, int]], row: int, width: int) -> str:
    cells = []
    for column in range(width):
        bits = sum(_DOTS[i][j] for i in range(2) for j in range(4) if (2 * column + i, 4 * row + j) in dots)
        cells.append(chr(_BRAILLE + bits) if bits else " ")
    return "".join(cells)


def _stars(dots: set[tuple[int, int]], row: int, width: int) -> str:
    return "".join("*" if (column, row) in dots else " " for column in range(width))


def _axis(x: Sequence[float], width: int, unicode: bool) -> list[str]:
    """The line below the picture, with the ends of x and its 0 marked."""
    first, last = x[0], x[-1]
    places = {0: first, width - 1: last}
    if first < 0 < last:
        places[round(-first / (last - first) * (width - 1))] = 0.0
    corner, dash, tick = ("└", "─", "┴") if unicode else ("+", "-", "+")
    line = "".join(tick if column in places else dash for column in range(width))
    labels = [" "] * (width + LABELS)
    for column, value in places.items():
        text = decimal(value, 2)
        start = min(LABELS + column - len(text) // 2, LABELS + width - len(text))
        labels[start : start + len(text)] = text
    return [" " * (LABELS - 1) + corner + line, "".join(labels).rstrip()]


def curve(losses: Sequence[float], width: int, height: int, mark: str = "•") -> list[str]:
    """At most one point a column, evenly spread; the lowest line is the smallest value."""
    low, high = min(losses), max(losses)
    labels = [decimal(high, 4), decimal(low, 4)]
    margin = max(map(len, labels)) + 2
    columns = max(width - margin, 1)
    points = min(columns, len(losses))
    rows = max(height - 2, 2)
    grid = [[" "] * columns for _ in range(rows)]
    for point in range(points):
        share = point / max(points - 1, 1)
        value = losses[round(share * (len(losses) - 1))]
        depth = (high - value) / (high - low) if high > low else 0.0
        grid[round(depth * (rows - 1))][round(share * (columns - 1))] = mark
    sides = [labels[0], *[""] * (rows - 2), labels[1]]
    lines = [f"{side:>{margin - 2}} |{''.join(row).rstrip()}" for side, row in zip(sides, grid, strict=True)]
    end = f"{len(losses) - 1}"
    axis = f"{'':{margin - 2}} +{'-' * columns}"
    return [*lines, axis, f"{'':{margin}}0{end:>{max(columns - 1, len(end) + 1)}}"]
