"""The symbolic backward pass: right, local, linear in the graph; local derivatives as students learn them."""

from typing import Any

import numpy as np
import pytest
import sympy
from graphs import circuit, network
from numpy.testing import assert_allclose

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import float_gradients, float_pass, forward
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.symbolic_pass import local_derivative, symbolic_forward, symbolic_gradients
from backprop_tutor.engine.systems.symbolic import SYMBOLIC, symbols

ELEMENTWISE = [(op.name, slot) for op in ops.TABLE.values() for slot in range(len(op.partials))]


def test_gradients_are_written_in_the_symbols_of_their_neighbours() -> None:
    graph = circuit(
        {"w": (), "x": ()}, {"n": ("mul", "w", "x"), "h": ("sigmoid", "n"), "J": ("mul", "h", "h")}
    )
    found = {name: str(array.item()) for name, array in symbolic_gradients(graph).items()}
    assert found == {
        "h": "2*h",
        "n": "dJ/dh*h*(1 - h)",
        "w": "dJ/dn*x",
        "x": "dJ/dn*w",
    }
    assert {name: str(array.item()) for name, array in symbolic_forward(graph).items()} == {
        "n": "w*x",
        "h": "1/(1 + exp(-n))",
        "J": "h**2",
    }


def written_out(graph: Graph, gradients: dict[str, Any]) -> dict[str, Any]:
    """The gradients with every symbol of a gradient, then of a value, written out down to the leaves."""
    known = {node.name: symbols(node.name, node.shape) for node in graph.nodes.values() if not node.op}
    values = forward(graph, SYMBOLIC, known)
    written: dict[sympy.Symbol, sympy.Expr] = {
        symbol: value
        for name, array in values.items()
        for symbol, value in zip(symbols(name, array.shape).flat, array.flat, strict=True)
    }
    result = {}
    for name, array in gradients.items():  # from the loss backwards
        result[name] = np.frompyfunc(lambda expr: sympy.sympify(expr).xreplace(written), 1, 1)(array)
        upstream = symbols(f"dJ/d{name}", array.shape)
        written.update(zip(upstream.flat, np.asarray(result[name], dtype=object).flat, strict=True))
    return result


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "identity"])
def test_written_out_they_equal_sympys_diff_of_the_composed_loss(activation: str) -> None:
    graph, leaves = network([2, 2, 1], activation, "half_mse", examples=2)
    known = {name: symbols(name, value.shape) for name, value in leaves.items()}
    loss = forward(graph, SYMBOLIC, known)["J"].item()
    found = written_out(graph, symbolic_gradients(graph))
    place = {
        symbol: sympy.Float(float(number), 30)
        for name in leaves
        for symbol, number in zip(known[name].flat, leaves[name].flat, strict=True)
    }
    for name in graph.parameters:
        for symbol, gradient in zip(
            known[name].flat, np.asarray(found[name], dtype=object).flat, strict=True
        ):
            expected = loss.diff(symbol).xreplace(place)
            assert abs(gradient.xreplace(place) - expected) < 1e-25


@pytest.mark.parametrize(("last", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "bce")])
def test_with_numbers_in_they_equal_the_float_pass(last: str, loss: str) -> None:
    graph, leaves = network([3, 4, 2], "tanh", loss, examples=2, last=last)
    values = float_pass(graph, leaves)
    gradients = float_gradients(graph, values)
    place = {
        symbol: number
        for name, array in (*values.items(), *((f"dJ/d{n}", g) for n, g in gradients.items()))
        for symbol, number in zip(symbols(name, np.shape(array)).flat, np.ravel(array), strict=True)
    }
    for name, array in symbolic_gradients(graph).items():
        numbers = [float(expr.xreplace(place)) for expr in array.flat]
        assert_allclose(numbers, gradients[name].ravel(), rtol=1e-12, atol=1e-14)


def size_of_gradients(depth: int) -> int:
    graph, _ = network([2] * (depth + 1), "sigmoid", "half_mse", examples=1)
    return sum(expr.count_ops() for array in symbolic_gradients(graph).values() for expr in array.flat)


def test_the_pass_is_linear_in_depth() -> None:
    shallow, middle, deep = (size_of_gradients(depth) for depth in (5, 10, 15))
    assert deep - middle == middle - shallow


def test_only_the_wanted_gradients_are_worked_out() -> None:
    graph, _ = network([2, 3, 1], "sigmoid", "half_mse", examples=1)
    assert set(symbolic_gradients(graph, ["W2"])) == {"z", "net2", "W2"}


@pytest.mark.parametrize(
    ("op", "slot", "written"),
    [
        ("sigmoid", 0, "y*(1 - y)"),
        ("tanh", 0, "1 - y**2"),
        ("exp", 0, "y"),
        ("log", 0, "1/x1"),
        ("mul", 0, "x2"),
        ("sub", 1, "-1"),
        ("div", 1, "-x1/x2**2"),
        ("sqrt", 0, "1/(2*y)"),
        ("softplus", 0, "1/(1 + exp(-x1))"),
        ("identity", 0, "1"),
    ],
)
def test_local_derivatives_have_the_form_that_students_learn(op: str, slot: int, written: str) -> None:
    assert str(local_derivative(op, slot)) == written


@pytest.mark.parametrize(("op", "slot"), ELEMENTWISE)
def test_every_local_derivative_is_proved_against_sympys_diff(op: str, slot: int) -> None:
    assert local_derivative(op, slot) is not None
