"""`run` in a real pseudo-terminal, seen through a terminal emulator."""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")
if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

RIGHT = {
    "net1[1]": "1", "net1[2]": "-1", "h1[1]": "1", "h1[2]": "0", "z[1]": "1", "J": "1/2",
    "∂J/∂z[1]": "-1", "∂J/∂W2[1,1]": "-1", "∂J/∂W2[1,2]": "0", "W2_new[1,1]": "11/10", "W2_new[1,2]": "2",
    "W1_new": "W1 - 1/10*dJ/dW1",
}  # fmt: skip
FOOTER = ("hint", "skip", "back", "why", "show", "try", "quit")
PATIENCE = 20.0


class Terminal:
    """A program in a pseudo-terminal of `rows` by `columns`, and the screen that a person would see."""

    def __init__(self, words: list[str], env: dict[str, str], rows: int, columns: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "backprop_tutor", *words],
            env=inherited | env,
            dimensions=(rows, columns),
            timeout=PATIENCE,
        )

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def wait(self, is_there: Callable[[str], bool]) -> str:
        """The screen, as soon as it shows what is waited for."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.05))
            except pexpect.TIMEOUT:
                if is_there(self.text):
                    return self.text
            except pexpect.EOF:
                break
        assert is_there(self.text), self.text
        return self.text

    def prompt(self, target: str) -> str:
        """Wait until `target` is asked; the question and the footer must then be on the screen."""
        shown = self.wait(lambda text: text.splitlines()[-1:] == [f"{target} ="])
        while page := re.search(r"Enter turns the page \((\d+) of", shown):
            self.say("")
            shown = self.wait(lambda text, page=page[0]: page not in text and text.endswith(f"{target} ="))
        lines = shown.splitlines()
        asked = [n for n, line in enumerate(lines) if f"hat is {target}" in line]
        assert asked, f"the question about {target} is not on the screen:\n{shown}"
        assert all(word in lines[-2] for word in FOOTER), shown
        return shown

    def say(self, text: str) -> None:
        self.child.sendline(text)

    def end(self) -> int:
        """The exit status, once the program has ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
        self.child.close()
        status = self.child.exitstatus
        return status if status is not None else -self.child.signalstatus


Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    opened: list[Terminal] = []

    def begin(*words: str, rows: int = 24, columns: int = 80, **env: str) -> Terminal:
        settings = {"BACKPROP_TUTOR_STATE": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        words = words or ("run", "exercise1")
        opened.append(Terminal([*words], settings | {"PYTHONUTF8": "1"} | env, rows, columns))
        return opened[-1]

    yield begin
    for terminal in opened:
        terminal.child.close(force=True)


def saved(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.json"))]


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (24, 50), (40, 120), (18, 80)])
def test_the_whole_of_exercise1(start: Start, tmp_path: Path, rows: int, columns: int) -> None:
    terminal = start(rows=rows, columns=columns)
    for number, (target, answer) in enumerate(RIGHT.items(), 1):
        shown = terminal.prompt(target)
        assert f"question {number} of 12" in shown
        assert all(len(line) <= columns for line in shown.splitlines())
        if number > 1 and rows >= 24 and target != "∂J/∂z[1]":  # before which one is told why backwards
            assert "Correct." in shown, "the verdict on the last answer is still on the screen"
        terminal.say(answer)
    assert terminal.end() == 0
    assert "Right at once 12" in terminal.text
    assert "0.5 before the update, 0.31205 after: smaller." in " ".join(terminal.text.split())
    assert "backprop-tutor run " in terminal.text, "what to do next"
    assert "∂" in terminal.text, "the finished picture"
    assert "→ 11/10" in terminal.text or columns < 80, "with what the weights have become"
    (session,) = saved(tmp_path)
    assert session["complete"] is True


