"""`variants`: many versions of one exercise."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import (
    ColumnOption,
    ExerciseArgument,
    JsonOption,
    MaxElementsOption,
    PlainOption,
)

if TYPE_CHECKING:
    from backprop_tutor.exercise.model import Exercise
    from backprop_tutor.homework.roster import Roster

__all__ = ["variants"]


def variants(
    exercise: ExerciseArgument,
    count: Annotated[int | None, typer.Option("--count", min=1, help="How many versions.")] = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", metavar="FILE", help="One version a student id in this CSV.")
    ] = None,
    column: ColumnOption = "",
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other versions.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write each version and its sheet here.")
    ] = None,
    prove: Annotated[bool, typer.Option("--check", help="Prove every version by other routes.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0: one a core.")] = 0,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Make versions of an exercise: other numbers, equally hard, each good to work by hand.

    The same exercise, seed and student id give the same version, in whatever order the class is listed.
    Where two students draw the same one, a fixed rule says who draws again; versions.csv keeps all of them.

    Example: backprop-tutor variants exercise1 --roster class.csv --seed 2026 --out versions --check
    """
    from backprop_tutor import load
    from backprop_tutor.cli.class_notices import roster_of
    from backprop_tutor.errors import UsageError
    from backprop_tutor.homework.versions import Versions

    if (count is None) == (roster is None):
        raise UsageError("versions are made by --count N or by --roster FILE.", hint="Give one of the two.")
    listed = roster_of(roster, column)
    students = list(listed.students) if listed else [str(n) for n in range(1, (count or 0) + 1)]
    versions = Versions(load(exercise, max_elements=max_elements), seed)
    entries = _made(versions.exercise, seed, students, listed, out, prove, force, jobs)
    if as_json:
        import json

        document = {
            "format": 1,
            "exercise": versions.exercise.name,
            "seed": seed,
            "effort": list(versions.bounds),
            "coincidences": versions.standard.coincidences,
            "versions": entries,
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    from backprop_tutor.cli.showing import show
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.version_list import versions_blocks

    shared = versions.standard.coincidences
    blocks = versions_blocks(versions.exercise.name, entries, versions.bounds, shared)
    show(blocks, plain_style(sys.stdout.encoding), plain=plain)


def _made(
    exercise: "Exercise",
    seed: int,
    students: list[str],
    roster: "Roster | None",
    out: Path | None,
    prove: bool,
    force: bool,
    jobs: int,
) -> "list[dict[str, object]]":
    from backprop_tutor.cli.screen import progress_bar
    from backprop_tutor.homework.class_versions import draw_class
    from backprop_tutor.homework.publish import Publisher
    from backprop_tutor.render.answer_sheet import blank_sheet

    publisher = Publisher(exercise, out, blank_sheet, seed=seed, force=force, roster=roster) if out else None
    with progress_bar("Drawing", rate=True) as progress:
        drawn = draw_class(exercise, seed, students, prove=prove, jobs=jobs, progress=progress)
    entries: list[dict[str, object]] = [
        {
            "student": version.student,
            "variant": version.id,
            "effort": version.effort,
            "coincidences": version.coincidences,
            **({"proved": proved} if prove else {}),
        }
        for version, proved in ((one.version, one.proved) for one in drawn)
    ]
    if publisher:
        with progress_bar("Writing", rate=True) as progress:
            files = publisher.write([one.version for one in drawn], progress)
        for entry, names in zip(entries, files, strict=True):
            entry |= names._asdict()
    return entries
