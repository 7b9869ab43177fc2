"""`learn`: the course."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, JsonOption, NotationOption, PlainOption

__all__ = ["learn"]


def learn(
    lesson: Annotated[
        str | None,
        typer.Argument(
            metavar="[LESSON|FOLDER]",
            help="Its number or name; or the file or folder of a course of your own.",
        ),
    ] = None,
    of_course: Annotated[
        str | None, typer.Argument(metavar="[LESSON]", help="After a folder: which of its lessons.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="From its first screen.")] = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
) -> None:
    """Learn backpropagation from the beginning: short lessons, each with a prediction and an exercise.

    Without a lesson it shows the map: what is done, and what comes next. Without a terminal, each line of
    standard input answers the next question of the lesson.

    Example: backprop-tutor learn
    """
    from backprop_tutor.cli.course_run import Learning, LearningOptions
    from backprop_tutor.course.course import open_course, shipped_course

    place = Path(lesson or "")
    own = bool(lesson) and (place.exists() or bool(place.suffix) or bool({"/", os.sep} & {*str(lesson)}))
    course = open_course(place) if own else shipped_course()
    wanted = of_course or ("1" if place.is_file() else "") if own else lesson
    options = LearningOptions(restart=restart, plain=plain, as_json=as_json, notation=notation)
    status = Learning(course, options).start(course.find(wanted) if wanted else None)
    sys.stdout.flush()
    if status:
        raise typer.Exit(status)
