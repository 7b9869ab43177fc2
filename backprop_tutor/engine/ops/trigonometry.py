"""Tangent and arctangent, hyperbolic sine and cosine."""

from backprop_tutor.engine.op import elementwise

__all__ = ["OPS"]

OPS = (
    elementwise(
        "tan",
        lambda xp, x: xp.tan(x),
        (lambda xp, y, x: 1 + xp.power(y, 2),),
        numpy="tan",
        rule="tangent",
        derivative=("derivative of the tangent",),
        computes="The tangent of the argument in radians.",
        says="tan' = 1 + tan².",
        undefined="a pole: an odd multiple of π/2, or a number too large for floating point",
        latex=r"\tan",
    ),
    elementwise(
        "arctan",
        lambda xp, x: xp.arctan(x),
        (lambda xp, y, x: 1 / (1 + xp.power(x, 2)),),
        numpy="arctan",
        rule="arctangent",
        derivative=("derivative of the arctangent",),
        computes="The angle in radians whose tangent is the argument.",
        says="arctan' = 1/(1 + x²).",
        aliases=("atan",),
        latex=r"\arctan",
    ),
    elementwise(
        "sinh",
        lambda xp, x: xp.sinh(x),
        (lambda xp, y, x: xp.cosh(x),),
        numpy="sinh",
        rule="hyperbolic sine",
        derivative=("derivative of sinh",),
        computes="sinh x = (e^x - e^(-x))/2.",
        says="sinh' = cosh.",
        undefined="overflow: the argument is too large for floating point",
        latex=r"\sinh",
    ),
    elementwise(
        "cosh",
        lambda xp, x: xp.cosh(x),
        (lambda xp, y, x: xp.sinh(x),),
        numpy="cosh",
        rule="hyperbolic cosine",
        derivative=("derivative of cosh",),
        computes="cosh x = (e^x + e^(-x))/2.",
        says="cosh' = sinh.",
        undefined="overflow: the argument is too large for floating point",
        latex=r"\cosh",
    ),
)
