"""Derivations beside steps: the lines that prove a gradient, each with the rule that gives it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from backprop_tutor.language import Lettering
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough import Solution, Step

if TYPE_CHECKING:
    from backprop_tutor.walkthrough.derivation.derivation_form import Line

__all__ = ["derivation"]


def derivation(solution: Solution, step: Step, lettering: Lettering, *, alone: bool = True) -> "list[Line]":
    """The lines of the gradient that `step` computes, in a notation; none for any other quantity.

    `alone` begins with the deltas that it is made of; without, their own steps have derived them.
    """
    if not step.by_path:
        return []
    from backprop_tutor.render.explanation_words import rule_text
    from backprop_tutor.walkthrough.derivation.explanation import explain

    sections = explain(
        solution, lettering.typed(step.quantity), every=not alone, lettering=lettering
    ).index.sections
    style = style_for(notation=lettering)
    shown = sections if alone else sections[-1:]
    return [replace(line, rule=rule_text(line, style)) for section in shown for line in section.lines]
