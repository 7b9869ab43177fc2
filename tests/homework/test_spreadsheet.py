"""CSV out: nothing that a spreadsheet runs. Rosters in."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_tutor.errors import AccessError, ExerciseError
from backprop_tutor.homework.spreadsheet import RosterError, csv_text, read_roster, read_versions, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
    ],
)
def test_a_formula_becomes_a_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


def test_a_number_stays_one() -> None:
    assert safe_cell("-1.5") == "-1.5"
    assert csv_text([[-1.5, 2.0, "a"]]) == "-1.5,2,a\n"


@given(st.text())
def test_every_text_is_one_safe_cell(text: str) -> None:
    ((cell,),) = csv.reader([csv_text([[text + "x"]]).rstrip("\n")])
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("text", "students"),
    [
        ("student\nann\nbob\n", ["ann", "bob"]),
        ("\ufeffName;Student_ID\nAnn;s1\nBob;s2\n", ["s1", "s2"]),
        ("ann\nbob\n\n", ["ann", "bob"]),
        ("Identifier,Full name,Email address\nParticipant 7,Ann Lee,a@x\n", ["Ann Lee"]),
        ("email\tgroup\na@x\t1\n", ["a@x"]),
    ],
)
def test_a_roster_is_a_column_of_ids(tmp_path: Path, text: str, students: list[str]) -> None:
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    assert read_roster(tmp_path / "r.csv") == students


@given(st.text("'=+-@\uff1da1 ").map(str.strip).filter(bool))
def test_a_student_id_survives_the_list_of_versions(student: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "versions.csv")
        path.write_text(csv_text([["student", "variant", "draws"], [student, "v1", 3.0]]), encoding="utf-8")
        assert read_versions(path) == dict.fromkeys(read_roster(path), ("v1", 3))
        assert read_roster(path) == [student]


def test_a_roster_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("student\nann\nbob\nann\n")
    with pytest.raises(ExerciseError, match=r"r\.csv:4:1: ann is already on line 2"):
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
