"""Blocks shown on standard output, in plain lines or as a terminal draws them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from backprop_tutor.language import Style

if TYPE_CHECKING:
    from backprop_tutor.render.blocks import Block
    from backprop_tutor.render.view import Leaf, StepView
    from backprop_tutor.walkthrough import Solution

__all__ = ["show", "show_solution"]


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
    blank: bool = False,
) -> None:
    """Print every step as soon as it is there; `whole` begins with what the exercise is."""
    from backprop_tutor.render.subjects.solution import SolutionBlocks, solution_blocks

    makes = SolutionBlocks(solution, style, precision, form, blank=blank)
    show(solution_blocks(makes, leaves, views, whole=whole), style, plain=plain)


def show(blocks: "Iterable[Block]", style: Style, *, plain: bool) -> None:
    """Print every block as soon as it is there, in plain lines or as Rich draws it."""
    if plain:
        from backprop_tutor.render.painters.plain import PlainPainter

        for line in PlainPainter(style).paint(blocks):
            print(line)
        return
    from backprop_tutor.cli.screen import screen
    from backprop_tutor.render.painters.terminal import TerminalPainter

    console = screen()
    for drawn in TerminalPainter(console, style).paint(blocks):
        console.print(drawn, crop=False)