def test_a_wrong_answer_a_typo_and_the_ladder_of_hints(start: Start) -> None:
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.say("5")
    terminal.wait(lambda text: "Wrong." in text)
    terminal.prompt("net1[1]")
    terminal.say("1 +")
    shown = terminal.wait(lambda text: "Invalid." in text)
    assert "^" in shown
    for level in range(1, 4):
        terminal.prompt("net1[1]")
        terminal.say("hint")
        terminal.wait(lambda text, level=level: f"Hint {level} of 4" in text)
    terminal.prompt("net1[1]")
    terminal.say("hint")
    assert "The answer: net1[1] = 1" in terminal.prompt("net1[2]")
    terminal.say("quit")
    terminal.end()
    assert "shown 1" in terminal.text


def test_the_words_at_the_prompt(start: Start) -> None:
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.say("1")
    terminal.prompt("net1[2]")
    terminal.say("back")
    shown = terminal.prompt("net1[1]")
    assert "You answered 1 (correct)" in shown
    terminal.say("skip")
    terminal.prompt("net1[2]")
    terminal.say("why")
    assert "net1[2] = W1[2,1]·x[1] + W1[2,2]·x[2]" in terminal.prompt("net1[2]")
    terminal.say("show")
    terminal.wait(lambda text: "t = 2" in text and "net1 = [1, ?]" in text)
    terminal.prompt("net1[2]")
    terminal.say("help")
    assert "go back to the question before" in terminal.prompt("net1[2]")
    terminal.say("")
    terminal.wait(lambda text: "Type an answer" in text)
    terminal.say("quit")
    assert terminal.end() == 0
    assert "backprop-tutor run exercise1" in terminal.text


def test_it_goes_on_after_a_kill(start: Start, tmp_path: Path) -> None:
    terminal = start()
    for target in ("net1[1]", "net1[2]"):
        terminal.prompt(target)
        terminal.say(RIGHT[target])
    terminal.prompt("h1[1]")
    terminal.child.send("typed but not")
    terminal.child.kill(signal.SIGKILL)
    assert terminal.end() == -signal.SIGKILL

    again = start()
    shown = again.prompt("h1[1]")
    assert "2 of 12 questions are done" in shown
    assert "A network has two inputs" in shown
    assert "net1 = [1, -1]" in shown
    again.say("1")
    again.prompt("h1[2]")
    again.say("quit")
    again.end()
    assert len(saved(tmp_path)) == 1, "the new session has taken the old one over"


@pytest.mark.parametrize(("key", "status"), [("\x04", 0), ("\x03", 130)])
def test_leaving_by_a_key_saves(start: Start, key: str, status: int) -> None:
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.say("1")
    terminal.prompt("net1[2]")
    terminal.child.send(key)
    assert terminal.end() == status
    assert "Go on with: backprop-tutor run exercise1" in terminal.text
    assert "1 of 12" in start().prompt("net1[2]")


def test_another_selection_leaves_a_saved_session_alone(start: Start, tmp_path: Path) -> None:
    """`--ask` begins a session of its own: the other's answers stay, and it alone goes on without it."""
    terminal = start()
    for target in list(RIGHT)[:5]:
        terminal.prompt(target)
        terminal.say(RIGHT[target])
    terminal.prompt("J")
    terminal.child.send("\x04")
    terminal.end()

    other = start("run", "exercise1", "--ask", "J", "--ask", "dJ/dW2[1,1]")
    other.prompt("J")
    other.say("0.5")
    other.prompt("∂J/∂W2[1,1]")
    other.say("quit")
    other.end()
    assert "Go on with: backprop-tutor run exercise1 --ask J --ask 'dJ/dW2[1,1]'" in other.text

    again = start("run", "exercise1", "--ask", "dJ/dW2[1,1],J")
    again.wait(lambda text: "1 of 2 questions are done" in text)
    again.prompt("∂J/∂W2[1,1]")
    again.say("1")
    again.wait(lambda text: "Wrong." in text)
    again.say("-1")
    assert again.end() == 0
    assert "Slips" not in again.text, "1 for -1 may have other causes: only certain slips are told"
    assert "The whole exercise: backprop-tutor run exercise1" in again.text

    progress = start("progress", "--plain")
    assert progress.end() == 0
    assert "exercise1: 5 of 12 questions" in progress.text
    start().wait(lambda text: "5 of 12 questions are done" in text)
    assert len(saved(tmp_path)) == 2


