"""A solution shown on standard output, in plain lines or on a terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from backprop_tutor.language import Style

if TYPE_CHECKING:
    from backprop_tutor.render.view import Leaf, StepView
    from backprop_tutor.walkthrough import Solution

__all__ = ["show_solution"]


def show_solution(
    solution: "Solution",
    leaves: "Iterable[Leaf]",
    views: "Iterable[StepView]",
    style: Style,
    precision: int,
    form: str = "both",
    *,
    plain: bool,
    whole: bool = True,
) -> None:
    """Print every step as soon as it is there; `whole` begins with what the exercise is."""
    from backprop_tutor.render.solution_lines import solution_lines

    if plain:
        from backprop_tutor.render.plain import PlainRenderer

        reader = PlainRenderer(style, precision, form)
        for line in solution_lines(reader, solution, leaves, views, whole=whole):
            print(line)
        return
    from backprop_tutor.cli.screen import screen
    from backprop_tutor.render.terminal import TerminalRenderer

    console = screen()
    terminal = TerminalRenderer(console, style, precision, form)
    for drawn in solution_lines(terminal, solution, leaves, views, whole=whole):
        console.print(drawn)
