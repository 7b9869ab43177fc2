"""Forward and backward passes: fan-out, what is worked out and what is not, depth, and failing arithmetic."""

import inspect
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from graphs import circuit, network
from numpy.testing import assert_allclose

from backprop_tutor.engine.evaluate import (
    contributions,
    exact_gradients,
    exact_pass,
    float_gradients,
    float_pass,
    forward,
)
from backprop_tutor.engine.graph import Graph, GraphBuilder
from backprop_tutor.engine.oracles import confirm
from backprop_tutor.engine.symbolic_pass import symbolic_forward, symbolic_gradients
from backprop_tutor.engine.systems.exact import EXACT
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import EvaluationError

SHALLOW_STACK = 120  # frames left to a function that must not recurse over the graph


def fractions(values: Any) -> Any:
    return EXACT.finish(np.frompyfunc(lambda text: Fraction(str(text)), 1, 1)(np.array(values, dtype=object)))


def circle() -> Graph:
    """J = (x + y) z + x: x reaches J by two paths."""
    steps = {"q": ("add", "x", "y"), "f": ("mul", "q", "z"), "J": ("add", "f", "x")}
    return circuit({"x": (), "y": (), "z": ()}, steps)


def test_a_circuit_by_hand() -> None:
    graph = circle()
    values = float_pass(graph, {"x": -2, "y": 5, "z": -4})
    assert values == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12, "J": -14}
    assert float_gradients(graph, values) == {"J": 1, "f": 1, "q": -4, "x": -3, "y": -4, "z": 3}


def test_contributions_are_the_terms_of_the_sum_over_paths() -> None:
    graph = circle()
    values = float_pass(graph, {"x": -2, "y": 5, "z": -4})
    upstream = float_gradients(graph, values)
    assert [float(term) for term in contributions(graph, FLOAT64, values, upstream, "x")] == [-4, 1]


def test_a_node_that_is_used_twice_by_one_op() -> None:
    graph = circuit({"x": (2,)}, {"s": ("mul", "x", "x"), "J": ("matmul", "s", "x")})
    values = float_pass(graph, {"x": np.array([2.0, 3])})
    assert_allclose(float_gradients(graph, values)["x"], [12, 27])


def test_only_what_is_wanted_is_worked_out() -> None:
    graph, leaves = network([2, 3, 2], "tanh", "mse", examples=4)
    values = float_pass(graph, leaves)
    assert set(float_gradients(graph, values, ["W2"])) == {"J", "z", "net2", "W2"}
    assert set(float_gradients(graph, values)) == set(values) - {"x", "t"}
    assert "x" in float_gradients(graph, values, ["x"])


def test_forward_starts_from_what_is_known() -> None:
    graph = circle()
    known = {"q": np.array(10.0), "z": np.array(2.0), "x": np.array(1.0)}
    assert forward(graph, FLOAT64, known, only={"f", "J"})["J"] == 21
    assert "J" not in forward(graph, FLOAT64, known, only={"f"})


def test_the_exact_pass_of_the_first_exercise() -> None:
    builder = GraphBuilder()
    for name, shape in {"x": (1, 2), "t": (1, 1), "W1": (2, 2), "W2": (1, 2)}.items():
        builder.leaf(name, "parameter", shape)
    builder.apply("net1", "linear", ("x", "W1"))
    builder.apply("h1", "relu", ("net1",))
    builder.apply("z", "linear", ("h1", "W2"))
    graph = builder.build(builder.apply("J", "half_mse", ("z", "t")))
    leaves = {
        "x": fractions([[1, 0]]),
        "t": fractions([[2]]),
        "W1": fractions([[1, 0], [-1, 1]]),
        "W2": fractions([[1, 2]]),
    }
    values = exact_pass(graph, leaves)
    gradients = exact_gradients(graph, values, ["W1", "W2"])
    assert values["J"] == Fraction(1, 2)
    assert values["h1"].tolist() == [[1, 0]]
    assert gradients["W2"].tolist() == [[-1, 0]]
    assert gradients["W1"].tolist() == [[-1, 0], [0, 0]]


