"""Boxes of text that stand beside, over and around one another, as formulas do on paper."""

from collections.abc import Sequence
from typing import NamedTuple

from backprop_tutor.language.clean import display_width

__all__ = ["Box", "beside", "bracketed", "line", "over", "raised"]

# The top, middle and bottom of tall brackets.
_TALL = {True: ("⎛⎜⎝", "⎞⎟⎠"), False: ("/|\\", "\\|/")}


class Box(NamedTuple):
    """Lines of one width; `axis` is the line that stands on the line of the formula."""

    lines: tuple[str, ...]
    axis: int = 0

    @property
    def width(self) -> int:
        return display_width(self.lines[0])

    @property
    def below(self) -> int:
        return len(self.lines) - self.axis - 1


def line(text: str) -> Box:
    return Box((text,))


def beside(boxes: Sequence[Box]) -> Box:
    """The boxes in a row, their axes on one line."""
    axis = max(box.axis for box in boxes)
    below = max(box.below for box in boxes)
    columns = [_padded(box, axis - box.axis, below - box.below) for box in boxes]
    return Box(tuple("".join(parts) for parts in zip(*columns, strict=True)), axis)


def over(above: Box, middle: str, under: Box) -> Box:
    """`above` and `under` centred over and under a line, `middle`, which is stretched if it is one sign."""
    width = max(above.width, under.width, display_width(middle))
    rows = [*above.lines, middle, *under.lines]
    return Box(tuple(_centred(row, width) for row in rows), len(above.lines))


def raised(base: Box, exponent: Box) -> Box:
    """`exponent` at the upper right of `base`: above it, or beside the first line of a tall one."""
    beside_top = len(base.lines) > 1
    left = _padded(base, len(exponent.lines) - beside_top, 0)
    right = _padded(exponent, 0, len(left) - len(exponent.lines))
    rows = zip(left, right, strict=True)
    return Box(tuple(a + b for a, b in rows), len(exponent.lines) - beside_top + base.axis)


def bracketed(box: Box, *, unicode: bool) -> Box:
    """`box` in round brackets as tall as it is."""
    height = len(box.lines)
    if height == 1:
        return line(f"({box.lines[0]})")
    left, right = (sign[0] + sign[1] * (height - 2) + sign[2] for sign in _TALL[unicode])
    rows = zip(left, box.lines, right, strict=True)
    return Box(tuple(a + row + b for a, row, b in rows), box.axis)


def _padded(box: Box, above: int, below: int) -> list[str]:
    blank = " " * box.width
    return [blank] * above + list(box.lines) + [blank] * below


def _centred(text: str, width: int) -> str:
    room = width - display_width(text)
    return " " * (room // 2) + text + " " * (room - room // 2)
