"""The list of a class: ids from one column of a CSV file, and how else each student is called."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from unicodedata import combining, normalize

from backprop_tutor.errors import ExerciseError, Fault, UsageError
from backprop_tutor.exercise.decode import decode
from backprop_tutor.files import read_bytes
from backprop_tutor.homework.handed_text import handed_text
from backprop_tutor.homework.spreadsheet import csv_rows, original_cell
from backprop_tutor.language import clean

__all__ = ["FIRST", "LAST", "Roster", "RosterError", "read_roster", "spellings", "title_key"]

HINT = "A roster is a CSV file with one id a line, under `student`, or --column says under what."
MAX_ROSTER = 64 * 1024 * 1024
ABOVE = 10  # rows that may stand above the titles of the columns
STUDENT = (  # titles of ids as `title_key` writes them, those that are chosen first before the others
    *("sisuserid", "sisloginid"),  # of Canvas, whose `Student` is a name
    *("student", "studentid", "displayid", "id", "sid", "username", "user", "login", "orgdefinedid", "netid"),
    *("studentnumber", "studentno", "studentnr", "matrikelnummer", "matrikelnr", "matrikel", "mtknr"),
    *("benutzername", "anmeldename", "kennung", "email", "mail", "emailadresse"),
    *("matriculation", "matriculationnumber", "matnr", "name", "fullname", "vollstandigername", "identifier"),
    *("emailaddress", "githubusername", "idnumber", "idnummer"),
)
NAME = ("student", "name", "fullname", "vollstandigername")
FIRST, LAST = ("firstname", "first", "vorname"), ("lastname", "last", "surname", "nachname", "familienname")
FILLERS = {"points possible", "student, test", "test student", "manual posting"}  # of Canvas
VERSION = {"student", "variant", "draws"}  # of the list that `variants` writes
CANVAS = {"id", "sisloginid", "section"}  # in each list of Canvas
STAFF = {"instructor", "ta", "teaching assistant", "reader", "teacher"}  # by the column `role`

_NUMBERED = re.compile(r"[\d@]")  # no title has them
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+")

Row = tuple[int, list[str]]


class RosterError(ExerciseError):
    """A roster without student ids, or with one twice."""

    title = "The roster is not valid"


@dataclass(frozen=True)
class Roster:
    """`students` in the order of the file. `called` leads from a spelling to the one student who is called
    so, `shared` are those of several; `cells` are a student's, by the `titles` of the columns as `title_key`
    writes them. Where the file is the `versions.csv` that `variants` writes, `versions` has the id of each
    student's version and the draws that lead to it, and `seed` what they were made with."""

    students: tuple[str, ...]
    column: str = ""
    titles: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    shared: Collection[str] = ()
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    versions: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    seed: int | None = None

    def student_called(self, *names: str) -> str:
        """The one student who is called as the first of `names` that anyone is called; else nothing."""
        for name in names:
            for spelling in spellings(name):
                if spelling in self.called:
                    return self.called[spelling]
        return ""

    def namesakes(self, name: str) -> bool:
        """Whether several students are called so, so that the name says nothing."""
        known = (spelling in self.called for spelling in spellings(name))
        return not any(known) and any(spelling in self.shared for spelling in spellings(name))

    def may_be_called(self, student: str, name: str) -> bool:
        """Whether the row of the student does not say that they are called otherwise."""
        cell = self.cells.get(student, {})
        named = any(cell.get(title) for title in (*NAME, *FIRST, *LAST) if cell.get(title) != student)
        known = {spelling for said in _names(cell, student) for spelling in spellings(said)}
        return not named or not known.isdisjoint(spellings(name))

    def could_be(self, student: str, name: str) -> bool:
        """Whether `name` may be that of the student with more around it, such as a group's, or less."""
        cell = self.cells.get(student, {})
        first, last = (next((cell[t] for t in part if cell.get(t)), "") for part in (FIRST, LAST))
        names = [f"{first} {last}", *(cell.get(title, "") for title in NAME)]
        known = [_words(said) for said in names if said.strip() and said != student]
        words = _words(name)
        return not known or any(
            set(words) <= set(said) or all(word in "".join(words) for word in said) for said in known
        )

    def account(self, number: str, name: str) -> str:
        """The one student whose number this is in a platform's own list, in which it stands under ID. In any
        other list the number may be somebody else's, so the name must not be."""
        student = self._accounts.get(number, "")
        return student if self._is_canvas or self.may_be_called(student, name) else ""

    @cached_property
    def _accounts(self) -> dict[str, str]:
        """By what stands under ID, where that is one student's."""
        found = [(cell["id"], student) for student, cell in self.cells.items() if cell.get("id")]
        often = Counter(number for number, _ in found)
        return {number: student for number, student in found if often[number] == 1}

    @cached_property
    def _is_canvas(self) -> bool:
        return {title_key(title) for title in self.titles} >= CANVAS

    def seed_said(self, seed: int | None) -> int:
        """The seed that was said, or else the one in the roster. Raises UsageError where they differ."""
        if None not in (seed, self.seed) and seed != self.seed:
            what = f"the roster's versions were made with the seed {self.seed}, not {seed}."
            raise UsageError(what, hint="Leave out --seed: the roster has it.")
        return next((known for known in (seed, self.seed) if known is not None), 0)

    @classmethod
    def of(cls, students: Iterable[str]) -> "Roster":
        """The roster of these ids."""
        ids = tuple(students)
        return cls(ids, called=_called([(student, [student]) for student in ids])[0])


