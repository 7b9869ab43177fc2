"""Variance and deviation, product, length, and the logarithm of summed exponentials."""

from fractions import Fraction
from functools import reduce
from math import prod
from operator import mul
from typing import Any

from backprop_tutor.engine.op import Axis, Forward, Op, axes_of
from backprop_tutor.engine.ops.arrays import kept, spread
from backprop_tutor.engine.systems.base import Array, Axes
from backprop_tutor.errors import ShapeError

__all__ = ["OPS", "WHOLE"]


def _divisor(xp: Any, x: Array, axes: Axes, correction: Fraction) -> Array:
    count = prod(x.shape[axis] for axis in axes) - correction
    if count <= 0:
        raise ShapeError(
            f"a variance of {count + correction} with the correction {correction} divides by {count}",
            hint="Take it over more numbers, or without a correction.",
        )
    return xp.number(count)


def _centred(xp: Any, x: Array, axes: Axes) -> Array:
    return x - xp.sum(x, axes, True) / xp.number(prod(x.shape[axis] for axis in axes))


def _var(
    xp: Any, x: Array, axis: Axis = None, keepdims: int = 0, correction: Fraction = Fraction(0)
) -> Array:
    axes = axes_of(x, axis)
    squares = xp.sum(xp.power(_centred(xp, x, axes), 2), axes, bool(keepdims))
    return squares / _divisor(xp, x, axes, correction)


def _var_vjp(
    xp: Any,
    g: Array,
    y: Array,
    x: Array,
    axis: Axis = None,
    keepdims: int = 0,
    correction: Fraction = Fraction(0),
) -> Array:
    axes = axes_of(x, axis)
    return spread(xp, g * (xp.number(2) / _divisor(xp, x, axes, correction)), x, axes) * _centred(xp, x, axes)


def _std(
    xp: Any, x: Array, axis: Axis = None, keepdims: int = 0, correction: Fraction = Fraction(0)
) -> Array:
    return xp.sqrt(_var(xp, x, axis, keepdims, correction))


def _std_vjp(
    xp: Any,
    g: Array,
    y: Array,
    x: Array,
    axis: Axis = None,
    keepdims: int = 0,
    correction: Fraction = Fraction(0),
) -> Array:
    axes = axes_of(x, axis)
    return spread(xp, g / (y * _divisor(xp, x, axes, correction)), x, axes) * _centred(xp, x, axes)


def _factors(xp: Any, x: Array, axes: Axes) -> tuple[list[Array], tuple[int, ...]]:
    """The entries along `axes` one by one, each an array of what is kept, and the order of all axes."""
    order = (*(axis for axis in range(x.ndim) if axis not in axes), *axes)
    lead = tuple(x.shape[axis] for axis in order[: x.ndim - len(axes)])
    count = prod(x.shape[axis] for axis in axes)
    flat = xp.reshape(xp.permute(x, order) if order != tuple(range(x.ndim)) else x, (*lead, count))
    return [xp.index(flat, (*(slice(None) for _ in lead), k)) for k in range(count)], order


