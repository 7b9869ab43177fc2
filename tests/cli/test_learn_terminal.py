"""`learn` in a real pseudo-terminal: the map, a lesson, its exercise, Ctrl-C, and back again."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")
if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from test_run_terminal import Terminal


def opened(folder: Path, *words: str, rows: int = 24, columns: int = 80, **env: str) -> Terminal:
    return Terminal(["learn", *words], {"BACKPROP_TUTOR_STATE": str(folder), **env}, rows, columns)


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (20, 50)])
def test_from_the_map_into_a_lesson_and_its_exercise(tmp_path: Path, rows: int, columns: int) -> None:
    terminal = opened(tmp_path, rows=rows, columns=columns)
    shown = terminal.wait(lambda text: "Lesson (Enter for 1" in text)
    assert "One weight and a wiggle" in shown
    terminal.child.send("\r")
    terminal.wait(lambda text: "1 of 7" in text and "Enter: go on" in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "2 of 7" in text and "your guess" in text)
    terminal.child.send("rises\r")
    terminal.wait(lambda text: "Type the number" in text and "What does J" in text)
    terminal.child.send("1\r")
    terminal.wait(lambda text: "In fact: It falls." in text and "What does J" in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "3 of 7" in text and "your guess" in text)
    terminal.child.send("-18\r")
    terminal.wait(lambda text: "Right." in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "4 of 7" in text and "your guess" in text)
    terminal.child.send("2\r")
    terminal.wait(lambda text: "Right." in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "5 of 7" in text and "Enter: go on" in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "6 of 7" in text and "Enter: go on" in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: text.endswith("z ="))
    for answer, following in (("6", "J ="), ("18", "∂J/∂w ="), ("-18", "w_new ="), ("19/5", "your guess")):
        terminal.child.send(f"{answer}\r")
        terminal.wait(lambda text, following=following: following in text)  # type: ignore[misc]
    terminal.wait(lambda text: "7 of 7" in text)
    terminal.child.send("3\r")
    terminal.wait(lambda text: "Right." in text)
    terminal.child.send("\r")
    shown = terminal.wait(lambda text: "Enter: lesson 2" in text)
    assert "Lesson 1 is done" in shown
    assert "3 of 4 right" in shown
    terminal.child.send("map\r")
    shown = terminal.wait(lambda text: "Lesson (Enter for 2" in text)
    assert "done" in shown
    terminal.child.send("q\r")
    terminal.child.expect_exact("\n")
    terminal.child.close()


def test_ctrl_c_saves_and_the_lesson_goes_on(tmp_path: Path) -> None:
    terminal = opened(tmp_path, "1")
    terminal.wait(lambda text: "1 of 7" in text and "Enter: go on" in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "2 of 7" in text and "your guess" in text)
    terminal.child.sendintr()
    terminal.wait(lambda text: "Saved. Go on with: backprop-tutor learn one-weight" in text)
    terminal.child.close()
    assert terminal.child.exitstatus == 130
    again = opened(tmp_path, "one-weight")
    again.wait(lambda text: "2 of 7" in text and "your guess" in text)
    again.child.send("quit\r")
    again.wait(lambda text: "Saved." in text)
    again.child.close()
    assert again.child.exitstatus == 0


def test_a_dumb_terminal_gets_plain_lines(tmp_path: Path) -> None:
    terminal = opened(tmp_path, "1", TERM="dumb", NO_COLOR="1")
    shown = terminal.wait(lambda text: "Enter goes on:" in text)
    assert "picture: z = 6" in shown
    terminal.child.close()


def test_a_window_that_changes_is_painted_anew(tmp_path: Path) -> None:
    terminal = opened(tmp_path, "1")
    terminal.wait(lambda text: "1 of 7" in text and "Enter: go on" in text)
    terminal.child.send("\r")
    terminal.wait(lambda text: "2 of 7" in text and "your guess" in text)
    terminal.child.send("1\r")
    terminal.wait(lambda text: "In fact: It falls." in text)
    terminal.screen.resize(20, 50)
    terminal.child.setwinsize(20, 50)
    shown = terminal.wait(lambda text: text.count("2 of 7") == 1 and text.endswith(">"))
    assert "What does J" in shown, "the question"
    assert "In fact: It falls." in shown, "and the answer"
    assert "further away?" in shown
    terminal.child.close()


def test_it_is_whole_again_after_a_resize_at_a_later_line(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    terminal.wait(lambda text: "Lesson (Enter for 1" in text)
    terminal.child.send("4\r")
    terminal.wait(lambda text: "Lesson 4" in text and "Enter: go on" in text)
    terminal.screen.resize(20, 50)
    terminal.child.setwinsize(20, 50)
    terminal.wait(lambda text: text.startswith("Lesson 4: A neuron  ") and "Enter: go on" in text)
