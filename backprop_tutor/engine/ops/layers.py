"""The ops of a network's layers and its loss: linear, softmax and the losses."""

from typing import Any

from backprop_tutor.engine.op import Activation, Axis, Loss, Op, axes_of, class_axes, unbroadcast
from backprop_tutor.engine.systems.base import Array, Axes, shape_of
from backprop_tutor.errors import ShapeError

__all__ = ["OPS", "linear", "linear_weights", "linear_written"]


def linear(xp: Any, x: Array, W: Array, *bias: Array) -> Array:
    """net = W x + b for every row x; `x` is (N, …, in) or (in,), `W` (out, in), the bias (out,)."""
    shapes = [shape_of(array) for array in (x, W, *bias)]
    inputs, weights = shapes[:2]
    fits = inputs and len(weights) == 2 and inputs[-1] == weights[1]
    if not fits or shapes[2:] not in ([], [weights[:1]]):
        raise ShapeError(
            f"the shapes {', '.join(map(str, shapes))} are not those of a layer",
            hint="It takes inputs (examples, inputs), weights (units, inputs) and a bias (units,).",
        )
    net = x @ xp.transpose(W)
    return net + bias[0] if bias else net


def linear_written(xp: Any, x: Array, W: Array, *bias: Array) -> Array:
    """W x + b of one unit; of the whole array, whose rows are examples, x Wᵀ + b."""
    if x.ndim > 2 or (xp.name == "form" and x.ndim == 2):
        return linear(xp, x, W, *bias)
    net = xp.transpose(W @ xp.transpose(x))
    return net + bias[0] if bias else net


def linear_weights(xp: Any, g: Array, x: Array) -> Array:
    """What comes back to W of x Wᵀ."""
    if x.ndim == 1:
        return xp.outer(g, x)
    products = xp.swap(g) @ x
    return products if x.ndim == 2 else xp.sum(products, tuple(range(x.ndim - 2)))


def _all(x: Array) -> tuple[int, ...]:
    return tuple(range(len(shape_of(x))))


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


def _one_over(xp: Any, N: Array, halves: int = 1) -> Array:
    """1/N, or 1/(2N)."""
    return xp.number(1) / (N if halves == 1 else halves * N)


def _squared_error(name: str, rule: str, *, computes: str, says: str, half: bool, mean: bool) -> Op:
    """A squared error, its four kinds differing in the factors 1/2 and 1/N only."""

    def forward(xp: Any, z: Array, t: Array) -> Array:
        total = xp.sum(xp.power(t - z, 2), _all(t - z))
        if mean:
            return _one_over(xp, xp.count(z), 2 if half else 1) * total
        return xp.number(1) / 2 * total if half else total

    def residual(xp: Any, z: Array, t: Array) -> Array:
        """dJ/dt: the residual t - z with the factors that the square leaves."""
        factor = xp.number(1) if half else xp.number(2)
        if mean:
            factor = factor / xp.count(z)
        return factor * (t - z)

    def towards_z(xp: Any, g: Array, y: Array, z: Array, t: Array) -> Array:
        return unbroadcast(xp, g * -residual(xp, z, t), z.shape)

    def towards_t(xp: Any, g: Array, y: Array, z: Array, t: Array) -> Array:
        return unbroadcast(xp, g * residual(xp, z, t), t.shape)

    return Op(
        name,
        forward,
        (towards_z, towards_t),
        rule=rule,
        derivative=("power rule on the squared error",),
        computes=computes,
        says=says,
        arity=(2, 2),
        loss=Loss(square=True, half=half),
        mean="examples" if mean else "",
    )


def _bce(xp: Any, z: Array, t: Array) -> Array:
    terms = t * xp.log(z) + (1 - t) * xp.log(1 - z)
    return -_one_over(xp, xp.count(z)) * xp.sum(terms, _all(terms))


def _bce_vjp(xp: Any, g: Array, y: Array, z: Array, t: Array) -> Array:
    return unbroadcast(xp, g * (-_one_over(xp, xp.count(z)) * (t / z - (1 - t) / (1 - z))), z.shape)


