"""Do the tests notice? One token of the package is edited at a time, and the tests near it are run.

    python tests/benchmarks/mutations.py [--count 200] [--seed 1] [--jobs 2] [--only grading] [--seconds 900]

An edit turns an operator or a comparison into its neighbour, a 0, 1 or 2 into another of them, or takes away
a `not`. Each is made in a copy of the checkout. The test files that speak of what the module offers run
first, then those of its package and of the packages that use it; the first failure ends the trial. What no
test notices within `--seconds` is printed, to be tested for, or shown to change nothing.
"""

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from time import monotonic
from typing import NamedTuple

PROJECT = Path(__file__).parents[2]
ROOMS = {
    "language": ("language", "walkthrough", "grading"),
    "engine": ("engine", "walkthrough", "grading", "exercise"),
    "exercise": ("exercise", "grading", "homework"),
    "walkthrough": ("walkthrough", "grading", "render/test_step_table.py"),
    "grading": ("grading", "tutor", "homework"),
    "tutor": ("tutor", "cli/test_run_lines.py"),
    "homework": ("homework", "cli/test_homework_commands.py"),
}
"""The packages that are edited, and the tests that are to notice, the nearest first."""
NEIGHBOURS: dict[type[ast.AST], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*",
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is", ast.And: "or", ast.Or: "and",
}  # fmt: skip
SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not", ast.And: "and", ast.Or: "or",
}  # fmt: skip
NEAREST = 6  # test files that run before all others
NUMBERS = {0: "1", 1: "2", 2: "1"}


class Edit(NamedTuple):
    """The text from `start` to `end` of `file` becomes `new`."""

    file: Path
    start: int
    end: int
    new: str

    def made(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]

    def said(self, text: str) -> str:
        line = text.count("\n", 0, self.start) + 1
        shown = self.made(text).splitlines()[line - 1].strip()
        place = f"{self.file.relative_to(PROJECT)}:{line}"
        return f"{place}: {text[self.start : self.end]!r} -> {self.new!r}: {shown}"


def edits(file: Path) -> Iterator[Edit]:
    """Every edit of one token of `file`, outside of type annotations and of `__all__`."""
    text = file.read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    raw = text.encode()

    def place(line: int, column: int) -> int:
        return len(raw[: starts[line - 1] + column].decode())

    def between(left: ast.expr, right: ast.expr, operator: ast.AST) -> Iterator[Edit]:
        begin = place(left.end_lineno or 0, left.end_col_offset or 0)
        end = place(right.lineno, right.col_offset)
        sign = SIGNS.get(type(operator), "")
        at = text.find(sign, begin, end) if sign else -1
        if at >= 0:
            yield Edit(file, at, at + len(sign), NEIGHBOURS[type(operator)])

    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.BinOp(left, operator, right):
                yield from between(left, right, operator)
            case ast.Compare(left, operators, rights):
                for a, operator, b in zip([left, *rights], operators, rights, strict=False):
                    yield from between(a, b, operator)
            case ast.BoolOp(operator, values):
                yield from between(values[0], values[1], operator)
            case ast.UnaryOp(ast.Not(), operand):
                start = place(node.lineno, node.col_offset)
                yield Edit(file, start, place(operand.lineno, operand.col_offset), "")
            case ast.Constant(int() as value) if not isinstance(value, bool) and value in NUMBERS:
                start = place(node.lineno, node.col_offset)
                yield Edit(file, start, start + 1, NUMBERS[value])


def near(file: Path) -> list[str]:
    """The test files that speak of the module or of what it offers, those that do so most often first."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    offered = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    word = re.compile(rf"\b({'|'.join([file.stem, *offered])})\b")
    room = PROJECT / "tests" / file.relative_to(PROJECT / "backprop_tutor").parts[0]
    counts = {path: len(word.findall(path.read_text(encoding="utf-8"))) for path in room.rglob("test_*.py")}
    said = sorted((path for path in counts if counts[path]), key=lambda path: -counts[path])
    return [str(path.relative_to(PROJECT)) for path in said[:NEAREST]]


def is_noticed(edit: Edit, checkout: Path, seconds: float) -> bool:
    """Whether a test fails once `edit` is made in `checkout`, which is left as it was."""
    file = checkout / edit.file.relative_to(PROJECT)
    text = file.read_text(encoding="utf-8")
    room = edit.file.relative_to(PROJECT / "backprop_tutor").parts[0]
    file.write_text(edit.made(text), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    end = monotonic() + seconds
    try:
        for tests in filter(None, (near(edit.file), *([f"tests/{tests}"] for tests in ROOMS[room]))):
            done = subprocess.run(
                [*command, *tests],
                cwd=checkout,
                env={**os.environ, "PYTHONPATH": str(checkout)},
                capture_output=True,
                timeout=max(end - monotonic(), 1),
                check=False,
                stdin=subprocess.DEVNULL,
            )
            if done.returncode:
                return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        file.write_text(text, encoding="utf-8")
    return False


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=900, help="for one trial")
    parser.add_argument("--only", choices=ROOMS, help="one package")
    options = parser.parse_args()
    rooms = [options.only] if options.only else list(ROOMS)
    files = [f for room in rooms for f in sorted((PROJECT / "backprop_tutor" / room).rglob("*.py"))]
    found = [edit for file in files for edit in edits(file)]
    chosen = random.Random(options.seed).sample(found, min(options.count, len(found)))
    free: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        for number in range(options.jobs):
            checkout = Path(folder) / str(number)
            shutil.copytree(PROJECT, checkout, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__"))
            free.put(checkout)

        def tried(edit: Edit) -> bool:
            checkout = free.get()
            try:
                noticed = is_noticed(edit, checkout, options.seconds)
            finally:
                free.put(checkout)
            said = edit.said(edit.file.read_text(encoding="utf-8"))
            print(f"  {'noticed' if noticed else 'survives'}: {said}", flush=True)
            return noticed

        noticed = sum(pool.map(tried, chosen))
    print(f"{noticed} of {len(chosen)} edits are noticed, {noticed / len(chosen):.1%} (target at least 90%)")


if __name__ == "__main__":
    main()