def test_restart_asks_first(start: Start, tmp_path: Path) -> None:
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.say("1")
    terminal.prompt("net1[2]")
    terminal.say("quit")
    terminal.end()

    kept = start("run", "exercise1", "--restart")
    kept.wait(lambda text: "[y/N]" in text)
    kept.say("n")
    kept.prompt("net1[2]")
    kept.say("quit")
    kept.end()

    dropped = start("run", "exercise1", "--restart")
    dropped.wait(lambda text: "[y/N]" in text)
    dropped.say("y")
    dropped.prompt("net1[1]")
    dropped.say("quit")
    dropped.end()
    assert len(saved(tmp_path)) == 1


def test_two_terminals_keep_both_their_answers(start: Start, tmp_path: Path) -> None:
    first = start()
    first.prompt("net1[1]")
    first.say("1")
    first.prompt("net1[2]")
    second = start()
    second.prompt("net1[2]")
    second.say("-1")
    second.prompt("h1[1]")
    first.say("7")
    first.wait(lambda text: "Wrong." in text)
    for terminal in (first, second):
        terminal.say("quit")
        terminal.end()
    done = sorted(
        sum(question["status"] == "right" for question in session["questions"])  # type: ignore[attr-defined]
        for session in saved(tmp_path)
    )
    assert done == [1, 2]


def test_a_window_that_changes_its_size(start: Start) -> None:
    terminal = start(rows=30, columns=100)
    terminal.prompt("net1[1]")
    terminal.child.setwinsize(24, 50)
    terminal.screen.resize(24, 50)
    terminal.say("1")
    shown = terminal.prompt("net1[2]")
    assert all(len(line) <= 50 for line in shown.splitlines())
    terminal.say("-1")
    terminal.prompt("h1[1]")


def test_no_colour_and_no_unicode(start: Start) -> None:
    terminal = start("run", "exercise1", "--ascii", NO_COLOR="1")
    shown = terminal.prompt("net1[1]")
    assert shown.isascii()
    assert "*net1[1]" in shown
    colours = {terminal.screen.buffer[y][x].fg for y in range(24) for x in range(80)}
    assert colours == {"default"}
    terminal.say("5")
    assert "Wrong." in terminal.wait(lambda text: "Wrong." in text)


@pytest.mark.parametrize("env", [{}, {"TERM": "dumb"}])
def test_plain_lines(start: Start, env: dict[str, str]) -> None:
    words = ("run", "exercise1") if env else ("run", "exercise1", "--plain")
    terminal = start(*words, rows=60, **env)
    shown = terminal.wait(lambda text: text.endswith("net1[1] ="))
    assert "question 1 of 12, Forward pass 1 of 5: What is net1[1]?" in shown
    assert not set("─━▶▸│") & set(shown)
    terminal.say("1")
    shown = terminal.wait(lambda text: text.endswith("net1[2] ="))
    assert "net1[1] = 1: correct." in shown
    assert "numbers: net1[1] = 1·1 + 0·0" in shown


def test_the_line_can_be_edited_without_losing_the_prompt(start: Start) -> None:
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.child.send("77\x7f\x7f\x7f\x7f1")
    terminal.wait(lambda text: text.endswith("net1[1] = 1"))
    terminal.say("")
    terminal.prompt("net1[2]")


