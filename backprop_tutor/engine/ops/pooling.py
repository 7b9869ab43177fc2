"""Pooling: the largest entry of each window, or their mean."""

from math import prod
from typing import Any

from backprop_tutor.engine.op import Forward, Op
from backprop_tutor.engine.sliding import sizes, sliding
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.errors import ShapeError

__all__ = ["OPS", "WHOLE"]

Sizes = Any  # a number, or one for each axis


def _windows(x: Array, size: Sizes, stride: Sizes) -> Windows:
    """Over the last two axes, or the only one."""
    if not x.ndim:
        raise ShapeError("a single number has no windows", hint="Pooling takes (height, width) or (width).")
    axes = min(x.ndim, 2)
    window = sizes(size, axes, "size", 1)
    return sliding(x.shape[-axes:], window, window if stride is None else stride, 0)


def _pooled(xp: Any, x: Array, windows: Windows, values: Array) -> Array:
    return xp.reshape(values, (*x.shape[: x.ndim - len(windows.size)], *windows.outputs))


def _spread(xp: Any, g: Array, x: Array, windows: Windows) -> Array:
    """`g` with the windows on one axis, and one of size 1 for their entries."""
    return xp.reshape(g, (*x.shape[: x.ndim - len(windows.size)], 1, prod(windows.outputs)))


def _options(size: Sizes, stride: Sizes) -> tuple[tuple[str, Sizes], ...]:
    return (("size", size), *((("stride", stride),) if stride not in (None, size) else ()))


def _max_pool(xp: Any, x: Array, size: Sizes = 2, stride: Sizes = None) -> Array:
    windows = _windows(x, size, stride)
    pooled = _pooled(xp, x, windows, xp.first_max(xp.windows(x, windows)))
    return xp.said(pooled, "max_pool", x, options=_options(size, stride))


def _max_unpool(xp: Any, g: Array, x: Array, y: Array, size: Sizes = 2, stride: Sizes = None) -> Array:
    """`g` at the first of the largest entries of each window."""
    windows = _windows(x, size, stride)
    hits = xp.first_hits(xp.windows(x, windows), _spread(xp, y, x, windows))
    sent = xp.overlap(_spread(xp, g, x, windows) * hits, windows)
    return xp.said(sent, "max_unpool", g, x, y, options=_options(size, stride))


def _mean_pool(xp: Any, x: Array, size: Sizes = 2, stride: Sizes = None) -> Array:
    windows = _windows(x, size, stride)
    total = xp.sum(xp.windows(x, windows), (x.ndim - len(windows.size),))
    pooled = _pooled(xp, x, windows, total / xp.number(windows.entries))
    return xp.said(pooled, "mean_pool", x, options=_options(size, stride))


def _mean_unpool(xp: Any, g: Array, x: Array, size: Sizes = 2, stride: Sizes = None) -> Array:
    """`g` in equal parts at all entries of each window."""
    windows = _windows(x, size, stride)
    parts = _spread(xp, g / xp.number(windows.entries), x, windows)
    shape = (*parts.shape[:-2], windows.entries, parts.shape[-1])
    sent = xp.overlap(xp.broadcast(parts, shape), windows)
    return xp.said(sent, "mean_unpool", g, x, options=_options(size, stride))


def _unrouted(xp: Any, g: Array, y: Array, x: Array, size: Sizes = 2, stride: Sizes = None) -> Array:
    """`g` whole at all entries of each window."""
    return _mean_unpool(xp, g, x, size, stride) * _windows(x, size, stride).entries


def _gap(xp: Any, x: Array, size: Sizes = 2, stride: Sizes = None) -> Array:
    """For the entries of each window, on a further axis: 0 at several that are the largest, 1 at a lone one,
    and how far behind it the others are, negative."""
    windows = _windows(x, size, stride)
    entries = xp.swap(xp.windows(x, windows))
    top = xp.max(entries, (entries.ndim - 1,), True)
    largest = xp.eq(entries, top)
    ties = xp.sum(xp.where(largest, xp.number(1), xp.number(0)), (entries.ndim - 1,), True)
    pattern = xp.where(largest, xp.where(xp.gt(ties, 1), xp.number(0), xp.number(1)), entries - top)
    lead = x.shape[: x.ndim - len(windows.size)]
    return xp.reshape(pattern, (*lead, *windows.outputs, windows.entries))


OPS = (
    Op(
        "max_pool",
        _max_pool,
        (lambda xp, g, y, x, **sizes: _max_unpool(xp, g, x, y, **sizes),),
        rule="max pooling",
        derivative=("max pooling backwards",),
        computes="The largest entry of each window.",
        means="the largest entry of each window; windows stand side by side unless a stride is said",
        says="The gradient goes to the largest entry of the window, the first of equal ones; the rest get 0.",
        kink=_gap,
        convention="of equal largest entries of a window the first passes the gradient",
        unrouted=_unrouted,
        sizes=True,
        windows=True,
    ),
    Op(
        "mean_pool",
        _mean_pool,
        (lambda xp, g, y, x, **sizes: _mean_unpool(xp, g, x, **sizes),),
        rule="mean pooling",
        derivative=("mean pooling backwards",),
        computes="The mean of the entries of each window.",
        means="the mean of each window; windows stand side by side unless a stride is said",
        says="Every entry of a window receives its share of the gradient: one over their number.",
        aliases=("avg_pool",),
        sizes=True,
        windows=True,
    ),
)

WHOLE: dict[str, Forward] = {"max_unpool": _max_unpool, "mean_unpool": _mean_unpool}
