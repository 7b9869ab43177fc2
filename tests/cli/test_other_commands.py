"""`list`, `new`, `validate`, `schema`, `--help` and `--version` as users run them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Program

from backprop_tutor import __version__
from backprop_tutor.cli.app import app
from backprop_tutor.exercise import shipped_names

COMMANDS = [command.name for command in app.registered_commands]


def test_help_names_every_command_and_each_has_an_example(program: Program) -> None:
    shown = program("--help").stdout
    for command in COMMANDS:
        assert command is not None
        assert command in shown
        assert f"Example: backprop-tutor {command}" in " ".join(program(command, "--help").stdout.split())


def test_version(program: Program) -> None:
    assert program("--version").stdout == f"backprop-tutor {__version__}\n"


def test_list_shows_shipped_and_local_exercises(program: Program, tmp_path: Path) -> None:
    assert program("new", "mine.yaml").returncode == 0
    (tmp_path / "broken.yaml").write_text("title: [", encoding="utf-8")
    shown = program("list").stdout
    for name in (*shipped_names(), "mine.yaml", "broken.yaml"):
        assert name in shown
    assert "cannot be read" in shown
    document = json.loads(program("list", "--json").stdout)
    assert {entry["name"] for entry in document["exercises"]} >= {*shipped_names(), "mine.yaml"}


def test_new_validates_and_is_not_overwritten(program: Program, tmp_path: Path) -> None:
    assert program("new", "mine.yaml").returncode == 0
    assert program("validate", "mine.yaml").returncode == 0
    (tmp_path / "mine.yaml").write_text("title: kept", encoding="utf-8")
    again = program("new", "mine.yaml")
    assert again.returncode == 4
    assert "--force" in again.stderr
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "title: kept"
    assert program("new", "mine.yaml", "--force").returncode == 0
    assert program("new", "no/such/folder.yaml").returncode == 4


def test_validate_tells_what_is_in_it_and_what_teaches_badly(program: Program, tmp_path: Path) -> None:
    assert "numbers to learn │ 6 " in program("validate", "exercise1").stdout
    shown = program("validate", "exercise1", "--plain").stdout
    assert "valid" in shown
    assert "numbers to learn: 6" in shown
    (tmp_path / "kink.yaml").write_text(
        "title: t\nnetwork:\n  layers:\n    - {activation: relu, weights: [[1, -1]]}\n"
        "data: [{x: [1, 1], t: [0]}]\nloss: sse\n",
        encoding="utf-8",
    )
    shown = program("validate", "kink.yaml", "--plain").stdout
    assert "kink" in shown
    assert "zero in every entry" in shown


def test_validate_reports_every_fault_with_its_place(program: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "title: t\nlerning_rate: 0.1\nnetwork:\n  layers:\n    - {activation: rellu, weights: [[1, x]]}\n"
        "data: [{x: [1, 1], t: [0]}]\nloss: sse\n",
        encoding="utf-8",
    )
    done = program("validate", "bad.yaml", "exercise1")
    assert done.returncode == 3
    for place in ("bad.yaml:2:", "bad.yaml:5:"):
        assert place in done.stderr
    assert "learning_rate" in done.stderr
    assert "relu" in done.stderr
    assert "exercise1: valid" in done.stdout
    document = json.loads(program("validate", "bad.yaml", "--json").stdout)
    assert document["files"][0]["valid"] is False
    assert len(document["files"][0]["faults"]) >= 2


def test_schema_is_a_json_schema(program: Program) -> None:
    schema = json.loads(program("schema").stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"title", "network", "graph", "data", "loss"} <= set(schema["properties"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("binary", b"\x00\x01\x02\xff\xfe"),
        ("latin1", "title: caf\u00e9".encode("latin-1")),
        ("brackets", b"[" * 100_000),
        ("bomb", b"a: &a [1]\nb: [*a, *a]\n"),
        ("integer", b"title: t\ngraph:\n  given: {x: " + b"9" * 5000 + b"}\n  compute: {f: x}\n  loss: f\n"),
        ("tower", b"title: t\ngraph:\n  given: {x: 9}\n  compute: {f: x**9**9**9}\n  loss: f\n"),
        ("cycle", b"title: t\ngraph:\n  given: {x: 9}\n  compute: {f: g + x, g: f}\n  loss: f\n"),
        ("shadow", b"title: t\ngraph:\n  given: {exp: 9}\n  compute: {f: exp}\n  loss: f\n"),
        ("vector", b"title: t\ngraph:\n  given: {x: [1, 2]}\n  compute: {f: x * 2}\n  loss: f\n"),
        (
            "infinite",
            b"title: t\ngraph:\n  given: {x: .inf, y: 1e400, z: 1/0}\n  compute: {f: x}\n  loss: f\n",
        ),
        (
            "huge",
            b"title: t\ngraph:\n  given: {x: [1, 2]}\n  compute: {y: reshape(x, 2, 1) * reshape(x, 1, 2), "
            b"f: sum(exp(1000 * y))}\n  loss: f\n",
        ),
    ],
)
def test_bad_files_get_one_clear_error(program: Program, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / f"{name}.yaml").write_bytes(content)
    done = program("solve", f"{name}.yaml")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 3000


@pytest.mark.parametrize(
    "words",
    [("solve", "exercise3"), ("explain", "--rule", "descent"), ("explain", "exercise3", "dJ/dW1"), ("list",)],
)
def test_what_is_spelled_out_still_fits_the_width(program: Program, words: tuple[str, ...]) -> None:
    done = program(*words, encoding="ascii")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("columns", [30, 40, 50])
def test_list_keeps_to_the_width(program: Program, columns: int) -> None:
    shown = program("list", columns=columns).stdout
    assert max(map(len, shown.splitlines())) <= columns
    assert "Linear regression, one step" in " ".join(shown.split())


@pytest.mark.skipif(os.name != "posix", reason="a closed pipe is told otherwise there")
@pytest.mark.parametrize("command", [("solve", "mazur"), ("list",), ("solve", "exercise1", "--json")])
def test_a_reader_that_hangs_up_is_no_wrong_answer(command: tuple[str, ...], tmp_path: Path) -> None:
    """What `| head -1` does: status 1 would say that an answer is wrong."""
    started = subprocess.Popen(
        [sys.executable, "-m", "backprop_tutor", *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert started.stdout
    assert started.stderr
    started.stdout.close()
    with started.stderr:
        complaint = started.stderr.read()
    assert started.wait(60) == 141
    assert complaint == b""
