"""Reductions and rearrangements: sum, mean, max, min, reshape, concat, index."""

from functools import lru_cache, partial, reduce
from math import prod
from operator import add
from typing import Any

from backprop_tutor.engine.op import Axis, Op, Vjp, axes_of, unbroadcast
from backprop_tutor.engine.systems.base import Array, Axes, Index, Shape
from backprop_tutor.errors import ShapeError

__all__ = ["OPS", "STEP_MEAN", "STEP_SUM", "kept", "spread"]

STEP_MEAN = "step_mean"  # what a mean over all elements is made by, of those of each step
STEP_SUM = "step_sum"  # what sum<s>( ) over the steps of a recurrence is made by


def kept(x: Array, axes: Axes) -> Shape:
    """The shape of a reduction that keeps the reduced axes with size 1."""
    return tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))


def spread(xp: Any, g: Array, x: Array, axes: Axes) -> Array:
    """`g` of a reduction, repeated over the axes that were reduced."""
    return xp.broadcast(xp.reshape(g, kept(x, axes)), x.shape)


def _sum(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return xp.sum(x, axes_of(x, axis), bool(keepdims))


def _sum_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return spread(xp, g, x, axes_of(x, axis))


def _count(x: Array, axes: Axes) -> int:
    return prod(x.shape[axis] for axis in axes)


def _mean(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    return xp.sum(x, axes, bool(keepdims)) / xp.number(_count(x, axes))


def _mean_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    return spread(xp, g / xp.number(_count(x, axes)), x, axes)


def _max(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return xp.max(x, axes_of(x, axis), bool(keepdims))


def _min(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return -xp.max(xp.finish(-x), axes_of(x, axis), bool(keepdims))


def _min_written(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return xp.min(x, axes_of(x, axis), bool(keepdims))


def _extremum_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    hit = xp.where(xp.eq(x, xp.reshape(y, kept(x, axes))), xp.number(1), xp.number(0))
    return spread(xp, g, x, axes) * hit / xp.sum(hit, axes, True)


def _gap(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0, sign: int = 1) -> Array:
    """Zero where several elements tie; 1 at a lone extremum; how far behind it the others are, negative."""
    axes = axes_of(x, axis)
    signed = sign * x
    top = xp.max(signed, axes, True)
    ties = xp.sum(xp.where(xp.eq(signed, top), 1, 0), axes, True)
    return xp.where(xp.eq(signed, top), xp.where(xp.gt(ties, 1), 0, 1), signed - top)


def _shape(sizes: Any) -> Shape:
    if not isinstance(sizes, tuple):
        sizes = (sizes,)
    if any(isinstance(size, tuple) or size != int(size) or size < 1 for size in sizes):
        raise ShapeError("a shape is made of whole numbers from 1", hint="Write it like reshape(x, 2, 3).")
    return tuple(int(size) for size in sizes)


@lru_cache(maxsize=1024)
def _key(key: tuple[Any, ...]) -> Index:
    """An index of the language (from 1, both ends of a slice included) as NumPy's."""
    return tuple(
        slice(None if k[0] is None else int(k[0]) - 1, *k[1:]) if isinstance(k, tuple) else int(k) - 1
        for k in key
    )


def _concat(xp: Any, *arrays: Array, axis: Axis = 1) -> Array:
    if isinstance(axis, tuple):
        raise ShapeError("concat joins along one axis", hint="Write it as in axis=1.")
    return xp.concat(arrays, *axes_of(arrays[0], axis))


def _concat_vjp(slot: int) -> Vjp:
    def vjp(xp: Any, g: Array, y: Array, *inputs: Array, axis: Any = 1) -> Array:
        (a,) = axes_of(y, axis)
        start = sum(x.shape[a] for x in inputs[:slot])
        key = (slice(None),) * a + (slice(start, start + inputs[slot].shape[a]),)
        return xp.index(g, key)

    return vjp


OPS = (
    Op(
        STEP_SUM,
        lambda xp, *terms: reduce(add, terms),
        lambda slot: lambda xp, g, y, *terms: unbroadcast(xp, g, terms[slot].shape),
        rule="sum over the steps",
        derivative=("the derivative of a sum is the sum of the derivatives",),
        computes="The terms are added up.",
        says="Every term receives the upstream gradient unchanged.",
        arity=(1, None),
        rearranges=True,
    ),
    Op(
        STEP_MEAN,
        lambda xp, *terms: reduce(add, terms) / xp.number(len(terms)),
        lambda slot: lambda xp, g, y, *terms: unbroadcast(xp, g / xp.number(len(terms)), terms[slot].shape),
        rule="mean over the steps",
        derivative=("derivative of a mean",),
        computes="The terms are added up and divided by their number.",
        says="Every term receives its share of the upstream gradient: one over their number.",
        arity=(1, None),
        rearranges=True,
    ),
    Op(
        "sum",
        _sum,
        (_sum_vjp,),
        rule="sum of the elements",
        derivative=("the derivative of a sum is the sum of the derivatives",),
        computes="The elements are added up.",
        says="Every summand receives the upstream gradient unchanged.",
        passes_on=True,
        carries=True,
    ),
    Op(
        "mean",
        _mean,
        (_mean_vjp,),
        rule="mean",
        derivative=("derivative of a mean",),
        computes="The elements are added up and divided by their number.",
        says="Every element receives its share of the upstream gradient: one over their number.",
        mean="elements",
        carries=True,
    ),
    Op(
        "max",
        _max,
        (_extremum_vjp,),
        rule="largest element",
        derivative=("derivative of max",),
        computes="The largest element.",
        says="The gradient goes to the largest element; equal ones share it.",
        kink=_gap,
        convention="equal largest elements share the derivative in equal parts",
    ),
    Op(
        "min",
        _min,
        (_extremum_vjp,),
        written=_min_written,
        rule="smallest element",
        derivative=("derivative of min",),
        computes="The smallest element.",
        says="The gradient goes to the smallest element; equal ones share it.",
        kink=partial(_gap, sign=-1),
        convention="equal smallest elements share the derivative in equal parts",
    ),
    Op(
        "reshape",
        lambda xp, x, shape: xp.reshape(x, _shape(shape)),
        (lambda xp, g, y, x, shape: xp.reshape(g, x.shape),),
        rule="new shape",
        derivative=("shape put back",),
        computes="The same numbers in another arrangement.",
        sized=True,
        says="The same numbers in another arrangement; the gradient is arranged back.",
        rearranges=True,
        rest="shape",
        needs={"shape": ("a shape", "reshape(x, 2, 3)")},
        carries=True,
    ),
    Op(
        "index",
        lambda xp, x, key: xp.index(x, _key(key)),
        (lambda xp, g, y, x, key: xp.scatter(g, _key(key), x),),
        rule="selection",
        derivative=("derivative of a selection",),
        computes="Some of the elements.",
        sized=True,
        spelled=False,
        says="Selected elements receive the upstream gradient, all others 0.",
        rearranges=True,
    ),
    Op(
        "concat",
        _concat,
        _concat_vjp,
        rule="joining",
        derivative=("derivative of joining",),
        computes="The arrays are joined.",
        sized=True,
        says="Each part receives its own part of the upstream gradient.",
        arity=(1, 64),
        rearranges=True,
    ),
)
