"""A course: its lessons in order, by the heads of their files.

This is what `list` and the map read. They are quick: nothing here is checked, nothing imports NumPy or
pydantic.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from backprop_tutor.errors import AccessError, Fault, UsageError
from backprop_tutor.exercise.catalogue import CatalogueEntry, shipped_folder
from backprop_tutor.exercise.yaml_reader import MAX_BYTES, YamlDocument, read
from backprop_tutor.files import read_bytes
from backprop_tutor.language.clean import clean

__all__ = ["COURSE_FILE", "Course", "LessonHead", "is_lesson", "open_course", "shipped_course"]

COURSE_FILE = "course.yaml"
USUAL_MINUTES = 5


class LessonHead(NamedTuple):
    """What the map shows of a lesson. `number` counts from 1; `fault` keeps it from being read."""

    number: int
    name: str
    title: str
    question: str
    minutes: int
    screens: int
    exercise: str
    further: tuple[str, ...]
    path: Path
    fault: Fault | None = None


class Course:
    """The lessons in `folder`. `key` names it where progress is kept."""

    def __init__(
        self, folder: Path, paths: list[Path], title: str, about: str = "", further: tuple[str, ...] = ()
    ) -> None:
        self.folder, self.paths = folder, paths
        self.title, self.about, self.further = title, about, further

    @property
    def is_shipped(self) -> bool:
        """Whether it is the course that comes with the program."""
        return self.folder == shipped_folder("lessons")

    def argument(self, lesson: str) -> str:
        """What `learn` takes for a lesson of this course."""
        if self.is_shipped:
            return lesson
        if len(self.paths) == 1:
            return quote(str(self.paths[0]))
        return f"{quote(str(self.folder))} {quote(lesson)}"

    @cached_property
    def lessons(self) -> list[LessonHead]:
        return [_head(number, path) for number, path in enumerate(self.paths, 1)]

    @property
    def lesson_of(self) -> dict[str, int | None]:
        """The exercises in the order of the course, each with the number of the first lesson that it belongs
        to; None for those after the course."""
        found: dict[str, int | None] = {}
        for head in self.lessons:
            for name in (head.exercise, *head.further):
                found.setdefault(name, head.number)
        return found | {name: None for name in self.further if name not in found}

    def ordered(self, entries: Iterable[CatalogueEntry]) -> list[CatalogueEntry]:
        """Exercises in the order of this course; those of this folder, and then those of others, last."""
        places = {name: place for place, name in enumerate(self.lesson_of)}
        last = len(places)
        return sorted(entries, key=lambda entry: (not entry.shipped, places.get(entry.name, last)))

    def find(self, text: str) -> LessonHead:
        """The lesson of this number, name, or beginning of a name or title. Raises UsageError."""
        wanted = text.strip().casefold()
        by_number = [head for head in self.lessons if str(head.number) == wanted]
        exact = [head for head in self.lessons if wanted in (head.name.casefold(), head.title.casefold())]
        begins = [
            head
            for head in self.lessons
            if wanted
            and wanted in (head.name.casefold()[: len(wanted)], head.title.casefold()[: len(wanted)])
        ]
        found = by_number or exact or (begins if len(begins) == 1 else [])
        if not found:
            what = f"there is no lesson {clean(text.strip())[:60]!r}."
            raise UsageError(
                what, hint=f"Type a number from 1 to {len(self.lessons)}, or a name from the map."
            )
        return found[0]


def shipped_course() -> Course:
    """The course that comes with the program."""
    return open_course(shipped_folder("lessons"))


def open_course(folder: Path) -> Course:
    """The course in a folder, in the order of its course.yaml, or else of the names of its lessons.

    A single lesson file is a course of one. Raises AccessError.
    """
    if folder.is_file():
        return Course(folder.parent, [folder], _head(1, folder).title)
    if not folder.is_dir():
        hint = "`backprop-tutor learn` alone shows the course that comes with the program."
        raise AccessError(
            "there is no such lesson, folder or file.", where=clean(str(folder))[:200], hint=hint
        )
    order = folder / COURSE_FILE
    said = _mapping(_document(order)) if order.is_file() else {}
    listed = [folder / f"{name.removesuffix('.yaml')}.yaml" for name in _texts(said.get("lessons"))]
    try:
        files = sorted(
            path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file()
        )
    except OSError:
        files = []
    paths = listed or [path for path in files if path.name != COURSE_FILE and is_lesson(path)]
    if not paths:
        hint = "docs/lessons.md says how one is written."
        raise AccessError("there is no lesson in this folder.", where=clean(str(folder)), hint=hint)
    title = _text(said.get("title")) or clean(folder.name) or "Lessons"
    return Course(folder, paths, title, _text(said.get("about")), tuple(_texts(said.get("further"))))


def is_lesson(path: Path) -> bool:
    """Whether a YAML file is a lesson, and no exercise: it has screens."""
    data = _mapping(_document(path))
    return "screens" in data or ("question" in data and "graph" not in data and "network" not in data)


def _head(number: int, path: Path) -> LessonHead:
    document = _document(path)
    data = _mapping(document)
    minutes, screens = data.get("minutes"), data.get("screens")
    return LessonHead(
        number,
        clean(path.stem),
        _text(data.get("title")) or clean(path.stem),
        _text(data.get("question")),
        round(minutes) if isinstance(minutes, Fraction) else USUAL_MINUTES,
        len(screens) if isinstance(screens, list) else 0,
        _text(data.get("exercise")),
        tuple(_texts(data.get("further"))),
        path,
        document.faults[0] if document.faults else None,
    )


def _document(path: Path) -> YamlDocument:
    try:
        return read(read_bytes(path, MAX_BYTES))
    except AccessError as error:
        return YamlDocument(faults=[Fault(error.what)])


def _mapping(document: YamlDocument) -> dict[str, object]:
    return dict(document.data) if isinstance(document.data, dict) else {}


def _texts(value: object) -> list[str]:
    return [clean(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""
