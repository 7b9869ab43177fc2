"""The marks of a class as a file that a platform imports: a row a student, scaled to its points."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, get_args

from backprop_tutor.files import write_file
from backprop_tutor.grading.verdict import Judgement
from backprop_tutor.homework.classroom import Classroom, Follower
from backprop_tutor.homework.own_files import PLATFORM_STARTS, refuse_others
from backprop_tutor.homework.roster import FIRST, LAST, title_key
from backprop_tutor.homework.sheet_record import SUPERSEDED, SheetRecord
from backprop_tutor.homework.spreadsheet import csv_text
from backprop_tutor.homework.students import HandIn, HandIns

__all__ = ["PLATFORMS", "PlatformGrades", "StudentMark"]

Cells = list[str | float]


@dataclass(frozen=True)
class StudentMark:
    """One student's mark in the points of the platform; empty where no sheet was marked.

    `name` and `number` are what the platform called them in what was handed in, `cells` their row of the
    roster. `said` sums the marks up in a sentence.
    """

    student: str
    name: str = ""
    number: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    points: str = ""
    said: str = ""

    def cell(self, *titles: str, otherwise: str = "") -> str:
        """The first of the columns that the roster has."""
        return next(
            (self.cells[title] for title in map(title_key, titles) if self.cells.get(title)), otherwise
        )

    @property
    def full_name(self) -> str:
        name = " ".join(filter(None, (self.cell(*FIRST), self.cell(*LAST))))
        return self.cell("full name", "name", otherwise=name or self.name or self.student)

    @property
    def last_and_first(self) -> tuple[str, str]:
        first, _, last = self.full_name.rpartition(" ")
        if "," in self.full_name:
            last, _, first = self.full_name.partition(",")
        return self.cell(*LAST, otherwise=last.strip()), self.cell(*FIRST, otherwise=first.strip())


Row = Callable[[StudentMark, str], Cells]


class GradeTable(NamedTuple):
    """How a platform's file looks: the rows of titles, a row a student, and the titles of the ids, of which
    the platform needs one."""

    titles: Callable[[str, str], list[Cells]]
    row: Row
    ids: tuple[str, ...]


def _moodle(mark: StudentMark, points: str) -> Cells:
    """A row of the worksheet of an assignment, which Moodle reads by its identifier."""
    listed, number = mark.cell("identifier"), mark.number if mark.number.isdecimal() else ""
    ours = number and not re.search(rf"(?<!\d){number}$", listed)  # what is listed is of something else
    identifier = f"Participant {number}" if ours else listed
    who: Cells = [identifier, mark.full_name, mark.cell("email address", "email")]
    return [*who, "", mark.points, points, "Yes", "-", "-", mark.said]


def _canvas(mark: StudentMark, points: str) -> Cells:
    """A row of the gradebook, which Canvas reads by its ID, or by those of the student information system.
    The number of the account that handed the sheet in goes before an `id` of some other list."""
    of_canvas = mark.cell("sis user id", "sis login id", "section")
    number = mark.number if mark.number.isdecimal() else mark.cell("id") if of_canvas else ""
    ids = [number, mark.cell("sis user id"), mark.cell("sis login id", "login")]
    return [mark.cell("student", otherwise=mark.full_name), *ids, mark.cell("section"), mark.points]


def _blackboard(mark: StudentMark, points: str) -> Cells:
    """A row of the grade center, which Blackboard reads by the user's name."""
    return [
        *mark.last_and_first,
        mark.cell("username", "user name", otherwise=mark.number or mark.student),
        mark.points,
    ]


def _gradescope(mark: StudentMark, points: str) -> Cells:
    """A row of the scores as Gradescope itself exports them."""
    number, address = mark.cell("sid", "student id"), mark.cell("email", "email address")
    if "@" in mark.number:
        address = address or mark.number
    return [mark.full_name, number or mark.number.replace(address or "\0", ""), address, mark.points, points,
            "Graded" if mark.points else "Missing"]  # fmt: skip


def _titles(platform: str, *more: str) -> Callable[[str, str], list[Cells]]:
    """The titles of the columns; `{title}` and `{points}` in them are the assignment's."""
    start = PLATFORM_STARTS[platform].decode().rstrip(",").split(",")
    return lambda title, points: [[*start, *(cell.format(title=title, points=points) for cell in more)]]


