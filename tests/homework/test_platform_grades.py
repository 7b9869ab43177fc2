"""Marks as platforms import them: by the platform's own ids, scaled, blank where nobody was marked."""

import csv
from pathlib import Path

import pytest
from platform_archives import ARCHIVES

from backprop_tutor import load
from backprop_tutor.errors import AccessError
from backprop_tutor.homework.classroom import ClassOptions, grade
from backprop_tutor.homework.platform_grades import PLATFORMS, PlatformGrades
from backprop_tutor.homework.roster import read_roster

EXERCISE = load("exercise1")


def rows(name: str, platform: str, folder: Path, **settings: object) -> list[dict[str, str]]:
    """The rows of the file for `platform`, of an archive of which every sheet has one of ten marks."""
    next(archive for archive in ARCHIVES if archive.name == name).write(folder / "in")
    return graded(folder, platform, **settings)[0]


def graded(
    folder: Path, platform: str, points: float | None = 20, **options: object
) -> tuple[list[dict[str, str]], PlatformGrades]:
    marks = PlatformGrades(platform, folder / "out", points, "Homework 3 (77)")
    settings = ClassOptions(jobs=1, timeout=60, **options)  # type: ignore[arg-type]
    grade(EXERCISE, folder / "in", folder / "out", settings, followers=[marks])
    with marks.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), marks


def test_canvas_reads_the_number_of_the_user(tmp_path: Path) -> None:
    points, *marks = rows("canvas", "canvas", tmp_path)
    assert list(points) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 3 (77)"]
    assert (points["Student"], points["Homework 3 (77)"]) == ("Points Possible", "20")
    found = {row["ID"]: (row["Student"], row["Homework 3 (77)"]) for row in marks}
    assert found == {
        "101": ("liwei", "2"),
        "102": ("liwei", "2"),
        "103": ("leeann", "2"),
        "104": ("ekbo", "2"),
        "105": ("van_der_berg", ""),  # a table of answers that is none
        "106": ("dayjo", "2"),
    }


@pytest.mark.parametrize("name", ["moodle", "moodle-flat", "moodle-blind"])
def test_moodle_reads_the_identifier_of_the_participant(name: str, tmp_path: Path) -> None:
    found = rows(name, "moodle", tmp_path)
    identifiers = {"moodle": {123, 124, 125, 126}, "moodle-flat": {123, 124, 125}, "moodle-blind": {7, 12}}[
        name
    ]
    assert {row["Identifier"] for row in found} == {f"Participant {number}" for number in identifiers}
    marked = [row for row in found if row["Grade"]]
    assert {(row["Grade"], row["Maximum Grade"]) for row in marked} == {("2", "20")}
    assert marked[0]["Feedback comments"] == "1 correct, 9 blank"
    assert {"Last modified (grade)", "Full name", "Grade can be changed"} <= set(found[0])


def test_blackboard_reads_the_user_s_name(tmp_path: Path) -> None:
    found = rows("blackboard", "blackboard", tmp_path)
    column = "Homework 3 (77) [Total Pts: 20 Score]"
    assert {row["Username"]: row[column] for row in found} == {"ann_lee": "2", "bo02": "2", "cy03": ""}


def test_gradescope_has_the_ids_that_it_gave(tmp_path: Path) -> None:
    found = rows("gradescope", "gradescope", tmp_path)
    assert {(row["Name"], row["SID"], row["Email"], row["Total Score"]) for row in found} == {
        ("Ann Lee", "s1", "", "2"),
        ("Bo Ek", "", "bo@x.de", "2"),
        ('Cy "C" Day', "s3", "", "2"),
        ("submission_103", "", "", "2"),
    }


def test_the_ids_of_the_roster_go_before_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "class.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\n"
        '    Points Possible,,,,\n"Lee, Ann",103,S3,alee,A\n"Ek, Bo",104,S4,bek,B\n'
    )
    (tmp_path / "in" / "alee.yaml").write_text("answers:\n  J: 1/2\n")
    (_, ann, bo), marks = graded(tmp_path, "canvas", None, roster=read_roster(tmp_path / "class.csv"), seed=1)
    assert (ann["Student"], ann["ID"], ann["SIS User ID"], ann["Section"]) == ("Lee, Ann", "103", "S3", "A")
    assert (bo["Student"], bo["Homework 3 (77)"]) == ("Ek, Bo", "")
    assert list(marks.without) == ["S4"]


