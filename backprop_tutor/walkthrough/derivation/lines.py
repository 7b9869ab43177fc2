"""What a derivation is made of: lines, in sections."""

from dataclasses import dataclass

from backprop_tutor.language.expr import Expr

__all__ = ["Line", "Section"]


@dataclass(frozen=True, slots=True)
class Line:
    """`left = expr`, which follows from the line above by `rule`.

    `verified` is None where nothing was proved, with the reason in the derivation's notes.
    """

    rule: str
    expr: Expr
    left: Expr
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One derivative from its start to its last line. `meaning` is what `left` stands for: ∂J/∂net1(p)[i]."""

    left: Expr
    meaning: Expr
    lines: tuple[Line, ...]

    @property
    def result(self) -> Expr:
        return self.lines[-1].expr
