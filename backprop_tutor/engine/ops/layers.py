"""The ops of a network's layers: linear, softmax and its logarithm."""

from typing import Any

from backprop_tutor.engine.op import Activation, Axis, Op, axes_of, unbroadcast
from backprop_tutor.engine.systems.base import Array, Axes, shape_of
from backprop_tutor.errors import ShapeError

__all__ = ["OPS", "linear", "linear_weights", "linear_written"]


def linear(xp: Any, x: Array, W: Array, *bias: Array) -> Array:
    """net = W x + b for every row x; `x` is (N, …, in) or (in,), `W` (out, in), the bias (out,) or ()."""
    shapes = [shape_of(array) for array in (x, W, *bias)]
    inputs, weights = shapes[:2]
    fits = inputs and len(weights) == 2 and inputs[-1] == weights[1]
    if not fits or shapes[2:] not in ([], [weights[:1]], [()]):
        raise ShapeError(
            f"the shapes {', '.join(map(str, shapes))} are not those of a layer",
            hint="It takes inputs (examples, inputs), weights (units, inputs) and a bias, (units,) or ().",
        )
    net = x @ xp.transpose(W)
    return net + bias[0] if bias else net


def linear_written(xp: Any, x: Array, W: Array, *bias: Array) -> Array:
    if x.ndim > 2:
        return linear(xp, x, W, *bias)
    net = xp.weighted(W, x)
    return net + bias[0] if bias else net


def linear_weights(xp: Any, g: Array, x: Array) -> Array:
    """What comes back to W of x Wᵀ."""
    if x.ndim == 1:
        return xp.outer(g, x)
    products = xp.swap(g) @ x
    return products if x.ndim == 2 else xp.sum(products, tuple(range(x.ndim - 2)))


def _axes(x: Array, axis: Axis) -> Axes:
    """The axis (or axes) that softmax normalises: the last one unless said otherwise."""
    return axes_of(x, x.ndim if axis is None else axis)


def _softmax(xp: Any, x: Array, axis: Axis = None) -> Array:
    powers = xp.exp(xp.centred(x, _axes(x, axis)))
    return powers / xp.sum(powers, _axes(x, axis), True)


def _softmax_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None) -> Array:
    return y * (g - xp.sum(g * y, _axes(x, axis), True))


def _log_softmax(xp: Any, x: Array, axis: Axis = None) -> Array:
    centred = xp.centred(x, _axes(x, axis))
    return centred - xp.log(xp.sum(xp.exp(centred), _axes(x, axis), True))


def _log_softmax_vjp(xp: Any, g: Array, y: Array, x: Array, axis: Axis = None) -> Array:
    return g - xp.exp(y) * xp.sum(g, _axes(x, axis), True)


OPS = (
    Op(
        "linear",
        linear,
        (
            lambda xp, g, y, x, W, *bias: g @ W,
            lambda xp, g, y, x, W, *bias: linear_weights(xp, g, x),
            lambda xp, g, y, x, W, b: unbroadcast(xp, g, b.shape),
        ),
        written=linear_written,
        weighted="layer",
        rule="weighted sum ({net})",
        derivative=("linearity of {net}, sum over units", "linearity of {net}", "linearity of {net} (bias)"),
        computes="Each unit's {net} is the sum of its weights times the inputs, plus its bias if it has one.",
        says=(
            "A unit acts on every unit that it feeds; what comes back through each weight adds up.",
            "{net} is linear: its derivative with respect to a weight is the input that it multiplies.",
            "The bias enters {net} with the factor 1; the deltas of all examples add up.",
        ),
        arity=(2, 3),
        weights=(1,),
        carries=True,
    ),
    Op(
        "softmax",
        _softmax,
        (_softmax_vjp,),
        rule="softmax",
        derivative=("softmax Jacobian",),
        computes="softmax turns its inputs into shares that are positive and add up to 1: "
        "e^{net}_{k} / Σ e^{net}_{i}.",
        means="exp(x_k)/Σ exp(x_i), the sum along the last axis unless another is named",
        says="∂{z}_{k}/∂{net}_{i} = {z}_{k}([{k} = {i}] - {z}_{i}): every output depends on every input.",
        activation=Activation(),
        across="shares",
    ),
    Op(
        "log_softmax",
        _log_softmax,
        (_log_softmax_vjp,),
        rule="logarithm of softmax",
        logarithm=True,
        derivative=("log-softmax Jacobian",),
        computes="The logarithm of softmax: {net}_{k} - ln Σ e^{net}_{i}.",
        means="x_k - ln Σ exp(x_i), the sum along the last axis unless another is named",
        says="∂ ln {z}_{k}/∂{net}_{i} = [{k} = {i}] - {z}_{i}.",
        activation=Activation(),
        across="logarithms",
    ),
)
