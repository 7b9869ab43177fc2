"""The list of a class, as teachers and platforms write it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.errors import AccessError, ExerciseError, UsageError
from backprop_tutor.homework.roster import Roster, RosterError, read_roster
from backprop_tutor.homework.spreadsheet import csv_text

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (77)\n"
    ",,,,,Manual Posting\n"
    "    Points Possible,,,,,10\n"
    '"Li, Wei",101,S1,wli,A,\n"Li, Wei",102,S2,weili,A,\n"Lee, Ann",103,S3,alee,A,\n'
    '"Student, Test",104,,x,A,\n'
)


def roster(folder: Path, text: str, column: str = "", code: str = "utf-8") -> Roster:
    (folder / "r.csv").write_text(text, encoding=code)
    return read_roster(folder / "r.csv", column)


@pytest.mark.parametrize(
    ("text", "students", "column"),
    [
        ("student\nann\nbob\n", ["ann", "bob"], "student"),
        ("\ufeffName;Student_ID\nAnn;s1\nBob;s2\n", ["s1", "s2"], "Student_ID"),
        ("ann\nbob\n\n", ["ann", "bob"], ""),
        ("Identifier,Full name,Email address\nParticipant 7,Ann Lee,a@x\n", ["Ann Lee"], "Full name"),
        ("email\tgroup\na@x\t1\n", ["a@x"], "email"),
        (CANVAS, ["S1", "S2", "S3"], "SIS User ID"),
        ("HW1,Points\n\nDisplay ID,ID,Last Name,First Name\nann01,1,Lee,Ann\n", ["ann01"], "Display ID"),
        ("Last Name,First Name\nLee,Ann\nEk,Bo\n", ["Ann Lee", "Bo Ek"], "First Name and Last Name"),
        ('student,note\nann,"two\nlines"\nbo,\n', ["ann", "bo"], "student"),
        ("username,Last Name\nann,Lee\nann_previewuser,Lee\n", ["ann"], "username"),
        ("Nachname;Vorname;Matrikelnr.\nGroß;Änne;0012\n", ["0012"], "Matrikelnr."),
        ("Vorname,Nachname,E-Mail-Adresse\nÄnne,Groß,a@x\n", ["a@x"], "E-Mail-Adresse"),
        ("Student No.,Name\n007,Ann\n", ["007"], "Student No."),
        ('Name;ID\n"Lee, Ann, B.Sc.";s1\n"Ek, Bo, M.A.";s2\n', ["s1", "s2"], "ID"),
        ("Student;Punkte\nLee, Ann;3\nEk, Bo;4\n", ["Lee, Ann", "Ek, Bo"], "Student"),
        ('"Last Name"\t"Username"\n"Lee, Jr."\t"ann"\n', ["ann"], "Username"),
        ("sep=;\nstudent;note\nann;a,b\n", ["ann"], "student"),
        ("Nummer\n0012\n0013\n", ["0012", "0013"], "Nummer"),
        ("0012,Ann\n0013,Bo\n", ["0012", "0013"], ""),
        ("id,name,group\ns1,Ann,A\ns2,Bo,A\ns1,Ann,B\n", ["s1", "s2"], "id"),
        ("Name,Email,Role\nAnn,a@x,Student\nBo,b@x,Instructor\n", ["a@x"], "Email"),
    ],
)
def test_a_roster_is_a_column_of_ids(tmp_path: Path, text: str, students: list[str], column: str) -> None:
    for code in ("utf-8", "utf-16"):
        found = roster(tmp_path, text.removeprefix("\ufeff") if code == "utf-16" else text, code=code)
        assert (list(found.students), found.column) == (students, column)


def test_a_roster_in_the_code_page_of_excel(tmp_path: Path) -> None:
    found = roster(tmp_path, "Nachname;Vorname;Matrikelnummer\r\nGroß;Änne;0012\r\n", code="cp1252")
    assert found.student_called("Änne Groß") == "0012"


def test_no_column_of_ids_is_guessed(tmp_path: Path) -> None:
    text = "Nom;Prénom;Numéro d'étudiant\nDupré;Zoë;0012\n"
    with pytest.raises(UsageError, match=r"no column of .*r\.csv is known to hold ids: Nom, Prénom, Num"):
        roster(tmp_path, text)
    assert roster(tmp_path, text, "numéro d'étudiant").students == ("0012",)
    with pytest.raises(UsageError, match="is known to hold ids: ann, red"):
        roster(tmp_path, "ann,red\nbo,blue\n")


def test_ids_that_a_spreadsheet_rounded_are_called_so(tmp_path: Path) -> None:
    with pytest.raises(
        RosterError, match=r"r\.csv:2:1: 1,23457E\+11 is a number that a spreadsheet has rounded"
    ):
        roster(tmp_path, "student;name\n1,23457E+11;Ann\n")


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"PK\x03\x04.....xl/workbook.xml", "an Excel workbook"), (b"%PDF-1.7\n%\xe2", "a PDF")],
)
def test_a_file_that_is_no_text_is_called_what_it_is(start: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "class.xlsx").write_bytes(start)
    with pytest.raises(RosterError, match=f"this is {kind}, not a text"):
        read_roster(tmp_path / "class.xlsx")


def test_a_column_can_be_chosen(tmp_path: Path) -> None:
    assert roster(tmp_path, CANVAS, "sis login id").students == ("wli", "weili", "alee")
    assert roster(tmp_path, "Matrikel,Name\n7,Ann\n", "Matrikel").students == ("7",)
    with pytest.raises(UsageError, match=r"r\.csv has no column Nummer. It has Student, ID, SIS User ID"):
        roster(tmp_path, CANVAS, "Nummer")
    with pytest.raises(ExerciseError, match=r"r\.csv:5:1: Li, Wei is already on line 4"):
        roster(tmp_path, CANVAS, "Student")


@pytest.mark.parametrize(
    ("names", "student"),
    [
        (("103", "leeann"), "S3"),
        (("", "leeann"), "S3"),
        (("", "Ann Lee"), "S3"),
        (("ALEE",), "S3"),
        (("101", "liwei"), "S1"),
        (("102", "liwei"), "S2"),
        (("", "liwei"), ""),
        (("999", "Lee, Ännn"), ""),
    ],
)
def test_a_student_is_known_by_whatever_is_theirs_alone(
    tmp_path: Path, names: tuple[str, ...], student: str
) -> None:
    assert roster(tmp_path, CANVAS).student_called(*names) == student


def test_accents_and_the_order_of_names_do_not_matter(tmp_path: Path) -> None:
    found = roster(tmp_path, "id,First name,Last name,Email\ns1,Zoë,d'Arc,zoe@x.de\ns2,José,Núñez,jn@x.de\n")
    for name in ("Zoë d'Arc", "d'Arc, Zoë", "zoe darc", "DARCZOE", "zoe"):
        assert found.student_called(name) == "s1", name
    assert found.student_called("Nunez, Jose") == "s2"


def test_the_versions_come_with_their_seed(tmp_path: Path) -> None:
    found = roster(
        tmp_path,
        "student,variant,exercise,sheet,effort,draws,seed\nann,v1,a,b,9,3,-2026\nbo,v2,c,d,9,1,-2026\n",
    )
    assert found.versions == {"ann": ("v1", 3), "bo": ("v2", 1)}
    assert found.seed == -2026
    old = roster(tmp_path, "student,variant,draws\nann,v1,3\n")
    assert (old.versions, old.seed) == ({"ann": ("v1", 3)}, None)


@given(st.text("'=+-@\uff1da1 ").map(str.strip).filter(bool))
def test_a_student_id_survives_the_list_of_versions(student: str) -> None:
    with TemporaryDirectory() as folder:
        text = csv_text([["student", "variant", "draws"], [student, "v1", 3.0]])
        found = roster(Path(folder), text)
        assert found.students == (student,)
        assert found.versions == {student: ("v1", 3)}
        assert found.student_called(student) == student


def test_a_roster_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("student\nann\nbob\nann\n")
    with pytest.raises(ExerciseError, match=r"r\.csv:4:1: ann is already on line 2"):
        read_roster(path)
    path.write_text("id,name\ns1,Ann\ns1,Bo\n")
    with pytest.raises(ExerciseError, match=r"r\.csv:3:1: s1 is already on line 2"):
        read_roster(path)
    path.write_text("student\n\n")
    with pytest.raises(ExerciseError, match="no student ids"):
        read_roster(path)
    path.write_text("")
    with pytest.raises(RosterError, match=r"the file is empty. A roster is a CSV file"):
        read_roster(path)
    assert RosterError.title == "The roster is not valid"
    with pytest.raises(AccessError):
        read_roster(tmp_path / "none.csv")