def test_whole_matrices_and_every_other_exercise_fit(start: Start) -> None:
    terminal = start("run", "softmax-batch", "--ask", "z", "--ask", "dJ/dW1")
    shown = terminal.wait(lambda text: text.endswith("z ="))
    assert "All 3×3 at once, one row an example" in shown
    terminal.say("[1, 2; 3, 4]")
    terminal.wait(lambda text: "Invalid. The shape of z is 3×3" in text)
    terminal.say("[1, 2, 0; 3, 4, 0; 0, 0, 0]")
    terminal.wait(lambda text: "Wrong." in text)
    terminal.say("skip")
    terminal.wait(lambda text: text.splitlines()[-1].startswith("∂J/∂W1"))


def test_progress_reset_asks_first(start: Start, tmp_path: Path) -> None:
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.say("1")
    terminal.prompt("net1[2]")
    terminal.say("quit")
    terminal.end()
    for answer, said, left in (("n", "Nothing was deleted", 1), ("y", "Deleted 1 saved session", 0)):
        asking = start("progress", "--reset")
        asking.wait(lambda text: "[y/N]" in text)
        asking.say(answer)
        assert asking.end() == 0
        assert said in asking.text
        assert len(saved(tmp_path)) == left


def test_it_is_whole_again_after_a_resize_and_after_being_stopped(start: Start) -> None:
    terminal = start(rows=30, columns=100)
    terminal.prompt("net1[1]")
    terminal.child.send("12")
    terminal.wait(lambda text: text.endswith("net1[1] = 12"))
    terminal.screen.resize(24, 50)
    terminal.child.setwinsize(24, 50)
    shown = terminal.wait(lambda text: text.endswith("net1[1] = 12") and "question 1 of" in text)
    assert "What is net1[1]?" in shown
    assert all(len(line) <= 50 for line in shown.splitlines())
    terminal.say("")
    terminal.wait(lambda text: "Wrong." in text)
    terminal.prompt("net1[1]")


def test_tab_completes_and_the_arrow_keys_recall(start: Start) -> None:
    pytest.importorskip("readline")
    terminal = start()
    terminal.prompt("net1[1]")
    terminal.child.send("hi\t")
    terminal.wait(lambda text: text.endswith("= hint"))
    terminal.say("")
    terminal.prompt("net1[1]")
    terminal.child.send("W1[1,1]*x[1] + W1[1,2]*x[2] + ne\t")
    terminal.wait(lambda text: text.endswith("+ net"))
    terminal.child.send("\x15")
    terminal.say("77")
    terminal.wait(lambda text: "Wrong." in text)
    terminal.prompt("net1[1]")
    terminal.child.send("\x1b[A")
    terminal.wait(lambda text: text.endswith("net1[1] = 77"))


def test_a_number_is_tried_and_a_prediction_made(start: Start) -> None:
    terminal = start("run", "exercise1", "--ask", "dJ/dW2[1,1]")
    target = "∂J/∂W2[1,1]"
    assert "when W2[1,1] grows a little, what does J do?" in terminal.prompt(target)
    terminal.say("falls")
    assert "Well foreseen." in terminal.prompt(target)
    terminal.say("try W2[1,1] = 1.01")
    shown = " ".join(terminal.prompt(target).split())
    assert "J changes by -0.00995; the derivative promises ∂J/∂W2[1,1]·0.01 = -1·0.01 = -0.01." in shown
    terminal.say("try h1 = 2")
    assert "is an array" in " ".join(terminal.prompt(target).split())


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (20, 50)])
def test_the_definition_is_there_also_when_it_is_asked_again(start: Start, rows: int, columns: int) -> None:
    terminal = start(rows=rows, columns=columns)
    for text in ("7", "hint", "why", "show"):
        while "Enter turns the page" in terminal.wait(lambda shown: shown.endswith("net1[1] =")):
            assert "net1 = W1 x" in terminal.text
            terminal.say("")
            terminal.wait(lambda shown: shown.endswith("net1[1] ="))
        assert "net1 = W1 x" in terminal.prompt("net1[1]")
        terminal.say(text)
