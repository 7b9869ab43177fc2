"""`export`: the solution as a page, a document, a notebook, a picture or data."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import (
    ColumnOption,
    ExerciseArgument,
    FormOption,
    MaxElementsOption,
    NotationOption,
    PrecisionOption,
    QuantityOption,
)
from backprop_tutor.render.exports import ENDINGS, KINDS

if TYPE_CHECKING:
    from backprop_tutor.exercise.model import Exercise
    from backprop_tutor.render.exports import Content

__all__ = ["export"]


def export(
    exercise: ExerciseArgument,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help=f"What to write: {' '.join(f'.{kind}' for kind in ENDINGS)}, by its ending. - prints.",
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
    to: Annotated[
        str | None,
        typer.Option("--to", "--format", help=f"The kind, where no ending says it: {', '.join(KINDS)}."),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, help="So many versions, in a kind that holds several.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", metavar="FILE", help="One version a student id in this CSV.")
    ] = None,
    column: ColumnOption = "",
    seed: Annotated[int | None, typer.Option("--seed", help="Another seed, other versions.")] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="Write there instead of to FILE; - is standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Write the worked solution to a file; its ending says what kind.

    --to paper writes a printed exam in LaTeX, and its solutions beside it.

    Example: backprop-tutor export exercise1 exercise1.html

    Example: backprop-tutor export exercise1 exam.tex --to paper --count 2 --seed 2026
    """
    from backprop_tutor import load
    from backprop_tutor.errors import UsageError
    from backprop_tutor.files import write_all
    from backprop_tutor.language import clean
    from backprop_tutor.render.document import Document
    from backprop_tutor.render.exports import BankExporter, exporter
    from backprop_tutor.walkthrough import lettering_of, solve

    target = file if out is None else out
    if target is None:
        raise UsageError("no FILE is named.", hint="Write one such as exercise1.html, or --out - to print.")
    ending = _ending(file or target)
    kind = exporter(to.lstrip(".") if to else ending, ending)
    loaded = load(exercise, max_elements=max_elements)
    many = count is not None or roster is not None
    if seed is not None and not many:
        raise UsageError("--seed is for versions.", hint="Add --count N or --roster FILE.")
    documents = [
        Document(
            solve(version),
            quantity,
            form,
            precision,
            blank,
            with_derivations,
            lettering=lettering_of(version, notation),
            student=student,
        )
        for version, student in (_versions(loaded, seed, count, roster, column) if many else [(loaded, "")])
    ]
    if isinstance(kind, BankExporter):
        content = kind.content(documents)
    elif many:
        raise UsageError(
            "such a file holds one exercise.",
            hint="`variants` writes many; export each, or --to another kind.",
        )
    else:
        content = kind.text(documents[0])
    if target == "-":
        _print(content)
        return
    written = write_all(Path(target), content, force=force)
    names = map(str, written) if Path(target) in written else [target]
    print(f"Wrote {clean(' and '.join(names))}.")


def _versions(
    exercise: "Exercise", seed: int | None, count: int | None, roster: Path | None, column: str
) -> "list[tuple[Exercise, str]]":
    """The versions, those of a roster with the student whose each is."""
    from backprop_tutor.cli.class_notices import roster_of
    from backprop_tutor.cli.screen import progress_bar
    from backprop_tutor.errors import UsageError
    from backprop_tutor.homework.class_versions import draw_class, versions_of
    from backprop_tutor.homework.versions import Versions

    if count is not None and roster is not None:
        raise UsageError("versions are made by --count N or by --roster FILE.", hint="Give one of the two.")
    listed = roster_of(roster, column)
    if listed and listed.versions:
        seed = listed.seed_said(seed)
        versions = Versions(exercise, seed)
        known = versions_of(exercise, listed, seed)
        return [(versions.redraw(student, draws), student) for student, (_, draws) in known.items()]
    students = list(listed.students) if listed else [str(n) for n in range(1, (count or 0) + 1)]
    with progress_bar("Drawing", rate=True) as progress:
        drawn = draw_class(exercise, seed or 0, students, progress=progress)
    return [(one.version.exercise, one.version.student if listed else "") for one in drawn]


def _print(content: "Content") -> None:
    from backprop_tutor.errors import UsageError

    if isinstance(content, str):
        sys.stdout.write(content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        raise UsageError("this kind is a folder of files.", hint="Name a folder instead of -.")


def _ending(file: str) -> str:
    """`html` of `page.html`; also of `.html`, which names no file but says what to print."""
    return Path(file).name.rpartition(".")[2] if "." in Path(file).name else ""
