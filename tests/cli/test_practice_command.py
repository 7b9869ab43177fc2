"""`practice` as a program: lines in, verdicts out, evidence kept; and at a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backprop_tutor.exercise.catalogue import entries, shipped_folder
from backprop_tutor.tutor.learner_model import Learner
from backprop_tutor.tutor.practice import Practice

pexpect = pytest.importorskip("pexpect")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def practice(
    state: Path, *words: str, text: str = "", columns: int = 80, encoding: str = "utf-8"
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "backprop_tutor", *words],
        env={
            **os.environ,
            "BACKPROP_TUTOR_STATE": str(state),
            "COLUMNS": str(columns),
            "PYTHONIOENCODING": encoding,
        },
        input=text,
        capture_output=True,
        encoding=encoding,
        check=False,
        timeout=120,
    )


def test_each_line_answers_the_next_question(state: Path) -> None:
    done = practice(state, "practice", "--seed", "1", "--count", "2", text="7\n0.123\n")
    assert done.returncode == 1
    assert done.stdout.count(": wrong.") == 2
    assert "1. A formula: products, sums and powers. From " in done.stdout
    assert "Practised: 0 of 2 right at once" in done.stdout
    assert "question 1 of 2, " in done.stdout
    assert "question 2 of 2, " in done.stdout


def test_a_skill_that_no_exercise_has_is_said_to_be_so(state: Path) -> None:
    done = practice(state, "practice", "--skill", "norm-forward", text="1\n")
    assert done.returncode == 2
    assert "no shipped exercise has a question on norm-forward" in done.stderr


def test_all_right_is_status_0_and_is_known_then(state: Path) -> None:
    chosen = Practice(Learner(), entries(shipped_folder()), 4, ["sum-rule"]).next()
    assert chosen is not None
    [question] = chosen.asked
    right = chosen.solution.value(question.quantity)[question.place]
    words = ("--skill", "sum-rule", "--seed", "4", "--count", "1")
    done = practice(state, "practice", *words, text=f"{float(right)!r}\n")
    assert done.returncode == 0
    assert "Practised: 1 of 1 right at once" in done.stdout
    skills = json.loads(practice(state, "progress", "--json").stdout)["skills"]
    assert "sum-rule" in {skill["id"] for skill in skills}


def test_answers_that_run_out_are_missing(state: Path) -> None:
    done = practice(state, "practice", "--seed", "1", "--count", "3", text="\n")
    assert done.returncode == 1
    assert "2. " in done.stdout
    assert "Nothing was answered" in done.stdout


def test_nobody_there_sees_the_first_question(state: Path) -> None:
    done = practice(state, "practice", "--seed", "1")
    assert done.returncode == 0
    assert "What is " in done.stdout
    assert "no answers" in done.stderr


def test_json_is_one_event_a_line_and_never_has_the_answer(state: Path) -> None:
    done = practice(state, "practice", "--seed", "1", "--count", "1", "--json", text="7\n")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["drill", "asked", "marked", "practised"]
    assert {event["format"] for event in events} == {1}
    assert events[0]["asks"] == [events[1]["quantity"]]
    assert events[1]["quantity"] not in events[0]["given"]
    assert events[-1]["skills"][0]["id"] == events[0]["skill"]


def test_an_unknown_skill_is_refused_with_the_nearest(state: Path) -> None:
    done = practice(state, "practice", "--skill", "nets", text="1\n")
    assert done.returncode == 2
    assert "Did you mean net?" in done.stderr


def test_the_skills_are_listed(state: Path) -> None:
    listed = json.loads(practice(state, "practice", "--skills", "--json").stdout)["skills"]
    assert {"id": "net", "title": "a net: weights times inputs, plus the bias"} in listed
    assert "weight-gradient" in practice(state, "practice", "--skills", columns=50).stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_any_encoding_of_standard_output(state: Path, encoding: str) -> None:
    done = practice(state, "practice", "--seed", "2", "--count", "6", text="1\n" * 6, encoding=encoding)
    assert done.returncode in (0, 1)
    assert done.stderr == ""
    assert done.stdout.isascii() or encoding != "ascii"


def test_a_slip_in_practice_is_evidence_of_the_place(state: Path) -> None:
    practice(state, "practice", "--seed", "1", "--count", "1", text="7\n")
    [file] = (state / "evidence").iterdir()
    [entry] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    assert (entry["place"], entry["verdict"]) == ("practice", "wrong")


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (20, 50)])
@pytest.mark.parametrize("words", [(), ("--plain",), ("--ascii",)])
def test_a_person_practises(state: Path, rows: int, columns: int, words: tuple[str, ...]) -> None:
    program = pexpect.spawn(
        sys.executable,
        ["-m", "backprop_tutor", "practice", "--seed", "3", *words],
        env={**os.environ, "BACKPROP_TUTOR_STATE": str(state), "TERM": "xterm"},
        dimensions=(rows, columns),
        encoding="utf-8",
        timeout=60,
    )
    program.expect(r"1\. ")
    program.expect(r"What is .*\?")
    for answer, reply in (("12345", "[Ww]rong"), ("hint", "[Hh]int 1 of"), ("back", "This is the first")):
        program.expect(r" = $")
        program.sendline(answer)
        program.expect(reply)
    program.expect(r" = $")
    program.sendline("quit")
    program.expect("Practised: 0 of 1 right at once")
    program.expect(pexpect.EOF)
    program.close()
    assert program.exitstatus == 0
