"""`learn` as a shell sees it: the map, lines from a pipe, a lesson to read, a course of one's own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backprop_tutor.tutor.evidence import EvidenceLog

ANSWERS = ["2", "-18", "2", "6", "18", "-18", "3.8", "3"]  # of lesson 1, its exercise among them


def learn(
    folder: Path, *words: str, lines: list[str] | None = None, encoding: str = "utf-8", **env: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "backprop_tutor", *words],
        cwd=folder,
        env={"PATH": "", "BACKPROP_TUTOR_STATE": str(folder / "state"), "PYTHONIOENCODING": encoding, **env},
        input="".join(f"{line}\n" for line in lines or ()),
        capture_output=True,
        encoding=encoding,
        check=False,
        timeout=120,
    )


def state_of(folder: Path, number: int = 1) -> dict[str, object]:
    document = json.loads(learn(folder, "learn", "--json").stdout)
    assert document["format"] == 1
    lesson: dict[str, object] = document["lessons"][number - 1]
    return lesson


def test_without_a_terminal_the_map_is_shown(tmp_path: Path) -> None:
    shown = learn(tmp_path, "learn", COLUMNS="80")
    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    assert len(lines) < 23
    assert max(map(len, lines)) <= 80
    assert any("1  One weight and a wiggle" in line and "next" in line for line in lines)
    assert "Begin with: backprop-tutor learn 1" in shown.stdout


def test_right_lines_finish_a_lesson(tmp_path: Path) -> None:
    done = learn(tmp_path, "learn", "1", lines=ANSWERS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Predictions: 4 of 4 right." in done.stdout
    assert "w_new = 3.8: correct" in done.stdout
    assert state_of(tmp_path) == state_of(tmp_path) | {"done": True, "right": 4, "name": "one-weight"}
    assert json.loads(learn(tmp_path, "learn", "--json").stdout)["next"] == "a-chain"
    listed = json.loads(learn(tmp_path, "list", "--json").stdout)["exercises"]
    assert next(e["progress"] for e in listed if e["name"] == "one-weight")["done"] == 4


def test_answers_and_predictions_are_evidence(tmp_path: Path) -> None:
    learn(tmp_path, "learn", "1", lines=["2", "17", *ANSWERS[2:]])
    found = {
        (entry.answered.quantity, entry.answered.verdict, entry.place)
        for entry in EvidenceLog(tmp_path / "state").entries()
    }
    predicted = ("dJ/dw", "wrong", "learn")
    assert found == {predicted} | {(name, "correct", "learn") for name in ("z", "J", "dJ/dw", "w_new")}


@pytest.mark.parametrize(
    ("lines", "done"),
    [
        (["1", *ANSWERS[1:]], True),  # a wrong prediction
        ([*ANSWERS[:3], "7", *ANSWERS[4:]], True),  # a wrong answer of the exercise
        (ANSWERS[:2], False),  # too few
        (["skip", *ANSWERS[1:]], True),
    ],
)
def test_what_is_wrong_or_missing_is_the_exit_status(tmp_path: Path, lines: list[str], done: bool) -> None:
    assert learn(tmp_path, "learn", "1", lines=lines).returncode == 1
    assert state_of(tmp_path)["done"] is done


def test_what_was_left_comes_next(tmp_path: Path) -> None:
    learn(tmp_path, "learn", "3", lines=["4"])
    assert json.loads(learn(tmp_path, "learn", "--json").stdout)["next"] == "two-paths"
    shown = learn(tmp_path, "learn").stdout
    assert "Begin with: backprop-tutor learn 3" in shown
    assert "2/5" in shown


def test_an_empty_pipe_gets_the_lesson_to_read(tmp_path: Path) -> None:
    shown = learn(tmp_path, "learn", "a-chain", "--plain", encoding="ascii")
    assert shown.returncode == 0
    assert "The answer: 12 times, for rates multiply." in shown.stdout
    assert "To work out here: df/dq, df/dp, df/da of A chain of three." in shown.stdout
    assert "picture: df/da = 12" in shown.stdout
    assert shown.stdout.isascii()
    assert not state_of(tmp_path, 2)["done"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["learn", "13"], 2, "there is no lesson '13'"),
        (["learn", "nonsense"], 2, "Type a number from 1 to 12"),
        (["learn", "nowhere/"], 4, "no such lesson, folder or file"),
        (["learn", "nowhere.yaml"], 4, "no such lesson, folder or file"),
        (["learn", "."], 4, "there is no lesson in this folder"),
    ],
)
def test_what_is_not_there_is_said(tmp_path: Path, words: list[str], status: int, said: str) -> None:
    done = learn(tmp_path, *words)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


OWN = """\
title: Squares
question: How fast does a square grow?
idea: Twice as fast as its side, times the side.
exercise: square.yaml
screens:
  - say: "The square of {a} is {f}."
    predict:
      ask: How fast does `f` grow?
      number: df/da
      then: "`df/da` is {df/da}."