def spellings(name: str) -> Iterator[str]:
    """How a name may be written elsewhere, the most alike first: in other capitals and compositions of its
    letters, without accents and all that is no letter, with the last name first."""
    folded = normalize("NFC", name).strip().casefold()
    if not folded:
        return
    yield folded
    words = _words(folded)
    if words:
        yield f"={''.join(words)}"
    if len(words) > 1:
        yield f"={''.join(words[-1:] + words[:-1])}"
        yield f"={''.join(words[1:] + words[:1])}"


def _words(name: str) -> list[str]:
    """The words of a name without accents, capitals and all that is no letter."""
    plain = "".join(c for c in normalize("NFKD", name).casefold() if not combining(c))
    return re.findall(r"[^\W_]+", plain)


def read_roster(path: Path, column: str = "") -> Roster:
    """The students in a CSV file: from the `column`, or from the one whose title says that it has ids, or
    the first one. Raises AccessError, UsageError for a column that is not there, and RosterError for a file
    without ids or with one twice.
    """
    shown = clean(str(path))
    titles, rows = _table(_rows(path), column)
    columns = {title_key(title): index for index, title in reversed(list(enumerate(titles)))}
    rows = _once(((line, row) for line, row in rows if not _is_staff(row, columns)), columns)
    ids = _ids(columns, rows, column, titles, shown)
    first: dict[str, int] = {}
    faults = []
    for line, row in rows:
        student = ids.of(row)
        if student in first:
            faults.append(
                Fault(f"{student} is already on line {first[student]}.", "List each once.", line, 1)
            )
        elif _ROUNDED.fullmatch(student):
            what = f"{student} is a number that a spreadsheet has rounded: the id is lost."
            faults.append(Fault(what, "Format the column as text, and save it again.", line, 1))
        elif student:
            first[student] = line
    if not first:
        faults.append(Fault("there are no student ids in this file.", HINT))
    if faults:
        raise RosterError(faults, file=shown)
    cells = {
        student: {title: original_cell(row[place]) for title, place in columns.items() if place < len(row)}
        for _, row in rows
        if (student := ids.of(row))
    }
    called, shared = _called((student, _names(row, student)) for student, row in cells.items())
    return Roster(tuple(first), ids.title, tuple(titles), called, shared, cells, *_versions(cells))


@dataclass(frozen=True)
class _Ids:
    """The column of the ids, or the two of first and last names."""

    title: str
    places: tuple[int, ...]

    def of(self, row: Sequence[str]) -> str:
        cells = [original_cell(row[place]) for place in self.places if place < len(row)]
        return normalize("NFC", " ".join(filter(None, cells)))


def _ids(columns: Mapping[str, int], rows: Sequence[Row], column: str, titles: list[str], file: str) -> _Ids:
    def at(index: int) -> _Ids:
        return _Ids(titles[index].strip() if titles else "", (index,))

    if column:
        if title_key(column) not in columns:
            there = ", ".join(title.strip() for title in titles if title.strip())
            hint = f"It has {clean(there)[:200]}." if there else "Its columns have no titles."
            raise UsageError(f"{file} has no column {clean(column)}.", hint=hint)
        return at(columns[title_key(column)])
    if columns.keys() >= VERSION:
        return at(columns["student"])
    known = [at(columns[title]) for title in STUDENT if title in columns]
    for ids in known:  # `Student` of Canvas is a name, which two may have
        found = [ids.of(row) for _, row in rows]
        if all(found) and (len(set(found)) == len(found) or title_key(ids.title) not in NAME):
            return ids
    names = [columns[title] for part in (FIRST, LAST) for title in part if title in columns]
    if not known and len(names) > 1:
        return _Ids(" and ".join(titles[name].strip() for name in names[:2]), tuple(names[:2]))
    if (
        not known
        and max((len(row) for _, row in rows), default=0) > 1
        and not _NUMBERED.search(rows[0][1][0])
    ):
        there = ", ".join(title.strip() for title in titles or rows[0][1] if title.strip())
        what = f"no column of {file} is known to hold ids: {clean(there)[:200]}."
        raise UsageError(what, hint="Say which, with --column; titles stand in the first row.")
    return known[0] if known else at(0)


