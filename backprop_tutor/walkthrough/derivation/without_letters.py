"""An index formula as one of whole arrays: `Σ_p δ1(p)[i]·x(p)[j]` is `δ1ᵀ @ x`."""

from fractions import Fraction
from functools import reduce

from backprop_tutor.engine.systems.formal import COUNT
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sum, Sym, children
from backprop_tutor.walkthrough.derivation.terms import factors, index_of, letters, walk

__all__ = ["NoMatrixForm", "whole"]

Axes = tuple[str, ...]  # the letters of an array's axes, in order


class NoMatrixForm(ValueError):  # noqa: N818 - a property of the formula, nobody's error
    """The formula needs more than products, transposes and sums of arrays."""


def whole(expr: Expr, axes: Axes) -> Expr:
    """The array whose element at `axes` is `expr`, or one that broadcasts to it. Raises NoMatrixForm."""
    match expr:
        case Num() | Sym():
            return expr
        case Item(Sym() as base):
            names = tuple(place.name if isinstance(place, Sym) else "" for place in index_of(expr))
            if names == axes[len(axes) - len(names) :]:
                return base
            if len(names) == 2 and names[::-1] == axes:
                return ex.transpose(base)
            raise NoMatrixForm
        case Sum(index, _, body):
            return _product(factors(body), index, axes)
        case Call("mul", args):
            return _elementwise([whole(arg, axes) for arg in args])
        case Call("kronecker"):
            raise NoMatrixForm
        case Call(name, args, options):
            return Call(name, tuple(whole(arg, axes) for arg in args), options)
        case _:
            raise NoMatrixForm


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
    if len(axes) == 1 and all(_free(part) >= {index, *axes} for part in parts):
        return Call("sum", (_elementwise([whole(part, (index, *axes)) for part in parts]),), _AXIS_1)
    rows, columns = ((axes[0],), (axes[1],)) if len(axes) == 2 else ((), axes)
    if len(axes) not in (1, 2):
        raise NoMatrixForm
    left = [part for part in parts if _free(part) <= {index, *rows}]
    right = [part for part in parts if part not in left]
    if not left or not right or any(not _free(part) <= {index, *columns} for part in right):
        raise NoMatrixForm
    return ex.matmul(_factor(left, (*rows, index)), _factor(right, (index, *columns)))


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


def _bound(expr: Expr) -> set[str]:
    inside = set().union(*map(_bound, children(expr))) if children(expr) else set[str]()
    return inside | {expr.index} if isinstance(expr, Sum) else inside


def _free(expr: Expr) -> set[str]:
    return letters(expr) - _bound(expr)