def _blackboard_titles(title: str, points: str) -> list[Cells]:
    """With `--assignment` as Blackboard writes it, its number included, or the name alone."""
    whole = "{title}" if "[Total Pts:" in title else "{title} [Total Pts: {points} Score]"
    return _titles("blackboard", whole)(title, points)


def _canvas_titles(title: str, points: str) -> list[Cells]:
    titles = _titles("canvas", "SIS Login ID", "Section", "{title}")(title, points)
    return [*titles, ["    Points Possible", "", "", "", "", points]]


PLATFORMS: dict[str, GradeTable] = {
    "moodle": GradeTable(
        _titles("moodle", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
                "Last modified (submission)", "Last modified (grade)", "Feedback comments"),
        _moodle, ("Identifier",)),
    "canvas": GradeTable(_canvas_titles, _canvas, ("ID", "SIS User ID", "SIS Login ID")),
    "blackboard": GradeTable(_blackboard_titles, _blackboard, ("Username",)),
    "gradescope": GradeTable(_titles("gradescope", "Max Points", "Status"), _gradescope, ("SID", "Email")),
}  # fmt: skip


class PlatformGrades(Follower):
    """Writes the file for `platform` into `folder` when a class is marked. Of several sheets of a student the
    best counts; whoever has no mark, several sheets, or no id by which the platform would know them, is kept
    for the teacher to look at."""

    def __init__(self, platform: str, folder: Path, points: float | None = None, title: str = "", *,
                 force: bool = False) -> None:  # fmt: skip
        self.table = PLATFORMS[platform]
        self.platform = platform
        self.path = folder / f"gradebook-{platform}.csv"
        self.points, self.title = points, title
        self.best: dict[str, tuple[float, HandIn, str]] = {}
        self.without: dict[str, HandIn | None] = {}
        self.several: list[str] = []
        self.unknown: list[str] = []
        if not force:
            refuse_others([self.path])

    def matched(self, classroom: Classroom, hand_ins: HandIns) -> None:
        checker, roster = classroom.marking.checker, classroom.options.roster
        self.out_of = checker.out_of
        self.cells = roster.cells if roster else {}
        self.title = self.title or classroom.exercise.title
        self.without = dict.fromkeys(roster.students if roster else ())

    def marked(self, one: HandIn, record: SheetRecord) -> None:
        if record.status == SUPERSEDED:
            return
        if record.status != "marked":
            self.without.setdefault(one.student, one)
            self.without[one.student] = self.without[one.student] or one
            return
        before = self.best.get(one.student)
        if before:
            self.several.append(one.student)
        if not before or record.score > before[0]:
            self.best[one.student] = record.score, one, _summary(record)

    def done(self) -> None:
        self.without = {student: one for student, one in self.without.items() if student not in self.best}
        points = _written(self.out_of if self.points is None else self.points)
        marks = [self._mark(student, one, score, said) for student, (score, one, said) in self.best.items()]
        marks += [self._mark(student, one) for student, one in self.without.items()]
        titles = self.table.titles(self.title, points)
        rows = [self.table.row(mark, points) for mark in marks]
        ids = [titles[0].index(title) for title in self.table.ids]
        known = [any(row[place] for place in ids) for row in rows]
        self.unknown = [mark.student for mark, is_known in zip(marks, known, strict=True) if not is_known]
        write_file(self.path, csv_text([*titles, *rows]), force=True)

    def _mark(
        self, student: str, one: HandIn | None, score: float | None = None, said: str = ""
    ) -> StudentMark:
        most = self.out_of if self.points is None else self.points
        points = "" if score is None else _written(score / self.out_of * most if self.out_of else most)
        name, number = (one.sender.name, one.sender.id) if one and not one.sender.by_place else ("", "")
        return StudentMark(student, name, number, self.cells.get(student, {}), points, said)


def _written(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _summary(record: SheetRecord) -> str:
    """`9 correct, 1 wrong`: for the column of comments."""
    count = Counter(answer["verdict"] for answer in json.loads(record.line)["answers"])
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in get_args(Judgement) if count[verdict])