def _names(cell: Mapping[str, str], student: str) -> list[str]:
    """All that a row calls its student."""
    first, last = (next((cell[t] for t in part if cell.get(t)), "") for part in (FIRST, LAST))
    names = [student, *(cell[title].lstrip("#") for title in STUDENT if cell.get(title))]
    names += [name.partition("@")[0] for name in names if "@" in name]
    return names + ([f"{first} {last}"] if first and last else [])


def _called(people: Iterable[tuple[str, list[str]]]) -> tuple[dict[str, str], set[str]]:
    """The spellings that belong to one student only, and the others; an id always belongs to its own."""
    called: dict[str, str] = {}
    shared = set()
    ids: dict[str, str] = {}
    for student, names in people:
        ids |= dict.fromkeys(list(spellings(student))[:1], student)
        for name in names:
            for spelling in spellings(name):
                if called.setdefault(spelling, student) != student:
                    shared.add(spelling)
    own = {spelling: student for spelling, student in called.items() if spelling not in shared}
    return own | ids, shared


def _versions(cells: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, tuple[str, int]], int | None]:
    versions, seeds = {}, set()
    for student, cell in cells.items():
        if not cell.keys() >= VERSION:
            continue
        if cell.get("draws", "").isdecimal() and len(cell["draws"]) < 6:
            versions[student] = cell["variant"], int(cell["draws"])
            seeds.add(cell.get("seed", ""))
    written = seeds.pop() if len(seeds) == 1 else ""
    return versions, int(written) if re.fullmatch(r"-?\d{1,18}", written) else None


def _table(rows: list[Row], column: str) -> tuple[list[str], list[Row]]:
    """The titles of the columns, which may stand below other rows, and the rows of students."""
    known = {title_key(column)} if column else {*STUDENT, *FIRST}
    for number, (_, row) in enumerate(rows[:ABOVE]):
        if {title_key(cell) for cell in row} & known and (number == 0 or len(row) > 1):
            return row, _students(rows[number + 1 :])
    if column and rows:
        return rows[0][1], _students(rows)
    numbered = [[bool(_NUMBERED.search(cell)) for cell in row] for _, row in rows]
    titled = len(rows) > 1 and not any(numbered[0]) and any(map(all, zip(*numbered[1:], strict=False)))
    return (rows[0][1], _students(rows[1:])) if titled else ([], _students(rows))


def _students(rows: Iterable[Row]) -> list[Row]:
    """Without the rows that platforms add."""
    return [
        (line, row)
        for line, row in rows
        if any(map(str.strip, row))
        and FILLERS.isdisjoint(cell.strip().casefold() for cell in row)
        and not any(cell.strip().endswith("_previewuser") for cell in row)
    ]


def _is_staff(row: Sequence[str], columns: Mapping[str, int]) -> bool:
    place = columns.get("role", len(row))
    return place < len(row) and row[place].strip().casefold() in STAFF


def _once(rows: Iterable[Row], columns: Mapping[str, int]) -> list[Row]:
    """Without rows of one who is listed before, in another group: who has the same ids and names, of which
    there are several."""
    places = [columns[title] for title in (*STUDENT, *FIRST, *LAST) if title in columns]
    found: dict[tuple[str, ...], Row] = {}
    for line, row in rows:
        said = tuple(row[place].strip() for place in places if place < len(row))
        key = said if sum(map(bool, said)) > 1 else (str(line),)
        found.setdefault(key, (line, row))
    return list(found.values())


def title_key(title: str) -> str:
    """The title of a column without what its writing varies in: `E-Mail` is `email`."""
    plain = normalize("NFKD", title).casefold()
    return "".join(c for c in plain if c.isalnum())


def _rows(path: Path) -> list[Row]:
    shown = clean(str(path))
    source = handed_text(read_bytes(path, MAX_ROSTER))
    text = source if isinstance(source, Fault) else decode(source, MAX_ROSTER)
    if isinstance(text, Fault):
        raise RosterError([Fault(text.what, HINT, text.line, text.column)], file=shown)
    try:
        return csv_rows(text)
    except csv.Error as error:
        raise RosterError(
            [Fault(f"this is not readable CSV: {clean(str(error))}.", HINT)], file=shown
        ) from None
