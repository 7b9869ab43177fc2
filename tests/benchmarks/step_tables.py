"""Drawing the table of a step on a terminal of 80 columns, once the step is worked out."""

import gc
from collections.abc import Iterator
from io import StringIO
from statistics import median
from time import process_time

from measure import report
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.language import Style
from backprop_tutor.render.blocks import WorkedStep
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.solution import SolutionBlocks
from backprop_tutor.render.view import select, view

LIMIT = 3


def run(*, full: bool) -> None:
    gc.set_threshold(100_000)  # as the program does
    for name in ("exercise1", "exercise3"):
        solution, style = solve(load(name)), style_for("utf-8")
        makes = SolutionBlocks(solution, style, 6)
        steps = [makes.step(shown) for shown in view(solution, select(solution), 6)]
        times = [taken for _ in range(25 if full else 7) for taken in milliseconds(steps, style)]
        report(f"the table of a step of {name}", median(times), LIMIT, unit=" ms")


def milliseconds(steps: list[WorkedStep], style: Style) -> Iterator[float]:
    console = Console(width=80, file=StringIO(), markup=False, emoji=False, highlight=False)
    painter = TerminalPainter(console, style)
    for step in steps:
        start = process_time()
        for drawn in painter.paint([step]):
            console.print(drawn)
        yield 1e3 * (process_time() - start)
