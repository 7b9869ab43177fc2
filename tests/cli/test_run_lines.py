"""`run` without a terminal: one answer a line, a file of answers, nothing at all."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

RIGHT = ["1", "-1", "1", "0", "1", "1/2", "-1", "0", "11/10", "2"]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def run(state: Path, *words: str, text: str | None = None, encoding: str = "utf-8") -> tuple[int, str, str]:
    """The exit status, standard output and standard error; `text` None: standard input is empty."""
    done = subprocess.run(
        [sys.executable, "-m", "backprop_tutor", *words],
        input=text or "",
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"BACKPROP_TUTOR_STATE": str(state), "PYTHONIOENCODING": encoding},
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def answers(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def test_right_answers(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", text=answers(*RIGHT))
    assert status == 0
    assert output.splitlines()[1] == "net1[1] = 1: correct."
    assert output.count(": correct.") == 10
    assert "What is" not in output, "no questions, no prompts"


def test_a_wrong_answer_and_the_slip_carried_on(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", text=answers("1", "1", "1", "1", *RIGHT[4:]))
    assert status == 1
    assert "net1[2] = 1: wrong." in output
    assert "h1[2] = 1: follow-through." in output
    assert "the slip was in net1[2]" in output


def test_an_unfinished_session(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", text="1\n-1")
    assert status == 1
    assert "unanswered 8" in output


def test_an_empty_line_skips_and_what_cannot_be_read_blocks_nothing(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", text=answers("", "1 +", *RIGHT[2:]))
    assert status == 1
    assert "net1[1]: skipped" in output
    assert "net1[2] = 1 +: invalid." in output
    assert "^" in output
    assert output.count(": correct.") == 8


def test_more_lines_than_questions_are_left_alone(state: Path) -> None:
    assert run(state, "run", "exercise1", text=answers(*RIGHT, "5", "6"))[0] == 0


def test_hints_to_the_end_count_as_shown(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", text=answers(*["hint"] * 4, *RIGHT[1:]))
    assert status == 0
    assert "shown 1" in output


def test_crlf_and_a_byte_order_mark(state: Path) -> None:
    assert run(state, "run", "exercise1", text="\ufeff" + "\r\n".join(RIGHT))[0] == 0


@pytest.mark.parametrize("words", [(), ("--plain",), ("--json",), ("--ascii",)])
def test_an_empty_standard_input_shows_the_walkthrough(state: Path, words: tuple[str, ...]) -> None:
    status, output, _ = run(state, "run", "exercise1", *words)
    assert status == 0
    assert "holds no answers" in output.splitlines()[0]
    assert "W2_new" in output
    assert not state.exists(), "nothing was done, nothing is saved"
    if "--json" in words:
        assert [json.loads(line)["event"] for line in output.splitlines()] == ["unattended", *["step"] * 13]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_closed_standard_input_shows_the_walkthrough(state: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m backprop_tutor run exercise1 --plain <&-'],
        capture_output=True,
        text=True,
        env=os.environ | {"BACKPROP_TUTOR_STATE": str(state)},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "holds no answers" in done.stdout


def test_a_file_of_answers(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    file.write_text(answers(*RIGHT), encoding="utf-8")
    status, output, _ = run(state, "run", "exercise1", "--answers", str(file))
    assert (status, output.count(": correct.")) == (0, 10)
    file.write_text("", encoding="utf-8")
    assert run(state, "run", "exercise1", "--answers", str(file))[0] == 1
    assert run(state, "run", "exercise1", "--answers", str(tmp_path / "none"))[0] == 4


def test_json_is_one_event_a_line(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", "--json", text=answers("2", "hint", "-1", "quit"))
    events = [json.loads(line) for line in output.splitlines()]
    assert status == 1
    assert {event["format"] for event in events} == {1}
    assert [event["event"] for event in events] == [
        "opened", "asked", "marked", "asked", "hinted", "asked", "marked", "asked", "left",
    ]  # fmt: skip
    assert events[2]["quantity"] == "net1[1]"
    assert events[2]["verdict"] == "wrong"
    assert events[-1]["counts"]["after_hints"] == 1


def test_what_is_asked_can_be_chosen(state: Path) -> None:
    _, output, _ = run(state, "run", "exercise1", "--json", "--ask", "J, dJ/dW2[1,2]", text="1/2\n0\n")
    asked = [json.loads(line) for line in output.splitlines() if '"asked"' in line]
    assert [event["quantity"] for event in asked] == ["J", "dJ/dW2[1,2]"]
    assert run(state, "run", "exercise1", "--ask", "nothing", text="1\n")[0] == 2


def test_what_does_not_exist_cannot_be_asked_of_nobody(state: Path) -> None:
    status, output, errors = run(state, "run", "exercise1", "--ask", "nothing")
    assert (status, output) == (2, "")
    assert "nothing" in errors
    assert run(state, "run", "exercise1", "--ask", "J")[0] == 0


def test_an_exercise_is_done_when_all_that_it_asks_is(state: Path) -> None:
    run(state, "run", "exercise1", "--ask", "J", text="1/2\n")
    assert "exercise1: 1 of 1 questions (--ask J)" in run(state, "progress", "--plain")[1]
    run(state, "run", "exercise1", "--ask", "all", text=answers("3", *RIGHT))
    assert "exercise1: done" not in run(state, "progress", "--plain")[1]
    run(state, "run", "exercise1", text=answers(*RIGHT))
    assert "exercise1: done" in run(state, "progress", "--plain")[1]


def test_skills_have_what_the_answers_say_of_them(state: Path) -> None:
    run(state, "run", "exercise1", "--ask", "J", text="7\n")
    run(state, "run", "exercise1", "--ask", "J", text="1/2\n")
    run(state, "run", "softmax-batch", "--ask", "J", text="\n")
    output = run(state, "progress", "--plain")[1]
    assert "squared errors and their kin: right at once 1 of 2" in output
    assert "cross-entropy" not in output  # a skipped question says nothing
    assert "relu" not in output  # nor does what an exercise says of itself
    [skill] = json.loads(run(state, "progress", "--json")[1])["skills"]
    assert {key: type(value) for key, value in skill.items()} == {
        "id": str,
        "title": str,
        "evidence": int,
        "known": float,
        "due": str,
    }
    assert (skill["id"], skill["evidence"]) == ("loss", 2)
    assert 0 < skill["known"] < 1


def test_a_checked_sheet_counts_once(state: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "answers.yaml"
    sheet.write_text("exercise: exercise1\nanswers: {J: 1/2, net1: [1, 7]}\n", encoding="utf-8")
    for _ in range(2):
        assert run(state, "check", "exercise1", str(sheet))[0] == 1
    skills = json.loads(run(state, "progress", "--json")[1])["skills"]
    assert [(skill["id"], skill["evidence"]) for skill in skills] == [("net", 2), ("loss", 1)]


def test_factors(state: Path) -> None:
    words = ("run", "exercise1", "--factors", "--ask", "dJ/dW2[1,1]")
    status, output, _ = run(state, *words, text="-1\n1\n-1\n")
    assert status == 0
    assert output.splitlines()[1:4] == [
        "∂J/∂net2[1] = -1: correct.",
        "∂net2[1]/∂W2[1,1] = 1: correct.",
        "∂J/∂W2[1,1] = -1: correct.",
    ]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_any_encoding_of_standard_output(state: Path, encoding: str) -> None:
    status, output, _ = run(state, "run", "exercise1", text=answers(*RIGHT, "σ"), encoding=encoding)
    assert status == 0
    assert "dJ/dW2[1,1] = -1: correct." in output


HOSTILE = ["9^9^9", "-" * 5000 + "1", "(" * 500, "x" * 20_000, "1/0", "nan", "oo", "\x1b[31m1", "\u202e1",
           "🙂", "[bold]1[/bold]", "[/]", "\x00", "__import__('os')", "2.5%", "1,5"]  # fmt: skip


def test_hostile_lines_are_answered_and_never_reach_the_terminal(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise3", text=answers(*HOSTILE))
    assert status == 1
    assert len([line for line in output.splitlines() if ": invalid." in line or ": wrong." in line]) >= 14
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "\x00" not in output


def test_a_line_without_end_is_cut(state: Path) -> None:
    status, output, _ = run(state, "run", "exercise1", text="1" * 3_000_000 + "\n-1\n")
    assert status == 1
    assert "net1[2] = -1: correct." in output


def test_progress_is_saved_listed_and_reset(state: Path) -> None:
    run(state, "run", "exercise1", text=answers(*RIGHT))
    run(state, "run", "exercise2", text=answers("1", "-1"))
    assert re.search(r"exercise1 .*\bbeginner\b.*\bdone\b", run(state, "list")[1])
    listed = {e["name"]: e["progress"] for e in json.loads(run(state, "list", "--json")[1])["exercises"]}
    assert listed["exercise1"] == {"done": 10, "questions": 10, "complete": True}
    assert listed["exercise2"] == {"done": 1, "questions": 9, "complete": False}
    assert listed["mazur"] is None

    status, output, _ = run(state, "progress", "--plain")
    assert status == 0
    assert "exercise1: done, 10 of 10 right at once" in output
    assert "exercise2: 1 of 9 questions" in output
    assert "ReLU and its kin: right at once" in output
    document = json.loads(run(state, "progress", "--json")[1])
    assert document["format"] == 1
    assert document["next"] == "exercise2"

    assert run(state, "progress", "--reset")[0] == 2, "nobody can be asked"
    assert (
        "Deleted 1 saved session and 2 answers of exercise2"
        in run(state, "progress", "exercise2", "--reset", "--yes")[1]
    )
    assert "exercise1: done" in run(state, "progress", "--plain")[1]
    run(state, "progress", "--reset", "--yes")
    assert "Nothing is done yet." in run(state, "progress", "--plain")[1]


def test_a_state_folder_that_cannot_be_written_is_not_fatal(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    status, output, errors = run(blocked / "state", "run", "exercise1", text=answers(*RIGHT))
    assert status == 0
    assert output.count(": correct.") == 10
    assert errors.count("cannot be saved") == 1


def test_a_damaged_state_is_told_and_set_aside(state: Path) -> None:
    run(state, "run", "exercise1", text=answers(*RIGHT))
    (file,) = (state / "exercise1").iterdir()
    file.write_text("{", encoding="utf-8")
    status, output, errors = run(state, "progress", "--plain")
    assert status == 0
    assert "damaged" in errors
    assert "exercise1" not in output
    assert "a net: weights times inputs, plus the bias: right at once 2 of 2" in output, (
        "answers are kept apart"
    )


def test_the_first_question_needs_no_sympy(state: Path) -> None:
    script = (
        "import sys\n"
        "sys.argv = ['backprop-tutor', 'run', 'exercise1']\n"
        "from backprop_tutor.cli import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', 'sympy' in sys.modules)\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", script],
        input="1\n",
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"BACKPROP_TUTOR_STATE": str(state)},
        check=False,
    ).stdout
    assert "LOADED False" in output


def test_a_checked_program_counts_once(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("J = 0.5\nW2_new = [[7.0, 7.0]]\n", encoding="utf-8")
    for _ in range(2):
        assert run(state, "code", "exercise1", str(file))[0] == 1
    skills = json.loads(run(state, "progress", "--json")[1])["skills"]
    assert [(skill["id"], skill["evidence"]) for skill in skills] == [("loss", 1), ("update", 1)]