def test_exact_values_stop_where_they_are_irrational() -> None:
    graph = circuit({"x": (), "y": ()}, {"r": ("mul", "x", "x"), "e": ("exp", "y"), "J": ("mul", "r", "e")})
    leaves = {"x": fractions("1/3"), "y": fractions("1")}
    values = exact_pass(graph, leaves)
    assert values["r"] == Fraction(1, 9)
    assert "e" not in values
    assert "J" not in values
    found = exact_gradients(graph, values, ["x", "y"])
    assert {name: gradient.item() for name, gradient in found.items()} == {"J": 1, "e": Fraction(1, 9)}


def test_some_gradients_are_exact_where_others_are_not() -> None:
    graph = circuit({"x": (), "y": ()}, {"e": ("exp", "x"), "f": ("sub", "e", "y"), "J": ("add", "f", "y")})
    values = exact_pass(graph, {"x": fractions("1"), "y": fractions("2")})
    assert "J" not in values
    linear = circuit({"x": (), "y": ()}, {"p": ("pow", "y", "x"), "J": ("mul", "p", "y")})
    values = exact_pass(linear, {"x": fractions("3"), "y": fractions("2")})
    gradients = exact_gradients(linear, values, ["x", "y"])
    assert gradients["y"] == 32
    assert "x" not in gradients  # it holds ln 2


def test_a_gradient_is_exact_wherever_its_factors_are() -> None:
    """The loss is irrational, as in every graph with a softmax; a sum hands on 1 all the same."""
    shares = {"e": ("softmax", "a"), "f": ("mul", "e", "b"), "g": ("sum", "f")}
    steps = {**shares, "r": ("relu", "e"), "s": ("sum", "r"), "J": ("add", "g", "s")}
    graph = circuit({"a": (2,), "b": ()}, steps)
    values = exact_pass(graph, {"a": fractions(["1", "2"]), "b": fractions("7/3")})
    gradients = exact_gradients(graph, values, ["a", "b"])
    assert gradients["f"].tolist() == [1, 1]
    assert gradients["s"] == 1
    assert not {"a", "b", "e"} & set(gradients)  # by way of ReLU, whose sign nobody knows exactly here


def test_a_selected_number_stays_a_fraction() -> None:
    graph = circuit({"x": (3,)}, {"a": ("index", "x", {"key": (2,)}), "J": ("mul", "a", "a")})
    values = exact_pass(graph, {"x": fractions([1, "1/2", 3])})
    assert exact_gradients(graph, values, ["x"])["x"].tolist() == [0, 1, 0]


def test_long_fractions_and_large_graphs_are_left_to_floating_point() -> None:
    steps = {"a0": ("mul", "x", "x"), **{f"a{k}": ("mul", f"a{k - 1}", f"a{k - 1}") for k in range(1, 15)}}
    graph = circuit({"x": ()}, steps)
    values = exact_pass(graph, {"x": fractions("1/3")})
    assert "a5" in values
    assert "a14" not in values
    large = circuit({"x": (200, 200)}, {"J": ("sum", "x")})
    assert exact_pass(large, {"x": fractions(np.ones((200, 200), int))}) == {}


def test_leaves_in_floats_are_no_fractions() -> None:
    graph = circle()
    leaves = {"x": fractions("1"), "y": np.array(0.5), "z": fractions("2")}
    assert set(exact_pass(graph, leaves)) == {"x", "z"}


@pytest.mark.parametrize("exact", [True, False])
def test_a_division_by_zero_is_an_error_where_floats_hide_it(exact: bool) -> None:
    steps = {"s": ("add", "a", "b"), "d": ("sub", "s", "c"), "J": ("div", "a", "d")}
    graph = circuit({"a": (), "b": (), "c": ()}, steps)
    leaves = {"a": fractions("0.1"), "b": fractions("0.2"), "c": fractions("0.3")}
    assert 0.1 + 0.2 - 0.3 != 0
    if not exact:
        leaves = {name: leaf.astype(float) for name, leaf in leaves.items()}
    with pytest.raises(EvaluationError, match="J: quotient of a, d has no finite value: division by zero"):
        float_pass(graph, leaves)


