"""Files that the program itself wrote, so that none of them is marked as a sheet."""

from collections.abc import Callable, Iterable
from pathlib import Path

from backprop_tutor.errors import AccessError
from backprop_tutor.files import read_bytes
from backprop_tutor.language import clean

__all__ = ["DETAILS", "GRADES", "PAGE_START", "VERSIONS", "is_own", "refuse_others"]

GRADES, DETAILS, VERSIONS = "grades.csv", "details.jsonl", "versions.csv"
PAGE_START = "<!doctype html>\n<!-- the report of backprop-tutor grade -->\n"

_STARTS = {
    GRADES: b"student,score,out_of,",
    DETAILS: b'{"student": "',
    VERSIONS: b"student,variant,exercise,",
    ".html": PAGE_START.encode(),
}


def is_own(path: str, start: Callable[[str], bytes]) -> bool:
    """Whether the file looks like one of ours by its name and by how it starts."""
    written = _start(path)
    return bool(written) and start(path).startswith(written)


def _start(path: str) -> bytes:
    """How a file of ours with this name starts; nothing for another name."""
    name = path.rpartition("/")[2].removesuffix(".left").removesuffix(".part")
    return _STARTS.get(name) or _STARTS.get(name[-5:]) or b""


def refuse_others(paths: Iterable[Path]) -> None:
    """Raise AccessError where one of the files is there and was written by another program, or by hand."""
    for path in paths:
        start = _start(path.name)
        if path.exists() and not (start and read_bytes(path, len(start)).startswith(start)):
            hint = "Choose another folder with --out, or write over it with --force."
            what = "this file is there already, and it is not one that this program wrote."
            raise AccessError(what, where=clean(str(path)), hint=hint)
