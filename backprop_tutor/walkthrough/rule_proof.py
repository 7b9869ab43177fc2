"""Whether two lines of a rule's derivation are equal, tested at points drawn at random.

A derivative that has not been carried out is worked out by dual numbers, which use none of the rules that
are to be proved; u and v are several pairs of functions in turn.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.dual import DUAL, Dual
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.language import Call, Expr, Item, Num, Partial, Sym, leaves, parse, rewrite

__all__ = ["DRAWS", "equal"]

DRAWS = 12
TOLERANCE = 1e-9

_PAIRS = (("sin(x) + 2", "exp(x/2) + x^2"), ("x^3 - x", "2 + cos(x)"), ("exp(-x)", "x^2 + 1/3"))
PAIRS: list[dict[str, Expr]] = [
    {name: parse(text, functions=ops.FUNCTIONS) for name, text in zip("uv", pair, strict=True)}
    for pair in _PAIRS
]


def equal(a: Expr, b: Expr, sign: str = "") -> bool:
    """Whether `a` and `b` have the same value at every point drawn that both have a value at.

    `sign` limits the variable to x > 0 ("+") or x < 0 ("-"); every other letter is positive.
    """
    compared = 0
    for numbers, functions in _points(a, b, sign):
        try:
            with np.errstate(all="ignore"):
                left, right = (_finite(_value(side, numbers, functions)) for side in (a, b))
        except ArithmeticError:
            continue
        compared += 1
        if abs(left - right) > TOLERANCE * (1 + abs(left)):
            return False
    return compared >= DRAWS // 2


Numbers = Mapping[str, float]


def _points(a: Expr, b: Expr, sign: str) -> Iterator[tuple[Numbers, Mapping[str, Expr]]]:
    draw = Random(20150317)
    letters = sorted({letter for side in (a, b) for letter in _letters(side)})
    for k in range(DRAWS):
        numbers = {letter: draw.uniform(0.3, 1.8) for letter in letters}
        if "x" in numbers and (sign == "-" or (not sign and k % 2)):
            numbers["x"] = -numbers["x"]
        yield numbers, PAIRS[k % len(PAIRS)]


def _letters(expr: Expr) -> Iterator[str]:
    for leaf in leaves(expr):
        if isinstance(leaf, Sym) and leaf != PI:
            yield leaf.name


def _value(expr: Expr, numbers: Numbers, functions: Mapping[str, Expr]) -> float:
    """The value of `expr`, with every derivative in it worked out."""

    def change(node: Expr) -> Expr | None:
        match node:
            case Partial(of, Sym(variable)):
                return _number(_slope(_expanded(of, functions), variable, numbers))
            case Call(("u'" | "v'") as name, (argument,)):
                inside = _value(argument, numbers, functions)
                return _number(_slope(functions[name[0]], "x", {"x": inside}))
            case _:
                return None

    return float(evaluate(rewrite(_expanded(expr, functions), change), FLOAT64, _lookup(numbers)))


def _slope(expr: Expr, variable: str, numbers: Numbers) -> float:
    values: dict[str, Any] = dict(numbers)
    values[variable] = Dual(np.asarray(numbers[variable]), np.asarray(1.0))
    result = evaluate(expr, DUAL, _lookup(values))
    return float(result.tangent) if isinstance(result, Dual) else 0.0


def _lookup(values: Mapping[str, Any]) -> Any:
    def lookup(leaf: Sym | Item) -> Any:
        assert isinstance(leaf, Sym)
        value = math.pi if leaf == PI else values[leaf.name]
        return value if isinstance(value, Dual) else np.asarray(value)

    return lookup


def _expanded(expr: Expr, functions: Mapping[str, Expr]) -> Expr:
    """`expr` with u(…) and v(…) written out."""

    def change(node: Expr) -> Expr | None:
        match node:
            case Call(("u" | "v") as name, (argument,)):
                inner = rewrite(argument, change)
                return rewrite(functions[name], lambda leaf: inner if leaf == Sym("x") else None)
            case _:
                return None

    return rewrite(expr, change)


def _number(value: float) -> Num:
    return Num(Fraction(_finite(value)))


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ArithmeticError("there is no value here")
    return value
