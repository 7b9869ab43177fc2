"""The notation of an exercise, of the environment and of --notation, in the commands that ask and mark."""

import json
from pathlib import Path

import pytest
from conftest import Program

from backprop_tutor.exercise.catalogue import shipped_folder


@pytest.fixture
def own(tmp_path: Path) -> str:
    """exercise1, whose own notation is Nielsen's."""
    path = tmp_path / "exercise1.yaml"
    text = (shipped_folder() / "exercise1.yaml").read_text("utf-8")
    path.write_text(text + "notation: nielsen\n", "utf-8")
    return str(path)


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.txt"
    path.write_text("w1[1,1]*x[1] + w1[1,2]*x[2]\n5\n", "utf-8")
    return str(path)


def test_run(program: Program, own: str, answers: str, tmp_path: Path) -> None:
    state = {"BACKPROP_TUTOR_STATE": str(tmp_path / "state")}
    run = ("--plain", "--answers", answers)
    for done in (
        program("run", own, *run, **state),
        program("run", "exercise1", *run, "--notation", "nielsen", **state),
        program("run", "exercise1", *run, BACKPROP_TUTOR_NOTATION="nielsen", **state),
    ):
        assert "(read as w¹[1,1]·x[1] + w¹[1,2]·x[2]): correct." in done.stdout
        assert "z¹[2] = 5: wrong." in done.stdout
    chosen = program("run", own, *run, "--ask", "dC/dw2[1,1]", "--ask", "W1_new[1,1]", **state)
    assert "∂C/∂w²[1,1]" in chosen.stdout
    assert "w¹_new[1,1]" in chosen.stdout
    assert program("run", "exercise1", *run, "--notation", "nilsen", **state).returncode == 2


def test_run_json_has_the_programs_names(program: Program, own: str, answers: str, tmp_path: Path) -> None:
    state = {"BACKPROP_TUTOR_STATE": str(tmp_path / "state")}
    lines = program("run", own, "--json", "--answers", answers, **state).stdout.splitlines()
    marked = [event for event in map(json.loads, lines) if event["event"] == "marked"]
    assert [event["quantity"] for event in marked] == ["net1[1]", "net1[2]"]
    assert marked[0]["echo"] == "W1[1,1]·x[1] + W1[1,2]·x[2]"
    walkthrough = [program("run", exercise, "--json", **state).stdout for exercise in (own, "exercise1")]
    assert walkthrough[0] == walkthrough[1]


@pytest.mark.parametrize("words", [(), ("--plain",)])
def test_the_walkthrough_without_answers(program: Program, own: str, words: tuple[str, ...]) -> None:
    shown = " ".join(program("run", own, *words).stdout.split())
    assert ("matrix form: z¹ = w¹ @ x" if words else "z¹ w¹ x ⎡ 1⎤ = ⎡ 1 0⎤ @ ⎡1⎤") in shown
    assert "net1" not in shown


def test_demo(program: Program, own: str) -> None:
    shown = program("demo", own).stdout
    assert "matrix form: z¹ = w¹ @ x = [[1, 0], [-1, 1]] @ [[1], [0]] = [[1], [-1]]" in shown
    assert program("demo", "exercise1", "--notation", "nielsen").stdout == shown
    assert "dC/dw^2" in program("demo", own, "--from", "dC/dw2").stdout


def test_sheet_and_check(program: Program, own: str, tmp_path: Path) -> None:
    blank = program("sheet", own).stdout
    assert "notation: nielsen\nanswers:\n  z^1: [[_, _]]\n" in blank
    sheet = tmp_path / "s.yaml"
    sheet.write_text(blank.replace("[[_, _]]", "[[1, -1]]").replace("C: _", "C: -1/2"), "utf-8")
    for words in ((), ("--plain",)):
        for exercise in (own, "exercise1"):  # the sheet says its notation
            shown = program("check", exercise, str(sheet), *words).stdout
            assert "z¹[1]" in shown
            assert "dC/dw²[1,2]" in shown
            assert "net1" not in shown
    assert "dE/dw²[1,2]" in program("check", own, str(sheet), "--notation", "bishop").stdout
    revealed = program("check", own, str(sheet), "--reveal", "--plain").stdout
    assert "∂C/∂w²[1,2] = ∂C/∂z²[1]·a¹[2] = -1·0 = 0" in revealed
    document = json.loads(program("check", own, str(sheet), "--json").stdout)
    assert document["answers"][0]["quantity"] == "net1[1]"
    assert "a¹" not in json.dumps(document, ensure_ascii=False)
