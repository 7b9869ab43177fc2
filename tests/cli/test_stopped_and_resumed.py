"""Ctrl-Z and `fg` from a shell with jobs: the terminal belongs to the shell meanwhile, and comes back."""

import os
import shutil
import sys
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
if sys.platform == "win32" or not shutil.which("bash"):
    pytest.skip("there is no shell with jobs", allow_module_level=True)

SHELL = "SHELL> "
STOP = "\x1a"


@pytest.fixture
def shell(tmp_path: Path) -> "pexpect.spawn[str]":
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    settings = {
        "BACKPROP_TUTOR_STATE": str(tmp_path),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PS1": SHELL,
    }
    child = pexpect.spawn(
        "bash", ["--norc", "-i"], env=inherited | settings, dimensions=(24, 80), timeout=60, encoding="utf-8"
    )
    child.expect_exact(SHELL)
    yield child
    child.close(force=True)


def stopped(shell: "pexpect.spawn[str]") -> None:
    """Stop the program; the shell must find its terminal as it left it."""
    shell.send(STOP)
    shell.expect_exact(SHELL)
    shell.sendline("stty -a | tr ' ;' '\\n\\n' | grep -c '^icanon$\\|^echo$'")
    shell.expect_exact("2\r\n")
    shell.expect_exact(SHELL)


def test_a_question_is_asked_again_with_what_was_typed(shell: "pexpect.spawn[str]") -> None:
    shell.sendline(f"{sys.executable} -m backprop_tutor run exercise1")
    shell.expect_exact("net1[1] = ")
    shell.send("12")
    shell.expect_exact("12")
    stopped(shell)
    shell.sendline("fg")
    shell.expect_exact("net1[1] = 12")
    shell.send("\x7f\x7f1\r")
    shell.expect_exact("net1[2] = ")


def test_a_demonstration_is_drawn_anew(shell: "pexpect.spawn[str]") -> None:
    shell.sendline(f"{sys.executable} -m backprop_tutor demo exercise1")
    shell.expect_exact("\x1b[?1049h")
    shell.expect_exact("Two-layer")
    shell.send(STOP)
    shell.expect_exact("\x1b[?1049l")
    shell.expect_exact(SHELL)
    shell.sendline("fg")
    shell.expect_exact("\x1b[?1049h")
    shell.expect_exact("Two-layer")
    shell.send("q")
    shell.expect_exact("\x1b[?1049l")
    shell.expect_exact(SHELL)
