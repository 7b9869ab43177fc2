"""What a printed formula of whole arrays is under NumPy's rules alone: read by Python, as it was printed.

Of the program, nothing but the text is used. Indices and axes count from 1 there and a slice holds both its
ends; `[a > b]` is 1 where that is so and 0 elsewhere.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["numpy_value"]

Arrays = Mapping[str, NDArray[Any]]

SIGNS = ((".*", "*"), (" = ", " == "), ("'(", "_slope("))
NUMPYS_OWN = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "maximum", "minimum", "outer")
ERF = np.vectorize(math.erf, otypes=[float])


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduced(x: Any, axis: int | None = None, keepdims: int = 0) -> Any:
        return function(x, axis=None if axis is None else axis - 1, keepdims=bool(keepdims))

    return reduced


def _extremum(whole: Callable[..., Any], pair: Callable[..., Any]) -> Callable[..., Any]:
    """max(x, axis=1) of one array, max(a, b) of several, element by element."""

    def extremum(*arrays: Any, **options: int) -> Any:
        return _reduction(whole)(*arrays, **options) if len(arrays) == 1 else reduce(pair, arrays)

    return extremum


def _elu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(x))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in NUMPYS_OWN},
    "erf": ERF,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "gelu": lambda x: x * (1 + ERF(x / math.sqrt(2))) / 2,
    "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
    "leaky_relu_slope": lambda x, slope: np.where(x > 0, 1.0, slope),
    "relu_slope": lambda x: np.where(x > 0, 1.0, 0.0),
    "elu": _elu,
    "elu_slope": lambda x, alpha: np.where(x > 0, 1.0, alpha * np.exp(x)),
    "abs_slope": np.sign,
    "sum": _reduction(np.sum),
    "max": _extremum(np.max, np.maximum),
    "min": _extremum(np.min, np.minimum),
    "reshape": lambda x, *sizes: np.reshape(x, sizes),
    "broadcast": lambda x, *sizes: np.broadcast_to(x, sizes),
    "swapaxes": lambda x, a, b: np.swapaxes(x, a - 1, b - 1),
    "concat": lambda *arrays, axis: np.concatenate(arrays, axis=axis - 1),
}
OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.Pow: lambda a, b: np.float_power(a, b),
    ast.MatMult: np.matmul,
    ast.USub: np.negative,
    ast.Gt: np.greater,
    ast.Eq: np.equal,
}


def numpy_value(text: str, names: Arrays) -> NDArray[Any]:
    """The value of `text`, printed in ASCII; `names` are the quantities, as they are printed."""
    listed = sorted(names, key=len, reverse=True)
    whole = rf"(?<![\w.])({'|'.join(map(re.escape, listed))})(?!\w)"
    text = re.sub(whole, lambda found: f"known_{listed.index(found[1])}", text)
    for printed, python in SIGNS:
        text = text.replace(printed, python)
    known = {f"known_{number}": names[name] for number, name in enumerate(listed)}
    with np.errstate(all="ignore"):
        return np.asarray(_value(ast.parse(text, mode="eval").body, known))


def _value(node: ast.expr, known: Arrays) -> Any:
    def value(part: ast.expr) -> Any:
        return _value(part, known)

    match node:
        case ast.Constant(number):
            return number
        case ast.Name("pi"):
            return math.pi
        case ast.Name(name):
            return known[name]
        case ast.Attribute(a, "T"):
            return value(a).T
        case ast.UnaryOp(op, a):
            return OPERATORS[type(op)](value(a))
        case ast.BinOp(a, op, b):
            return OPERATORS[type(op)](value(a), value(b))
        case ast.Compare(a, [op], [b]):
            return OPERATORS[type(op)](value(a), value(b))
        case ast.List([ast.Compare() as condition]):
            return np.where(value(condition), 1.0, 0.0)
        case ast.IfExp(condition, a, b):
            return np.where(value(condition), value(a), value(b))
        case ast.Subscript(a, index):
            return value(a)[_key(index)]
        case ast.Call(ast.Name("place"), [part, ast.Subscript(base, index)]):
            zeros = np.zeros(value(base).shape)
            zeros[_key(index)] = value(part)
            return zeros
        case ast.Call(ast.Name(function), args, options):
            settings = {str(option.arg): value(option.value) for option in options}
            return FUNCTIONS[function](*map(value, args), **settings)
    raise AssertionError(f"NumPy has no such formula: {ast.unparse(node)}")


def _key(index: ast.expr) -> tuple[int | slice, ...]:
    def place(entry: ast.expr | None) -> Any:
        match entry:
            case ast.Slice(start, stop):
                first = place(start)
                return slice(first, None if stop is None else place(stop) + 1)
            case None:
                return None
            case _:
                return int(ast.literal_eval(entry)) - 1

    return tuple(map(place, index.elts if isinstance(index, ast.Tuple) else [index]))
