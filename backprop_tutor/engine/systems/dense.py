"""What the systems on NumPy arrays share: float64, exact and symbolic differ in their elements only."""

from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, Index, Shape

__all__ = ["DenseSystem", "elementwise"]


def elementwise(function: Callable[..., Any], arguments: int = 1) -> Callable[..., Array]:
    """A function on single elements as one on object arrays, with broadcasting."""
    ufunc = np.frompyfunc(function, arguments, 1)

    def apply(*arrays: Array) -> Array:
        return np.asarray(ufunc(*arrays), dtype=object)

    return apply


class DenseSystem(DerivedFunctions):
    """Structure (sums, shapes, indices) on ndarrays of any dtype."""

    dtype: type = object

    def finish(self, x: Array) -> Array:
        return np.asarray(x, dtype=self.dtype)

    def zeros(self, shape: Shape) -> Array:
        return np.zeros(shape, dtype=self.dtype)

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return np.asarray(np.sum(x, axis=axes, keepdims=keepdims))

    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Array:
        return np.asarray(np.max(x, axis=axes, keepdims=keepdims))

    def centred(self, x: Array, axes: Axes) -> Array:
        return x

    def transpose(self, x: Array) -> Array:
        return x.T

    def swap(self, x: Array) -> Array:
        return np.swapaxes(x, -1, -2)

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
