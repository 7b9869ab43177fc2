"""`list`: the exercises there are."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, JsonOption, PlainOption

if TYPE_CHECKING:
    from backprop_tutor.tutor.progress import ExerciseProgress

__all__ = ["list_exercises"]


def list_exercises(
    as_json: JsonOption = False,
    plain: PlainOption = False,
    notations: Annotated[
        bool, typer.Option("--notations", help="Compare the notations instead, one line each.")
    ] = False,
    ascii_only: AsciiOption = False,
) -> None:
    """List the shipped exercises, in the order of the course, and those in the current folder.

    Example: backprop-tutor list
    """
    if notations:
        _list_notations(as_json, plain)
        return
    from backprop_tutor.course.course import shipped_course
    from backprop_tutor.errors import AccessError
    from backprop_tutor.exercise.catalogue import NOT_PACKED, entries
    from backprop_tutor.tutor.progress import by_exercise
    from backprop_tutor.tutor.store import Store, exercise_key, state_folder

    course = shipped_course()
    lessons, found = course.lesson_of, course.ordered(entries())
    saved = by_exercise(Store(state_folder()).sessions())
    done = {
        entry.name: progress
        for entry in found
        if (progress := saved.get(exercise_key(entry.path.stem, entry.path, shipped=entry.shipped)))
    }
    if as_json:
        import json

        document = [
            {
                "name": entry.name,
                "title": entry.title,
                "level": entry.level,
                "lesson": lessons.get(entry.name) if entry.shipped else None,
                "topics": list(entry.topics),
                "shipped": entry.shipped,
                "fault": entry.fault and entry.fault.located(entry.name),
                "progress": _progress(done.get(entry.name)),
            }
            for entry in found
        ]
        print(json.dumps({"format": 1, "exercises": document}, ensure_ascii=False))
        return
    from backprop_tutor.cli.showing import show
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.catalogue import catalogue_blocks

    marks = {name: progress.mark for name, progress in done.items()}
    blocks = catalogue_blocks(found, marks, lessons)
    show(blocks, plain_style(sys.stdout.encoding), plain=plain)
    if not any(entry.shipped for entry in found):
        raise AccessError(NOT_PACKED)


def _progress(done: "ExerciseProgress | None") -> dict[str, object] | None:
    if done is None:
        return None
    return {"done": done.done, "questions": done.questions, "complete": done.complete}


def _list_notations(as_json: bool, plain: bool) -> None:
    from backprop_tutor.render.subjects.notations import notation_blocks, notations_json

    if as_json:
        import json

        print(json.dumps({"format": 1, "notations": notations_json()}, ensure_ascii=False))
        return
    from backprop_tutor.cli.showing import show
    from backprop_tutor.render.screen_style import style_for

    encoding = sys.stdout.encoding
    show(notation_blocks(encoding), style_for(encoding), plain=plain)
