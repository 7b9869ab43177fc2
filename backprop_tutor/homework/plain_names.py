"""Whose a file is where no platform named it: its own name says so, or that of a folder."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from backprop_tutor.homework.companions import Archive
from backprop_tutor.homework.layouts import COPY, PLAIN_NAMES, Sender

__all__ = ["TABLES", "by_convention"]

TABLES = (".yaml", ".yml", ".csv", ".tsv", ".json")

Folder = tuple[str, ...]


def by_convention(archive: Archive) -> Callable[[str], Sender]:
    """Where most folders with sheets say more than the names in them, each student has a folder, and all
    that is in it or below it is theirs. Otherwise a file is named after its student, unless its name says
    nothing; then the folder is."""
    paths = [PurePosixPath(name) for name in archive.names]
    plain = {*PLAIN_NAMES, archive.exercise.casefold()}
    level = _level(paths, plain, archive.exercise)
    shared = _shared({path.parts[: level + 1] for path in paths if len(path.parts) > level + 1 > 0})

    def find(path: str) -> Sender:
        file = PurePosixPath(path)
        if 0 <= level < len(file.parts) - 1:
            name = file.parts[level]
            return Sender(name, file.parts[level - 1] if name in shared else "", by_place=True)
        stem = _stem(file, archive.exercise)
        in_folder = len(file.parts) > 1 and stem.casefold() in plain
        return Sender(file.parts[-2] if in_folder else stem, by_place=True)

    return find


def _stem(path: PurePosixPath, exercise: str) -> str:
    return path.stem.removeprefix(f"{exercise}-").removesuffix("-sheet")


def _level(paths: Sequence[PurePosixPath], plain: set[str], exercise: str) -> int:
    """How deep the folders of students are, the first is 0; -1 where there are none."""
    folders: dict[Folder, set[str]] = defaultdict(set)
    for path in _most_like_sheets(paths):
        if path.parts[:-1]:
            folders[path.parts[:-1]].add(COPY.sub("", _stem(path, exercise)).casefold())
    often = Counter(stem for stems in folders.values() for stem in stems)
    speak = [
        folder
        for folder, stems in folders.items()
        if 2 * len(stems & plain) > len(stems) or (len(stems) == 1 and often[min(stems)] > 1)
    ]
    if len(speak) < 2 or 2 * len(speak) <= len(folders):
        return -1
    level = Counter(map(len, speak)).most_common(1)[0][0] - 1
    while level > 0 and len({folder[level] for folder in speak if len(folder) > level}) == 1:
        level -= 1  # `hw` in the folder of each
    return level


def _most_like_sheets(paths: Sequence[PurePosixPath]) -> Sequence[PurePosixPath]:
    """Those with the ending of a table; if there is none, texts; if there is none, all."""
    each = ([path for path in paths if path.suffix.lower() in kinds] for kinds in (TABLES, (".txt",)))
    return next(filter(None, each), paths)


def _shared(folders: Iterable[Folder]) -> set[str]:
    """The names of several folders, which lie in different ones."""
    count = Counter(folder[-1] for folder in folders)
    return {name for name, often in count.items() if often > 1}
