"""Elementwise functions of one variable, activations among them."""

from fractions import Fraction
from typing import Any

from backprop_tutor.engine.op import Activation, elementwise
from backprop_tutor.engine.setting import Setting
from backprop_tutor.engine.systems.base import Array

__all__ = ["OPS", "sign", "xlogx_slope"]

SLOPE = Fraction(1, 100)  # of leaky ReLU below 0, unless the exercise says otherwise


def _gate(xp: Any, x: Array, above: Array, at: Array, below: Array) -> Array:
    """One of three arrays by the sign of x."""
    return xp.where(xp.gt(x, 0), above, xp.where(xp.eq(x, 0), at, below))


def _kink_at_zero(xp: Any, x: Array, **params: Any) -> Array:
    return x


def _normal_cdf(xp: Any, x: Array) -> Array:
    return (1 + xp.erf(x / xp.sqrt(xp.number(2)))) / 2


def _normal_pdf(xp: Any, x: Array) -> Array:
    """Written as the chain rule gives it from Φ, so that a proof needs no laws of roots."""
    root = xp.sqrt(xp.number(2))
    return xp.exp(-xp.power(x / root, 2)) / (root * xp.sqrt(xp.pi))


def _relu(xp: Any, x: Array, at_zero: Any = 0) -> Array:
    if at_zero == 0:
        return xp.where(xp.gt(x, 0), x, xp.number(0))
    return _gate(xp, x, x, xp.number(at_zero) * x, xp.number(0))


def _relu_slope(xp: Any, y: Array, x: Array, at_zero: Any = 0) -> Array:
    if at_zero == 0:
        return xp.where(xp.gt(x, 0), xp.number(1), xp.number(0))
    return _gate(xp, x, 1, xp.number(at_zero), 0)


def sign(xp: Any, a: Array, b: Array) -> Array:
    """The sign of a - b."""
    one, none = xp.number(1), xp.number(0)
    return xp.where(xp.gt(a, b), one, none) - xp.where(xp.gt(b, a), one, none)


def _or_one(xp: Any, x: Array) -> Array:
    """x, and 1 in place of 0."""
    return xp.where(xp.eq(x, 0), xp.number(1), x)


def xlogx_slope(xp: Any, y: Array, x: Array) -> Array:
    return xp.log(_or_one(xp, x)) + xp.where(xp.eq(x, 0), xp.number(0), xp.number(1))


