"""Every op as HIPS autograd and PyTorch have it: references that share nothing with the engine.

Each entry takes the op's inputs and settings; axes count from 1, as in the engine.
"""

import math
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.extend import defvjp, primitive

Rules = dict[str, Callable[..., Any]]


@primitive
def erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[float])(x)


defvjp(erf, lambda ans, x: lambda g: g * 2 / math.sqrt(math.pi) * anp.exp(-x * x))


def numpy_axis(axis: Any) -> Any:
    if axis is None:
        return None
    return tuple(int(a) - 1 for a in axis) if isinstance(axis, tuple) else int(axis) - 1


def numpy_key(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index counted from 1, with both ends of a slice inside it, as NumPy's."""
    return tuple(
        slice(None if k[0] is None else k[0] - 1, k[1]) if isinstance(k, tuple) else k - 1 for k in key
    )


def examples(x: Any) -> int:
    return len(x) if x.ndim else 1


def vectors(x: Any) -> int:
    """How many vectors of classes, which lie along the last axis."""
    return int(np.prod(x.shape[:-1]))


def _log_softmax(x: Any, axis: int = 0) -> Any:
    axis = axis - 1 if axis else -1
    largest = anp.max(x, axis=axis, keepdims=True)
    return x - largest - anp.log(anp.sum(anp.exp(x - largest), axis=axis, keepdims=True))


def _sigmoid(x: Any) -> Any:
    return 0.5 * (anp.tanh(x / 2) + 1)


def _reduced(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=None, keepdims=0: function(x, axis=numpy_axis(axis), keepdims=bool(keepdims))


AUTOGRAD: Rules = {
    "add": anp.add,
    "sub": anp.subtract,
    "neg": anp.negative,
    "mul": anp.multiply,
    "div": anp.true_divide,
    "pow": anp.power,
    "matmul": anp.matmul,
    "transpose": anp.transpose,
    "maximum": anp.maximum,
    "minimum": anp.minimum,
    "identity": lambda x: x,
    "sigmoid": _sigmoid,
    "tanh": anp.tanh,
    "relu": lambda x: anp.maximum(x, 0),
    "leaky_relu": lambda x, slope: anp.maximum(x, float(slope) * x),
    "elu": lambda x, alpha: anp.where(x > 0, x, float(alpha) * anp.expm1(x)),
    "softplus": lambda x: anp.logaddexp(x, 0.0),
    "silu": lambda x: x * _sigmoid(x),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
    "exp": anp.exp,
    "log": anp.log,
    "sqrt": anp.sqrt,
    "sin": anp.sin,
    "cos": anp.cos,
    "erf": erf,
    "abs": anp.abs,
    "linear": lambda x, W, *b: anp.dot(x, anp.transpose(W)) + (b[0] if b else 0),
    "softmax": lambda x, axis=0: anp.exp(_log_softmax(x, axis)),
    "log_softmax": _log_softmax,
    "half_mse": lambda z, t: anp.sum((t - z) ** 2) / (2 * examples(z)),
    "mse": lambda z, t: anp.sum((t - z) ** 2) / examples(z),
    "half_sse": lambda z, t: anp.sum((t - z) ** 2) / 2,
    "sse": lambda z, t: anp.sum((t - z) ** 2),
    "bce": lambda z, t: -anp.sum(t * anp.log(z) + (1 - t) * anp.log(1 - z)) / examples(z),
    "cross_entropy": lambda z, t: -anp.sum(t * anp.log(z)) / vectors(z),
    "sum": _reduced(anp.sum),
    "mean": _reduced(anp.mean),
    "max": _reduced(anp.max),
    "min": _reduced(anp.min),
    "reshape": lambda x, shape: anp.reshape(x, shape),
    "index": lambda x, key: x[numpy_key(key)],
    "concat": lambda *arrays, axis=1: anp.concatenate(arrays, axis=axis - 1),
}


def torch_rules(torch: Any) -> Rules:
    """The same table in PyTorch's own functions."""
    F = torch.nn.functional

    def reduced(function: Callable[..., Any]) -> Callable[..., Any]:
        def apply(x: Any, axis: Any = None, keepdims: int = 0) -> Any:
            where = numpy_axis(axis)
            axes = tuple(range(x.ndim)) if where is None else where
            return function(x, dim=axes, keepdim=bool(keepdims))

        return apply

    def last(x: Any, axis: int) -> int:
        return axis - 1 if axis else x.ndim - 1

    return {
        "add": torch.add,
        "sub": torch.sub,
        "neg": torch.neg,
        "mul": torch.mul,
        "div": torch.div,
        "pow": torch.pow,
        "matmul": torch.matmul,
        "transpose": lambda x: x.permute(tuple(reversed(range(x.ndim)))),
        "maximum": torch.maximum,
        "minimum": torch.minimum,
        "identity": lambda x: x,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": F.relu,
        "leaky_relu": lambda x, slope: F.leaky_relu(x, float(slope)),
        "elu": lambda x, alpha: F.elu(x, float(alpha)),
        "softplus": F.softplus,
        "silu": F.silu,
        "gelu": F.gelu,
        "exp": torch.exp,
        "log": torch.log,
        "sqrt": torch.sqrt,
        "sin": torch.sin,
        "cos": torch.cos,
        "erf": torch.erf,
        "abs": torch.abs,
        "linear": F.linear,
        "softmax": lambda x, axis=0: F.softmax(x, dim=last(x, axis)),
        "log_softmax": lambda x, axis=0: F.log_softmax(x, dim=last(x, axis)),
        "half_mse": lambda z, t: torch.square(t - z).sum() / (2 * examples(z)),
        "mse": lambda z, t: torch.square(t - z).sum() / examples(z),
        "half_sse": lambda z, t: torch.square(t - z).sum() / 2,
        "sse": lambda z, t: torch.square(t - z).sum(),
        "bce": lambda z, t: -(torch.xlogy(t, z) + torch.xlogy(1 - t, 1 - z)).sum() / examples(z),
        "cross_entropy": lambda z, t: -torch.xlogy(t, z).sum() / vectors(z),
        "sum": reduced(torch.sum),
        "mean": reduced(torch.mean),
        "max": reduced(torch.amax),
        "min": reduced(torch.amin),
        "reshape": lambda x, shape: x.reshape(shape),
        "index": lambda x, key: x[numpy_key(key)],
        "concat": lambda *arrays, axis=1: torch.cat(arrays, dim=axis - 1),
    }
