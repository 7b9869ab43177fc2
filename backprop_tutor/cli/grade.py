"""`grade`: mark a class."""

import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from backprop_tutor.cli.options import ColumnOption, ExerciseArgument, MaxElementsOption, PlainOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backprop_tutor.exercise.model import Exercise
    from backprop_tutor.homework.classroom import ClassOptions, Follower
    from backprop_tutor.homework.statistics import ClassReport

__all__ = ["grade"]

NOBODY = 3  # as for a sheet that cannot be marked


def _complete_layout(incomplete: str) -> list[str]:
    from backprop_tutor.homework.layouts import LAYOUTS, PLAIN

    return [layout.name for layout in (*LAYOUTS, PLAIN) if layout.name.startswith(incomplete)]


def grade(
    exercise: ExerciseArgument,
    sheets: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="A folder or a zip file of sheets.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where grades.csv and details.jsonl go.")
    ] = Path(),
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the report as a page, too.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0: one a core.")] = 0,
    engine: Annotated[
        Literal["processes", "dask"], typer.Option("--engine", help="What marks: processes here, or Dask.")
    ] = "processes",
    scheduler: Annotated[
        str, typer.Option("--scheduler", metavar="ADDRESS", help="With dask, of a cluster: tcp://host:8786.")
    ] = "",
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds a sheet may take.")] = 5.0,
    follow_through: Annotated[
        float | None,
        typer.Option("--follow-through", min=0, max=1, help="The share of the marks after an earlier slip."),
    ] = None,
    layout: Annotated[
        str,
        typer.Option(
            "--layout",
            metavar="NAME",
            autocompletion=_complete_layout,
            help="How the platform names files, if it is not guessed: canvas, moodle, sakai, …",
        ),
    ] = "",
    student_from: Annotated[
        str | None,
        typer.Option("--student-from", metavar="PATTERN", help="File names, as in '{student}_*_*.yaml'."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", metavar="FILE", help="Each student has a version of their own.")
    ] = None,
    column: ColumnOption = "",
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="With --roster: the seed of the versions, if it is not there."),
    ] = None,
    no_versions: Annotated[
        bool, typer.Option("--no-versions", help="With --roster: all have the exercise as published.")
    ] = False,
    feedback: Annotated[
        Path | None,
        typer.Option("--feedback", metavar="FOLDER", help="Write a page and a text for each student, too."),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="With --feedback: show the worked steps of what is not right.")
    ] = False,
    gradebook: Annotated[
        Literal["moodle", "canvas", "blackboard", "gradescope"] | None,
        typer.Option("--gradebook", help="Write the file that this platform imports, too."),
    ] = None,
    points: Annotated[
        float | None, typer.Option("--points", min=0, help="With --gradebook: the points of full marks.")
    ] = None,
    assignment: Annotated[
        str,
        typer.Option("--assignment", metavar="TITLE", help="With --gradebook: its column there."),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over files of other programs.")] = False,
    listed: Annotated[
        str | None,
        typer.Option("--list", metavar="-", help="Read paths from standard input, write JSON lines."),
    ] = None,
    gradescope: Annotated[
        Path | None,
        typer.Option("--gradescope", metavar="FILE", help="Mark one submission, write results.json."),
    ] = None,
    plain: PlainOption = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Mark a class: a row a student in grades.csv, all verdicts in details.jsonl, and a report.

    A second call goes on where the first was interrupted, and marks only new and changed sheets.

    Example: backprop-tutor grade exercise1 submissions.zip --html report.html
    """
    from backprop_tutor import load, solve
    from backprop_tutor.cli.class_notices import roster_of, say_left_open
    from backprop_tutor.errors import UsageError
    from backprop_tutor.homework.classroom import ClassOptions
    from backprop_tutor.homework.own_files import refuse_others

    if (sheets is None) == (listed is None):
        raise UsageError("sheets come from a folder, a zip file, or --list -.", hint="Give one of them.")
    if listed not in (None, "-"):
        raise UsageError("--list reads from standard input.", hint="Write --list -.")
    if gradebook is None and (points is not None or assignment):
        raise UsageError("--points and --assignment are for a gradebook.", hint="Add --gradebook canvas.")
    if feedback is None and reveal:
        raise UsageError("--reveal is for what students get.", hint="Add --feedback FOLDER.")
    if no_versions and (roster is None or seed is not None):
        raise UsageError("--no-versions goes with --roster, without --seed.", hint="Leave one out.")
    if scheduler and engine != "dask":
        raise UsageError("--scheduler is the address of a Dask cluster.", hint="Add --engine dask.")
    options = ClassOptions(
        jobs=jobs,
        engine=engine,
        scheduler=scheduler,
        timeout=timeout,
        follow_through=None if follow_through is None else Fraction(str(follow_through)),
        layout=layout,
        student_from=student_from,
        roster=roster_of(roster, column),
        seed=seed,
        versions=not no_versions,
        leave_out=tuple(path for path in (html, gradescope, roster) if path),
        force=force,
    )
    if html is not None and not force:
        refuse_others([html])
    loaded = load(exercise, max_elements=max_elements)
    if sheets is None:
        _list(loaded, options)
    elif gradescope is not None:
        _gradescope(loaded, sheets, gradescope, options)
    else:
        from backprop_tutor.homework.platform_grades import PlatformGrades
        from backprop_tutor.render.feedback import Feedback

        marks = PlatformGrades(gradebook, out, points, assignment, force=force) if gradebook else None
        pages = Feedback(feedback, reveal=reveal, force=force) if feedback else None
        report = _class(loaded, sheets, out, options, list(filter(None, (marks, pages))), plain=plain)
        if html is not None:
            from backprop_tutor.files import write_file
            from backprop_tutor.render.class_page import class_page

            write_file(html, class_page(report, solve(loaded)), force=True)
            _wrote(html)
        if pages:
            _wrote(pages.folder)
        if marks:
            _wrote(marks.path)
            say_left_open(marks)
        if not report.marked:
            drawn = options.roster and options.versions and not options.roster.versions
            _nobody("If all have the exercise as published, add --no-versions." if drawn else "")


def _class(
    exercise: "Exercise",
    sheets: Path,
    out: Path,
    options: "ClassOptions",
    followers: "Sequence[Follower]",
    *,
    plain: bool,
) -> "ClassReport":
    from backprop_tutor.cli.class_notices import SaysMatches
    from backprop_tutor.cli.screen import progress_bar
    from backprop_tutor.cli.showing import show
    from backprop_tutor.homework.classroom import grade as grade_class
    from backprop_tutor.homework.own_files import DETAILS, GRADES
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.class_report import class_blocks
    from backprop_tutor.walkthrough import Solution

    done = 0
    try:
        with progress_bar("Marking", rate=True) as progress:

            def count(number: int, total: int) -> None:
                nonlocal done
                done = number
                progress(number, total)

            report = grade_class(exercise, sheets, out, options, count, [SaysMatches(), *followers])
    except KeyboardInterrupt:
        print(f"Interrupted after {done:,} sheets. The same command goes on from there.", file=sys.stderr)
        raise typer.Exit(130) from None
    show(class_blocks(report, Solution(exercise)), plain_style(sys.stdout.encoding), plain=plain)
    print(f"\nWrote {clean(str(out / GRADES))} and {clean(str(out / DETAILS))}.")
    return report


def _wrote(path: Path) -> None:
    from backprop_tutor.language import clean

    print(f"Wrote {clean(str(path))}.")


def _list(exercise: "Exercise", options: "ClassOptions") -> None:
    from backprop_tutor.cli.streams import standard_input
    from backprop_tutor.homework.classroom import grade_list

    paths = (line.rstrip("\r\n") for line in standard_input())
    marked = False
    for record in grade_list(exercise, (path for path in paths if path), options):
        print(record.line, flush=True)
        marked = marked or record.status == "marked"
    if not marked:
        _nobody()


def _nobody(hint: str = "") -> None:
    print(f"Nobody could be marked. {hint}".strip(), file=sys.stderr)
    raise typer.Exit(NOBODY)


def _gradescope(exercise: "Exercise", sheets: Path, file: Path, options: "ClassOptions") -> None:
    from backprop_tutor.files import write_file
    from backprop_tutor.homework.classroom import grade_one
    from backprop_tutor.homework.gradescope import gradescope_results
    from backprop_tutor.language import clean

    line, out_of = grade_one(exercise, sheets, options)
    write_file(file, gradescope_results(line, out_of), force=True)
    print(f"Wrote {clean(str(file))}.")
