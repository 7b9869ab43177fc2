"""The routes that confirm gradients: they agree with right ones, refuse wrong ones, or say why not."""

from typing import Any

import numpy as np
import pytest
from graphs import circuit, network

from backprop_tutor.engine.evaluate import float_gradients, float_pass
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.jacobians import sent_to_parent
from backprop_tutor.engine.oracles import (
    ROUTES,
    Confirmation,
    Oracles,
    Unavailable,
    _direction,
    confirm,
    kinks,
)
from backprop_tutor.errors import ProofError


def confirmed(graph: Graph, values: dict[str, Any], name: str, **options: Any) -> Confirmation:
    known = float_pass(graph, values)
    return confirm(graph, known, name, float_gradients(graph, known, [name])[name], **options)


def small() -> tuple[Graph, dict[str, Any]]:
    steps = {"n": ("matmul", "W", "x"), "h": ("tanh", "n"), "q": ("mul", "h", "h"), "J": ("sum", "q")}
    return circuit({"W": (2, 3), "x": (3,)}, steps), {
        "W": np.array([[0.5, -1, 0.25], [1, 0.75, -0.5]]),
        "x": np.array([1.0, -0.5, 2]),
    }


@pytest.mark.parametrize("name", ["W", "x", "n", "h", "q", "J"])
def test_every_route_confirms_a_right_gradient(name: str) -> None:
    found = confirmed(*small(), name)
    assert found.checks == dict.fromkeys(ROUTES, True)
    assert not found.unchecked
    assert found.disagreement < 1e-8


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("wrong", ["sign", "element", "factor", "transposed"])
def test_every_route_refuses_a_wrong_gradient(route: str, wrong: str) -> None:
    graph, leaves = small()
    values = float_pass(graph, leaves)
    gradient = float_gradients(graph, values)["W"].copy()
    match wrong:
        case "sign":
            gradient = -gradient
        case "element":
            gradient[1, 2] *= 1.001
        case "factor":
            gradient = gradient / 2
        case "transposed":
            gradient = gradient.T.reshape(gradient.shape)
    with pytest.raises(ProofError, match=f"dJ/dW: {route}") as caught:
        confirm(graph, values, "W", gradient, routes=[route])
    assert caught.value.step == "dJ/dW"


def test_routes_that_are_not_asked_for_say_so() -> None:
    found = confirmed(*small(), "W", routes=["sympy"])
    assert found.checks == {"forward_mode": None, "finite_difference": None, "sympy": True}
    assert found.unchecked == dict.fromkeys(["forward_mode", "finite_difference"], "not asked for")


def test_a_node_that_the_loss_does_not_use_has_the_gradient_zero() -> None:
    graph = circuit({"w": (), "v": ()}, {"unused": ("exp", "v"), "J": ("mul", "w", "w")})
    values = float_pass(graph, {"w": 2.0, "v": 1.0})
    assert confirm(graph, values, "v", np.array(0.0)).checks["forward_mode"]
    with pytest.raises(ProofError):
        confirm(graph, values, "v", np.array(1.0))


@pytest.mark.parametrize("at", [0.0, 1e-17, -1e-17, 1e-9])
@pytest.mark.parametrize("op", ["relu", "leaky_relu", "abs"])
def test_differences_are_not_taken_across_a_kink(op: str, at: float) -> None:
    graph = circuit({"x": ()}, {"h": (op, "x"), "J": ("mul", "h", "x")})
    found = confirmed(graph, {"x": at}, "x")
    assert found.checks == {"forward_mode": True, "finite_difference": None, "sympy": True}
    assert "kink" in found.unchecked["finite_difference"]


@pytest.mark.parametrize("op", ["max", "min"])
@pytest.mark.parametrize("apart", [0, 1e-17, 1e-12, 1e-7])
def test_differences_are_not_taken_across_a_tie(op: str, apart: float) -> None:
    found = confirmed(circuit({"x": (3,)}, {"J": (op, "x")}), {"x": np.array([0.5, 0.5 + apart, 0.5])}, "x")
    assert found.checks["finite_difference"] is None


@pytest.mark.parametrize("x", [[0.3, 0.1 + 0.2], [0.1 + 0.2, 0.3]])
def test_differences_are_not_taken_across_a_tie_that_rounding_hides(x: list[float]) -> None:
    graph = circuit({"x": (2,)}, {"J": ("max", "x")})
    assert confirmed(graph, {"x": np.array(x)}, "x").checks["finite_difference"] is None


def test_a_kink_that_does_not_move_does_not_stand_in_the_way() -> None:
    graph = circuit({"x": (), "w": ()}, {"h": ("relu", "x"), "J": ("add", "h", "w")})
    assert confirmed(graph, {"x": 0.0, "w": 1.0}, "w").checks["finite_difference"]


def test_an_elu_with_another_slope_below_zero_has_a_kink() -> None:
    graph = circuit({"x": ()}, {"J": ("elu", "x", {"alpha": 2})})
    assert list(kinks(graph, float_pass(graph, {"x": 0.0}))) == ["J"]
    assert confirmed(graph, {"x": 0.0}, "x").checks["finite_difference"] is None
    smooth = circuit({"x": ()}, {"J": ("elu", "x")})
    assert not kinks(smooth, float_pass(smooth, {"x": 0.0}))
    assert confirmed(smooth, {"x": 0.0}, "x").checks["finite_difference"]


