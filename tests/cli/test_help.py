"""Help in panels on a terminal, plain through a pipe; the same options in both."""

import re
import sys
from pathlib import Path

import pytest
from conftest import Program

from backprop_tutor.cli.app import app
from backprop_tutor.cli.help import PANELS

pexpect = pytest.importorskip("pexpect")
COMMANDS = [command.name for command in app.registered_commands]
OPTION = re.compile(r"--[a-z][a-z-]+")


def on_a_terminal(*words: str) -> str:
    program = str(Path(sys.executable).with_name("backprop-tutor"))
    shown, _ = pexpect.run(
        f"{program} {' '.join(words)}",
        env={"TERM": "xterm-256color", "COLUMNS": "120", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        encoding="utf-8",
        withexitstatus=True,
        timeout=60,
    )
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_panels_hold_what_the_plain_help_says(program: Program, command: str) -> None:
    panels, plain = on_a_terminal(command, "--help"), program(command, "--help").stdout
    assert "╭─" in panels
    assert not set("╭│╰") & set(plain)
    assert set(OPTION.findall(panels)) == set(OPTION.findall(plain))
    about = plain.partition("\n")[2].partition("Options:")[0]
    assert set(re.findall(r"\w{4,}", about)) <= set(re.findall(r"\w{4,}", panels))


def test_options_stand_in_the_panel_of_their_purpose() -> None:
    shown = on_a_terminal("solve", "--help")
    titles = [line.strip("╭─╮ \r") for line in shown.splitlines() if line.startswith("╭─")]
    assert titles == ["Arguments", "Options", "What is asked", "How it looks", "For machines"]
    assert shown.index("--quantity") < shown.index("How it looks") < shown.index("--precision")


def test_every_option_has_a_panel(program: Program) -> None:
    """So that an option that is added is put where people look for it."""
    known = {option for options in PANELS.values() for option in options} | {"--help"}
    found = {o for command in COMMANDS for o in OPTION.findall(program(command, "--help").stdout)}
    assert found <= known | {"--install-completion", "--show-completion"}
