"""Choices between cases: where, clip, step, sign, and the gradient that is stopped."""

from typing import Any

from backprop_tutor.engine.op import Op, elementwise, unbroadcast
from backprop_tutor.engine.systems.base import Array

__all__ = ["OPS"]


def _where(xp: Any, a: Array, b: Array, x: Array, y: Array, relation: str = "gt") -> Array:
    return xp.where(getattr(xp, relation)(a, b), x, y)


def _chosen(
    xp: Any, g: Array, y: Array, a: Array, b: Array, x: Array, z: Array, relation: str = "gt"
) -> Array:
    passed = g * xp.where(getattr(xp, relation)(a, b), xp.number(1), xp.number(0))
    return unbroadcast(xp, passed, x.shape)


def _otherwise(
    xp: Any, g: Array, y: Array, a: Array, b: Array, x: Array, z: Array, relation: str = "gt"
) -> Array:
    passed = g * xp.where(getattr(xp, relation)(a, b), xp.number(0), xp.number(1))
    return unbroadcast(xp, passed, z.shape)


def _gap(xp: Any, a: Array, b: Array, x: Array, y: Array, relation: str = "gt") -> Array:
    return a - b


def _clip(xp: Any, x: Array, low: Array, high: Array) -> Array:
    raised = xp.where(xp.gt(low, x), low, x)
    return xp.where(xp.gt(raised, high), high, raised)


OPS = (
    Op(
        "where",
        _where,
        (
            lambda xp, g, y, a, *rest, relation="gt": a * 0,
            lambda xp, g, y, a, b, *rest, relation="gt": b * 0,
            _chosen,
            _otherwise,
        ),
        rule="choice between two cases",
        derivative=("a comparison is constant", "a comparison is constant", "derivative case by case"),
        computes="The first value where the comparison holds, the second elsewhere.",
        says=(
            "A comparison does not change when its sides move a little: it passes no gradient.",
            "A comparison does not change when its sides move a little: it passes no gradient.",
            "The gradient goes to the value that is chosen; the other one gets 0.",
        ),
        kink=_gap,
        kink_of=(0, 1),
        convention="the case that the comparison chooses there counts",
        arity=(4, 4),
    ),
    elementwise(
        "clip",
        _clip,
        (
            lambda xp, y, x, low, high: xp.where(xp.gt(x, high), 0, xp.where(xp.gt(low, x), 0, 1)),
            lambda xp, y, x, low, high: xp.where(xp.gt(low, high), 0, xp.where(xp.gt(low, x), 1, 0)),
            lambda xp, y, x, low, high: xp.where(xp.gt(x, high), 1, xp.where(xp.gt(low, high), 1, 0)),
        ),
        numpy="clip",
        rule="clipping",
        derivative=("derivative of clipping",),
        computes="What is below the lower bound becomes that, what is above the upper one becomes that.",
        means="what is outside its bounds becomes the nearer one",
        says="The gradient passes where nothing is clipped; elsewhere it goes to the bound.",
        kink=lambda xp, x, low, high: (x - low) * (x - high),
        convention="clip has the derivative 1 on its bounds",
        aliases=("clamp",),
        common=True,
    ),
    elementwise(
        "step",
        lambda xp, x: xp.where(xp.gt(x, 0), xp.number(1) + 0 * x, 0 * x),
        (lambda xp, y, x: 0 * x,),
        rule="step",
        derivative=("derivative of a step",),
        computes="1 for positive numbers and 0 for all others.",
        means="1 for positive numbers and 0 for all others",
        says="A step is flat on both sides: it passes no gradient.",
        kink=lambda xp, x: x,
        convention="the step has the derivative 0 at 0",
        aliases=("heaviside",),
        common=True,
    ),
    elementwise(
        "sign",
        lambda xp, x: xp.where(
            xp.gt(x, 0), xp.number(1) + 0 * x, xp.where(xp.eq(x, 0), 0 * x, xp.number(-1) + 0 * x)
        ),
        (lambda xp, y, x: 0 * x,),
        numpy="sign",
        rule="sign",
        derivative=("derivative of the sign",),
        computes="1 for positive numbers, -1 for negative ones, 0 for 0.",
        means="1 for positive numbers, -1 for negative ones, 0 for 0",
        says="The sign is flat on both sides: it passes no gradient.",
        kink=lambda xp, x: x,
        convention="the sign has the derivative 0 at 0",
        aliases=("sgn",),
        common=True,
    ),
    elementwise(
        "stop_gradient",
        lambda xp, x: xp.stop(x),
        (lambda xp, y, x: 0 * x,),
        rule="stopped gradient",
        derivative=("stopped gradient",),
        computes="The same number.",
        means="the same number, whose derivative is taken as 0",
        says="The value counts as a constant here: it passes no gradient.",
        aliases=("detach",),
        stops=True,
    ),
)
