"""`validate`: every fault of exercises and lessons, and what teaches badly in them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from backprop_tutor.cli.options import JsonOption, MaxElementsOption, PlainOption

__all__ = ["validate"]

Examined = tuple[list[str], list[str]]
"""Lines that say what is in a file, such as `loss: J`, and warnings."""

SMALL = (50, 20)  # columns and rows that a screen of a lesson should fit


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Exercises, lessons, or folders of lessons.")
    ],
    as_json: JsonOption = False,
    plain: PlainOption = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Check exercise and lesson files: every fault with its line, then what is in them, then warnings.

    Of a folder, its course and every lesson in it.

    Example: backprop-tutor validate my-exercise.yaml
    """
    from backprop_tutor.cli.error_report import report
    from backprop_tutor.cli.showing import show
    from backprop_tutor.errors import BackpropTutorError, ExerciseError
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.validated import contents_blocks

    status = 0
    documents = []
    for file in [inner for named in files for inner in _files_of(named)]:
        try:
            contents, warnings = _examined(file, max_elements)
        except BackpropTutorError as error:
            status = max(status, error.exit_status)
            faults = error.faults if isinstance(error, ExerciseError) else []
            documents.append(
                {
                    "file": file,
                    "valid": False,
                    "faults": [
                        {"line": f.line, "column": f.column, "what": f.what, "hint": f.hint} for f in faults
                    ]
                    or [{"line": 0, "column": 0, "what": error.what, "hint": error.hint}],
                }
            )
            if not as_json:
                report(error)
            continue
        documents.append({"file": file, "valid": True, "contents": contents, "warnings": warnings})
        if not as_json:
            style = plain_style(sys.stdout.encoding)
            show(contents_blocks(clean(file), contents, warnings), style, plain=plain)
    if as_json:
        import json

        print(json.dumps({"format": 1, "files": documents}, ensure_ascii=False))
    if status:
        raise typer.Exit(status)


def _files_of(file: str) -> list[str]:
    """The file itself; of a folder its course and the lessons of it. Raises AccessError."""
    from backprop_tutor.course.course import COURSE_FILE, open_course

    folder = Path(file)
    if not folder.is_dir():
        return [file]
    order = folder / COURSE_FILE
    return [str(path) for path in [*[order][: order.is_file()], *open_course(folder).paths]]


def _examined(file: str, max_elements: int) -> Examined:
    """What is in a valid file. Raises ExerciseError with every fault, and AccessError."""
    from backprop_tutor.course.course import COURSE_FILE, is_lesson

    path = Path(file)
    if path.is_file() and path.name == COURSE_FILE:
        return _course(path)
    if path.is_file() and is_lesson(path):
        return _lesson(path)
    return _exercise(file, max_elements)


def _exercise(file: str, max_elements: int) -> Examined:
    from backprop_tutor import load
    from backprop_tutor.exercise.contents import contents
    from backprop_tutor.exercise.review import remarks, together
    from backprop_tutor.grading.ambiguities import ambiguities, ambiguity_warnings
    from backprop_tutor.walkthrough import solve

    exercise = load(file, max_elements=max_elements)
    solution = solve(exercise)
    solution.prepare(f"{solution.gradient_prefix}{name}" for name in solution.differentiated)
    values = solution.first.values
    gradients = {name: solution.first.gradient(name) for name in solution.differentiated}
    exact = {name: array for name in solution.shapes if (array := solution.exact(name)) is not None}
    warnings = [remark.text for remark in together(remarks(exercise, values, gradients, exact))]
    return contents(exercise), [*warnings, *ambiguity_warnings(ambiguities(solution))]


def _course(path: Path) -> Examined:
    from backprop_tutor.course.course_loading import load_course

    course = load_course(path)
    return [f"course: {course.title}", f"lessons: {', '.join(course.lessons)}"], []


def _lesson(path: Path) -> Examined:
    from rich.console import Console

    from backprop_tutor.course.lesson_loading import load_lesson
    from backprop_tutor.render.painters.terminal import TerminalPainter
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.screens.lesson_terminal import too_tall
    from backprop_tutor.render.subjects.lesson import lesson_contents

    lesson, style = load_lesson(path), style_for()
    columns, rows = SMALL
    console = Console(width=columns, height=rows, markup=False, emoji=False, highlight=False)
    tall = [
        f"screen {number}: longer than {rows} rows of {columns} columns. Say less, or split it."
        for number in too_tall(lesson, TerminalPainter(console, style))
    ]
    return lesson_contents(lesson, style), [*lesson.remarks, *tall]