"""
SQUARE = "title: A square\ngraph:\n  parameters: {a: 5}\n  compute: {f: a**2}\n  loss: f\n"


def test_a_course_of_ones_own(tmp_path: Path) -> None:
    course = tmp_path / "our course"
    course.mkdir()
    (course / "square.yaml").write_text(SQUARE, encoding="utf-8")
    (course / "squares.yaml").write_text(OWN, encoding="utf-8")
    shown = learn(tmp_path, "learn", "our course")
    assert "1  Squares" in shown.stdout
    assert "Begin with: backprop-tutor learn 'our course/squares.yaml'" in shown.stdout
    assert learn(tmp_path, "learn", "our course", "squares", lines=["10"]).returncode == 0
    assert learn(tmp_path, "learn", "our course/squares.yaml", lines=["5"]).returncode == 1
    assert json.loads(learn(tmp_path, "learn", "our course", "--json").stdout)["lessons"][0]["done"]
    assert not state_of(tmp_path)["done"], "that of the shipped course is its own"


def test_validate_takes_lessons_and_folders(tmp_path: Path) -> None:
    (tmp_path / "square.yaml").write_text(SQUARE, encoding="utf-8")
    (tmp_path / "squares.yaml").write_text(OWN, encoding="utf-8")
    shown = learn(tmp_path, "validate", ".", "--plain")
    assert shown.returncode == 0
    assert "squares.yaml: valid." in shown.stdout
    assert "  screen 1: How fast does ∂" not in shown.stdout
    assert "  screen 1: How fast does f grow? The answer: 10." in shown.stdout
    (tmp_path / "squares.yaml").write_text(OWN.replace("{a}", "{b}"), encoding="utf-8")
    (tmp_path / "course.yaml").write_text("title: Ours\nlessons: [squares, gone]\n", encoding="utf-8")
    shown = learn(tmp_path, "validate", "course.yaml", "squares.yaml", "--json")
    assert shown.returncode == 3
    course, lesson = json.loads(shown.stdout)["files"]
    assert (course["faults"][0]["line"], course["faults"][0]["column"]) == (2, 20)
    assert (lesson["faults"][0]["line"], lesson["faults"][0]["column"]) == (6, 25)


def test_the_schema_of_lessons_takes_the_shipped_ones(tmp_path: Path) -> None:
    schema = json.loads(learn(tmp_path, "schema", "--lesson").stdout)
    assert {"title", "question", "idea", "exercise", "screens"} == set(schema["required"])
    assert all(key["description"] for key in schema["properties"].values())


def test_damaged_progress_is_told_and_begins_anew(tmp_path: Path) -> None:
    learn(tmp_path, "learn", "1", lines=ANSWERS)
    (file,) = (tmp_path / "state").rglob("one-weight.json")
    file.write_text("{", encoding="utf-8")
    shown = learn(tmp_path, "learn", "--json")
    assert not json.loads(shown.stdout)["lessons"][0]["done"]
    assert "cannot be read, and begins anew" in shown.stderr


def test_a_folder_that_cannot_be_written_loses_no_lesson(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("", encoding="utf-8")
    done = learn(tmp_path, "learn", "1", lines=ANSWERS)
    assert "Predictions: 4 of 4 right." in done.stdout
    assert "progress cannot be saved" in done.stderr
