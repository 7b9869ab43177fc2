"""What a session answers to a hint, a wrong answer and a right one: judged, and its whole screen painted."""

import gc
from collections.abc import Iterator
from io import StringIO
from statistics import median
from time import process_time

from measure import report
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.session_terminal import SessionTerminal
from backprop_tutor.tutor.hints import Hints
from backprop_tutor.tutor.nudge import Nudging
from backprop_tutor.tutor.predictions import Predictions
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.session_marker import SessionMarker

LIMIT = 50
EXERCISES = (
    "exercise1",
    "mazur",
    "fan-out",
    "sigmoid-neuron",
    "softmax-batch",
    "adam-steps",
    "rnn-three-steps",
)


def run(*, full: bool) -> None:
    gc.set_threshold(100_000)  # as the program does
    for name in EXERCISES:
        for columns, rows in ((80, 24), (50, 20), (160, 50)) if full else ((80, 24),):
            times = list(replies(name, columns, rows))
            report(f"a reply of {name} at {columns}x{rows}", median(times), LIMIT, unit=" ms")


def replies(name: str, columns: int, rows: int) -> Iterator[float]:
    """The milliseconds of every reply of a session, once the marking is loaded."""
    solution = solve(load(name))
    questions, style = questions_of(solution), style_for("utf-8")
    steps = Steps(solution, style, questions)
    session = Session(
        name,
        solution.exercise.title,
        questions,
        SessionMarker(solution, questions),
        Hints(steps),
        guess=Predictions(solution, style, questions),
        nudge=Nudging(solution),
    )
    console = Console(width=columns, height=rows, file=StringIO(), markup=False, highlight=False)
    painter = SessionTerminal(steps, session, TerminalPainter(console, style))
    state, happened = session.start()
    painter.paint(happened, state)
    session.handle(state, "12345.6789")  # what is loaded while the first question is read
    for question in questions:
        for text in ("hint", "12345.6789", steps.sides(question).value):
            if state.is_over:
                return
            start = process_time()
            state, happened = session.handle(state, text)
            painter.paint(happened, state)
            yield 1e3 * (process_time() - start)
