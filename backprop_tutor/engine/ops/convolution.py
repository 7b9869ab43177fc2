"""Convolution as deep learning has it (cross-correlation): windows of the input times the kernels."""

from functools import partial
from math import prod
from typing import Any

from backprop_tutor.engine.op import Forward, Op
from backprop_tutor.engine.sliding import sliding
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.errors import ShapeError
from backprop_tutor.language.counted import many

__all__ = ["OPS", "WHOLE"]

LAYOUT = {1: "width", 2: "height, width"}
Sizes = int | tuple[int, ...]


def _windows(axes: int, x: Shape, K: Shape, stride: Sizes, padding: Sizes) -> Windows:
    """The windows of an input of shape `x` under kernels of shape `K`. Raises ShapeError naming both."""
    inputs, kernel = len(x) - axes, len(K) - axes
    sides = LAYOUT[axes]
    if inputs not in (0, 1, 2) or kernel not in (0, 2) or (kernel == 0 and inputs):
        raise ShapeError(
            f"the shapes {x} and {K} are not those of an input and its kernels",
            hint=f"An input is ({sides}), (channels, {sides}) or (examples, channels, {sides}); kernels are "
            f"(out, in, {sides}), or ({sides}) on an input ({sides}).",
        )
    have, want = (x[-axes - 1] if inputs else 1), (K[1] if kernel else 1)
    if have != want:
        raise ShapeError(
            f"the input of shape {x} has {many(have, 'channel')}, but the kernels of shape {K} take {want}",
            hint=f"Kernels are (out, in, {sides}), an input is (channels, {sides}).",
        )
    return sliding(x[-axes:], K[-axes:], stride, padding, whole=(x, K))


def _columns(xp: Any, x: Array, windows: Windows) -> Array:
    """Every window as a column, with the entries of all channels in it: (…, in · entries, windows)."""
    columns = xp.windows(x, windows)
    if columns.ndim == 2:
        return columns
    return xp.reshape(columns, (*columns.shape[:-3], columns.shape[-3] * windows.entries, columns.shape[-1]))


def _rows(xp: Any, K: Array, axes: int) -> Array:
    """Every kernel as a row, (out, in · entries); a plain one as a single row."""
    plain = K.ndim == axes
    return xp.reshape(K, (1 if plain else K.shape[0], prod(K.shape if plain else K.shape[1:])))


def _flat(xp: Any, g: Array, K: Array, axes: int) -> Array:
    """An output or its gradient with its places on one axis: (…, out, windows)."""
    lead = g.shape[:-axes] if K.ndim > axes else (1,)
    return xp.reshape(g, (*lead, prod(g.shape[-axes:])))


def _options(stride: Sizes, padding: Sizes) -> tuple[tuple[str, Sizes], ...]:
    said = (("stride", stride, 1), ("padding", padding, 0))
    return tuple((name, value) for name, value, default in said if value != default)


def _forward(
    axes: int, xp: Any, x: Array, K: Array, *bias: Array, stride: Sizes = 1, padding: Sizes = 0
) -> Array:
    windows = _windows(axes, x.shape, K.shape, stride, padding)
    plain = K.ndim == axes
    if bias and bias[0].shape not in ((), () if plain else K.shape[:1]):
        wanted = "one number" if plain else many(K.shape[0], "number")
        raise ShapeError(
            f"the bias of shape {bias[0].shape} does not fit the kernels of shape {K.shape}",
            hint=f"It is {wanted}, one for each kernel, or one that all share.",
        )
    net = _rows(xp, K, axes) @ _columns(xp, x, windows)
    lead = net.shape[:-2] if plain else net.shape[:-1]
    net = xp.reshape(net, (*lead, *windows.outputs))
    if bias:
        net = net + (xp.reshape(bias[0], (*K.shape[:1], *(1,) * axes)) if bias[0].shape else bias[0])
    return xp.said(net, f"conv{axes}d", x, K, *bias, options=_options(stride, padding))


def _to_input(
    axes: int, xp: Any, g: Array, K: Array, like: Array, stride: Sizes = 1, padding: Sizes = 0
) -> Array:
    """The full correlation of `g` with the kernels turned by 180°: what every window sends back, added up."""
    windows = _windows(axes, like.shape, K.shape, stride, padding)
    columns = xp.transpose(_rows(xp, K, axes)) @ _flat(xp, g, K, axes)
    if like.ndim > axes:
        columns = xp.reshape(columns, (*like.shape[:-axes], windows.entries, columns.shape[-1]))
    sent = xp.overlap(columns, windows)
    return xp.said(sent, f"conv{axes}d_input", g, K, like, options=_options(stride, padding))


def _to_kernel(
    axes: int, xp: Any, g: Array, x: Array, like: Array, stride: Sizes = 1, padding: Sizes = 0
) -> Array:
    """The correlation of the input with `g`."""
    windows = _windows(axes, x.shape, like.shape, stride, padding)
    flat, columns = _flat(xp, g, like, axes), _columns(xp, x, windows)
    products = flat @ xp.swap(columns)
    if products.ndim > 2:
        products = xp.sum(products, tuple(range(products.ndim - 2)))
    total = xp.reshape(products, like.shape)
    return xp.said(total, f"conv{axes}d_weight", g, x, like, options=_options(stride, padding))


def _to_bias(axes: int, xp: Any, g: Array, like: Array) -> Array:
    """The sum over all places, and over the examples."""
    channel = g.ndim - axes - 1 if like.shape else None
    return xp.sum(g, tuple(axis for axis in range(g.ndim) if axis != channel))


def _op(axes: int) -> Op:
    return Op(
        f"conv{axes}d",
        partial(_forward, axes),
        (
            lambda xp, g, y, x, K, *bias, **sizes: _to_input(axes, xp, g, K, x, **sizes),
            lambda xp, g, y, x, K, *bias, **sizes: _to_kernel(axes, xp, g, x, K, **sizes),
            lambda xp, g, y, x, K, bias, **sizes: _to_bias(axes, xp, g, bias),
        ),
        rule="convolution (cross-correlation)",
        derivative=(
            "convolution backwards (input)",
            "convolution backwards (kernel)",
            "convolution backwards (bias)",
        ),
        computes="The kernel slides over the input; at each place, entry times entry is added up.",
        means="cross-correlation: the kernel is not turned; stride {stride} and padding {padding}",
        says=(
            "An entry of the input acts through every window that it lies in: the full correlation of the "
            "upstream gradient with the kernel turned by 180°.",
            "A weight of the kernel multiplies one entry of every window: the correlation of the input with "
            "the upstream gradient.",
            "The bias is added at every place: what comes back from all of them adds up.",
        ),
        arity=(2, 3),
        weights=(1,),
        windows=True,
    )


OPS = (_op(1), _op(2))

WHOLE: dict[str, Forward] = {
    f"conv{axes}d_{name}": partial(rule, axes)
    for axes in (1, 2)
    for name, rule in (("input", _to_input), ("weight", _to_kernel))
}
