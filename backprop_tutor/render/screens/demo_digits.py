"""The value of a step of a demonstration in digits that are read from the back row."""

import numpy as np

from backprop_tutor.language import Style
from backprop_tutor.render.equations import values
from backprop_tutor.render.pictures.layout import number_text
from backprop_tutor.render.screens.big_digits import big, small
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.view import StepView

__all__ = ["big_value"]

DIGIT = "\u2007"  # a space as wide as a digit
MAX_BIG = 12  # elements of an array that are written in big digits


def big_value(show: Show, view: StepView, style: Style, width: int, heights: tuple[int, ...]) -> list[str]:
    """The lines of the largest digits that fit into the first of `heights` where any do, else the next."""
    texts = _value_rows(show, view, style)
    scripts = style.glyphs.scripts
    block = "█" if scripts else "#"
    sizes = [[line for text in texts for line in ("", *big(text, block, scale))] for scale in (3, 2, 1)]
    sizes.append(["", *(line for text in texts for line in small(text, scripts))])
    for height in heights:
        for lines in sizes if texts else ():
            if len(lines) <= height and max(map(len, lines)) <= width:
                return lines
    return []


def _value_rows(show: Show, view: StepView, style: Style) -> list[str]:
    """`= 1/2` of a number, else the rows of an array; nothing of one too large for that."""
    if show.hidden:
        return ["= ?"]
    rows = view.rows if show.row is None else view.rows[show.row : show.row + 1]
    if len(rows) == 1:
        return [values(rows[0], show.precision, style)[-1]]
    node = view.step.node
    if node.size > MAX_BIG:
        return []
    texts = [
        number_text(show.solution, view.step.quantity, index, show.precision)
        for index in np.ndindex(node.shape)
    ]
    array = np.array(texts, dtype=object).reshape(-1, node.shape[-1])
    array = array.T if style.turned(view.step.quantity) and len(array) > 1 else array
    widths = [max(map(len, column)) for column in array.T]
    return [
        f"[{', '.join(text.rjust(width, DIGIT) for text, width in zip(row, widths, strict=True))}]"
        for row in array
    ]
