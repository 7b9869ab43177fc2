"""Whole process: the first screens, against the bare imports that they cannot do without."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import commands_in_turn, in_turn, report

PROJECT = Path(__file__).parents[2]
BARE_TYPER = """
import sys, typer
sys.argv = ["bare", "--help"]
app = typer.Typer(rich_markup_mode=MODE, pretty_exceptions_enable=False)
@app.command()
def hello(name: str) -> None: print(name)
@app.command()
def bye(name: str) -> None: print(name)
app()
"""
ON_A_TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:], lambda fd: __import__('os').read(fd, 65536))"
READING = f"""
import yaml
from pathlib import Path
for file in sorted(Path({str(PROJECT / "exercises")!r}).glob("*.yaml")):
    for event in yaml.parse(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader): pass
"""
IMPORTS = "import typer, rich.table, numpy, yaml, pydantic"
SESSION_IMPORTS = "import typer, rich.console, rich.table, numpy, yaml, pydantic_core"


def run(*, full: bool) -> None:
    program = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not program:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    plain, panels = (BARE_TYPER.replace("MODE", mode) for mode in ("None", "'rich'"))
    terminal = [sys.executable, "-c", ON_A_TERMINAL]
    for label, ours, bare, limit, around in (
        ("--help / a bare typer program", ["--help"], plain, 1.5, []),
        ("--help on a terminal / a bare typer program with panels", ["--help"], panels, 1.3, terminal),
        (
            "list / a bare typer program that imports rich.table and reads the exercises",
            ["list"],
            f"import rich.table\n{READING}{plain}",
            1.5,
            [],
        ),
        (
            f"solve exercise1 --only forward / {IMPORTS}",
            ["solve", "exercise1", "--only", "forward"],
            IMPORTS,
            1.3,
            [],
        ),
        (
            f"solve exercise3 / {IMPORTS}, sympy",
            ["solve", "exercise3"],
            f"{IMPORTS}, sympy",
            1.25,
            [],
        ),
    ):
        seconds, baseline = commands_in_turn(
            [*around, program, *ours],
            [*around, sys.executable, "-c", bare],
            rounds=41 if full else 15,
        )
        print(f"  {' '.join(ours)}: {seconds * 1e3:.0f} ms, against {baseline * 1e3:.0f} ms")
        report(label, seconds / baseline, limit)
    if sys.platform != "win32":
        bare = [sys.executable, "-c", SESSION_IMPORTS]
        seconds, baseline = in_turn(
            lambda: first_question(program),
            lambda: subprocess.run(bare, check=True),
            rounds=41 if full else 15,
        )
        report(f"the first question of run exercise1 / {SESSION_IMPORTS}", seconds / baseline, 1.3)


def first_question(program: str) -> None:
    """The tutor in a terminal, until it waits for an answer."""
    ours, terminal = os.openpty()
    with tempfile.TemporaryDirectory() as folder:
        settings = os.environ | {"BACKPROP_TUTOR_STATE": folder, "TERM": "xterm-256color", "PYTHONUTF8": "1"}
        streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
        process = subprocess.Popen([program, "run", "exercise1"], env=settings, **streams)
        shown = b""
        while b"net1[1] = " not in shown:
            shown += os.read(ours, 65536)
        process.kill()
        process.wait()
    os.close(ours)
    os.close(terminal)
