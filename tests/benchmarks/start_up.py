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
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
@app.command()
def hello(name: str) -> None: print(name)
@app.command()
def bye(name: str) -> None: print(name)
app()
"""
READING = f"""
import yaml
from pathlib import Path
for file in sorted(Path({str(PROJECT / "exercises")!r}).glob("*.yaml")):
    for event in yaml.parse(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader): pass
"""
IMPORTS = "import typer, rich, numpy, yaml, pydantic"


def run(*, full: bool) -> None:
    program = shutil.which("backprop-tutor", path=str(Path(sys.executable).parent))
    if not program:
        print("  left out: backprop-tutor is not installed beside this Python")
        return
    compile_dir(PROJECT / "backprop_tutor", quiet=1)  # as an installer does: a checkout may hold no bytecode
    for label, ours, bare, limit in (
        ("--help / a bare typer program", ["--help"], BARE_TYPER, 1.5),
        ("list / a bare typer program that reads the exercises", ["list"], READING + BARE_TYPER, 1.5),
        (
            f"solve exercise1 --only forward / {IMPORTS}",
            ["solve", "exercise1", "--only", "forward"],
            IMPORTS,
            1.3,
        ),
    ):
        seconds, baseline = commands_in_turn(
            [program, *ours], [sys.executable, "-c", bare], rounds=41 if full else 15
        )
        print(f"  {' '.join(ours)}: {seconds * 1e3:.0f} ms, against {baseline * 1e3:.0f} ms")
        report(label, seconds / baseline, limit)
