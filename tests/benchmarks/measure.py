"""Measuring: functions timed in turn in one run, so that what disturbs one disturbs all; medians; growth."""

import math
import subprocess
from collections.abc import Callable, Sequence
from statistics import linear_regression, median
from time import perf_counter

__all__ = ["commands_in_turn", "exponent", "in_turn", "report"]

Timed = Callable[[], object]


def in_turn(*functions: Timed, rounds: int) -> list[float]:
    """The median seconds of each function over `rounds` of A B A B, after one round to warm up."""
    times: list[list[float]] = [[] for _ in functions]
    for number in range(rounds + 1):
        for function, taken in zip(functions, times, strict=True):
            start = perf_counter()
            function()
            if number:
                taken.append(perf_counter() - start)
    return [median(taken) for taken in times]


def commands_in_turn(*commands: Sequence[str], rounds: int) -> list[float]:
    """The same of whole processes."""

    def started(command: Sequence[str]) -> Timed:
        return lambda: subprocess.run(command, check=True, capture_output=True)

    return in_turn(*(started(command) for command in commands), rounds=rounds)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """k in seconds = c · size^k, by least squares over all the points."""
    return linear_regression([math.log(n) for n in sizes], [math.log(t) for t in seconds]).slope


def report(what: str, figure: float, limit: float, *, at_least: bool = False, unit: str = "x") -> None:
    """One line: the figure, the target, and whether it is met."""
    met = figure >= limit if at_least else figure <= limit
    bound = "at least" if at_least else "at most"
    print(
        f"  {'ok  ' if met else 'MISS'} {what}: {figure:.3g}{unit} (target {bound} {limit:g}{unit})",
        flush=True,
    )
