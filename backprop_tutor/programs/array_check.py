"""Checks the arrays that a program left, by the names of its variables; `check_arrays` and `assert_arrays`
are the library's calls for it."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.exercise.load import load
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.selection import whole_quantities
from backprop_tutor.language import Style
from backprop_tutor.programs.array_judge import ArrayJudge, ProgramArrays
from backprop_tutor.programs.array_verdict import ArrayResult, ArrayVerdict
from backprop_tutor.programs.closeness import same, tolerance_of
from backprop_tutor.programs.given_array import GivenArray, as_given
from backprop_tutor.programs.variables import Variables
from backprop_tutor.walkthrough import Solution, solve

__all__ = ["ArrayChecker", "assert_arrays", "check_arrays"]

MOST_KEPT = 8
GLYPHS = {"correct": "✓", "follow-through": "✓", "wrong": "✗", "invalid": "!", "blank": "·"}


def _unchanged(variable: str) -> bool:
    return False


class ArrayChecker:
    """Checks programs for one exercise; what is worked out for one is kept for the next. `only` are the
    quantities to look at, where those are not all that the exercise asks.

    Raises UsageError for a quantity that there is not.
    """

    def __init__(self, solution: Solution, only: Iterable[str] = (), style: Style | None = None) -> None:
        self.solution = solution
        self.asked = whole_quantities(solution, only)
        self.variables = Variables(solution.ledger)
        self.judge = ArrayJudge(solution, self.asked, style)

    def check(
        self,
        space: Mapping[str, Any],
        memory: Mapping[str, int] | None = None,
        is_changed_in_place: Callable[[str], bool] = _unchanged,
    ) -> ArrayResult:
        """The verdicts on what stands in the variables, or under the quantities' names, of `space`. `memory`
        says which variables share their numbers, where `space` holds copies; `is_changed_in_place`, which of
        them some statement changes. No values raise anything."""
        space = _plain(space)
        given = ProgramArrays(self._arrays(space, memory or {}), self._changed(space), is_changed_in_place)
        verdicts = self.judge.judge(given)
        found = [self._named(verdicts[quantity]) for quantity in self.asked]
        weights = [self._weight(quantity) for quantity in self.asked]
        marks = [self._mark(*pair) for pair in zip(found, weights, strict=True)]
        return ArrayResult(self.solution.exercise.name, tuple(found), tuple(marks), tuple(weights))

    def _arrays(self, space: Mapping[str, Any], memory: Mapping[str, int]) -> dict[str, GivenArray]:
        found: dict[str, GivenArray] = {}
        ledger = self.solution.ledger
        for quantity in ledger.needs:
            if quantity in ledger.graph.nodes and ledger.graph.is_data(quantity):
                continue  # a step's row of the data is the exercise's
            variable, value = self.variables.found(quantity, space)
            value = space.get(quantity) if value is None else value
            if value is None or value is ...:
                continue
            found[quantity] = as_given(str(variable), value, memory.get(str(variable), 0))
        return found

    def _changed(self, space: Mapping[str, Any]) -> dict[str, Array]:
        """The exercise's own data and parameters that are not what they were."""
        found: dict[str, Array] = {}
        graph = self.solution.graph
        for name in (*graph.named("given"), *graph.named("parameter")):
            _, value = self.variables.found(name, space)
            given = None if value is None else as_given(name, value)
            if given and given.values is not None:
                right = np.asarray(self.solution.values[name])
                if not same(given.values, right, tolerance_of(given.dtype)):
                    found[name] = given.values
        return found

    def _named(self, verdict: ArrayVerdict) -> ArrayVerdict:
        if verdict.variable:
            return verdict
        from dataclasses import replace

        return replace(verdict, variable=str(self.variables.own(verdict.quantity)))

    def _weight(self, quantity: str) -> Fraction:
        return self.solution.exercise.marks.get(quantity, Fraction(1))

    def _mark(self, verdict: ArrayVerdict, weight: Fraction) -> Fraction:
        if verdict.verdict == "follow-through":
            return weight * self.solution.exercise.follow_through
        return weight if verdict.verdict == "correct" else Fraction(0)


def _plain(space: Any) -> dict[str, Any]:
    """The names and values of whatever was given: a mapping, or one whose methods may do anything."""
    try:
        return {name: value for name, value in dict(space).items() if isinstance(name, str)}
    except Exception:
        return {}


_checkers: list[ArrayChecker] = []


def check_arrays(
    exercise: Exercise | str | Path, arrays: Mapping[str, Any], *, only: Iterable[str] = ()
) -> ArrayResult:
    """Judges the arrays of a program, each whole, in walkthrough order and from its own earlier ones.

    `arrays` gives them by variable (`dJ_dW1`, `dW1`, `grad_W1`; `delta1`, `dnet1`; `h1` a list or an array
    over the steps of a recurrence) or by quantity (`dJ/dW1`): `globals()` will do. `only` are the quantities
    to look at, instead of all that the exercise asks. An array is right within 1e-6 of its largest number,
    1e-3 in float32. No arrays raise anything; an exercise that cannot be read or worked out raises as `load`
    and `solve` do, and a quantity in `only` that there is not, UsageError.
    """
    return _checker(exercise, tuple(only)).check(arrays)


def assert_arrays(
    exercise: Exercise | str | Path, arrays: Mapping[str, Any], *, only: Iterable[str] = ()
) -> None:
    """The same as a test: raises one AssertionError that names every array that is not right, and why."""
    result = check_arrays(exercise, arrays, only=only)
    if not result.all_right:
        raise AssertionError(_all_of(result))


def _all_of(result: ArrayResult) -> str:
    right = sum(verdict.verdict == "correct" for verdict in result.verdicts)
    lines = [f"{result.exercise}: {right} of {len(result.verdicts)} arrays are right."]
    for verdict in result.verdicts:
        if verdict.verdict != "correct":
            shown = f"{verdict.quantity} ({verdict.variable})"
            lines.append(f"{GLYPHS.get(verdict.verdict, '?')} {shown}: {verdict.verdict}. {verdict.message}")
    return "\n".join(lines)


def _checker(exercise: Exercise | str | Path, only: tuple[str, ...]) -> ArrayChecker:
    if not isinstance(exercise, Exercise):
        exercise = load(exercise)
    for checker in _checkers:
        if checker.solution.exercise is exercise and not only:
            return checker
    checker = ArrayChecker(solve(exercise), only)
    if not only:
        _checkers.append(checker)
        del _checkers[:-MOST_KEPT]
    return checker
