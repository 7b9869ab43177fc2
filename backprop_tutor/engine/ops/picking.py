"""Rows by their numbers, one-hot codes, axes in another order, and products of all pairs."""

from typing import Any

from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array, Axes, Shape
from backprop_tutor.errors import ShapeError
from backprop_tutor.language.counted import many

__all__ = ["OPS"]


def _rows(xp: Any, x: Array, numbers: Array) -> Array:
    if x.ndim not in (1, 2):
        raise ShapeError(
            f"rows are picked from a list or a matrix, not from the shape {x.shape}",
            hint="E[ids] takes the rows of E that the whole numbers ids say.",
        )
    return xp.rows(x, numbers)


def _one_hot(xp: Any, x: Array, classes: int) -> Array:
    if classes != int(classes) or classes < 1:
        raise ShapeError(f"one_hot has {classes} classes", hint="Their number is a whole one from 1.")
    return xp.said(xp.one_hot(x, int(classes)), "one_hot", x, options=(("classes", classes),))


def _order(x: Array, axes: Any) -> Axes:
    order: Shape = axes if isinstance(axes, tuple) else (axes,)
    if sorted(order) != list(range(1, x.ndim + 1)):
        raise ShapeError(
            f"the axes {', '.join(map(str, order))} are not an order of the {many(x.ndim, 'axis')} of the "
            f"shape {x.shape}",
            hint="Name each axis once, counted from 1: transpose(A, 1, 3, 2).",
        )
    return tuple(int(axis) - 1 for axis in order)


def _permute(xp: Any, x: Array, axes: Any = None) -> Array:
    return xp.transpose(x) if axes is None else xp.permute(x, _order(x, axes))


def _permute_back(xp: Any, g: Array, y: Array, x: Array, axes: Any = None) -> Array:
    if axes is None:
        return xp.transpose(g)
    order = _order(x, axes)
    return xp.permute(g, tuple(order.index(axis) for axis in range(x.ndim)))


def _outer(xp: Any, a: Array, b: Array) -> Array:
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(
            f"outer takes two vectors, but the shapes are {a.shape} and {b.shape}",
            hint="Write a product with broadcasting instead.",
        )
    return xp.outer(a, b)


OPS = (
    Op(
        "rows",
        _rows,
        (
            lambda xp, g, y, x, numbers: xp.rows_back(g, numbers, x),
            lambda xp, g, y, x, numbers: numbers * 0,
        ),
        rearranges=True,
        spelled=False,
        rule="rows by their numbers",
        derivative=("derivative of picked rows", "a whole number has no derivative"),
        computes="Each number picks one row, counted from 1.",
        says=(
            "A row receives what comes back from every place where it was picked; rows that were not get 0.",
            "A number that picks a row does not change by a little: it passes no gradient.",
        ),
        arity=(2, 2),
        numbers=1,
    ),
    Op(
        "one_hot",
        _one_hot,
        (lambda xp, g, y, x, classes: x * 0,),
        rule="one-hot code",
        derivative=("a whole number has no derivative",),
        computes="1 at the place that the number says, counted from 1, and 0 at the others.",
        means="1 at the place that the number says, counted from 1, and 0 at the others",
        says="A number that says a place does not change by a little: it passes no gradient.",
        numbers=0,
        sizes=True,
        needs={"classes": ("the number of classes", "one_hot(ids, 3)")},
    ),
    Op(
        "permute",
        _permute,
        (_permute_back,),
        rearranges=True,
        rule="axes in another order",
        derivative=("axes put back",),
        computes="The same numbers with their axes in another order.",
        says="Axes in another order only move entries, and the gradient moves back with them.",
        aliases=("transpose",),
        glyph="transpose",
        rest="axes",
        carries=True,
    ),
    Op(
        "outer",
        _outer,
        (
            lambda xp, g, y, a, b: g @ b,
            lambda xp, g, y, a, b: a @ g,
        ),
        rule="outer product",
        derivative=("derivative of an outer product (left)", "derivative of an outer product (right)"),
        computes="Every entry of the first vector times every entry of the second.",
        says="Each entry is a product: each factor's gradient is upstream times the other, added up.",
        arity=(2, 2),
        common=True,
    ),
)
