"""Derivations for exports: the lines that prove a gradient, each with the rule that gives it."""

from dataclasses import dataclass

from backprop_tutor.language import Call, Expr, Style
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


def derivation(solution: Solution, step: Step, style: Style) -> list[DerivedLine]:
    """The lines that prove the gradient of `step`; none for any other quantity."""
    return []
