"""Derivations beside steps: the lines that prove a gradient, each with the rule that gives it."""

from dataclasses import dataclass

from backprop_tutor.language import Call, Expr
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["DerivedLine", "derivation"]


@dataclass(frozen=True, slots=True)
class DerivedLine:
    """`left = right`, by `rule`."""

    left: Expr
    right: Expr
    rule: str

    @property
    def equation(self) -> Expr:
        return Call("eq", (self.left, self.right))


def derivation(solution: Solution, step: Step, *, alone: bool = True) -> list[DerivedLine]:
    """The lines of the gradient that `step` computes; none for any other quantity.

    `alone` begins with the deltas that it is made of; without, their own steps have derived them.
    """
    if step.phase != "backward":
        return []
    from backprop_tutor.walkthrough.derivation.explanation import explain

    sections = explain(solution, step.quantity).index.sections
    return [
        DerivedLine(line.left, line.expr, line.rule)
        for section in (sections if alone else sections[-1:])
        for line in section.lines
    ]
