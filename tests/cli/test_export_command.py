"""`export` as users run it."""

import json
from pathlib import Path

import pytest
from conftest import Program

from backprop_tutor.render.exports import ENDINGS


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != "zip"])
def test_the_ending_chooses(program: Program, tmp_path: Path, ending: str) -> None:
    done = program("export", "exercise1", f"out.{ending}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Wrote out.{ending}.\n"
    text = (tmp_path / f"out.{ending}").read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert [path.name for path in tmp_path.iterdir()] == [f"out.{ending}"], "nothing is left lying about"
    printed = program("export", "exercise1", "-", "--format", ending)
    assert printed.stdout == text
    assert program("export", "exercise1", f"x.{ending}", "--out", "-").stdout == text
    assert program("export", "exercise1", "--out", "-", "--format", ending).stdout == text
    assert program("export", "exercise1", "--out", f"again.{ending}").stdout == f"Wrote again.{ending}.\n"


def test_json_is_what_solve_prints(program: Program) -> None:
    exported = program("export", "exercise1", "-", "--format", "json").stdout
    assert exported == program("solve", "exercise1", "--json").stdout
    assert json.loads(exported)["format"] == 1


def test_nothing_is_overwritten_without_force(program: Program, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("mine", encoding="utf-8")
    done = program("export", "exercise1", "page.html")
    assert done.returncode == 4
    assert "--force" in done.stderr
    assert page.read_text(encoding="utf-8") == "mine"
    assert program("export", "exercise1", "page.html", "--force").returncode == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["exercise1", "page.pdf"], 2, "no export to .pdf"),
        (["exercise1", "page"], 2, "no ending"),
        (["exercise1", "-"], 2, "no ending"),
        (["exercise1"], 2, "no FILE"),
        (["exercise1", "--out", "-"], 2, "--to"),
        (["exercise1", "x.html", "--count", "2"], 2, "holds one exercise"),
        (["exercise1", "x.html", "--quantity", "net9"], 2, "net9"),
        (["exercise1", "x.json", "--blank"], 2, "cannot be blank"),
        (["nowhere", "x.html"], 4, "nowhere"),
        (["exercise1", "no/such/folder.html"], 4, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    program: Program, tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    done = program("export", *words)
    assert done.returncode == status
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file(program: Program, tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    assert program("export", "exercise1", "page.html", "--force").returncode == 4


def test_exporting_twice_gives_the_same(program: Program) -> None:
    for ending in ("html", "ipynb"):
        first, second = (program("export", "mazur", "-", "--format", ending, "--blank").stdout for _ in "12")
        assert first == second


def test_to_names_the_kind(program: Program, tmp_path: Path) -> None:
    assert program("export", "exercise1", "x.py", "--to", "torch").returncode == 0
    assert "import torch" in (tmp_path / "x.py").read_text("utf-8")
    assert program("export", "exercise1", "x.ipynb", "--to", "torch").returncode == 0
    assert "import torch" in json.loads((tmp_path / "x.ipynb").read_text("utf-8"))["cells"][1]["source"][0]


def test_versions_go_into_one_package(program: Program, tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("student\nann\nbob\n", encoding="utf-8")
    assert program("export", "exercise1", "quiz.zip", "--roster", "class.csv").stdout == "Wrote quiz.zip.\n"
    printed = program("export", "exercise1", "-", "--to", "moodle", "--count", "2").stdout
    assert printed.count('<question type="cloze">') == 2
