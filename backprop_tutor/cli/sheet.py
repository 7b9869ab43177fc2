"""`sheet`: a blank answer sheet."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backprop_tutor.cli.options import ExerciseArgument, MaxElementsOption, NotationOption

__all__ = ["sheet"]


def sheet(
    exercise: ExerciseArgument,
    form: Annotated[
        Literal["yaml", "csv", "md"], typer.Option("--format", help="A text, a spreadsheet, or for paper.")
    ] = "yaml",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    notation: NotationOption = None,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Print a blank answer sheet, the task in comments; or write it to a file.

    It leaves a _ for each answer, and says how many digits are asked: at least 3 significant ones, unless the
    exercise has `digits` or `decimals`.

    Example: backprop-tutor sheet exercise1 --out answers.yaml
    """
    from backprop_tutor import load, solve
    from backprop_tutor.render.answer_sheet import blank_sheet
    from backprop_tutor.walkthrough import lettering_of

    solution = solve(load(exercise, max_elements=max_elements))
    text = blank_sheet(solution, form, lettering_of(solution.exercise, notation))
    if out is None:
        print(text, end="")
        return
    from shlex import join

    from backprop_tutor.files import write_file
    from backprop_tutor.language import clean

    write_file(out, text, force=force)
    command = clean(join(["backprop-tutor", "check", exercise, str(out)]))
    print(f"Wrote {clean(str(out))}." + (f" Mark it with: {command}" if form != "md" else ""))
