"""Equations by their sides, each side once: as expressions for formulas with a bar, or as lines of text."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from backprop_tutor.engine.graph import Node
from backprop_tutor.language import Array, Call, Expr, Num, Style, Sym, to_text
from backprop_tutor.language.expr import Item
from backprop_tutor.walkthrough import Worked, decimal, fraction
from backprop_tutor.walkthrough.numbers import is_terminating

if TYPE_CHECKING:
    from backprop_tutor.render.view import StepView

__all__ = [
    "Side",
    "array_sides",
    "equation",
    "matrices",
    "number",
    "number_sides",
    "number_texts",
    "row_sides",
    "total",
    "value_sides",
    "values",
]

MAX_FRACTION = 24  # characters; of a longer one only the decimal is shown


class Side(NamedTuple):
    """What follows an equals sign, or an `≈` where `about`."""

    expr: Expr
    about: bool = False


def row_sides(worked: Worked, precision: int, style: Style) -> tuple[Expr | None, Expr | None, list[Side]]:
    """The formula in symbols, in numbers, and the values; a side that says nothing new is None."""
    ends = value_sides(worked, precision)
    said = {to_text(end.expr, style) for end in ends}
    shown: list[Expr | None] = []
    for side in (worked.formula, worked.substituted):
        text = "" if side is None else to_text(side, style)
        shown.append(side if text and text not in said else None)
        said.add(text)
    return shown[0], shown[1], ends


def value_sides(worked: Worked, precision: int) -> list[Side]:
    """-1/2 and -0.5; or 0.593270 with an `≈`, where digits are left out."""
    return number_sides(worked.value, worked.exact, precision)


def number_sides(value: float, exact: Fraction | None, precision: int) -> list[Side]:
    """The same of any number."""
    rounded = decimal(value, precision)
    if exact is None:
        return [Side(number(rounded), about=bool(value))]
    text = fraction(exact)
    if text == rounded:
        return [Side(number(text))]
    is_whole = is_terminating(exact) and Fraction(rounded) == exact
    shown = Side(number(rounded), about=not is_whole)
    return [shown] if len(text) > MAX_FRACTION else [Side(number(text)), shown]


def array_sides(view: "StepView", style: Style) -> list[Expr]:
    """The name of a whole array, its formula, its numbers, its value; nothing where it has no formula."""
    if view.form is None:
        return []
    sides = {to_text(expr, style): expr for expr in (view.form, *view.array)}
    return [Sym(view.step.quantity), *sides.values()]


def matrices(node: Node, array: Expr, at: tuple[int, ...] = ()) -> Iterator[tuple[Expr, Expr]]:
    """An array under its name; one of more than two axes as a matrix for each place along the first of them,
    each under its own: `x(1)[2]`."""
    if isinstance(array, Array) and len(node.shape) - len(at) > 2:
        for number_of_it, part in enumerate(array.items, 1):
            yield from matrices(node, part, (*at, number_of_it))
        return
    places = [Num(Fraction(place)) for place in at]
    example = places.pop(0) if places and node.batched else None
    yield Item(Sym(node.name), tuple(places), example) if at else Sym(node.name), array


def number(text: str) -> Num:
    """A number that is shown as `text`."""
    return Num(Fraction(0), text)


def total(numbers: Iterable[Expr]) -> Expr:
    """The sum of numbers as it is written out: `1 - 2 + 3`."""
    return reduce(_plus, numbers)


def _plus(before: Expr, term: Expr) -> Expr:
    if isinstance(term, Num) and term.text.startswith("-"):
        return Call("sub", (before, Num(-term.value, term.text[1:])))
    return Call("add", (before, term))


def values(worked: Worked, precision: int, style: Style) -> list[str]:
    """The value as it ends an equation: `= -1/2`, `= -0.5`, `≈ 0.593270`."""
    return number_texts(worked.value, worked.exact, precision, style)


def number_texts(value: float, exact: Fraction | None, precision: int, style: Style) -> list[str]:
    """The same of any number."""
    about = "≈" if style.glyphs.scripts else "~"
    sides = number_sides(value, exact, precision)
    return [f"{about if side.about else '='} {to_text(side.expr, style)}" for side in sides]


def equation(worked: Worked, precision: int, style: Style) -> list[str]:
    """`dJ/dW2[1,1]`, `= dJ/dnet2[1]·h1[1]`, `= -1·1`, `= -1`: each side of the equation once."""
    symbols, numbers, _ = row_sides(worked, precision, style)
    middle = [f"= {to_text(side, style)}" for side in (symbols, numbers) if side is not None]
    return [to_text(worked.name, style), *middle, *values(worked, precision, style)]
