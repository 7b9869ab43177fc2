"""Whose sheet a file is, from its path: as learning platforms name files, or by a pattern."""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from unicodedata import normalize

from backprop_tutor.errors import UsageError
from backprop_tutor.homework.publish import file_stem
from backprop_tutor.language import clean

__all__ = ["student_finder"]

MAX_NAME = 200
MAX_PATH = 1_000
PLAIN_NAMES = {"sheet", "answers", "answer", "submission", "homework", "solution"}

_CANVAS = re.compile(r"(.+?)_(?:LATE_)?\d+_\d+_.*", re.DOTALL)  # lastname_12345_67890_sheet.yaml
_MOODLE = re.compile(r"(.+?)_\d+_assignsubmission_.*", re.DOTALL)  # Ann Lee_123_assignsubmission_file_/…


def student_finder(
    exercise: str, pattern: str | None = None, roster: Iterable[str] | None = None
) -> Callable[[str], str]:
    """A function from a sheet's path to its student; an id of the `roster` where there is one.

    `pattern` holds `{student}` and stars, as in `{student}_*_*.yaml`, and is matched with the end of the
    path. Raises UsageError for a pattern without `{student}`.
    """
    find = _by_pattern(pattern) if pattern else lambda path: _by_convention(path, exercise)
    known: dict[str, str] = {}
    for student in roster or ():
        for name in (student, file_stem(student), file_stem(f"{exercise}-{student}")):
            known.setdefault(_same(name), student)
            known.setdefault(_same(f"{name}-sheet"), student)

    def student_of(path: str) -> str:
        path = path[-MAX_PATH:].replace("\\", "/")  # some zip files hold Windows paths
        stem = PurePosixPath(path).stem
        if not pattern and _same(stem) in known:
            return known[_same(stem)]
        name = normalize("NFC", clean(find(path)).strip()[:MAX_NAME] or clean(path)[:MAX_NAME])
        return known.get(_same(name), name)

    return student_of


def _same(name: str) -> str:
    """Equal for names that differ in capitals, or in how a Mac composes their letters."""
    return normalize("NFC", name).casefold()


def _by_pattern(pattern: str) -> Callable[[str], str]:
    if pattern.count("{student}") != 1:
        hint = "Write {student} once, and * for anything, as in '{student}_*.yaml'."
        raise UsageError(f"{clean(pattern)!r} does not say where the student stands.", hint=hint)
    parts = re.split(r"(\{student\}|\*)", pattern)
    written = {"{student}": "([^/]+?)", "*": "[^/]*"}
    regex = re.compile("(?:.*/)?" + "".join(written.get(part, re.escape(part)) for part in parts), re.DOTALL)

    def find(path: str) -> str:
        found = regex.fullmatch(path)
        return found[1] if found else ""

    return find


def _by_convention(path: str, exercise: str) -> str:
    parts = PurePosixPath(path).parts
    stem = PurePosixPath(path).stem
    for part in parts:  # the folder, or the file where all are in one folder
        if found := _MOODLE.fullmatch(part):
            return found[1]
    if found := _CANVAS.fullmatch(stem):
        return found[1]
    plain = stem.removeprefix(f"{exercise}-").removesuffix("-sheet")
    if len(parts) > 1 and plain.lower() in {*PLAIN_NAMES, exercise.lower()}:
        return parts[-2]
    return plain
