"""`demo` as a class sees it: a real terminal, emulated, and every key."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import Program

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")
pyte = pytest.importorskip("pyte", reason="pyte is not installed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal of POSIX")

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"


class Terminal:
    """The program in a pseudo-terminal, its screen kept by an emulator."""

    def __init__(self, *words: str, columns: int = 80, rows: int = 24, **env: str) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "backprop_tutor", "demo", *words],
            dimensions=(rows, columns),
            env={**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **env},
            timeout=20,
        )

    def pump(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.child.isalive():
            try:
                read = self.child.read_nonblocking(65536, 0.02)
            except pexpect.TIMEOUT:
                return
            except pexpect.EOF:
                return
            self.raw += read
            self.stream.feed(read)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, *wanted: str, gone: str = "\0", seconds: float = 20) -> str:
        """The screen once it shows all that is `wanted`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.pump(0.2)
            if all(piece in self.text for piece in wanted) and gone not in self.text:
                return self.text
        raise AssertionError(f"{wanted} not on the screen:\n{self.text}")

    def send(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)
            time.sleep(0.12)

    def ended(self) -> int | None:
        """Its status, and the terminal as it was."""
        self.child.expect(pexpect.EOF)
        self.raw += self.child.before
        self.child.wait()
        assert b"\x1b[?1049h" in self.raw
        assert self.raw.rstrip().endswith(b"\x1b[?25h") or b"\x1b[?1049l" in self.raw
        assert self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h")
        assert self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")
        status: int | None = self.child.exitstatus
        return status


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*words: str, **settings: object) -> Terminal:
        opened.append(Terminal(*words, **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.child.close(force=True)


Open = Callable[..., Terminal]


def test_steps_forward_and_back(terminal: Open) -> None:
    demo = terminal("exercise1")
    demo.until("0/13", "Press space", "x[1] = 1", "q quit")
    demo.send(" ")
    demo.until("1/13", "net1[1]", "│ 1·1 + 0·0 ")
    demo.send(RIGHT)
    demo.until("2/13", "ReLU", "net1[2]  -1", "h1[2]     0")
    demo.send(LEFT)
    demo.until("1/13", gone="max(0")
    demo.send("q")
    assert demo.ended() == 0


def test_finer_and_coarser(terminal: Open) -> None:
    demo = terminal("exercise1")
    demo.until("0/13")
    demo.send(DOWN)
    demo.until("by element")
    demo.send(" ")
    demo.until("│ net1[1] ", gone="│ net1[2] ")
    demo.send(UP, UP)
    demo.until("by layer")
    demo.send(" ")
    demo.until("2/13")
    demo.send("q")
    assert demo.ended() == 0


def test_hide_explain_digits_and_notation(terminal: Open) -> None:
    demo = terminal("mazur", "--from", "h1")
    demo.until("2/17", "≈ 0.5933")
    demo.send("+")
    demo.until("≈ 0.59327", "5 significant digits")
    demo.send("-", "-")
    demo.until("≈ 0.593 ")
    demo.send("h")
    demo.until("│ ? ", "hiding", gone="0.593")
    demo.send(" ")
    demo.until("≈ 0.593")
    demo.send("n")
    demo.until("notation: notes")
    demo.send("n")
    demo.until("notation: nielsen", "a¹", "a¹[1]", "0.593")
    demo.send("e")
    demo.until("Any key goes back", "interval from 0 to 1")
    demo.send(" ")
    demo.until("2/17", "≈ 0.593")
    demo.send("q")
    assert demo.ended() == 0


def test_the_derivation_of_a_step(terminal: Open) -> None:
    demo = terminal("exercise1", "--from", "dJ/dW1")
    demo.until("11/13")
    demo.send("e")
    demo.until("linearity of net", "total derivative")
    demo.send("q")
    assert demo.ended() == 0


def test_go_to_a_quantity(terminal: Open) -> None:
    demo = terminal("exercise1")
    demo.until("0/13")
    demo.send("g")
    demo.until("Go to: _")
    demo.send(*"net9", "\r")
    demo.until("Did you mean")
    demo.send(*"dJ/dW2", "\x7f", "2", "\r")
    demo.until("8/13", "linearity of net")
    demo.send("q")
    assert demo.ended() == 0


def test_resizing_lays_it_out_anew(terminal: Open) -> None:
    demo = terminal("mazur", "--from", "z", columns=160, rows=50)
    demo.until("4/17", "0.7514")
    tall = [number for number, line in enumerate(demo.screen.display) if line.strip()]
    assert tall[-1] == 49
    demo.screen.resize(24, 60)
    demo.child.setwinsize(24, 60)
    demo.pump(1.0)
    demo.until("4/17", "space next", "q quit")
    assert demo.screen.display[23].strip()
    demo.send("q")
    assert demo.ended() == 0


@pytest.mark.parametrize("columns", [40, 50, 80, 160])
@pytest.mark.parametrize("name", ["exercise1", "softmax-batch", "sigmoid-neuron"])
def test_every_step_fits_every_window(terminal: Open, name: str, columns: int) -> None:
    demo = terminal(name, columns=columns, rows=24)
    demo.until("0/")
    demo.send(*[" "] * 6)
    demo.until("6/")
    assert demo.screen.display[23].strip(), "the keys are always there"
    demo.send("q")
    assert demo.ended() == 0


def test_a_footer_names_every_key_at_80_columns(terminal: Open) -> None:
    demo = terminal("exercise1")
    demo.until("space next", "level", "h hide", "e why", "g go", "n notation", "+- digits", "q quit")
    demo.send("q")
    assert demo.ended() == 0


def test_large_arrays(terminal: Open) -> None:
    demo = terminal("exercise1", "--large", "--from", "h1", columns=160, rows=50)
    demo.until("2/13", "██████")
    demo.send("q")
    assert demo.ended() == 0


def test_large(terminal: Open) -> None:
    demo = terminal("exercise1", "--large", "--from", "J")
    demo.until("5/13", "██████")
    demo.send("q")
    assert demo.ended() == 0


def test_it_plays_by_itself_and_trains(terminal: Open) -> None:
    demo = terminal("exercise1", "--auto", "0.05", "--train", "40")
    demo.until("J over 40 updates", seconds=30)
    demo.child.expect(pexpect.EOF)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_put_back_whatever_ends_it(terminal: Open, sign: signal.Signals) -> None:
    demo = terminal("exercise1")
    demo.until("0/13")
    demo.child.kill(sign)
    assert demo.ended() == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}[sign]


def test_ascii(terminal: Open) -> None:
    demo = terminal("exercise1", "--ascii", "--from", "dJ/dW1")
    shown = demo.until("11/13")
    assert shown.isascii()
    demo.send("q")
    assert demo.ended() == 0


def test_a_terminal_that_can_do_nothing_gets_lines(terminal: Open) -> None:
    demo = terminal("exercise1", TERM="dumb")
    demo.child.expect(pexpect.EOF)
    assert demo.child.before.count(b"\nstep: ") == 13
    assert b"\x1b" not in demo.child.before


def test_without_a_terminal_it_prints_the_steps_and_ends(program: Program) -> None:
    done = program("demo", "exercise1", "--train", "5")
    assert done.returncode == 0
    assert done.stdout.count("\nstep: ") == 13
    assert "training: 5 updates, loss from 0.5" in done.stdout
    assert "\x1b" not in done.stdout
    from_there = program("demo", "exercise1", "--from", "dJ/dW1").stdout
    assert from_there.count("step: ") == 3
    assert program("demo", "exercise1", "--from", "net9").returncode == 2
    assert program("demo", "circuit-xyz", "--train", "2").returncode == 2
