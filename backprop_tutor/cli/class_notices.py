"""What is said on stderr before a class is marked: whose list was read, and who handed in what."""

import sys
from collections.abc import Collection
from pathlib import Path

from backprop_tutor.errors import UsageError
from backprop_tutor.homework.classroom import Classroom, Follower
from backprop_tutor.homework.platform_grades import PlatformGrades
from backprop_tutor.homework.roster import Roster, read_roster
from backprop_tutor.homework.students import HandIns
from backprop_tutor.language import clean

__all__ = ["SaysMatches", "roster_of", "say_left_open"]

SHOWN = 3  # files
NAMED = 20  # students


def roster_of(path: Path | None, column: str) -> Roster | None:
    """The roster in a file, and on stderr the column that it was read from."""
    if path is None:
        if column:
            raise UsageError("--column is a column of the roster.", hint="Add --roster FILE.")
        return None
    roster = read_roster(path, column)
    where = f"the column {roster.column}" if roster.column else "the first column"
    _say(f"{_many(len(roster.students), 'student')} from {where} of {path.name}.")
    return roster


class SaysMatches(Follower):
    """Says the layout, and the first sheets with their students."""

    def waiting(self) -> None:
        _say("Another call of grade is at work in this folder. This one goes on when that has ended.")

    def matched(self, classroom: Classroom, hand_ins: HandIns) -> None:
        layout, sheets = hand_ins.layout, hand_ins.sheets
        _say(f"Read as {layout.title} (--layout {layout.name}). The first of {_many(len(sheets), 'file')}:")
        for one in sheets[:SHOWN]:
            whose = f"{one.called}: {one.problem}" if one.problem else one.student
            _say(f"  {one.file} -> {whose}{', by the version it names' if one.by_version else ''}")
        if versions := sum(one.by_version for one in sheets):
            _say(f"{_many(versions, 'file')} matched by the version named in it, not by the student's name.")
        if hand_ins.beside:
            _say(f"{_many(hand_ins.beside, 'file')} of the platform itself left alone.")


def say_left_open(marks: PlatformGrades) -> None:
    """Whose mark the teacher has to look at."""
    if marks.without:
        _say(f"{_many(len(marks.without), 'student')} without a mark there: {_names(marks.without)}.")
    if marks.several:
        _say(f"Of several sheets the best counts there: {_names(dict.fromkeys(marks.several))}.")
    if marks.unknown:
        ids = " or ".join(marks.table.ids)
        _say(f"{_many(len(marks.unknown), 'student')} without {ids}, by which {marks.platform} knows them: "
             f"{_names(marks.unknown)}. A --roster that the platform exported has it.")  # fmt: skip


def _names(students: Collection[str]) -> str:
    more = len(students) - NAMED
    return ", ".join([*list(students)[:NAMED], *([f"and {more:,} more"] if more > 0 else [])])


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'s' * (count != 1)}"


def _say(text: str) -> None:
    print(clean(text), file=sys.stderr)
