"""Drawing the table of a step on a terminal of 80 columns, once it is worked out; and a step of `demo`."""

import gc
from collections.abc import Iterator
from io import StringIO
from statistics import median
from time import process_time

from measure import report
from rich.console import Console
from rich.screen import Screen

from backprop_tutor import load, solve
from backprop_tutor.language import Style
from backprop_tutor.render.blocks import WorkedStep
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.screens.terminal_demo import DemoScreen
from backprop_tutor.render.subjects.solution import SolutionBlocks
from backprop_tutor.render.view import select, view

LIMIT = 3
LIMIT_OF_DEMO = 50


def run(*, full: bool) -> None:
    gc.set_threshold(100_000)  # as the program does
    for name in ("exercise1", "exercise3"):
        solution, style = solve(load(name)), style_for("utf-8")
        makes = SolutionBlocks(solution, style, 6)
        steps = [makes.step(shown) for shown in view(solution, select(solution), 6)]
        times = [taken for _ in range(25 if full else 7) for taken in milliseconds(steps, style)]
        report(f"the table of a step of {name}", median(times), LIMIT, unit=" ms")
    report("a step of demo of exercise1", median(of_demo()), LIMIT_OF_DEMO, unit=" ms")


def of_demo() -> Iterator[float]:
    """The milliseconds of each step on the whole of a large terminal."""
    solution = solve(load("exercise1"))
    board = Blackboard(solution, style_for("utf-8"))
    show = Show(solution, board.layout, 4)
    screen = DemoScreen(show, board, style_for("utf-8"))
    console = Console(file=StringIO(), width=160, height=50)
    while not show.ended:
        start = process_time()
        show.forward()
        console.print(Screen(screen.paint(160, 50)))
        yield 1e3 * (process_time() - start)


def milliseconds(steps: list[WorkedStep], style: Style) -> Iterator[float]:
    console = Console(width=80, file=StringIO(), markup=False, emoji=False, highlight=False)
    painter = TerminalPainter(console, style)
    for step in steps:
        start = process_time()
        for drawn in painter.paint([step]):
            console.print(drawn)
        yield 1e3 * (process_time() - start)
