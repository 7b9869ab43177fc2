"""`list`: the exercises there are."""

import sys
from typing import Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, PlainOption

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
        _list_notations(as_json, plain, ascii_only)
        return
    from backprop_tutor.exercise.catalogue import entries

    found = entries()
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
        print(f"{heading}:")
        for entry in group:
            about = f"cannot be read: {entry.fault.what}" if entry.fault else entry.title
            details = ", ".join(filter(None, [entry.level, *entry.topics]))
            line = f"  {entry.name:{names}}  {about}"
            text = f"{line}  ({details})" if details and len(line) + len(details) + 4 <= width else line
            if len(text) > width:
                text = f"  {entry.name}\n      {about}"
            print(text)
    print("\nSolve one with: backprop-tutor solve NAME")


def _list_notations(as_json: bool, plain: bool, ascii_only: bool) -> None:
    from backprop_tutor.render.notations import notation_lines, notations_json

    if as_json:
        import json

        print(json.dumps({"format": 1, "notations": notations_json()}, ensure_ascii=False))
        return
    width = 10_000 if plain else _terminal_width()
    print("\n".join(notation_lines(sys.stdout.encoding, width, ascii_only=ascii_only)))
    print("\nUse one with --notation NAME, or for good")
    print("with the setting BACKPROP_TUTOR_NOTATION=NAME.")


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns
