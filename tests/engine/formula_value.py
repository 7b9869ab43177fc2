"""The number that a formula of scalars stands for, worked out without the engine."""

import math
from collections.abc import Callable
from typing import Any

from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *terms: math.fsum(terms),
    "mul": lambda *factors: math.prod(factors),
    "sub": lambda a, b: a - b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: a**b,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "abs": abs,
    "cos": math.cos,
    "tan": math.tan,
    "arctan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "stop_gradient": lambda x: x,
    "first_max": lambda *numbers: max(numbers),
    "lt": lambda a, b: a < b,
    "ge": lambda a, b: a >= b,
    "le": lambda a, b: a <= b,
    "erf": math.erf,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "xlogx": lambda x: x * math.log(x) if x else 0.0,
    "max": lambda *numbers: max(numbers),
    "min": lambda *numbers: min(numbers),
    "gt": lambda a, b: a > b,
    "eq": lambda a, b: a == b,
    "indicator": lambda condition: 1.0 if condition else 0.0,
    "cases": lambda condition, a, b: a if condition else b,
}


def formula_value(expr: Expr, lookup: Callable[[str, tuple[int, ...]], float]) -> Any:
    """`lookup(name, index)` gives the value of a quantity's element, indices from 1."""
    match expr:
        case Num(value):
            return float(value)
        case Sym("π"):
            return math.pi
        case Sym(name):
            return lookup(name, ())
        case Item(Sym(name), index):
            return lookup(name, tuple(int(place.value) for place in index))
        case Call(name, args):
            return FUNCTIONS[name](*(formula_value(arg, lookup) for arg in args))
    raise AssertionError(f"not a formula of scalars: {expr}")
