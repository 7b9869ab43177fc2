"""SymPy's derivatives of single ops, composed: the same gradients, at a cost linear in the graph."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from graphs import circuit

from backprop_tutor.engine import jacobians
from backprop_tutor.engine.evaluate import float_gradients, float_pass
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.oracles import Oracles

rng = np.random.default_rng(3)
M, V = rng.uniform(-1, 1, (2, 3)), rng.uniform(0.2, 1, 3)


@pytest.mark.parametrize(
    ("leaves", "steps"),
    [
        ({"x": M, "W": rng.uniform(-1, 1, (4, 3)), "b": np.ones(4)}, {"n": ("linear", "x", "W", "b")}),
        ({"x": M}, {"n": ("softmax", "x")}),
        ({"x": M}, {"n": ("softmax", "x", {"axis": 1})}),
        ({"x": M}, {"n": ("log_softmax", "x", {"axis": (1, 2)})}),
        ({"x": M, "y": V}, {"n": ("maximum", "x", "y")}),
        ({"x": np.array([1.0, 2, 2, 2])}, {"n": ("max", "x")}),
        ({"x": np.array([[1.0, 1, 2], [3, 3, 3]])}, {"n": ("min", "x", {"axis": 2})}),
        ({"x": np.array([-1.0, 0, 2])}, {"n": ("relu", "x", {"at_zero": Fraction(1, 2)})}),
        ({"x": np.array([-1.0, 0, 2])}, {"n": ("abs", "x")}),
        ({"x": M, "y": V}, {"n": ("matmul", "x", "y")}),
        ({"x": M, "y": M + 1}, {"n": ("concat", "x", "y")}),
        ({"x": M, "y": V}, {"n": ("pow", "y", "x")}),
        ({"x": V, "y": V + 1}, {"p": ("div", "x", "y"), "n": ("mul", "p", "p")}),
        ({"x": V, "t": np.array([0.0, 1, 0])}, {"n": ("cross_entropy", "x", "t")}),
    ],
    ids=lambda value: str(list(value.values())[-1]) if "n" in value else "",
)
def test_it_gives_the_gradients_of_the_engine(leaves: dict[str, Any], steps: dict[str, Any]) -> None:
    shapes = {name: value.shape for name, value in leaves.items()}
    graph = circuit(shapes, {**steps, "q": ("sin", "n"), "J": ("sum", "q")})
    values = float_pass(graph, leaves)
    gradients, oracles = float_gradients(graph, values), Oracles(graph, values)
    for name in leaves:
        np.testing.assert_allclose(oracles.by_sympy(name), gradients[name], rtol=1e-12, atol=1e-14)


def unrolled(steps: int) -> tuple[Graph, dict[str, Any]]:
    """h = tanh(W h + x), over and over, and a squared error at every step."""
    leaves: dict[str, Any] = {"W": np.array([[0.3, 0.1], [-0.2, 0.2]]), "h0": np.array([0.5, -0.5])}
    nodes: dict[str, Any] = {}
    for k in range(1, steps + 1):
        nodes[f"a{k}"] = ("matmul", "W", f"h{k - 1}")
        nodes[f"h{k}"] = ("tanh", f"a{k}")
        nodes[f"E{k}"] = ("half_sse", f"h{k}", "h0")
        nodes[f"J{k}"] = ("add", f"J{k - 1}", f"E{k}") if k > 1 else ("identity", "E1")
    return circuit({name: value.shape for name, value in leaves.items()}, nodes), leaves


def test_a_long_recurrence_is_differentiated_once_for_all_of_its_steps() -> None:
    """SymPy's work for 2 steps is its work for 40."""
    derived = []
    for steps in (3, 40):
        jacobians._entries.cache_clear()
        graph, leaves = unrolled(steps)
        values = float_pass(graph, leaves)
        found = Oracles(graph, values).by_sympy("W")
        np.testing.assert_allclose(found, float_gradients(graph, values)["W"], rtol=1e-10)
        derived.append(jacobians._entries.cache_info().currsize)
    assert derived[0] == derived[1]
