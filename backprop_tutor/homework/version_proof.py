"""The proof of one version: its gradients confirmed by routes that share no code with the chain rule."""

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.homework.demands import asked_gradients
from backprop_tutor.walkthrough import Solution

__all__ = ["prove"]

ROUTES = ("forward_mode", "finite_difference")  # SymPy's diff takes longer than all else together


def prove(exercise: Exercise) -> int:
    """How many gradients two routes confirmed: those asked, and those of the parameters.

    Raises ProofError where a route disagrees.
    """
    solution = Solution(exercise)
    names = dict.fromkeys(asked_gradients(solution))
    names |= dict.fromkeys(solution.gradient_prefix + name for name in solution.targets)
    solution.prepare(names)
    proved = 0
    for name in names:
        found = solution.first.confirm(solution.node_of(name), ROUTES)
        proved += any(found.checks.values())
    return proved
