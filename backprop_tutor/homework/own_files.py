"""Files that the program itself wrote, so that none of them is marked as a sheet."""

from collections.abc import Callable

__all__ = ["DETAILS", "GRADES", "PAGE_START", "VERSIONS", "is_own"]

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
    name = path.rpartition("/")[2].removesuffix(".left").removesuffix(".part")
    written = _STARTS.get(name) or _STARTS.get(name[-5:])
    return written is not None and start(path).startswith(written)
