"""Expressions through the ops table: the value of a formula in any number system."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from backprop_tutor.engine import ops
from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.exact import EXACT
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import ShapeError, UsageError
from backprop_tutor.language import parse
from backprop_tutor.language.expr import Call, Expr, Partial, Sym

VALUES = {"w": np.array(2.0), "x": np.array([1.0, -2, 3]), "A": np.array([[1.0, 2, 3], [4, 5, 6]])}


def read(text: str) -> Expr:
    return parse(text, functions=ops.FUNCTIONS, names=frozenset(VALUES))


def value(expr: Expr, xp: Any = FLOAT64) -> Any:
    def lookup(leaf: Any) -> Any:
        return VALUES[leaf.name] if xp is FLOAT64 else EXACT.finish(Fraction(int(VALUES[leaf.name])))

    return evaluate(expr, xp, lookup)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/2 + w", 2.5),
        ("-w**3", -8),
        ("w*x", [2, -4, 6]),
        ("A @ x", [6, 12]),
        ("A.T @ A @ x", [54, 72, 90]),
        ("max(x)", 3),
        ("max(0, x)", [1, 0, 3]),
        ("min(w, x, 1)", [1, -2, 1]),
        ("sum(A, axis=1)", [5, 7, 9]),
        ("mean(A)", 3.5),
        ("reshape(A, 3, 2)", [[1, 2], [3, 4], [5, 6]]),
        ("σ(0) * w", 1),
        ("ln(exp(w))", 2),
        ("leaky_relu(x, slope=1/2)", [1, -1, 3]),
    ],
)
def test_values(text: str, expected: Any) -> None:
    result = value(read(text))
    assert result.shape == np.shape(expected)
    assert_allclose(result, expected)


@pytest.mark.parametrize(("op", "at_two"), [("exp", np.exp(2)), ("relu", 1), ("identity", 1), ("log", 0.5)])
def test_derivatives_of_functions(op: str, at_two: float) -> None:
    assert_allclose(value(Call(f"{op}'", (Sym("w"),))), at_two)


def test_fractions() -> None:
    assert value(read("w/3 + 1/2"), EXACT).item() == Fraction(7, 6)


@pytest.mark.parametrize(
    ("expr", "error", "said"),
    [
        (read("A @ A"), ShapeError, r"the shapes \(2, 3\) and \(2, 3\) do not fit"),
        (read("x + A.T"), ShapeError, r"the shapes \(3,\) and \(3, 2\) do not fit"),
        (read("leaky_relu(x, slope=w)"), UsageError, "an option such as axis= must be a number"),
        (read("sum(A, axis=exp(1))"), UsageError, "an option such as axis= must be a number"),
        (read("sum(A, axis=1/0)"), UsageError, "an option such as axis= must be a number"),
        (read("exp(w, w)"), UsageError, "exp takes 1 argument, not 2"),
        (Call("mul'", (Sym("w"), Sym("w"))), UsageError, "mul has no derivative"),
        (Call("nope", (Sym("w"),)), UsageError, "no op called 'nope'"),
        (Partial(Sym("w"), Sym("x")), UsageError, "unevaluated"),
    ],
)
def test_what_has_no_value(expr: Expr, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        value(expr)
