"""What layers do between weights: norms in two steps, dropout, scores of attention, steps side by side."""

from fractions import Fraction
from math import prod
from typing import Any

from backprop_tutor.engine.op import Axis, ConstantFactor, Op, Vjp, axes_of, unbroadcast
from backprop_tutor.engine.systems.base import Array, Axes, shape_of
from backprop_tutor.errors import ShapeError

__all__ = ["OPS"]


def _mean(xp: Any, x: Array, axes: Axes) -> Array:
    return xp.sum(x, axes, True) / xp.number(prod(x.shape[axis] for axis in axes))


def _parts(xp: Any, x: Array, axes: Axes, centred: int, epsilon: Fraction) -> tuple[Array, Array]:
    """The standardized x, and the deviation that it was divided by."""
    left = x - _mean(xp, x, axes) if centred else x
    variance = _mean(xp, xp.power(left, 2), axes)
    deviation = xp.sqrt(variance + xp.number(epsilon) if epsilon else variance)
    return left / deviation, deviation


def _standardized(
    xp: Any, x: Array, axis: Axis = None, centred: int = 1, epsilon: Fraction = Fraction(0)
) -> Array:
    return _parts(xp, x, axes_of(x, axis), centred, epsilon)[0]


def _standardized_vjp(
    xp: Any,
    g: Array,
    y: Array,
    x: Array,
    axis: Axis = None,
    centred: int = 1,
    epsilon: Fraction = Fraction(0),
) -> Array:
    axes = axes_of(x, axis)
    deviation = _parts(xp, x, axes, centred, epsilon)[1]
    left = g - _mean(xp, g, axes) if centred else g
    return (left - y * _mean(xp, g * y, axes)) / deviation


def _beside(xp: Any, learned: Array, x: Array, after: int) -> Array:
    """Numbers for features of `x` that so many axes follow."""
    wide = xp.reshape(learned, (*learned.shape, *(1,) * after)) if after else learned
    end = x.shape[x.ndim - wide.ndim :]
    if wide.ndim > x.ndim or any(size not in (1, own) for size, own in zip(wide.shape, end, strict=True)):
        raise ShapeError(
            f"the shapes {x.shape} and {learned.shape} do not fit together",
            hint="There is one number for each feature.",
        )
    return wide


def _scaled(xp: Any, x: Array, gamma: Array, *beta: Array, after: int = 0) -> Array:
    scaled = _beside(xp, gamma, x, after) * x
    return scaled + _beside(xp, beta[0], x, after) if beta else scaled


def _features(xp: Any, g: Array, learned: Array, after: int) -> Array:
    """What comes back to the features, added up."""
    total = unbroadcast(xp, g, (*learned.shape, *(1,) * after))
    return xp.reshape(total, learned.shape) if after else total


def _scores(xp: Any, Q: Array, K: Array) -> Array:
    """Every row of Q times every row of K, over the root of their length."""
    if shape_of(Q)[:-2] != shape_of(K)[:-2] or shape_of(Q)[-1:] != shape_of(K)[-1:] or Q.ndim < 2:
        raise ShapeError(
            f"queries of the shape {shape_of(Q)} and keys of the shape {shape_of(K)} do not fit together",
            hint="A query and a key are rows of the same length.",
        )
    return (Q @ xp.swap(K)) / _root(xp, Q)


def _root(xp: Any, Q: Array) -> Array:
    return xp.sqrt(xp.number(Q.shape[-1]))


def _stacked_vjp(slot: int) -> Vjp:
    return lambda xp, g, y, *steps: xp.index(g, (slice(None), slot))


def _stacked(xp: Any, *steps: Array) -> Array:
    rows = [xp.reshape(step, (step.shape[0], 1, *step.shape[1:])) for step in steps]
    return xp.concat(tuple(rows), 1)


OPS = (
    Op(
        "standardized",
        _standardized,
        (_standardized_vjp,),
        rule="norm",
        derivative=("norm backwards: through the value, the mean and the deviation",),
        computes="Less the mean (rms norm takes none off), over the root of the mean square of what is left.",
        says="Through the value itself, the mean and the deviation: upstream, less its mean, less the normed "
        "value times the mean of upstream times normed values, over the deviation.",
        undefined="a standard deviation of 0",
        over=axes_of,
        carries=True,
    ),
    Op(
        "scaled",
        _scaled,
        (
            lambda xp, g, y, x, gamma, *beta, after=0: g * _beside(xp, gamma, x, after),
            lambda xp, g, y, x, gamma, *beta, after=0: _features(xp, g * x, gamma, after),
            lambda xp, g, y, x, gamma, beta, after=0: _features(xp, g, beta, after),
        ),
        rule="scale and shift",
        derivative=("linearity (input)", "linearity (scale)", "linearity (shift)"),
        computes="Each feature is multiplied by its gamma, and its beta is added if there is one.",
        says=(
            "Each feature is multiplied by its gamma.",
            "gamma multiplies the normed values: its gradient is upstream times those, added up.",
            "beta is added: what comes back to each feature adds up.",
        ),
        arity=(2, 3),
        carries=True,
    ),
    Op(
        "dropout",
        lambda xp, x, mask, keep: x * mask / xp.number(keep),
        (
            lambda xp, g, y, x, mask, keep: unbroadcast(xp, g * mask / xp.number(keep), x.shape),
            lambda xp, g, y, x, mask, keep: unbroadcast(xp, g * x / xp.number(keep), mask.shape),
        ),
        rule="dropout",
        derivative=("the mask and 1/keep once more",),
        computes="What the mask drops is 0; what it keeps is divided by the share that is kept.",
        says="What was dropped gets 0; what was kept gets the upstream gradient over the share that is kept.",
        arity=(2, 2),
        switches=(1,),
        factor=ConstantFactor("1/keep", lambda x, mask, keep: float(1 / keep)),
        needs={"keep": ("the share that is kept", "dropout(x, mask, keep=1/2)")},
    ),
    Op(
        "scores",
        _scores,
        (
            lambda xp, g, y, Q, K: (g @ K) / _root(xp, Q),
            lambda xp, g, y, Q, K: (xp.swap(g) @ Q) / _root(xp, Q),
        ),
        rule="scores of attention",
        derivative=("product rule, with 1/sqrt(d)",),
        computes="Every query times every key, over the root of their length d.",
        says=(
            "A query meets every key: upstream of each score times that key adds up, over sqrt(d).",
            "A key meets every query: upstream of each score times that query adds up, over sqrt(d).",
        ),
        arity=(2, 2),
        factor=ConstantFactor("1/sqrt(d)", lambda Q, K: float(Q.shape[-1]) ** -0.5),
        carries=True,
    ),
    Op(
        "step_stack",
        _stacked,
        _stacked_vjp,
        rule="steps side by side",
        derivative=("each step its own part",),
        computes="The rows of all steps, one after the other.",
        says="Each step receives its own part of the upstream gradient.",
        arity=(1, None),
    ),
)
