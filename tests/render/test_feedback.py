"""A page and a text for each student, which say what `check` says, and nothing of anybody else's."""

from html import unescape
from pathlib import Path

import pytest

from backprop_tutor import load
from backprop_tutor.errors import AccessError
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.classroom import ClassOptions, grade
from backprop_tutor.homework.roster import Roster
from backprop_tutor.render.feedback import Feedback, student_file

EXERCISE = load("exercise1")
WRONG = "answers:\n  net1: [[1, -1]]\n  J: -1/2\n  z: <b>\n"


def given(folder: Path, *, reveal: bool = False, force: bool = False, **options: object) -> None:
    settings = ClassOptions(jobs=1, timeout=60, **options)  # type: ignore[arg-type]
    pages = Feedback(folder / "pages", reveal=reveal, force=force)
    grade(EXERCISE, folder / "in", folder / "out", settings, followers=[pages])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name, text in (
        ("ann.yaml", WRONG),
        ("Zoë d'Arc.yaml", "answers:\n  J: 1/2\n"),
        ("bo.yaml", "q: 1\n"),
    ):
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    return tmp_path


def read(folder: Path, name: str) -> str:
    return (folder / "pages" / name).read_text(encoding="utf-8")


def test_every_student_gets_a_page_and_a_text(folder: Path) -> None:
    given(folder)
    names = {path.name for path in (folder / "pages").iterdir()}
    assert names == {
        f"{student}.{ending}" for student in ("ann", "bo", "Zoë d'Arc") for ending in ("html", "txt")
    }
    text, page = read(folder, "ann.txt"), read(folder, "ann.html")
    for said in ("You got -1/2.", "sign turned round", "2 correct, 1 wrong, 1 invalid"):
        assert said in text
        assert said in unescape(page)
    assert "= 0.5" not in text + page
    assert "<b>" not in page
    assert "<script" not in page
    assert "http" not in page
    assert "This was not marked: " in read(folder, "bo.txt")


def test_the_worked_steps_stand_there_when_the_teacher_wants(folder: Path) -> None:
    given(folder, reveal=True)
    assert "J = (1/(2·N))·(t[1] - z[1])² = (1/(2·1))·(2 - 1)² = 1/2 = 0.5" in read(folder, "ann.txt")
    assert "= 0.5" in read(folder, "ann.html")


def test_the_steps_are_those_of_the_student_s_own_version(folder: Path) -> None:
    students = ["ann", "Zoë d'Arc"]
    drawn = {one.version.student: one.version.exercise for one in draw_class(EXERCISE, 3, students)}
    given(folder, reveal=True, roster=Roster.of(students), seed=3)
    for student, exercise in drawn.items():
        assert exercise.variant is not None
        assert f"(version {exercise.variant.id})" in read(folder, f"{student}.txt")
        assert f"= {exercise.values['W1'][0, 0]}·" in read(folder, f"{student}.txt").replace("(", "").replace(
            ")", ""
        )


def test_no_page_is_written_over_another_student_s(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("team_1_11_a.yaml", "team_1_12_b.yaml", "team-2_2_13_a.yaml", "Team_3_14_a.yaml"):
        (tmp_path / "in" / name).write_text(WRONG)
    given(tmp_path, student_from="{student}_*_*_*.yaml")
    pages = sorted((tmp_path / "pages").glob("*.txt"))
    assert len({path.name.casefold() for path in pages}) == 4
    assert read(tmp_path, "team-2.txt").startswith("Feedback on team-2_2_13_a.yaml of team-2\n")
    sheets = {path.read_text().split()[2]: path.name.partition("-")[0] for path in pages}
    assert sheets["team_1_11_a.yaml"] == sheets["team_1_12_b.yaml"] == "team"


def test_a_second_call_writes_them_again_and_leaves_those_of_others(folder: Path) -> None:
    given(folder)
    (folder / "in" / "ann.yaml").write_text("answers:\n  J: 1/2\n")
    given(folder)
    assert "1 correct, 9 blank" in read(folder, "ann.txt")
    (folder / "pages" / "ann.txt").write_text("my own notes")
    with pytest.raises(AccessError, match=r"ann\.txt: this file is there already"):
        given(folder)
    assert read(folder, "ann.txt") == "my own notes"
    given(folder, force=True)


def test_a_name_is_a_file_name_on_every_system() -> None:
    for student in ("Lee, Ann", "Zoë d'Arc", "liwei (101)", "ann@x.de"):
        assert student_file(student) == student
    for student in ("../../etc", "a/b", "a:b", "CON", "nul", "ann.", " ann", "", "a" * 300, "x\ny"):
        name = student_file(student)
        assert len(name) <= 90
        assert not set(name) & set('<>:"/\\|?*\n')
        assert name[-9] == "-"
    assert student_file("a/b") != student_file("a:b")
