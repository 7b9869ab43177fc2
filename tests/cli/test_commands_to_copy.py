"""Commands that are shown can be copied: names with a space in them are quoted."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

EXERCISE = """\
title: A small network
graph:
  parameters: {w: 2}
  compute: {J: w*w}
  loss: J
"""
NAME = "my exercise.yaml"


@pytest.mark.parametrize(
    "words",
    [["run", NAME], ["sheet", NAME, "--out", "my answers.yaml"], ["new", "another one.yaml"], ["progress"]],
)
def test_a_command_names_the_files_that_it_means(
    words: list[str], program: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / NAME).write_text(EXERCISE, encoding="utf-8")
    done = program(*words, BACKPROP_TUTOR_STATE=str(tmp_path / "state"))
    shown = " ".join(done.stdout.split())  # type: ignore[attr-defined]
    commands = re.findall(r"backprop-tutor (?:run|solve|check) [^(]*", shown)
    assert commands
    for command in commands:
        named = [word for word in shlex.split(command) if word.endswith((".yaml", ".yaml."))]
        assert all((tmp_path / word.removesuffix(".")).name in (NAME, "my answers.yaml", "another one.yaml")
                   for word in named), command  # fmt: skip
