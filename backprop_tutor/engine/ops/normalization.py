"""Layer, batch and rms norm, all with the biased variance."""

from fractions import Fraction
from math import prod
from typing import Any

from backprop_tutor.engine.op import Op, unbroadcast
from backprop_tutor.engine.systems.base import Array, Axes, Shape
from backprop_tutor.errors import ShapeError

__all__ = ["OPS"]

EPSILON = Fraction(1, 10**5)


def _mean(xp: Any, x: Array, axes: Axes) -> Array:
    return xp.sum(x, axes, True) / xp.number(prod(x.shape[axis] for axis in axes))


def _deviation(xp: Any, centred: Array, axes: Axes, epsilon: Fraction) -> Array:
    """The standard deviation, with epsilon under the root."""
    variance = _mean(xp, xp.power(centred, 2), axes)
    return xp.sqrt(variance + xp.number(epsilon) if epsilon else variance)


def _last(x: Array) -> Axes:
    return (x.ndim - 1,)


def _all_but_channels(x: Array) -> Axes:
    """The examples, and the places of an image: every axis but the second."""
    return tuple(axis for axis in range(x.ndim) if axis != 1)


def _norm(name: str, rule: str, axes_of: Any, *, centre: bool, computes: str, means: str, says: str) -> Op:
    """A norm over the axes that `axes_of` gives; `centre` says whether the mean is taken off first."""

    def features(x: Array) -> tuple[Shape, Shape]:
        """The shape of what is learned, and the same beside x."""
        if not x.ndim:
            raise ShapeError(f"{name} takes an array, not a single number")
        axis = x.ndim - 1 if axes_of is _last else 1
        if axis >= x.ndim:
            return (), (1,)
        return (x.shape[axis],), (x.shape[axis], *(1 for _ in range(x.ndim - axis - 1)))

    def beside(xp: Any, x: Array, learned: Array) -> Array:
        own, wide = features(x)
        if learned.shape != own:
            raise ShapeError(
                f"{name} of the shape {x.shape} takes gamma and beta of shape {own}, not {learned.shape}",
                hint="They hold one number for each feature.",
            )
        return learned if own == wide else xp.reshape(learned, wide)

    def parts(xp: Any, x: Array, epsilon: Fraction) -> tuple[Array, Array]:
        """x̂, and the deviation that x was divided by."""
        axes = axes_of(x)
        centred = x - _mean(xp, x, axes) if centre else x
        deviation = _deviation(xp, centred, axes, epsilon)
        return centred / deviation, deviation

    def forward(xp: Any, x: Array, gamma: Array, *beta: Array, epsilon: Fraction = EPSILON) -> Array:
        scale = beside(xp, x, gamma)
        result = scale * parts(xp, x, epsilon)[0]
        return result + beside(xp, x, beta[0]) if beta else result

    def to_input(
        xp: Any, g: Array, y: Array, x: Array, gamma: Array, *beta: Array, epsilon: Fraction = EPSILON
    ) -> Array:
        axes = axes_of(x)
        normed, deviation = parts(xp, x, epsilon)
        sent = g * beside(xp, x, gamma)
        left = sent - _mean(xp, sent, axes) if centre else sent
        return (left - normed * _mean(xp, sent * normed, axes)) / deviation

    def to_gamma(
        xp: Any, g: Array, y: Array, x: Array, gamma: Array, *beta: Array, epsilon: Fraction = EPSILON
    ) -> Array:
        total = unbroadcast(xp, g * parts(xp, x, epsilon)[0], features(x)[1])
        return xp.reshape(total, gamma.shape)

    def to_beta(
        xp: Any, g: Array, y: Array, x: Array, gamma: Array, beta: Array, epsilon: Fraction = EPSILON
    ) -> Array:
        return xp.reshape(unbroadcast(xp, g, features(x)[1]), beta.shape)

    return Op(
        name,
        forward,
        (to_input, to_gamma, *((to_beta,) if centre else ())),
        rule=rule,
        derivative=(
            f"{rule} backwards (input)",
            f"{rule} backwards (scale)",
            *((f"{rule} backwards (shift)",) if centre else ()),
        ),
        computes=computes,
        means=means,
        says=(
            says,
            "gamma multiplies the normed values: its gradient is upstream times those, added up.",
            *(("beta is added: what comes back to each feature adds up.",) if centre else ()),
        ),
        undefined="a standard deviation of 0",
        arity=(3, 3) if centre else (2, 2),
        over=axes_of,
        carries=True,
    )


OPS = (
    _norm(
        "layer_norm",
        "layer norm",
        _last,
        centre=True,
        computes="The features of each example are centred, divided by their standard deviation, scaled by "
        "gamma and shifted by beta.",
        means="gamma (x - m)/√(v + {epsilon}) + beta, with the mean m and the variance v along the last axis",
        says="Through the value itself, the mean and the deviation: upstream, less its mean, less the normed "
        "value times the mean of upstream times normed values, over the deviation.",
    ),
    _norm(
        "batch_norm",
        "batch norm",
        _all_but_channels,
        centre=True,
        computes="Each feature is centred over the examples (and places), divided by its standard deviation, "
        "scaled by gamma and shifted by beta.",
        means="gamma (x - m)/√(v + {epsilon}) + beta, with the mean m and the variance v over the examples",
        says="Through the value itself, the mean and the deviation: upstream, less its mean, less the normed "
        "value times the mean of upstream times normed values, over the deviation.",
    ),
    _norm(
        "rms_norm",
        "rms norm",
        _last,
        centre=False,
        computes="The features of each example are divided by the root of their mean square and scaled by "
        "gamma.",
        means="gamma x/√(m + {epsilon}), with the mean m of the squares along the last axis",
        says="Through the value itself and the root: upstream, less the normed value times the mean of "
        "upstream times normed values, over the root.",
    ),
)