def _bce_target_vjp(xp: Any, g: Array, y: Array, z: Array, t: Array) -> Array:
    return unbroadcast(xp, g * (-_one_over(xp, xp.count(z)) * (xp.log(z) - xp.log(1 - z))), t.shape)


def _cross_entropy(xp: Any, z: Array, t: Array) -> Array:
    terms = t * xp.log(z)
    return -_one_over(xp, xp.count(z, class_axes(z))) * xp.sum(terms, _all(terms))


def _cross_entropy_vjp(xp: Any, g: Array, y: Array, z: Array, t: Array) -> Array:
    return unbroadcast(xp, g * (-_one_over(xp, xp.count(z, class_axes(z))) * (t / z)), z.shape)


def _cross_entropy_target_vjp(xp: Any, g: Array, y: Array, z: Array, t: Array) -> Array:
    return unbroadcast(xp, g * (-_one_over(xp, xp.count(z, class_axes(z))) * xp.log(z)), t.shape)


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
    ),
    Op(
        "softmax",
        _softmax,
        (_softmax_vjp,),
        rule="softmax",
        derivative=("softmax Jacobian",),
        computes="softmax turns its inputs into shares that are positive and add up to 1: "
        "e^{net}_{k} / Σ e^{net}_{i}.",
        says="∂{z}_{k}/∂{net}_{i} = {z}_{k}([{k} = {i}] - {z}_{i}): every output depends on every input.",
        activation=Activation(),
        across="shares",
    ),
    Op(
        "log_softmax",
        _log_softmax,
        (_log_softmax_vjp,),
        rule="logarithm of softmax",
        derivative=("log-softmax Jacobian",),
        computes="The logarithm of softmax: {net}_{k} - ln Σ e^{net}_{i}.",
        says="∂ ln {z}_{k}/∂{net}_{i} = [{k} = {i}] - {z}_{i}.",
        activation=Activation(),
        across="logarithms",
    ),
    _squared_error(
        "half_mse",
        "loss: half mean squared error",
        computes="{J} = 1/(2{N}) Σ ({t-z})² over all examples and outputs.",
        says="The 2 of the square cancels the 1/2, the inner derivative of {t-z} is {-1}: {-}(1/{N})({t-z}).",
        half=True,
        mean=True,
    ),
    _squared_error(
        "mse",
        "loss: mean squared error",
        computes="{J} = 1/{N} Σ ({t-z})² over all examples and outputs.",
        says="The 2 of the square comes down, the inner derivative of {t-z} is {-1}: {-}(2/{N})({t-z}).",
        half=False,
        mean=True,
    ),
    _squared_error(
        "half_sse",
        "loss: half sum of squared errors",
        computes="{J} = 1/2 Σ ({t-z})² over all examples and outputs.",
        says="The 2 of the square cancels the 1/2, the inner derivative of {t-z} is {-1}: {-}({t-z}).",
        half=True,
        mean=False,
    ),
    _squared_error(
        "sse",
        "loss: sum of squared errors",
        computes="{J} = Σ ({t-z})² over all examples and outputs.",
        says="The 2 of the square comes down, the inner derivative of {t-z} is {-1}: {-}2({t-z}).",
        half=False,
        mean=False,
    ),
    Op(
        "bce",
        _bce,
        (_bce_vjp, _bce_target_vjp),
        rule="loss: binary cross-entropy",
        derivative=("derivative of the logarithm",),
        computes="{J} = -1/{N} Σ [{t} ln {z} + (1 - {t}) ln(1 - {z})] over all examples and outputs.",
        says="Each logarithm gives one over its argument.",
        undefined="logarithm of zero: an output is exactly 0 or 1 in floating point",
        arity=(2, 2),
        loss=Loss(targets="labels"),
        mean="examples",
    ),
    Op(
        "cross_entropy",
        _cross_entropy,
        (_cross_entropy_vjp, _cross_entropy_target_vjp),
        rule="loss: cross-entropy",
        derivative=("derivative of the logarithm",),
        computes="{J} = -1/{N} Σ {t} ln {z} over all examples and classes, which lie along the last axis.",
        says="The logarithm gives one over its argument.",
        undefined="logarithm of zero: an output is exactly 0 in floating point",
        arity=(2, 2),
        loss=Loss(targets="shares"),
        mean="examples",
    ),
)
