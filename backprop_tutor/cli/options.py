"""Options and arguments that several commands share."""

from typing import Annotated, Literal

import typer

from backprop_tutor.cli.streams import ascii_only

__all__ = [
    "AsciiOption",
    "ColumnOption",
    "ExerciseArgument",
    "FormOption",
    "JsonOption",
    "MaxElementsOption",
    "NotationOption",
    "OptionalExerciseArgument",
    "PlainOption",
    "PrecisionOption",
    "QuantityOption",
]


def _complete(incomplete: str) -> list[str]:
    from backprop_tutor.exercise.catalogue import shipped_names

    return [name for name in shipped_names() if name.startswith(incomplete)]


def _complete_notation(incomplete: str) -> list[str]:
    from backprop_tutor.language import NOTATIONS

    return [name for name in NOTATIONS if name.startswith(incomplete)]


ExerciseArgument = Annotated[
    str,
    typer.Argument(
        metavar="EXERCISE", help="A shipped exercise (exercise1) or a path.", autocompletion=_complete
    ),
]


OptionalExerciseArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[EXERCISE]", help="A shipped exercise (exercise1) or a path.", autocompletion=_complete
    ),
]


def _ascii(wanted: bool) -> bool:
    if wanted:
        ascii_only()
    return wanted


QuantityOption = Annotated[
    str | None,
    typer.Option("--quantity", "-q", help="One quantity or one element: net1, dJ/dW1, dJ/dW1[1,2]."),
]
FormOption = Annotated[
    Literal["element", "matrix", "both"], typer.Option("--form", help="Which formulas to show.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable, one document.")]
PlainOption = Annotated[
    bool, typer.Option("--plain", help="No boxes, no colour, one fact a line: for screen readers and pipes.")
]
AsciiOption = Annotated[
    bool, typer.Option("--ascii", help="Write ASCII only.", callback=_ascii, is_eager=True)
]
ColumnOption = Annotated[
    str,
    typer.Option("--column", metavar="TITLE", help="The column of the roster with the ids, if not found."),
]
PrecisionOption = Annotated[
    int, typer.Option("--precision", min=1, max=17, help="Significant digits of decimals.")
]
NotationOption = Annotated[
    str | None,
    typer.Option(
        "--notation",
        metavar="NAME",
        envvar="BACKPROP_TUTOR_NOTATION",
        autocompletion=_complete_notation,
        help="Letters of a course or book: nielsen, bishop, … (list --notations shows all).",
    ),
]
MaxElementsOption = Annotated[
    int,
    typer.Option("--max-elements", min=1, help="The most numbers that an exercise's arrays may hold."),
]
