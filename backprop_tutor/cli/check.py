"""`check`: mark one answer sheet."""

import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import (
    AsciiOption,
    ExerciseArgument,
    JsonOption,
    MaxElementsOption,
    NotationOption,
    PlainOption,
)

if TYPE_CHECKING:
    from backprop_tutor.homework.marked import MarkedSheet
    from backprop_tutor.walkthrough import Solution

__all__ = ["check"]


def check(
    exercise: ExerciseArgument,
    sheet: Annotated[Path, typer.Argument(metavar="SHEET", help="A sheet in YAML, CSV or JSON.")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the right values and their steps.")] = False,
    follow_through: Annotated[
        float | None,
        typer.Option("--follow-through", min=0, max=1, help="The share of the marks after an earlier slip."),
    ] = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Mark a sheet: each answer with its verdict, what probably went wrong, and the marks.

    Decimals need at least 3 significant digits, or what the exercise asks for; each step may be rounded to
    them.

    Example: backprop-tutor check exercise1 answers.yaml
    """
    from backprop_tutor import load, solve
    from backprop_tutor.cli.showing import show
    from backprop_tutor.exercise.decode import MAX_BYTES
    from backprop_tutor.files import read_bytes
    from backprop_tutor.homework.marked import SheetMarker
    from backprop_tutor.homework.placing import letters_of
    from backprop_tutor.homework.sheet_file import read_sheet
    from backprop_tutor.language import Style, clean
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.subjects.marks import marks_blocks
    from backprop_tutor.tutor.evidence import Answered, record_all
    from backprop_tutor.walkthrough import Workings, lettering_of

    solution = solve(load(exercise, max_elements=max_elements))
    share = None if follow_through is None else Fraction(str(follow_through))
    file = clean(str(sheet))
    read = read_sheet(read_bytes(sheet, MAX_BYTES), file)
    otherwise = lettering_of(solution.exercise, notation)
    letters = otherwise if notation else letters_of(read, solution.exercise, otherwise, file)
    style = style_for(sys.stdout.encoding, notation=letters)
    said = None if as_json else letters.styled(Style(style.glyphs))  # JSON is the same in every notation
    marked = SheetMarker(solution, share, otherwise, said).mark(read, file)
    record_all(
        solution.exercise,
        [
            Answered(v.quantity, v.verdict, v.misconceptions, certain=not v.ambiguous)
            for v in marked.verdicts.values()
        ],
        place="check",
    )
    if as_json:
        import json

        print(json.dumps(_document(marked, solution, reveal), ensure_ascii=False))
    else:
        workings = Workings(solution, lettering=letters) if reveal else None
        show(marks_blocks(marked, style, workings), style, plain=plain)
    if not marked.passed:
        raise typer.Exit(1)


def _document(marked: "MarkedSheet", solution: "Solution", reveal: bool) -> dict[str, object]:
    document = marked.document()
    if reveal:
        from backprop_tutor.language import Style
        from backprop_tutor.render.subjects.marks import right_value, worked_step
        from backprop_tutor.walkthrough import Workings

        workings = Workings(solution)
        for answer in document["answers"]:
            answer |= right_value(solution, answer["quantity"])
            answer["step"] = worked_step(workings, answer["quantity"], Style())
    return document
