"""`export`: the solution as a page, a document, a notebook, a picture or data."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from backprop_tutor.cli.options import (
    ExerciseArgument,
    FormOption,
    MaxElementsOption,
    NotationOption,
    PrecisionOption,
    QuantityOption,
)
from backprop_tutor.render.exports import EXPORTS

__all__ = ["export"]


def export(
    exercise: ExerciseArgument,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help=f"What to write: {' '.join(f'.{kind}' for kind in EXPORTS)}, by its ending. - prints.",
        ),
    ] = None,
    quantity: QuantityOption = None,
    form: FormOption = "both",
    blank: Annotated[
        bool, typer.Option("--blank", help="Questions only: a worksheet, or a page that checks answers.")
    ] = False,
    with_derivations: Annotated[
        bool, typer.Option("--with-derivations", help="Derive every gradient line by line.")
    ] = False,
    notation: NotationOption = None,
    precision: PrecisionOption = 6,
    as_format: Annotated[
        str | None, typer.Option("--format", help="The kind of file, where no ending says it: html, md …")
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="Write there instead of to FILE; - is standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Write the worked solution to a file; its ending says what kind.

    Example: backprop-tutor export exercise1 exercise1.html
    """
    from backprop_tutor import load
    from backprop_tutor.errors import UsageError
    from backprop_tutor.files import write_file
    from backprop_tutor.language import clean
    from backprop_tutor.render.document import Document
    from backprop_tutor.render.exports import exporter
    from backprop_tutor.walkthrough import lettering_of, solve

    target = file if out is None else out
    if target is None:
        raise UsageError("no FILE is named.", hint="Write one such as exercise1.html, or --out - to print.")
    kind = exporter(as_format.lstrip(".") if as_format else _ending(file or target))
    solution = solve(load(exercise, max_elements=max_elements))
    letters = lettering_of(solution.exercise, notation)
    document = Document(solution, quantity, form, precision, blank, with_derivations, lettering=letters)
    text = kind.text(document)
    if target == "-":
        sys.stdout.write(text)
        return
    write_file(Path(target), text, force=force)
    print(f"Wrote {clean(target)}.")


def _ending(file: str) -> str:
    """`html` of `page.html`; also of `.html`, which names no file but says what to print."""
    return Path(file).name.rpartition(".")[2] if "." in Path(file).name else ""