@pytest.mark.parametrize(
    ("op", "value", "said"),
    [
        ("log", -1.0, "y: logarithm of x has no finite value: logarithm of zero or of a negative number"),
        ("log", 0.0, "y: logarithm of x has no finite value: logarithm of zero or of a negative number"),
        ("sqrt", -4.0, "y: square root of x has no finite value: square root of a negative number"),
        ("exp", 1000.0, "y: exponential of x has no finite value: overflow"),
        ("div", 0.0, "y: quotient of x, x has no finite value: division by zero"),
        ("mul", 1e200, "y: product of x, x has no finite value: overflow"),
        ("pow", -0.5, "y: power of x, x has no finite value: zero to a negative power, a fractional power"),
        ("bce", 0.0, "y: loss: binary cross-entropy of x, x has no finite value: logarithm of zero"),
        ("cross_entropy", 0.0, "y: loss: cross-entropy of x, x has no finite value: logarithm of zero"),
    ],
)
def test_arithmetic_that_fails_names_its_step(op: str, value: float, said: str) -> None:
    arity = 2 if op in ("div", "mul", "pow", "bce", "cross_entropy") else 1
    graph = circuit({"x": ()}, {"y": (op, *["x"] * arity), "J": ("add", "y", "x")})
    with pytest.raises(EvaluationError) as caught:
        float_pass(graph, {"x": value})
    assert caught.value.step == "y"
    assert said in str(caught.value)


def test_the_first_element_that_fails_is_named() -> None:
    graph = circuit({"x": (2, 3)}, {"y": ("log", "x"), "J": ("sum", "y")})
    with pytest.raises(EvaluationError, match=r"no finite value at element \[2,1\]"):
        float_pass(graph, {"x": np.array([[1.0, 2, 3], [-1, 0, 1]])})


@pytest.mark.parametrize("op", ["sqrt", "pow"])
def test_a_derivative_that_does_not_exist_names_its_gradient(op: str) -> None:
    half = {"c": ()} if op == "pow" else {}
    graph = circuit({"x": (2,), **half}, {"y": (op, "x", *half), "J": ("sum", "y")})
    values = float_pass(graph, {"x": np.array([1.0, 0]), "c": 0.5})
    with pytest.raises(
        EvaluationError, match=r"the derivative of the (square root|power) has no finite value"
    ) as caught:
        float_gradients(graph, values, ["x"])
    assert caught.value.step == "dJ/dx"
    assert "[2]" in str(caught.value)


@pytest.mark.parametrize("net", [-800.0, -40.0, 0.0, 40.0, 800.0])
@pytest.mark.parametrize("op", ["sigmoid", "tanh", "softplus", "silu", "gelu", "elu", "relu", "leaky_relu"])
def test_activations_do_not_overflow(op: str, net: float) -> None:
    graph = circuit({"x": ()}, {"J": (op, "x")})
    values = float_pass(graph, {"x": net})
    gradient = float_gradients(graph, values)["x"]
    assert np.isfinite(gradient)
    assert confirm(graph, values, "x", gradient, ["forward_mode"]).checks["forward_mode"]


def test_softmax_does_not_overflow() -> None:
    for op in ("softmax", "log_softmax"):
        graph = circuit({"x": (3,)}, {"z": (op, "x"), "J": ("mean", "z")})
        values = float_pass(graph, {"x": np.array([1000.0, 0, -1000])})
        assert np.isfinite(float_gradients(graph, values)["x"]).all()


def test_a_thousand_layers_do_not_meet_the_recursion_limit() -> None:
    graph, leaves = network([2] * 1001, "tanh", "half_mse", examples=1)
    symbolic_forward(circle())  # SymPy's own lazy imports need a deep stack once
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + SHALLOW_STACK)
    try:
        values = float_pass(graph, leaves)
        gradients = float_gradients(graph, values)
        found = confirm(graph, values, "W1", gradients["W1"], ["forward_mode"])
        exact_pass(graph, leaves)
        symbolic_values, symbolic = symbolic_forward(graph), symbolic_gradients(graph)
    finally:
        sys.setrecursionlimit(before)
    assert found.checks["forward_mode"]
    assert set(symbolic) == set(gradients) - {"J"}
    assert len(symbolic_values) == 2001
