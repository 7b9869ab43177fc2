"""An index formula as one of whole arrays: `Σ_p δ1(p)[i]·x(p)[j]` is `δ1ᵀ @ x`."""

from fractions import Fraction
from functools import reduce

from backprop_tutor.engine.systems.formal import COUNT
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sum, Sym, children
from backprop_tutor.walkthrough.derivation.terms import ONE, factors, index_of, letters, walk

__all__ = ["NoMatrixForm", "axis_name", "whole"]

Axes = tuple[str, ...]  # the letters of an array's axes, in order


ONLY = "1"  # what an axis with one place is called, which no letter runs over


def axis_name(place: Expr) -> str:
    return place.name if isinstance(place, Sym) else ONLY if place == ONE else ""


class NoMatrixForm(ValueError):  # noqa: N818 - a property of the formula, nobody's error
    """The formula needs more than products, transposes and sums of arrays."""


def whole(expr: Expr, axes: Axes) -> Expr:
    """The array whose element at `axes` is `expr`, or one that broadcasts to it. Raises NoMatrixForm."""
    match expr:
        case Num() | Sym():
            return expr
        case Item(Sym() as base):
            names = tuple(map(axis_name, index_of(expr)))
            if len(names) <= len(axes) and all(map(_stands_on, names, axes[len(axes) - len(names) :])):
                return base
            if len(names) == 2 and names[::-1] == axes:
                return ex.transpose(base)
            raise NoMatrixForm
        case Sum(index, _, body):
            return _product(factors(body), index, axes)
        case Call("mul", args):
            try:
                return _elementwise([whole(arg, axes) for arg in args])
            except NoMatrixForm:
                return _product(list(args), ONLY, axes)
        case Call("kronecker"):
            raise NoMatrixForm
        case Call(name, args, options):
            return Call(name, tuple(whole(arg, axes) for arg in args), options)
        case _:
            raise NoMatrixForm


def _stands_on(name: str, axis: str) -> bool:
    """Whether what has this name stands on an axis: that of its letter, or any if it has one place alone."""
    return name in (axis, ONLY)


def _elementwise(parts: list[Expr]) -> Expr:
    """Numbers first, then arrays with ⊙ between them, those with a matrix product leading."""
    numbers = [part for part in parts if _is_number(part)]
    arrays = sorted(
        (part for part in parts if not _is_number(part)), key=lambda part: not _has(part, "matmul")
    )
    if not arrays:
        return ex.mul(*numbers)
    return ex.mul(*numbers, reduce(lambda a, b: Call("hadamard", (a, b)), arrays))


def _is_number(expr: Expr) -> bool:
    """Whether only numbers and sizes stand in it."""
    if isinstance(expr, Sym):
        return expr == COUNT
    return isinstance(expr, Num) or (bool(children(expr)) and all(map(_is_number, children(expr))))


def _has(expr: Expr, name: str) -> bool:
    return any(isinstance(part, Call) and part.name == name for part in walk(expr))


def _product(parts: list[Expr], index: str, axes: Axes) -> Expr:
    """The sum over `index` of a product as a matrix product, or as a sum along an axis."""
    rows, columns = ((axes[0],), (axes[1],)) if len(axes) == 2 else ((), axes)
    if len(axes) not in (1, 2):
        return _along_an_axis(parts, index, axes)
    left = [part for part in parts if _free(part) <= {index, *rows}]
    right = [part for part in parts if part not in left]
    if not left or not right or any(not _free(part) <= {index, *columns} for part in right):
        return _along_an_axis(parts, index, axes)
    return ex.matmul(_factor(left, (*rows, index)), _factor(right, (index, *columns)))


def _along_an_axis(parts: list[Expr], index: str, axes: Axes) -> Expr:
    """The sum over `index` of an array that has an axis for it in place of one of `axes`, or beside them."""
    free = set().union(*map(_free, parts)) - {index, ONLY}
    if index == ONLY or len(axes) > 2:
        raise NoMatrixForm
    if not free:
        return Call("sum", (_elementwise([whole(part, (index,)) for part in parts]),))
    if len(axes) == 1:
        return Call("sum", (_elementwise([whole(part, (index, *axes)) for part in parts]),), _AXIS_1)
    if free == {axes[1]}:
        return Call("sum", (_elementwise([whole(part, (index, axes[1])) for part in parts]),), _AXIS_1)
    if free == {axes[0]}:
        return Call("sum", (_elementwise([whole(part, (axes[0], index)) for part in parts]),), _AXIS_2_KEPT)
    raise NoMatrixForm


def _factor(parts: list[Expr], axes: Axes) -> Expr:
    """A factor of a matrix product, turned as a whole rather than part by part."""
    upright = _elementwise([whole(part, axes) for part in parts])
    if len(axes) == 2 and _has(upright, "transpose"):
        try:
            turned = _elementwise([whole(part, axes[::-1]) for part in parts])
        except NoMatrixForm:
            return upright
        return upright if _has(turned, "transpose") else ex.transpose(turned)
    return upright


_AXIS_1: tuple[tuple[str, Expr], ...] = (("axis", Num(Fraction(1))),)
_AXIS_2_KEPT: tuple[tuple[str, Expr], ...] = (("axis", Num(Fraction(2))), ("keepdims", Num(Fraction(1))))


def _bound(expr: Expr) -> set[str]:
    inside = set().union(*map(_bound, children(expr))) if children(expr) else set[str]()
    return inside | {expr.index} if isinstance(expr, Sum) else inside


def _free(expr: Expr) -> set[str]:
    only = {ONLY} if any(ONE in index_of(part) for part in walk(expr)) else set[str]()
    return (letters(expr) | only) - _bound(expr)
