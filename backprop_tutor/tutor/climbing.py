"""What is said of a wrong answer, one try after the other: where to look, then the slip, then the formula."""

from collections.abc import Callable
from dataclasses import replace

from backprop_tutor.grading.array_answer import TRANSPOSED
from backprop_tutor.grading.messages import of_entries
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.tutor.advice import advice
from backprop_tutor.tutor.questions import step_of
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.rule_card import where_to_look

__all__ = ["climbing"]

SIGN = "Look at the signs: which of the numbers are negative, and what is subtracted?"
ANYWHERE = "Look at each number that you put in: where does it stand in the picture?"
LOOK = "Look "  # so begins the sentence on a slip that says no more than where to look


def climbing(verdict: Verdict, solution: Solution, said: Callable[[str], str]) -> tuple[str, ...]:
    """More and more about one wrong answer, of an array about each of its wrong entries, which are called as
    `said`; nothing where its message gives nothing away."""
    entries = verdict.entries
    if verdict.verdict != "wrong" or not any(entry.slip for entry in verdict.elements()):
        return ()
    if not entries:
        return _where(verdict, solution), verdict.slip, verdict.message
    where = [replace(entry, message=_where(entry, solution)) if entry.slip else entry for entry in entries]
    slips = [replace(entry, message=entry.slip or entry.message) for entry in entries]
    is_one = verdict.message != of_entries(entries, said)  # what is said of the whole says it already
    return of_entries(where, said), verdict.message if is_one else of_entries(slips, said), verdict.message


def _where(verdict: Verdict, solution: Solution) -> str:
    """Where to look for the slip of one number, without saying what it is."""
    slip = verdict.misconceptions[0] if verdict.misconceptions else ""
    if slip.startswith("sign"):
        return SIGN
    summary, rule = advice(slip)
    if rule == advice(TRANSPOSED)[1] and _of_numbers(verdict.quantity, solution):
        return ANYWHERE  # that rule speaks of rows, units and inputs
    if summary.startswith(LOOK):
        return summary
    where = where_to_look(rule)
    return f"Look at {where}" if where else ANYWHERE


def _of_numbers(element: str, solution: Solution) -> bool:
    """Whether the step of an element is made of single numbers, so that nothing in it has rows or units."""
    step = step_of(solution, solution.find(element).name)
    return all(not solution.shapes.get(name) for name in (step.quantity, *step.uses))