def test_a_mark_goes_to_the_account_that_handed_in(tmp_path: Path) -> None:
    """Not to another one, whose number stands in a list that does not come from the platform."""
    (tmp_path / "class.csv").write_text("id,identifier,name\n103,104,Bo Ek\n104,103,Ann Lee\n")
    files = {
        "canvas": "{}_{}_5001_a.yaml",
        "moodle": "{}_{}_assignsubmission_file_/a.yaml",
    }
    for platform, form in files.items():
        for name, number in (("Ann Lee", 103), ("Bo Ek", 104)):
            path = tmp_path / platform / "in" / form.format(name, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("answers:\n  J: 1/2\n")
        roster = read_roster(tmp_path / "class.csv")
        found, marks = graded(tmp_path / platform, platform, roster=roster, versions=False)
        names, ids = ("Student", "ID") if platform == "canvas" else ("Full name", "Identifier")
        named = {row[names]: row[ids].removeprefix("Participant ") for row in found}
        assert (named["Ann Lee"], named["Bo Ek"]) == ("103", "104")
        assert marks.unknown == []


def test_moodle_s_own_words_for_a_participant_stay(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("Identifier,Full name\nTeilnehmer/in 7,Ann Lee\n")
    path = tmp_path / "in" / "Ann Lee_7_assignsubmission_file_" / "a.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("answers:\n  J: 1/2\n")
    found, _ = graded(tmp_path, "moodle", roster=read_roster(tmp_path / "class.csv"), versions=False)
    assert [(row["Identifier"], row["Last modified (grade)"]) for row in found] == [("Teilnehmer/in 7", "-")]


def test_a_column_of_blackboard_has_its_title_once(tmp_path: Path) -> None:
    title = "Homework 3 [Total Pts: 20 Score] |57"
    assert PLATFORMS["blackboard"].titles(title, "20")[0][-1] == title


def test_a_folder_is_no_id_of_a_platform(tmp_path: Path) -> None:
    for name in ("A/ann", "A/bo", "B/ann"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "answers.yaml").write_text("answers:\n  J: 1/2\n")
    found, _ = graded(tmp_path, "blackboard")
    assert [row["Username"] for row in found] == ["ann (A)", "ann (B)", "bo"]


def test_who_has_no_id_of_the_platform_is_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.yaml").write_text("answers:\n  J: 1/2\n")
    for platform, unknown in {"moodle": ["ann"], "canvas": ["ann"], "blackboard": []}.items():
        assert graded(tmp_path, platform)[1].unknown == unknown


def test_the_best_of_several_sheets_counts_and_the_teacher_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann_1_11_a.yaml").write_text("answers:\n  J: 1/2\n")
    (tmp_path / "in" / "ann_1_12_b.yaml").write_text("answers:\n  J: 1/2\n  z: 1\n")
    (tmp_path / "in" / "bo_2_13_a.yaml").write_text("answers:\n  J: 1/2\n")
    found, marks = graded(tmp_path, "canvas", 10)
    assert [row["Homework 3 (77)"] for row in found] == ["10", "2", "1"]
    assert marks.several == ["ann"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_file_of_another_program_is_not_written_over(platform: str, tmp_path: Path) -> None:
    path = tmp_path / f"gradebook-{platform}.csv"
    path.write_text("mine")
    with pytest.raises(AccessError, match="not one that this program wrote"):
        PlatformGrades(platform, tmp_path)
    assert PlatformGrades(platform, tmp_path, force=True).path == path


def test_what_was_written_is_no_sheet_and_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.yaml").write_text("answers:\n  J: 1/2\n")
    for _ in range(2):
        for platform in PLATFORMS:
            marks = PlatformGrades(platform, tmp_path / "in")
            report = grade(
                EXERCISE, tmp_path / "in", tmp_path / "in", ClassOptions(jobs=1), followers=[marks]
            )
            assert (report.sheets, report.left_out) == (1, 0)
