"""What an explanation is made of: lines, in sections, in forms."""

from dataclasses import dataclass

from backprop_tutor.language.expr import Call, Expr, Partial

__all__ = ["DerivationForm", "Line", "Note", "Section"]


@dataclass(frozen=True, slots=True)
class Line:
    """`left = expr`, which follows from the line above by `rule`; `about` where the number is rounded.

    `verified` is None where nothing was proved; the notes of the form say why. `shapes` are the factors of
    a matrix formula with their shapes, from left to right. A `minor` rule only tidies up after another one;
    a line that `assumes` something holds for some data only.
    """

    rule: str
    expr: Expr
    left: Expr
    verified: bool | None = None
    shapes: tuple[tuple[Expr, tuple[int, ...]], ...] = ()
    about: bool = False
    minor: bool = False
    assumes: bool = False

    @property
    def equation(self) -> Expr:
        return Call("eq", (self.left, self.expr))


@dataclass(frozen=True, slots=True)
class Section:
    """One derivative from its start to its last line. `meaning` is what `left` stands for: ∂J/∂net1(p)[i].

    With `held`, all quantities but the loss and functions of this one alone stay as they are when it changes:
    what goes through them, their own derivatives say.
    """

    left: Expr
    meaning: Partial
    lines: tuple[Line, ...]
    held: bool = False

    @property
    def result(self) -> Expr:
        return self.lines[-1].expr


@dataclass(frozen=True, slots=True)
class Note:
    """A remark; each `{}` in it is one of the `quantities`, written as the reader wants it."""

    text: str
    quantities: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class DerivationForm:
    """One way of showing the derivation; `notes` say what was left out, or why something stands there."""

    name: str
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
