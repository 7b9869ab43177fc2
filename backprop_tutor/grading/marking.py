"""The library's calls: mark one answer, or check a whole set of answers."""

from collections.abc import Mapping
from functools import lru_cache

from backprop_tutor.grading.marker import Marker
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.walkthrough import Solution

__all__ = ["mark", "marker_of"]


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
