"""`run`: the tutor."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from backprop_tutor.cli.options import (
    AsciiOption,
    ExerciseArgument,
    MaxElementsOption,
    NotationOption,
    PlainOption,
)

__all__ = ["run"]


def run(
    exercise: ExerciseArgument,
    ask: Annotated[
        list[str] | None,
        typer.Option("--ask", help="all, key, forward, backward, update, or names of quantities."),
    ] = None,
    factors: Annotated[
        bool, typer.Option("--factors", help="Ask the chain rule's factors one by one before the result.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew; asks before it drops a saved session.")
    ] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answers to replay, one a line.")
    ] = None,
    plain: PlainOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable, one event a line.")] = False,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Work through an exercise: answer each step, get hints, see what went wrong.

    Decimals need at least 3 significant digits, or what the exercise asks for: the first lines say it.

    Without a terminal, each line of standard input is the answer to the next question (an empty line
    skips it), and the exit status is 1 if an answer is wrong or missing.

    Example: backprop-tutor run exercise1
    """
    from backprop_tutor import load
    from backprop_tutor.cli.session_run import Run, SessionOptions

    options = SessionOptions(
        tuple(ask or ()), factors, restart, answers, plain=plain, as_json=as_json, notation=notation
    )
    status = Run(load(exercise, max_elements=max_elements), options).start()
    sys.stdout.flush()
    if status:
        raise typer.Exit(status)
