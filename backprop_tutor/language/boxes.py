"""Boxes of text that stand beside, over and around one another, as formulas do on paper."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from backprop_tutor.language.clean import display_width

__all__ = ["Box", "beside", "bracketed", "facing", "folded", "labelled", "line", "matrix", "over", "raised"]

# The top, middle and bottom of tall brackets.
_TALL = {True: ("⎛⎜⎝", "⎞⎟⎠"), False: ("/|\\", "\\|/")}
_SQUARE = {True: ("⎡⎢⎣", "⎤⎥⎦"), False: ("[[[", "]]]")}


class Box(NamedTuple):
    """Lines of one width; `axis` is the line that stands on the line of the formula.

    `parts` are the boxes that stand beside one another in it, if it is such a row; a part that
    `opens` may begin a line where the row is too long for one. The first and the last line of one that is
    `labelled` go to the top and the bottom of its row.
    """

    lines: tuple[str, ...]
    axis: int = 0
    parts: "tuple[Box, ...]" = ()
    opens: bool = False
    labelled: bool = False

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
    parts = tuple(part for box in boxes for part in box.parts or (box,))
    axis = max(box.axis for box in boxes)
    below = max(box.below for box in boxes)
    columns = [_padded(box, axis - box.axis, below - box.below) for box in boxes]
    return Box(tuple("".join(rows) for rows in zip(*columns, strict=True)), axis, parts)


def folded(box: Box, width: int, indent: int = 2) -> list[Box]:
    """`box` in rows of at most `width` columns, broken before parts that open a line; later ones indented.

    A part that is wider sticks out.
    """
    rows: list[list[Box]] = [[]]
    room = width
    for group in _groups(box.parts or (box,)):
        needed = sum(part.width for part in group)
        if rows[-1] and needed > room:
            rows.append([line(" " * indent)])
            room = width - indent
        rows[-1] += group
        room -= needed
    return [beside(row) for row in rows]


def _groups(parts: Sequence[Box]) -> Iterator[list[Box]]:
    """Parts that no line break comes between."""
    group: list[Box] = []
    for part in parts:
        if part.opens and group:
            yield group
            group = []
        group.append(part)
    yield group


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


def matrix(rows: Sequence[Sequence[str]], *, unicode: bool) -> Box:
    """Rows of numbers in square brackets, the columns flush at the right."""
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(" " * (w - display_width(t)) + t for t, w in zip(row, widths, strict=True)) for row in rows
    ]
    if len(lines) == 1:
        return line(f"[{lines[0]}]")
    left, right = (sign[0] + sign[1] * (len(lines) - 2) + sign[2] for sign in _SQUARE[unicode])
    return Box(
        tuple(a + row + b for a, row, b in zip(left, lines, right, strict=True)), (len(lines) - 1) // 2
    )


def labelled(above: str, box: Box | None, under: str) -> Box:
    """`box` between two labels, on the line of the formula where it stood; or only the labels."""
    lines = [above, *(box.lines if box else ()), under]
    width = max(map(display_width, lines))
    return Box(tuple(_centred(row, width) for row in lines), 1 + box.axis if box else 0, labelled=True)


def facing(left: Box, right: Box) -> tuple[Box, Box]:
    """Both with their lower labels, where they have one, as near to each other as can be."""
    if left.labelled:
        left = left._replace(lines=(*left.lines[:-1], _flush(left.lines[-1], "right")))
    if right.labelled:
        right = right._replace(lines=(*right.lines[:-1], _flush(right.lines[-1], "left")))
    return left, right


def _flush(text: str, side: Literal["left", "right"]) -> str:
    room = " " * (len(text) - len(text.strip()))
    return text.strip() + room if side == "left" else room + text.strip()


def _padded(box: Box, above: int, below: int) -> list[str]:
    over, under = [" " * box.width] * above, [" " * box.width] * below
    if box.labelled:
        head, *body, foot = box.lines
        return [head, *over, *body, *under, foot]
    return [*over, *box.lines, *under]


def _centred(text: str, width: int) -> str:
    room = width - display_width(text)
    return " " * (room // 2) + text + " " * (room - room // 2)
