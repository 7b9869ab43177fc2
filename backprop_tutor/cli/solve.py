"""`solve`: the whole worked solution."""

import sys
from typing import Annotated, Literal

import typer

from backprop_tutor.cli.options import (
    AsciiOption,
    ExerciseArgument,
    FormOption,
    JsonOption,
    MaxElementsOption,
    NotationOption,
    PlainOption,
    PrecisionOption,
    QuantityOption,
)
from backprop_tutor.errors import UsageError

__all__ = ["solve"]


def solve(
    exercise: ExerciseArgument,
    only: Annotated[
        Literal["forward", "loss", "backward", "update"] | None,
        typer.Option("--only", metavar="PART", help="forward, loss, backward or update."),
    ] = None,
    quantity: QuantityOption = None,
    form: FormOption = "both",
    precision: PrecisionOption = 6,
    blank: Annotated[
        bool, typer.Option("--blank", help="No values: a worksheet with a column for your own answers.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every step in full, also those that the exercise does not ask.")
    ] = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Print the whole worked solution: forward pass, loss, backward pass, update.

    What the exercise asks is worked out in full; what lies on the way stands in short.

    Example: backprop-tutor solve exercise1 --only backward
    """
    from backprop_tutor import load
    from backprop_tutor.cli.screen import progress_bar
    from backprop_tutor.cli.showing import show_solution
    from backprop_tutor.grading import asked_steps
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.view import leaf_rows, select, view
    from backprop_tutor.walkthrough import lettering_of
    from backprop_tutor.walkthrough import solve as solve_exercise

    if blank and as_json:
        raise UsageError("--json and --blank ask for two outputs.", hint="Choose one of them.")
    solution = solve_exercise(load(exercise, max_elements=max_elements))
    letters = lettering_of(solution.exercise, notation)
    asked = asked_steps(solution)
    selection = select(solution, only, quantity, letters, beside=asked)
    if as_json:
        from backprop_tutor.render.solution_json import solution_json

        with progress_bar("Solving") as progress:
            print(solution_json(solution, selection, precision, progress))
        return

    style = style_for(sys.stdout.encoding, notation=letters)
    leaves = leaf_rows(solution, precision, quantity, letters)
    with progress_bar("Solving") as progress:
        views = list(view(solution, selection, precision, progress, letters))
    whole = not quantity
    if whole and not every:
        from backprop_tutor.render.folding import folded

        views = folded(views, solution.steps if only else asked, asked_steps(solution, ["key"]), style)
    show_solution(solution, leaves, views, style, precision, form, plain=plain, whole=whole, blank=blank)
