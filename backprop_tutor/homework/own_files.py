"""Files that the program itself wrote, so that none of them is marked as a sheet."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.files import read_bytes
from backprop_tutor.language import clean

__all__ = [
    "DETAILS",
    "GRADES",
    "PAGE_START",
    "PLATFORM_STARTS",
    "TEXT_START",
    "VERSIONS",
    "is_own",
    "refuse_marks_of_another",
    "refuse_others",
]

MAX_LINE = 10_000_000  # characters: of one sheet
GRADES, DETAILS, VERSIONS = "grades.csv", "details.jsonl", "versions.csv"
PAGE_START = "<!doctype html>\n<!-- written by backprop-tutor grade -->\n"
TEXT_START = "Feedback on "
PLATFORM_STARTS = {  # what is written for platforms to import
    "moodle": b"Identifier,Full name,",
    "canvas": b"Student,ID,SIS User ID,",
    "blackboard": b"Last Name,First Name,Username,",
    "gradescope": b"Name,SID,Email,Total Score,",
}

_STARTS = {
    GRADES: b"student,score,out_of,",
    DETAILS: b'{"student": "',
    VERSIONS: b"student,variant,exercise,",
    **{f"gradebook-{platform}.csv": start for platform, start in PLATFORM_STARTS.items()},
    ".html": PAGE_START.encode(),
    ".txt": TEXT_START.encode(),
}


def is_own(path: str, start: Callable[[str], bytes]) -> bool:
    """Whether the file looks like one of ours by its name and by how it starts."""
    written = _start(path)
    return bool(written) and start(path).startswith(written)


def _start(path: str) -> bytes:
    """How a file of ours with this name starts; nothing for another name."""
    name = path.rpartition("/")[2].removesuffix(".left").removesuffix(".part")
    return _STARTS.get(name) or _STARTS.get(Path(name).suffix) or b""


def refuse_others(paths: Iterable[Path]) -> None:
    """Raise AccessError where one of the files is there and was written by another program, or by hand."""
    for path in paths:
        start = _start(path.name)
        if path.exists() and not (start and read_bytes(path, len(start)).startswith(start)):
            hint = "Choose another place, or write over it with --force."
            what = "this file is there already, and it is not one that this program wrote."
            raise AccessError(what, where=clean(str(path)), hint=hint)


def refuse_marks_of_another(details: Path, exercise: str) -> None:
    """Raise AccessError where the marks at hand are those of another exercise."""
    try:
        with details.open(encoding="utf-8") as stream:
            marked = json.loads(stream.readline(MAX_LINE))["exercise"]
    except (OSError, ValueError, KeyError, TypeError):
        return  # nothing of a finished call
    if marked != exercise:
        hint = "Choose another folder with --out, or write over them with --force."
        what = f"these are the marks of {clean(str(marked))[:100]}, not of {exercise}."
        raise AccessError(what, where=clean(str(details)), hint=hint)
