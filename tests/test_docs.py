"""The documentation does what it says: commands and code run, exercises validate, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.cli.app import app
from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Activation, elementwise

ROOT = Path(__file__).parent.parent
PAGES = {
    page.name: page.read_text(encoding="utf-8")
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
}
README = PAGES["README.md"]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGES[page], re.MULTILINE | re.DOTALL)


def test_every_misconception_is_listed_with_what_is_right() -> None:
    from backprop_tutor.grading.misconceptions import TABLE

    rows = [re.split(r" ?\| ?", line) for line in PAGES["misconceptions.md"].splitlines() if "| `" in line]
    listed = [(row[1].strip("` *"), row[2], row[3]) for row in rows]
    assert listed == [(entry.id, entry.title, entry.summary) for entry in TABLE]


COMMANDS = [
    shlex.split(line.removeprefix("$ "))
    for block in blocks("README.md", "console")
    for line in block.splitlines()
    if line.startswith("$ ")
]


def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    assert len(COMMANDS) > 8
    for program, *args in COMMANDS:
        assert program == "backprop-tutor"
        done = subprocess.run(
            [sys.executable, "-m", "backprop_tutor", *args],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            env={"PYTHONIOENCODING": "utf-8", "PATH": "", "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, (args, done.stderr)
        assert done.stdout
        if args == ["solve", "exercise1"]:
            picture = blocks("README.md", "text")[0]
            for line in picture.splitlines():
                assert line in done.stdout.splitlines(), "the picture is not what the program prints"


def test_every_command_is_documented() -> None:
    for command in app.registered_commands:
        assert f"backprop-tutor {command.name}" in README, command.name


def test_the_python_of_the_readme_runs() -> None:
    for block in blocks("README.md", "python"):
        space: dict[str, object] = {}
        code = compile(block, "README.md", "exec")
        exec(code, space)  # our own README


@pytest.mark.parametrize("text", [b for b in blocks("README.md", "yaml") if b.startswith("title")])
def test_the_exercises_of_the_readme_are_valid(text: str) -> None:
    solution = solve(loads(text))
    for step in solution.steps.values():
        solution.value(step.quantity)


def test_the_pieces_of_the_format_page_are_valid() -> None:
    network, kinds, graph, rest = blocks("exercise-format.md", "yaml")
    for piece in (network, kinds, graph, network + rest):
        solution = solve(loads(f"title: t\n{piece}"))
        assert solution.steps


def test_the_op_of_the_page_on_ops_works(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sympy")
    from backprop_tutor.engine.symbolic_pass import local_derivative

    entry = blocks("adding-an-op.md", "python")[0]
    names = {"elementwise": elementwise, "Activation": Activation}
    op = eval(compile(entry, "adding-an-op.md", "eval"), names)
    monkeypatch.setitem(ops.TABLE, "mish", op)
    monkeypatch.setitem(ops.FUNCTIONS, "mish", "mish")
    solution = solve(loads("title: t\ngraph:\n  given: {x: 1/2}\n  compute: {f: mish(x)}\n  loss: f\n"))
    assert solution.confirm("df/dx").checks["forward_mode"] is True
    local_derivative.cache_clear()
    assert local_derivative("mish")
    local_derivative.cache_clear()


def test_links_lead_to_files() -> None:
    for page, text in PAGES.items():
        folder = ROOT / "docs" if (ROOT / "docs" / page).exists() else ROOT
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (folder / target).exists(), (page, target)


def test_every_place_that_contributors_are_sent_to_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+[\w*]*(?:\.\w+)?)`", PAGES["CONTRIBUTING.md"])
    assert len(named) > 20
    missing = [
        place for place in named if not any(any(base.glob(place)) for base in (ROOT, ROOT / "backprop_tutor"))
    ]
    assert missing == []
