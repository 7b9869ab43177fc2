"""What the systems on NumPy arrays share: float64, exact and symbolic differ in their elements only."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, Index, Shape
from backprop_tutor.engine.systems.windows import Windows

__all__ = ["DenseSystem", "NumericSystem", "elementwise"]

NEAR = 1e-6  # a whole number that was moved by this much, to see what its last digits do, is still one

_sum: Any = np.add.reduce  # all that np.sum and np.max do in the end, without the way there
_max: Any = np.maximum.reduce


def elementwise(function: Callable[..., Any], arguments: int = 1) -> Callable[..., Array]:
    """A function on single elements as one on object arrays, with broadcasting."""
    ufunc = np.frompyfunc(function, arguments, 1)

    def apply(*arrays: Array) -> Array:
        return np.asarray(ufunc(*arrays), dtype=object)

    return apply


class DenseSystem(DerivedFunctions):
    """Structure (sums, shapes, indices) on ndarrays of any dtype."""

    dtype: type = object
    number: Callable[..., Array]

    def finish(self, x: Array) -> Array:
        return np.asarray(x, dtype=self.dtype)

    def zeros(self, shape: Shape) -> Array:
        return np.zeros(shape, dtype=self.dtype)

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return np.asarray(_sum(x, axis=axes, keepdims=keepdims))

    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return np.asarray(_max(x, axis=axes, keepdims=keepdims))

    def arange(self, count: int) -> Array:
        return self.finish([self.number(k) for k in range(1, count + 1)])

    def first_max(self, x: Array) -> Array:
        return self.max(x, (x.ndim - 2,), keepdims=True)

    def windows(self, x: Array, windows: Windows) -> Array:
        lead = x.shape[: x.ndim - len(windows.size)]
        if any(windows.padding):
            padding = [(0, 0)] * len(lead) + [(pad, pad) for pad in windows.padding]
            x = np.pad(x, padding)
        axes = tuple(range(len(lead), x.ndim))
        views: Array = sliding_window_view(x, windows.size, axes)
        views = views[(..., *(slice(None, None, s) for s in windows.stride), *(slice(None) for _ in axes))]
        entries_first = np.moveaxis(views, range(x.ndim, views.ndim), axes)
        return entries_first.reshape(*lead, windows.entries, prod(windows.outputs))

    def overlap(self, x: Array, windows: Windows) -> Array:
        lead = x.shape[:-2]
        parts = x.reshape(*lead, windows.entries, *windows.outputs)
        result = self.zeros((*lead, *windows.padded))
        for entry, offset in enumerate(windows.offsets):
            steps = zip(offset, windows.stride, windows.outputs, strict=True)
            place = (slice(o, o + stride * count, stride) for o, stride, count in steps)
            result[(..., *place)] += parts[(..., entry, *(slice(None) for _ in offset))]
        inside = zip(windows.padding, windows.inputs, strict=True)
        return result[(..., *(slice(pad, pad + n) for pad, n in inside))]

    def permute(self, x: Array, axes: Axes) -> Array:
        return np.transpose(x, axes)

    def transpose(self, x: Array) -> Array:
        return x.T

    def swap(self, x: Array) -> Array:
        return x.swapaxes(-1, -2)

    def outer(self, x: Array, y: Array) -> Array:
        return x[..., np.newaxis] * y

    def reshape(self, x: Array, shape: Shape) -> Array:
        return np.reshape(x, shape)

    def broadcast(self, x: Array, shape: Shape) -> Array:
        return np.broadcast_to(x, shape)

    def index(self, x: Array, key: Index) -> Array:
        return np.asarray(x[key])

    def scatter(self, x: Array, key: Index, like: Array) -> Array:
        result = self.zeros(like.shape)
        result[key] = np.asarray(x)[()]  # a 0-d object array would be stored as an element
        return result

    def concat(self, arrays: tuple[Array, ...], axis: int) -> Array:
        return np.concatenate(arrays, axis=axis)


class NumericSystem(DenseSystem):
    """Of numbers that can count: rows are picked by them."""

    def rows(self, x: Array, numbers: Array) -> Array:
        places = _counted(numbers, x.shape[0])
        return super().rows(x, numbers) if places is None else x[places]

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Array:
        places = _counted(numbers, like.shape[0])
        if places is None:
            return super().rows_back(g, numbers, like)
        result = self.zeros(like.shape)
        np.add.at(result, places, g)
        return result


def _counted(numbers: Array, most: int) -> Array | None:
    """The zero-based places that whole numbers say, None where one of them is none from 1 to `most`."""
    found = np.asarray(numbers, dtype=float) - 1
    places = np.rint(found)
    inside = (np.abs(found - places) < NEAR) & (places >= 0) & (places < most)
    return places.astype(int) if inside.all() else None
