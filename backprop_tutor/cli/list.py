"""`list`: the exercises there are."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, PlainOption

if TYPE_CHECKING:
    from backprop_tutor.tutor.progress import ExerciseProgress

__all__ = ["list_exercises"]


def list_exercises(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable, one document.")] = False,
    plain: PlainOption = False,
    notations: Annotated[
        bool, typer.Option("--notations", help="Compare the notations instead, one line each.")
    ] = False,
    ascii_only: AsciiOption = False,
) -> None:
    """List the shipped exercises and those in the current folder, or the notations.

    Example: backprop-tutor list
    """
    if notations:
        _list_notations(as_json, plain)
        return
    from textwrap import fill

    from backprop_tutor.errors import AccessError
    from backprop_tutor.exercise.catalogue import NOT_PACKED, entries
    from backprop_tutor.language import display_width
    from backprop_tutor.tutor.progress import by_exercise
    from backprop_tutor.tutor.store import Store, exercise_key, state_folder

    found = entries()
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
                "topics": list(entry.topics),
                "shipped": entry.shipped,
                "fault": entry.fault and entry.fault.located(entry.name),
                "progress": _progress(done.get(entry.name)),
            }
            for entry in found
        ]
        print(json.dumps({"format": 1, "exercises": document}, ensure_ascii=False))
        return
    width = 10_000 if plain else _terminal_width()
    for here, heading in ((True, "Shipped exercises"), (False, "In this folder")):
        group = [entry for entry in found if entry.shipped == here]
        if not group:
            continue
        names = max(len(entry.name) for entry in group)
        marks = max((len(done[entry.name].mark) + 2 for entry in group if entry.name in done), default=0)
        print(f"{heading}:")
        for entry in group:
            about = f"cannot be read: {entry.fault.what}" if entry.fault else entry.title
            details = ", ".join(filter(None, [entry.level, *entry.topics]))
            mark = f"{done[entry.name].mark if entry.name in done else '':>{marks}}"
            line = f"  {entry.name:{names}}{mark}  {about}"
            text = f"{line}  ({details})" if details and len(line) + len(details) + 4 <= width else line
            if display_width(text) > width:
                print(f"  {entry.name}{mark.rstrip()}")
                text = fill(about, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
            print(text)
    print("\n" + fill("Work through one with: backprop-tutor run NAME", width))
    if not any(entry.shipped for entry in found):
        raise AccessError(NOT_PACKED)


def _progress(done: "ExerciseProgress | None") -> dict[str, object] | None:
    if done is None:
        return None
    return {"done": done.done, "questions": done.questions, "complete": done.complete}


def _list_notations(as_json: bool, plain: bool) -> None:
    from backprop_tutor.render.notations import notation_lines, notations_json

    if as_json:
        import json

        print(json.dumps({"format": 1, "notations": notations_json()}, ensure_ascii=False))
        return
    width = 10_000 if plain else _terminal_width()
    print("\n".join(notation_lines(sys.stdout.encoding, width)))
    print("\nUse one with --notation NAME, or for good")
    print("with the setting BACKPROP_TUTOR_NOTATION=NAME.")


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns
