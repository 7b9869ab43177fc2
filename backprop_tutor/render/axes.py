"""Axes in formulas that stand beside code: counted from 0, as the code counts them."""

from backprop_tutor.engine import ops
from backprop_tutor.language import Array, Call, Expr, Num, Style, rewrite

__all__ = ["axes_from_zero"]


def axes_from_zero(style: Style) -> Style:
    """The same style for formulas whose axes are counted from 1."""
    return style._replace(rewrite=lambda expr: rewrite(style.rewrite(expr), _from_zero))


def _from_zero(expr: Expr) -> Expr | None:
    """A call that names axes, with these counted from 0."""
    match expr:
        case Call(name, (array, *axes)) if name == "swapaxes" or _names_axes(name):
            return Call(name, (rewrite(array, _from_zero), *map(_one_less, axes)), expr.options)
        case Call(name, args, options) if "axis" in dict(options):
            counted = ((key, _one_less(value) if key == "axis" else value) for key, value in options)
            return Call(name, tuple(rewrite(arg, _from_zero) for arg in args), tuple(counted))
    return None


def _names_axes(function: str) -> bool:
    return function in ops.TABLE and ops.get(function).rest == "axes"


def _one_less(axis: Expr) -> Expr:
    """An axis, or a list of them, counted from 0 in place of 1."""
    if isinstance(axis, Array):
        return Array(tuple(map(_one_less, axis.items)))
    return Num(axis.value - 1) if isinstance(axis, Num) else axis
