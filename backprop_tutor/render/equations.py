"""The sides of equations as expressions, each once, for renderers that print formulas with a bar."""

from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.language import Expr, Num, Style, Sym, to_text
from backprop_tutor.render.texts import values
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked

__all__ = ["Side", "array_sides", "number", "row_sides", "value_sides"]


class Side(NamedTuple):
    """What follows an equals sign, or an `≈` where `about`."""

    expr: Expr
    about: bool = False


def row_sides(worked: Worked, precision: int, style: Style) -> tuple[Expr | None, Expr | None, list[Side]]:
    """The formula in symbols, in numbers, and the values; a side that says nothing new is None."""
    ends = value_sides(worked, precision, style)
    said = {to_text(end.expr, style) for end in ends}
    shown: list[Expr | None] = []
    for side in (worked.formula, worked.substituted):
        text = "" if side is None else to_text(side, style)
        shown.append(side if text and text not in said else None)
        said.add(text)
    return shown[0], shown[1], ends


def value_sides(worked: Worked, precision: int, style: Style) -> list[Side]:
    """-1/2 and -0.5; or 0.593270 with an `≈`."""
    return [_side(end) for end in values(worked, precision, style)]


def array_sides(view: StepView, style: Style) -> list[Expr]:
    """The name of a whole array, its formula, its numbers, its value; nothing where it has no formula."""
    step = view.step
    if step.form is None:
        return []
    sides = {to_text(expr, style): expr for expr in (step.form, *view.array)}
    return [Sym(step.quantity), *sides.values()]


def _side(end: str) -> Side:
    sign, _, text = end.partition(" ")
    return Side(number(text), about=sign != "=")


def number(text: str) -> Num:
    """A number that is shown as `text`."""
    return Num(Fraction(0), text)
