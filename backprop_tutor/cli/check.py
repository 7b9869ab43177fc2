"""`check`: mark one answer sheet."""

import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, ExerciseArgument, PlainOption

if TYPE_CHECKING:
    from backprop_tutor.homework.marked import Marked
    from backprop_tutor.walkthrough import Solution

__all__ = ["check"]

COLOURS = {"correct": "32", "follow-through": "36", "wrong": "33", "undecided": "35", "invalid": "35"}


def check(
    exercise: ExerciseArgument,
    sheet: Annotated[Path, typer.Argument(metavar="SHEET", help="A sheet in YAML, CSV or JSON.")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the right values and their steps.")] = False,
    follow_through: Annotated[
        float | None,
        typer.Option("--follow-through", min=0, max=1, help="The share of the marks after an earlier slip."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable, one document.")] = False,
    plain: PlainOption = False,
    ascii_only: AsciiOption = False,
) -> None:
    """Mark a sheet: each answer with its verdict, what probably went wrong, and the marks.

    Example: backprop-tutor check exercise1 answers.yaml
    """
    from backprop_tutor import load, solve
    from backprop_tutor.exercise.decode import MAX_BYTES
    from backprop_tutor.files import read_bytes
    from backprop_tutor.homework.marked import Marking
    from backprop_tutor.homework.sheet import read_sheet
    from backprop_tutor.language import clean

    solution = solve(load(exercise))
    share = None if follow_through is None else Fraction(str(follow_through))
    file = clean(str(sheet))
    marked = Marking(solution, share).mark(read_sheet(read_bytes(sheet, MAX_BYTES), file), file)
    if as_json:
        import json

        print(json.dumps(_document(marked, solution, reveal), ensure_ascii=False))
    else:
        _show(marked, solution if reveal else None, plain)
    if not marked.passed:
        raise typer.Exit(1)


def _document(marked: "Marked", solution: "Solution", reveal: bool) -> dict[str, object]:
    document = marked.document()
    if reveal:
        from backprop_tutor.language import Style
        from backprop_tutor.render.marks import right_value, worked_step
        from backprop_tutor.walkthrough import Workings

        workings = Workings(solution)
        for answer in document["answers"]:
            answer |= right_value(solution, answer["quantity"])
            answer["step"] = worked_step(workings, answer["quantity"], Style())
    return document


def _show(marked: "Marked", reveal: "Solution | None", plain: bool) -> None:
    import os
    import shutil

    from backprop_tutor.render.marks import marks_lines
    from backprop_tutor.render.style import style_for

    coloured = sys.stdout.isatty() and not plain and not os.environ.get("NO_COLOR")
    width = 10_000 if plain else min(shutil.get_terminal_size().columns, 120)
    for line in marks_lines(marked, width, style_for(sys.stdout.encoding), reveal):
        colour = COLOURS.get(line.verdict) if coloured else None
        print(f"\x1b[{colour}m{line.text}\x1b[0m" if colour else line.text)
