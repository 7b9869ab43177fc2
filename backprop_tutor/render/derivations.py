"""Derivations beside steps: the lines that prove a gradient, each with the rule that gives it."""

from typing import TYPE_CHECKING

from backprop_tutor.language import Lettering
from backprop_tutor.walkthrough import Solution, Step

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.derivation.lines import Line

__all__ = ["derivation"]


def derivation(solution: Solution, step: Step, lettering: Lettering, *, alone: bool = True) -> "list[Line]":
    """The lines of the gradient that `step` computes, in a notation; none for any other quantity.

    `alone` begins with the deltas that it is made of; without, their own steps have derived them.
    """
    if step.phase != "backward":
        return []
    from backprop_tutor.walkthrough.derivation.explanation import explain

    sections = explain(solution, lettering.typed(step.quantity), lettering=lettering).index.sections
    return [line for section in (sections if alone else sections[-1:]) for line in section.lines]
