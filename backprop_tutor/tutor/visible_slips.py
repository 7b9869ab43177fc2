"""Which misconceptions a question would tell from the right method: where they give other numbers."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.grading.misconceptions import TABLE
from backprop_tutor.grading.slips import Slips
from backprop_tutor.walkthrough import Solution

__all__ = ["computed_slips", "visible_slips"]

MOST_NUMBERS = 2_000  # of a graph in which slips are worked out beside the marking


@cache
def computed_slips() -> frozenset[str]:
    """The misconceptions whose results can be worked out."""
    return frozenset(
        slip.id for slip in TABLE if slip.forward or slip.edge or slip.total or slip.update or slip.adjusted
    )


def visible_slips(solution: Solution, quantity: str) -> Mapping[str, NDArray[np.bool_]] | None:
    """By the id of a misconception in the step of `quantity`, which of its elements it changes; None where
    the graph is too large to tell, or where there is no step."""
    if solution.graph.size > MOST_NUMBERS or quantity not in solution.ledger.needs:
        return None
    right = np.asarray(solution.value(quantity))
    found: dict[str, NDArray[np.bool_]] = {}
    with np.errstate(all="ignore"):
        for slip, variant in Slips(solution.ledger).wrong(quantity, solution.values):
            changed = ~np.isclose(np.broadcast_to(variant.value, right.shape), right)
            found[slip.id] = found.get(slip.id, np.zeros(right.shape, dtype=bool)) | changed
    return found