def test_differences_are_not_taken_at_the_edge_of_the_domain() -> None:
    graph = circuit({"x": ()}, {"J": ("log", "x")})
    assert confirmed(graph, {"x": 1e-9}, "x").checks == {
        "forward_mode": True,
        "finite_difference": None,
        "sympy": True,
    }


def test_large_graphs_are_too_large_for_sympy() -> None:
    graph, leaves = network([20, 30, 10], "sigmoid", "half_mse", examples=4)
    found = confirmed(graph, leaves, "W1")
    assert found.checks == {"forward_mode": True, "finite_difference": True, "sympy": None}
    assert "too large" in found.unchecked["sympy"]


def test_what_is_too_large_for_sympy_is_not_begun_and_leaves_the_rest_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph, leaves = network([20, 30, 10], "sigmoid", "half_mse", examples=4)
    values = float_pass(graph, leaves)
    oracles, differentiated = Oracles(graph, values), list[str]()

    def noted(graph: Graph, node: Node, *rest: Any) -> Any:
        differentiated.append(node.name)
        return sent_to_parent(graph, node, *rest)

    monkeypatch.setattr("backprop_tutor.engine.jacobians.sent_to_parent", noted)
    with pytest.raises(Unavailable, match="too large"):
        oracles.by_sympy("W1")
    assert not differentiated
    assert np.allclose(oracles.by_sympy("z"), float_gradients(graph, values, ["z"])["z"])
    assert differentiated == ["J"]


def test_kinks_are_reported_where_they_are() -> None:
    graph = circuit(
        {"x": (3,), "y": (3,)},
        {"a": ("relu", "x"), "b": ("maximum", "x", "y"), "c": ("add", "a", "b"), "J": ("max", "c")},
    )
    values = float_pass(graph, {"x": np.array([0.0, 1, 2]), "y": np.array([5.0, 1, 4.0])})
    found = {name: mask.tolist() for name, mask in kinks(graph, values).items()}
    assert found == {"a": [True, False, False], "b": [False, True, False]}
    values = float_pass(graph, {"x": np.array([1.0, 1, 2]), "y": np.array([5.0, 0, 4.0])})
    assert {name: mask.tolist() for name, mask in kinks(graph, values).items()} == {"J": [True, False, True]}


def test_a_mask_does_not_set_the_pace_for_what_it_leaves() -> None:
    """A difference over steps that suit -1e9 would see softmax as flat."""
    graph = circuit(
        {"s": (2, 3), "v": (3,)}, {"z": ("softmax", "s"), "o": ("matmul", "z", "v"), "J": ("sum", "o")}
    )
    leaves = {"s": np.array([[0.5, 1, -1e9], [0.2, -1e9, -1e9]]), "v": np.array([1.0, 2, 5])}
    assert confirmed(graph, leaves, "s").checks == dict.fromkeys(ROUTES, True)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3])
def test_a_power_has_its_derivative_at_zero(exponent: int) -> None:
    graph = circuit({"w": (), "n": ()}, {"J": ("pow", "w", "n")})
    values = float_pass(graph, {"w": 0.0, "n": float(exponent)})
    gradient = float_gradients(graph, values, ["w"])["w"]
    assert gradient == (1 if exponent == 1 else 0)
    assert confirm(graph, values, "w", gradient).checks["forward_mode"]


def test_a_direction_goes_up_and_down() -> None:
    """A gradient with errors that add up to 0 is not orthogonal to it."""
    signs = np.sign(_direction((12,)))
    assert {-1.0, 1.0} == set(signs.tolist())
    graph, leaves = small()
    values = float_pass(graph, leaves)
    gradient = float_gradients(graph, values)["W"].copy()
    gradient[0, 0] += 0.5
    gradient[0, 1] -= 0.5
    with pytest.raises(ProofError):
        confirm(graph, values, "W", gradient)


def test_rounding_is_no_fault_and_a_fault_no_rounding() -> None:
    """x² overflows in SymPy's 1/x², so that it gives 0; a gradient of another size is still refused."""
    graph = circuit({"x": (2,), "y": (2,)}, {"q": ("div", "x", "y"), "J": ("sum", "q")})
    values = float_pass(graph, {"x": np.array([1e200, 1.0]), "y": np.array([1e200, 2.0])})
    gradient = float_gradients(graph, values, ["y"])["y"]
    assert confirm(graph, values, "y", gradient).checks["forward_mode"]
    with pytest.raises(ProofError):
        confirm(graph, values, "y", gradient * 2, routes=["forward_mode"])


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
def test_a_disagreement_is_relative_to_the_size_of_the_gradient(size: float) -> None:
    graph = circuit({"w": (), "x": ()}, {"q": ("mul", "w", "x"), "J": ("mul", "q", "w")})
    values = float_pass(graph, {"w": 3.0, "x": size})
    found = confirm(graph, values, "w", np.array(6 * size * (1 + 1e-9)), routes=["forward_mode"])
    assert found.disagreement == pytest.approx(1e-9, rel=0.01)