def _prod(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    total = reduce(mul, _factors(xp, x, axes)[0])
    return xp.said(
        xp.reshape(total, kept(x, axes)) if keepdims else total, "prod", x, options=_said(axis, keepdims)
    )


def _prod_of_others(xp: Any, x: Array, axis: Axis = None) -> Array:
    """For each entry, the product of all the others: also where one of them is 0."""
    axes = axes_of(x, axis)
    factors, order = _factors(xp, x, axes)
    before: list[Array] = [xp.number(1)]
    after: list[Array] = [xp.number(1)]
    for factor, last in zip(factors, reversed(factors), strict=True):
        before.append(before[-1] * factor)
        after.append(after[-1] * last)
    lead = factors[0].shape
    others = [
        xp.reshape(xp.finish(a * b) + 0 * factors[0], (*lead, 1))
        for a, b in zip(before[:-1], reversed(after[:-1]), strict=True)
    ]
    joined = xp.reshape(xp.concat(tuple(others), len(lead)), tuple(x.shape[axis] for axis in order))
    back = tuple(order.index(axis) for axis in range(x.ndim))
    whole = joined if back == tuple(range(x.ndim)) else xp.permute(joined, back)
    return xp.said(whole, "prod_of_others", x, options=_said(axis, 0))


def _said(axis: Axis, keepdims: int) -> tuple[tuple[str, Any], ...]:
    return (*((("axis", axis),) if axis is not None else ()), *((("keepdims", 1),) if keepdims else ()))


def _prod_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return spread(xp, g, x, axes_of(x, axis)) * _prod_of_others(xp, x, axis)


def _norm(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    squares = xp.sum(xp.power(x, 2), axes_of(x, axis), bool(keepdims))
    zero = xp.eq(squares, 0)
    return xp.where(zero, 0 * squares, xp.sqrt(xp.where(zero, 1 + 0 * squares, squares)))


def _norm_written(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return xp.sqrt(xp.sum(xp.power(x, 2), axes_of(x, axis), bool(keepdims)))


def _norm_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    return spread(xp, g / xp.where(xp.eq(y, 0), 1 + 0 * y, y), x, axes) * x


def _norm_kink(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return xp.sum(xp.power(x, 2), axes_of(x, axis), bool(keepdims))


def _logsumexp(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    peak = xp.peak(x, axes)
    total = xp.log(xp.sum(xp.exp(x - peak), axes, True)) + peak
    return total if keepdims else xp.reshape(total, tuple(n for a, n in enumerate(x.shape) if a not in axes))


def _logsumexp_written(xp: Any, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    return xp.log(xp.sum(xp.exp(x), axes_of(x, axis), bool(keepdims)))


def _logsumexp_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None, keepdims: int = 0) -> Array:
    axes = axes_of(x, axis)
    return spread(xp, g, x, axes) * xp.exp(x - xp.reshape(y, kept(x, axes)))


OPS = (
    Op(
        "var",
        _var,
        (_var_vjp,),
        rule="variance",
        derivative=("derivative of the variance",),
        computes="The mean square of the distances from the mean.",
        means="the mean of the squared distances from the mean, unless `correction` takes from their number",
        says="Each square gives twice the distance from the mean; what comes back through the mean adds up "
        "to 0.",
        common=True,
    ),
    Op(
        "std",
        _std,
        (_std_vjp,),
        rule="standard deviation",
        derivative=("derivative of the standard deviation",),
        computes="The root of the variance.",
        means="the root of the variance, the mean of the squared distances from the mean",
        says="The distance from the mean over the deviation and the number of elements.",
        undefined="the derivative of a deviation of 0",
        common=True,
    ),
    Op(
        "prod",
        _prod,
        (_prod_vjp,),
        rule="product of the elements",
        derivative=("product rule",),
        computes="The elements are multiplied.",
        says="Each factor's gradient is upstream times the product of all the others.",
        common=True,
    ),
    Op(
        "norm",
        _norm,
        (_norm_vjp,),
        written=_norm_written,
        rule="length",
        derivative=("derivative of the length",),
        computes="The root of the sum of the squares: the Euclidean length.",
        means="the root of the sum of the squares",
        says="Each element's share is the element over the length.",
        kink=_norm_kink,
        convention="the length has the derivative 0 at 0",
        common=True,
    ),
    Op(
        "logsumexp",
        _logsumexp,
        (_logsumexp_vjp,),
        written=_logsumexp_written,
        rule="logarithm of the sum of exponentials",
        derivative=("derivative of logsumexp: softmax",),
        computes="ln Σ e^x, a smooth maximum.",
        means="ln Σ e^x",
        says="The derivative of ln Σ e^x is softmax: each element's share of the sum.",
    ),
)

WHOLE: dict[str, Forward] = {"prod_of_others": _prod_of_others}
