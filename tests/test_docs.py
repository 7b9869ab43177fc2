"""The documentation does what it says: commands and code run, exercises validate, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.cli.app import app
from backprop_tutor.course.course_loading import load_course
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


def test_every_command_has_its_part_on_the_page_of_commands() -> None:
    """In the order of the help, each with an example and the list of its options."""
    names = [command.name for command in app.registered_commands]
    parts = re.split(r"^## ", PAGES["commands.md"], flags=re.MULTILINE)[1:]
    assert sorted(part.split("\n")[0] for part in parts) == sorted(filter(None, names))
    for part in parts:
        name = part.split("\n")[0]
        assert f"$ backprop-tutor {name}" in part
        assert f"```{{options}} {name}\n" in part


def test_every_page_has_its_place_in_the_site() -> None:
    """In the list of pages below one of them; `make docs` would stop at one that is nowhere."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob("docs/*.md")}
    lists = [
        block for text in pages.values() for block in re.findall(r"```{toctree}(.*?)```", text, re.DOTALL)
    ]
    placed = [line for block in lists for line in block.splitlines() if line and not line.startswith(":")]
    assert sorted(["index", *placed]) == sorted(pages)


OF_SITE = (
    "commands.md",
    "students.md",
    "teachers.md",
    "lessons.md",
    "code.md",
)  # nothing else is needed to run them
BLANK = {"check", "code"}  # of these an example marks what nobody has filled in


@pytest.mark.parametrize("page", OF_SITE)
def test_the_examples_of_the_site_run_one_after_the_other(page: str, tmp_path: Path) -> None:
    prepare(tmp_path)
    commands = [line.removeprefix("$ ") for block in blocks(page, "console") for line in block.splitlines()]
    for program, *args in map(shlex.split, commands):
        assert program == "backprop-tutor"
        done = subprocess.run(
            [sys.executable, "-m", "backprop_tutor", *args],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            env={
                "BACKPROP_TUTOR_STATE": str(tmp_path / "state"),
                "PYTHONIOENCODING": "utf-8",
                "PATH": "",
                "PYTHONPATH": str(ROOT),
                "COLUMNS": "80",
            },
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode in ((0, 1) if args[0] in BLANK else (0,)), (args, done.stdout, done.stderr)
        assert done.stdout
        assert "Traceback" not in done.stderr


def prepare(folder: Path) -> None:
    """What the examples find: the lesson of its page as a course, and what a class handed in."""
    (folder / "my-course").mkdir()
    (folder / "my-course" / "knob.yaml").write_text(blocks("lessons.md", "yaml")[0], encoding="utf-8")
    sheet = "exercise: exercise1\nanswers:\n  J: 1/2\n"
    (folder / "class.csv").write_text("Student,ID,SIS Login ID\nLovelace Ada,101,ada\n", encoding="utf-8")
    (folder / "submissions").mkdir()
    (folder / "submissions" / "ada.yaml").write_text(sheet, encoding="utf-8")
    with ZipFile(folder / "submissions.zip", "w") as packed:
        packed.writestr("ada.yaml", sheet)


def test_the_course_of_the_page_on_lessons_is_valid(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(blocks("lessons.md", "yaml")[1], encoding="utf-8")
    for lesson in ("knob", "chain"):
        (tmp_path / f"{lesson}.yaml").write_text(blocks("lessons.md", "yaml")[0], encoding="utf-8")
    assert load_course(tmp_path / "course.yaml").lessons == ["knob", "chain"]


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
    network, *graphs, rest = blocks("exercise-format.md", "yaml")
    for piece in (network, *graphs, network + rest):
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


def test_contributors_are_shown_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "backprop_tutor").glob("*/__init__.py")}
    assert rooms == {room for room in rooms if f"`{room}/`" in PAGES["CONTRIBUTING.md"]}


def test_every_place_that_contributors_are_sent_to_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+[\w*]*(?:\.\w+)?)`", PAGES["CONTRIBUTING.md"])
    assert len(named) > 20
    missing = [
        place for place in named if not any(any(base.glob(place)) for base in (ROOT, ROOT / "backprop_tutor"))
    ]
    assert missing == []
