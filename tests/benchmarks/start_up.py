"""Whole process: the first screens, against the bare imports that they cannot do without."""

import shutil
import sys
from compileall import compile_dir
from pathlib import Path

from measure import commands_in_turn, report

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


def run(*, full: bool) -> None:
    program = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not program:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    compile_dir(PROJECT / "backprop_tutor", quiet=1)  # as an installer does: a checkout may hold no bytecode
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
