"""What is said of a wrong answer, one try after the other: where to look, then the slip, then the formula."""

from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.tutor.advice import advice
from backprop_tutor.walkthrough.rule_card import where_to_look

__all__ = ["climbing"]

SIGN = "the signs: which of the numbers are negative, and what is subtracted?"
ANYWHERE = "each number that you put in: where does it stand in the picture?"


def climbing(verdict: Verdict) -> tuple[str, ...]:
    """More and more about one wrong answer; nothing where its message gives nothing away."""
    if verdict.verdict != "wrong" or not verdict.slip:
        return ()
    slip = verdict.misconceptions[0] if verdict.misconceptions else ""
    where = SIGN if slip.startswith("sign") else where_to_look(advice(slip)[1]) or ANYWHERE
    return f"Look at {where}", verdict.slip, verdict.message
