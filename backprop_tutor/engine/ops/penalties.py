"""What a regularisation adds to a loss: the squares or the sizes of weights."""

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import prod
from operator import add
from typing import Any, Literal

from backprop_tutor.engine.op import Op
from backprop_tutor.engine.ops.functions import sign
from backprop_tutor.engine.systems.base import Array, shape_of

__all__ = ["OPS"]


def _weights(xp: Any, *arrays: Array, weight: Any = 1) -> Array:
    """All weights in a row."""
    return xp.concat(tuple(xp.reshape(array, (prod(shape_of(array)),)) for array in arrays), 0)


def _penalty(
    key: Literal["l2", "l1"], size: Callable[..., Array], slope: Callable[..., Array], **entry: Any
) -> Op:
    """What a regularisation adds to the loss: `weight` times the sum over all entries of all arrays."""

    def forward(xp: Any, *arrays: Array, weight: Any = 1) -> Array:
        sums = [
            xp.sum(each, tuple(range(len(shape_of(each))))) for each in (size(xp, array) for array in arrays)
        ]
        return xp.number(weight) * reduce(add, sums)

    def vjps(slot: int) -> Callable[..., Array]:
        return lambda xp, g, y, *arrays, weight=1: g * slope(xp, arrays[slot], weight)

    return Op(f"{key}_penalty", forward, vjps, arity=(1, None), penalty=key, **entry)


OPS = (
    _penalty(
        "l2",
        lambda xp, w: xp.power(w, 2),
        lambda xp, w, weight: xp.number(2 * Fraction(weight)) * w,
        rule="L2 penalty",
        derivative=("power rule on the L2 penalty",),
        computes="All weights squared and added up, times how much they count.",
        says="The 2 of the square comes down: the penalty pulls every weight towards 0, by its own size.",
    ),
    _penalty(
        "l1",
        lambda xp, w: xp.abs(w),
        lambda xp, w, weight: xp.number(weight) * sign(xp, w, xp.number(0)),
        rule="L1 penalty",
        derivative=("derivative of the absolute value",),
        computes="The sizes of all weights added up, times how much they count.",
        says="|w| has the derivative 1 or -1, the sign of w: the penalty pulls every weight towards 0 alike.",
        kink=_weights,
        convention="|w| has the derivative 0 at 0",
    ),
)
