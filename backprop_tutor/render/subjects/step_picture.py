"""A picture beside a step: the kernel on its input, what a pool picked from its windows, shares as shades."""

from collections.abc import Sequence

from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Drawing, Line, Words
from backprop_tutor.render.pictures.figure import step_figure
from backprop_tutor.render.pictures.figure_lines import figure_lines
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["step_picture"]


def step_picture(solution: Solution, step: Step, style: Style) -> Drawing | None:
    """The picture of a step, where there is one and it is small enough to be looked at; nothing of it where
    there is no room for all of it."""
    figure = step_figure(solution, step, style)
    if figure is None:
        return None

    def lines(width: int) -> Sequence[Line]:
        drawn = figure_lines(figure, style, width)
        return [(Words(""),), *map(tuple, drawn)] if drawn else ()

    return Drawing(lines)
