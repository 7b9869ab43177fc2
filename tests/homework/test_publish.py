"""The files of a class's versions: all of them or none, and the same whatever the order of the class."""

import csv
from pathlib import Path

import pytest

from backprop_tutor import load, loads
from backprop_tutor.errors import AccessError
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.publish import Publisher
from backprop_tutor.homework.roster import read_roster
from backprop_tutor.homework.versions import NoVersionError, Version
from backprop_tutor.render.answer_sheet import blank_sheet

FEW = """
title: Few versions
graph:
  given: {x: 2, y: 5}
  parameters: {w: -4}
  compute: {q: x + y, f: q * w}
  loss: f
variants: {x: {integers: [1, 4]}, y: {integers: [1, 3]}, w: {choices: [2, 3]}}
"""
EXERCISE = load("exercise1")


def versions_of(text: str, students: str) -> dict[str, str]:
    return {one.version.student: one.version.id for one in draw_class(loads(text, "few"), 1, students)}


def test_the_order_of_the_class_changes_nobody_s_version() -> None:
    students = "abcdefghij"
    found = versions_of(FEW, students)
    assert len(set(found.values())) == len(students)
    alone = {student: versions_of(FEW, student)[student] for student in students}
    assert alone != found  # some of them draw the same
    assert versions_of(FEW, students[::-1]) == versions_of(FEW, "fjaecbihgd") == found


def test_when_there_are_no_more_versions_it_is_said_for_whom_and_how_many_there_are() -> None:
    few = FEW.replace("y: {integers: [1, 3]}, ", "")
    with pytest.raises(NoVersionError, match=r"for student [a-j] in .* Only \d different versions were met"):
        versions_of(few, "abcdefghij")


def drawn(students: str) -> list[Version]:
    return [one.version for one in draw_class(EXERCISE, 1, students)]


def test_nothing_is_written_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "exercise1-b-sheet.yaml").write_text("a student's own")
    with pytest.raises(AccessError, match="exists already"):
        Publisher(EXERCISE, tmp_path, blank_sheet, force=False).write(drawn("abc"))
    assert [path.name for path in tmp_path.iterdir()] == ["exercise1-b-sheet.yaml"]
    Publisher(EXERCISE, tmp_path, blank_sheet, force=True).write(drawn("abc"))
    rows = list(csv.DictReader((tmp_path / "versions.csv").read_text().splitlines()))
    assert [row["sheet"] for row in rows] == [f"exercise1-{student}-sheet.yaml" for student in "abc"]
    with pytest.raises(AccessError, match=r"versions\.csv"):
        Publisher(EXERCISE, tmp_path, blank_sheet, force=False)


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Publisher(EXERCISE, tmp_path, blank_sheet, force=False).write(drawn("abc"), stop)
    assert list(tmp_path.iterdir()) == []


def test_the_list_has_what_the_roster_says_of_each(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text(
        'Student,ID,SIS User ID,Seed,Section\n"Lee, Ann",101,s1,x,A\n"Ek, Bo",102,s2,y,B\n', encoding="utf-8"
    )
    roster = read_roster(tmp_path / "class.csv")
    versions = [one.version for one in draw_class(EXERCISE, 1, roster.students)]
    Publisher(EXERCISE, tmp_path, blank_sheet, seed=1, roster=roster).write(versions)
    written = read_roster(tmp_path / "versions.csv")
    assert (written.students, written.column, written.seed) == (("s1", "s2"), "student", 1)
    assert [written.versions[student][0] for student in written.students] == [one.id for one in versions]
    assert written.student_called("Ann Lee") == written.account("101", "leeann") == "s1"
    assert written.cells["s2"]["section"] == "B"
