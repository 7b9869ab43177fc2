"""More steps of training than the walkthrough works out: only their losses, in floating point."""

import numpy as np

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.ledger import Ledger
from backprop_tutor.walkthrough.passes import Pass
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["train"]


def train(solution: Solution, steps: int) -> list[float]:
    """The loss before any update, then after each of `steps`. Raises UsageError, EvaluationError."""
    if solution.rate is None:
        raise UsageError("this exercise has no learning rate, so nothing is updated.")
    leaves = {name: np.asarray(value, dtype=float) for name, value in solution.exercise.values.items()}
    now = Pass(Ledger(solution.graph, solution.rate, steps), leaves)
    losses = [float(now.values[solution.graph.loss])]
    for _ in range(steps):
        now = now.next()
        losses.append(float(now.values[solution.graph.loss]))
    return losses