OPS = (
    elementwise(
        "identity",
        lambda xp, x: x,
        (lambda xp, y, x: 1,),
        written=lambda xp, x: x,
        spelled=False,
        rule="linear activation",
        derivative=("derivative of the identity",),
        computes="The value is passed on unchanged, as a linear unit passes on its {net}.",
        says="A value that is passed on unchanged, as a linear unit's {net} is, has the derivative 1.",
        passes_on=True,
        activation=Activation("linear", elsewhere=("none",)),
        carries=True,
    ),
    elementwise(
        "relu",
        _relu,
        (_relu_slope,),
        written=lambda xp, x, at_zero=0: xp.call("max", 0, x),
        rule="ReLU",
        derivative=("derivative of ReLU",),
        computes="ReLU keeps what is positive and puts 0 in place of the rest.",
        definition="max(0, x)",
        says="ReLU' is 1 where {net} > 0 and 0 where {net} < 0; at 0 it is a convention (0 unless the "
        "exercise says otherwise).",
        kink=_kink_at_zero,
        convention="relu(x) = max(0, x) has the derivative {at_zero} at 0",
        prime=True,
        aliases=("ReLU",),
        glyph="relu",
        latex=r"\operatorname{relu}",
        activation=Activation(flat="below 0"),
    ),
    elementwise(
        "leaky_relu",
        lambda xp, x, slope=SLOPE: xp.where(xp.gt(x, 0), x, xp.number(slope) * x),
        (lambda xp, y, x, slope=SLOPE: xp.where(xp.gt(x, 0), 1, xp.number(slope)),),
        rule="leaky ReLU",
        derivative=("derivative of leaky ReLU",),
        computes="Leaky ReLU keeps what is positive and multiplies the rest by a small slope.",
        definition="where(x > 0, x, slope*x)",
        says="Leaky ReLU' is 1 where {net} > 0 and the small slope elsewhere.",
        kink=_kink_at_zero,
        convention="leaky ReLU has the derivative {slope} at 0",
        prime=True,
        aliases=("LeakyReLU",),
        latex=r"\operatorname{lrelu}",
        activation=Activation(settings={"slope": Setting(SLOPE, "its slope below 0")}, elsewhere=("lrelu",)),
    ),
    elementwise(
        "elu",
        lambda xp, x, alpha=1: xp.where(xp.gt(x, 0), x, xp.number(alpha) * (xp.exp(x) - 1)),
        (lambda xp, y, x, alpha=1: xp.where(xp.gt(x, 0), 1, y + xp.number(alpha)),),
        rule="ELU",
        derivative=("derivative of ELU",),
        computes="ELU keeps what is positive and bends the rest towards -alpha: alpha(e^{net} - 1).",
        definition="where(x > 0, x, alpha*(exp(x) - 1))",
        says="ELU' is 1 where {net} > 0 and the output plus alpha below.",
        kink=lambda xp, x, alpha=1: 1 + 0 * x if alpha == 1 else x,
        convention="ELU has the derivative {alpha} at 0",
        prime=True,
        aliases=("ELU",),
        latex=r"\operatorname{elu}",
        activation=Activation(settings={"alpha": Setting(Fraction(1), "its scale below 0")}),
    ),
    elementwise(
        "softplus",
        lambda xp, x: xp.softplus(x),
        (lambda xp, y, x: xp.sigmoid(x),),
        rule="softplus",
        derivative=("derivative of softplus",),
        computes="softplus({net}) = ln(1 + e^{net}), a smooth ReLU.",
        definition="log(1 + exp(x))",
        says="softplus' is the sigmoid.",
        activation=Activation(),
    ),
    elementwise(
        "sigmoid",
        lambda xp, x: xp.sigmoid(x),
        (lambda xp, y, x: y * (1 - y),),
        rule="sigmoid",
        derivative=("derivative of the sigmoid",),
        computes="σ({net}) = 1/(1 + e^(-{net})) squeezes every number into the interval from 0 to 1.",
        definition="1/(1 + exp(-x))",
        says="σ' = σ(1 - σ), written with the activation itself.",
        aliases=("σ", "logistic"),
        glyph="σ",
        latex=r"\sigma",
        activation=Activation(flat="far out"),
    ),
    elementwise(
        "tanh",
        lambda xp, x: xp.tanh(x),
        (lambda xp, y, x: 1 - xp.power(y, 2),),
        numpy="tanh",
        rule="tanh",
        derivative=("derivative of tanh",),
        computes="tanh squeezes every number into the interval from -1 to 1.",
        definition="(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        says="tanh' = 1 - tanh², written with the activation itself.",
        latex=r"\tanh",
        activation=Activation(flat="far out"),
    ),
    elementwise(
        "silu",
        lambda xp, x: x * xp.sigmoid(x),
        (lambda xp, y, x: xp.sigmoid(x) + y * (1 - xp.sigmoid(x)),),
        rule="SiLU",
        derivative=("derivative of SiLU",),
        computes="SiLU({net}) = {net}·σ({net}).",
        definition="x/(1 + exp(-x))",
        says="SiLU is x·σ(x); by the product rule SiLU' = σ(x) + y(1 - σ(x)).",
        aliases=("swish", "SiLU"),
        latex=r"\operatorname{silu}",
        activation=Activation(),
    ),
    elementwise(
        "gelu",
        lambda xp, x: x * _normal_cdf(xp, x),
        (lambda xp, y, x: _normal_cdf(xp, x) + x * _normal_pdf(xp, x),),
        rule="GELU",
        derivative=("derivative of GELU",),
        computes="GELU({net}) = {net}·Φ({net}), with the distribution function Φ of the normal distribution.",
        definition="x/2*(1 + erf(x/sqrt(2)))",
        says="GELU is x·Φ(x) with the normal distribution's Φ; GELU' = Φ(x) + x·φ(x).",
        aliases=("GELU",),
        latex=r"\operatorname{gelu}",
        activation=Activation(),
    ),
    elementwise(
        "exp",
        lambda xp, x: xp.exp(x),
        (lambda xp, y, x: y,),
        numpy="exp",
        rule="exponential",
        derivative=("derivative of the exponential",),
        computes="e to the power of the argument.",
        says="The exponential is its own derivative.",
        undefined="overflow: the exponent is too large for floating point",
        latex=r"\exp",
    ),
    elementwise(
        "log",
        lambda xp, x: xp.log(x),
        (lambda xp, y, x: 1 / x,),
        numpy="log",
        rule="logarithm",
        derivative=("derivative of the logarithm",),
        computes="The natural logarithm.",
        means="the natural logarithm",
        says="The natural logarithm has the derivative 1/x.",
        undefined="logarithm of zero or of a negative number",
        logarithm=True,
        aliases=("ln",),
        glyph="ln",
        latex=r"\ln",
    ),
    elementwise(
        "xlogx",
        lambda xp, x: x * xp.log(_or_one(xp, x)),
        (xlogx_slope,),
        rule="x ln x",
        derivative=("product rule",),
        computes="x ln x, which goes to 0 as x does: 0 ln 0 = 0.",
        says="By the product rule, ln x + 1.",
        kink=_kink_at_zero,
        convention="x ln x has the derivative 0 at 0",
        undefined="logarithm of a negative number",
    ),
    elementwise(
        "sqrt",
        lambda xp, x: xp.sqrt(x),
        (lambda xp, y, x: 1 / (2 * y),),
        numpy="sqrt",
        rule="square root",
        derivative=("derivative of the square root",),
        computes="The square root.",
        says="√x has the derivative 1/(2√x).",
        undefined="square root of a negative number (or its derivative at 0)",
        aliases=("√",),
    ),
    elementwise(
        "sin",
        lambda xp, x: xp.sin(x),
        (lambda xp, y, x: xp.cos(x),),
        numpy="sin",
        rule="sine",
        derivative=("derivative of the sine",),
        computes="The sine of the argument in radians.",
        says="sin' = cos.",
        latex=r"\sin",
    ),
    elementwise(
        "cos",
        lambda xp, x: xp.cos(x),
        (lambda xp, y, x: -xp.sin(x),),
        numpy="cos",
        rule="cosine",
        derivative=("derivative of the cosine",),
        computes="The cosine of the argument in radians.",
        says="cos' = -sin.",
        latex=r"\cos",
    ),
    elementwise(
        "erf",
        lambda xp, x: xp.erf(x),
        (lambda xp, y, x: 2 / xp.sqrt(xp.pi) * xp.exp(-xp.power(x, 2)),),
        rule="error function",
        derivative=("derivative of the error function",),
        computes="The error function.",
        means="the error function, 2/√π times the integral of exp(-t²) from 0",
        says="erf' = 2/√π · exp(-x²).",
        latex=r"\operatorname{erf}",
    ),
    elementwise(
        "abs",
        lambda xp, x: xp.abs(x),
        (lambda xp, y, x: _gate(xp, x, 1, 0, -1),),
        numpy="abs",
        rule="absolute value",
        derivative=("derivative of the absolute value",),
        computes="The number without its sign.",
        says="|x|' is the sign of x, and 0 at 0 by convention.",
        kink=_kink_at_zero,
        convention="|x| has the derivative 0 at 0",
        prime=True,
        slope_is="sign",
        latex=r"\operatorname{abs}",
    ),
)
