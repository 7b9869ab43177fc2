"""Floating point: NumPy itself, with the forms of sigmoid, softplus and softmax that do not overflow."""

import math
from fractions import Fraction

import numpy as np

from backprop_tutor.engine.systems.base import Array, Axes
from backprop_tutor.engine.systems.dense import DenseSystem

__all__ = ["FLOAT64", "Float64"]

_erf = np.frompyfunc(math.erf, 1, 1)


class Float64(DenseSystem):
    """Results that are not finite are left in place; `engine.evaluate` finds and names them."""

    name = "float64"
    dtype = float
    pi = math.pi

    power = staticmethod(np.power)
    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    sqrt = staticmethod(np.sqrt)
    sin = staticmethod(np.sin)
    cos = staticmethod(np.cos)
    tanh = staticmethod(np.tanh)
    gt = staticmethod(np.greater)
    eq = staticmethod(np.equal)
    where = staticmethod(np.where)

    def number(self, value: int | Fraction) -> Array:
        return float(value)

    def count(self, x: Array) -> Array:
        return float(self.examples(x))

    def sigmoid(self, x: Array) -> Array:
        return 1 / (1 + np.exp(-x))  # exp(-x) = inf gives 0, which is right

    def softplus(self, x: Array) -> Array:
        return np.logaddexp(0, x)

    def erf(self, x: Array) -> Array:
        return np.asarray(_erf(x), dtype=float)

    def centred(self, x: Array, axes: Axes) -> Array:
        return x - np.max(x, axis=axes, keepdims=True)


FLOAT64 = Float64()
