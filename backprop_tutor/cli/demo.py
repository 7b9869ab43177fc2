"""`demo`: the network comes alive in front of a class, one key a step."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import (
    AsciiOption,
    ExerciseArgument,
    MaxElementsOption,
    NotationOption,
    PrecisionOption,
)

if TYPE_CHECKING:
    from backprop_tutor.language import Style
    from backprop_tutor.render.screens.show import Show

__all__ = ["demo"]


def demo(
    exercise: ExerciseArgument,
    auto: Annotated[
        float | None, typer.Option("--auto", min=0.05, metavar="SECONDS", help="Go on by itself.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="QUANTITY", help="Begin there.")] = None,
    large: Annotated[bool, typer.Option("--large", help="Values in big digits, for the back row.")] = False,
    steps: Annotated[
        int,
        typer.Option("--train", min=0, max=100_000, metavar="N", help="Then N updates, and the loss curve."),
    ] = 0,
    precision: PrecisionOption = 4,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Show the passes step by step on the whole screen: space goes on, q ends.

    Example: backprop-tutor demo exercise1
    """
    from backprop_tutor import load
    from backprop_tutor.render.pictures.blackboard import Blackboard
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.screens.show import Show
    from backprop_tutor.walkthrough import lettering_of, solve
    from backprop_tutor.walkthrough.training import train

    solution = solve(load(exercise, max_elements=max_elements))
    losses = train(solution, steps) if steps else []
    letters = lettering_of(solution.exercise, notation)
    style = style_for("ascii" if ascii_only else sys.stdout.encoding, notation=letters)
    board = Blackboard(solution, style, large=large)
    show = Show(solution, board.layout, precision, letters, training=bool(losses))
    if start:
        show.go(start)
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        _print(show, style, losses)
        return
    from backprop_tutor.cli.demo_loop import Demo
    from backprop_tutor.render.screens.terminal_demo import DemoScreen

    screen = DemoScreen(show, board, style, large=large)
    screen.losses = losses
    Demo(show, screen).run(auto)


def _print(show: "Show", style: "Style", losses: list[float]) -> None:
    """With no terminal, or one that can do nothing: the steps in order, as plain lines."""
    from backprop_tutor.cli.showing import show as show_blocks
    from backprop_tutor.render.pictures.plot import curve
    from backprop_tutor.render.screens.show import ROUTES
    from backprop_tutor.render.subjects.solution import SolutionBlocks
    from backprop_tutor.render.view import Selection, leaf_rows, view

    makes = SolutionBlocks(show.solution, style, show.precision)
    if show.step < 0:
        leaves = leaf_rows(show.solution, show.precision, None, show.lettering)
        show_blocks((*makes.heading(), *makes.given(leaves)), style, plain=True)
    selection = Selection(tuple((step, None) for step in show.steps[max(show.step, 0) :]))
    views = view(show.solution, selection, show.precision, None, show.lettering, routes=ROUTES)
    show_blocks(map(makes.step, views), style, plain=True)
    if losses:
        print(f"training: {len(losses) - 1} updates, loss from {losses[0]:.6g} to {losses[-1]:.6g}")
        print("\n".join(curve(losses, 72, 16, "*")))
