"""The library's calls: mark one answer, or check a whole set of answers."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.checking import Checker
from backprop_tutor.grading.marker import Marker
from backprop_tutor.grading.result import Result
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.walkthrough import Solution, solve

__all__ = ["check", "checker_of", "mark", "marker_of"]

MOST_KEPT = 8

_checkers: list[Checker] = []


@lru_cache(maxsize=8)
def marker_of(solution: Solution) -> Marker:
    """The marker of `solution`; what it works out is kept for the next answer."""
    return Marker(solution)


def mark(
    solution: Solution, quantity: str, text: str, history: Mapping[str, Verdict] | None = None
) -> Verdict:
    """The verdict on `text` as the answer to `quantity`, an element (`net1[2]`) or a whole array.

    `history` holds the student's earlier verdicts by element name (`{v.quantity: v for v in
    verdict.elements()}` of each): an answer that is right but for an earlier slip is a follow-through.
    Raises UsageError for an unknown quantity; no text raises anything.
    """
    return marker_of(solution).mark(quantity, text, history or {})


def check(exercise: Exercise, answers: Mapping[str, Any]) -> Result:
    """Marks a whole set of answers in walkthrough order, each after the ones before it.

    `answers` gives quantities (`{"dJ/dW1": [["-1", "1/2"], [0, 0]], "J": 0.5}`: nested lists of texts or
    numbers, or one text) or single elements (`"dJ/dW1[1,2]"`). The result holds a verdict an element
    asked, and the score. No answers raise anything; an exercise whose arithmetic fails raises
    EvaluationError.
    """
    return checker_of(exercise).check(answers)


def checker_of(exercise: Exercise) -> Checker:
    """The checker of `exercise`; what it works out is kept for the next set of answers."""
    for checker in _checkers:
        if checker.solution.exercise is exercise:
            return checker
    _checkers.append(Checker(solve(exercise)))
    del _checkers[:-MOST_KEPT]
    return _checkers[-1]
