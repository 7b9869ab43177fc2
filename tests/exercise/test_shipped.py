"""The shipped exercises against figures that this program did not make.

They are published figures, hand computation written out here, and an oracle that shares no code with the
engine: the exercise written again in plain NumPy and differentiated by HIPS autograd.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.exercise.review import remarks


def check(name: str, **expected: object) -> None:
    """Compare quantities with exact values; `dJ_dW1` stands for `dJ/dW1`."""
    solution = solve(load(name))
    for key, value in expected.items():
        quantity = key.replace("_d", "/d", 1) if key.startswith("d") else key
        exact = solution.exact(quantity)
        assert exact is not None, quantity
        assert np.array(exact).tolist() == np.array(value, dtype=object).tolist(), quantity


# By hand. Each figure is worked out on paper from the exercise's text.


def test_exercise1_is_the_notes_numeric_instantiation() -> None:
    # h = (max(0, 1·1 + 0·0), max(0, 1·(-1) + 0·1)), z = 1·1 + 2·0, dJ/dz = -(2 - 1)/1, dJ/dW2 = dJ/dz · h
    check(
        "exercise1",
        net1=[[1, -1]],
        h1=[[1, 0]],
        z=[[1]],
        J=Fraction(1, 2),
        dJ_dz=[[-1]],
        dJ_dW2=[[-1, 0]],
        W2_new=[[Fraction(11, 10), 2]],
        dJ_dW1=[[-1, 0], [0, 0]],
        W1_new=[[Fraction(11, 10), 0], [-1, 1]],
    )


def test_exercise2_is_the_homework_on_it() -> None:
    # dJ/dh = dJ/dz · W2 = (-1, -2); only unit 1 is active; dJ/dW1 = dJ/dnet1ᵀ x
    check("exercise2", dJ_dh1=[[-1, -2]], dJ_dnet1=[[-1, 0]], dJ_dW1=[[-1, 0], [0, 0]])


def test_circuit_xyz() -> None:
    # q = 3, f = -12; df/dq = z, df/dz = q; also as published in the cs231n course notes
    check("circuit-xyz", q=3, f=-12, df_dq=-4, df_dz=3, df_dx=-4, df_dy=-4)


def test_fan_out() -> None:
    # a = 1, b = 2, c = 1; df/da = x + 2a = 4; df/dx = a (in b) + 4 (through a) = 5; df/dy = 4
    check("fan-out", a=1, b=2, c=1, f=3, df_db=1, df_dc=1, df_da=4, df_dx=5, df_dy=4)


def test_three_hidden() -> None:
    check(
        "three-hidden",
        h1=[[3, 1]],
        h2=[[2, 0]],
        h3=[[4, 2]],
        z=[[2]],
        J=Fraction(9, 2),
        dJ_dW4=[[-12, -6]],
        dJ_dnet3=[[-3, 3]],
        dJ_dW3=[[-6, 0], [6, 0]],
        dJ_dnet2=[[-3, 0]],
        dJ_dW2=[[-9, -3], [0, 0]],
        dJ_dnet1=[[-3, 3]],
        dJ_dW1=[[-3, -6], [3, 6]],
    )


def test_leaky_relu() -> None:
    # net1 = (3, -4), h1 = (3, -2/5), net2 = (11/5, -12/5): the second unit of layer 2 is dead; dJ/dz = 4/5
    check(
        "leaky-relu",
        net1=[[3, -4]],
        h1=[[3, Fraction(-2, 5)]],
        net2=[[Fraction(11, 5), Fraction(-12, 5)]],
        h2=[[Fraction(11, 5), 0]],
        z=[[Fraction(22, 5)]],
        J=Fraction(4, 25),
        dJ_dz=[[Fraction(4, 5)]],
        dJ_dW3=[[Fraction(44, 25), 0]],
        dJ_dnet2=[[Fraction(8, 5), 0]],
        dJ_dW2=[[Fraction(24, 5), Fraction(-16, 25)], [0, 0]],
        dJ_db2=[Fraction(8, 5), 0],
        dJ_dnet1=[[Fraction(8, 5), Fraction(8, 25)]],
        dJ_dW1=[[Fraction(8, 5), Fraction(16, 5)], [Fraction(8, 25), Fraction(16, 25)]],
    )


def test_linear_regression() -> None:
    # t - z = (1, 2, 3, 3); dJ/dz = -2/4 (t - z)
    check(
        "linear-regression",
        z=[[2], [0], [1], [2]],
        J=Fraction(23, 4),
        dJ_dz=[[Fraction(-1, 2)], [-1], [Fraction(-3, 2)], [Fraction(-3, 2)]],
        dJ_dW1=[[-5, -4]],
        dJ_db1=[Fraction(-9, 2)],
        W1_new=[[Fraction(3, 2), Fraction(-3, 5)]],
        b1_new=[Fraction(29, 20)],
    )


def test_vector_product() -> None:
    check(
        "vector-product",
        s=3,
        J=2,
        dJ_dr=2,
        dJ_da=[6, 2, 4],
        dJ_db=[2, 4, -2],
        a_new=[-2, 1, -3],
        b_new=[2, -1, 3],
    )


def test_residual_block() -> None:
    # n = (1, -2), h = (1, 0), y = (2, -2), y - t = (-1, -3); dJ/dn = (-1, 0); dJ/dx = (y - t) + Wᵀ dJ/dn
    check(
        "residual-block",
        n=[1, -2],
        h=[1, 0],
        y=[2, -2],
        J=5,
        dJ_dy=[-1, -3],
        dJ_dn=[-1, 0],
        dJ_dW=[[-1, 2], [0, 0]],
        dJ_db=[-1, 0],
        dJ_dx=[-3, -4],
    )


# Published.


def test_sigmoid_neuron_has_the_figures_of_the_cs231n_notes() -> None:
    solution = solve(load("sigmoid-neuron"))
    published = {"c": 4, "s": 1, "m": -1, "e": 0.37, "d": 1.37, "f": 0.73}
    published |= {"df/dd": -0.53, "df/dm": -0.20, "df/ds": 0.20}
    published |= {"df/dw0": -0.20, "df/dw1": -0.39, "df/dw2": 0.20}
    assert {name: round(float(solution.value(name)), 2) for name in published} == published


def test_mazur_has_his_figures() -> None:
    solution = solve(load("mazur"))
    published = {
        "net1": [[0.3775, 0.3925]],
        "h1": [[0.593269992, 0.596884378]],
        "net2": [[1.105905967, 1.224921404]],
        "z": [[0.75136507, 0.772928465]],
        "J": 0.298371109,
        "W2_new": [[0.35891648, 0.408666186], [0.511301270, 0.561370121]],
        "W1_new": [[0.149780716, 0.19956143], [0.24975114, 0.29950229]],
    }
    for name, figures in published.items():
        assert solution.value(name) == pytest.approx(np.array(figures), abs=1e-8), name
    assert solution.value("dJ/dW2")[0, 0] == pytest.approx(0.082167041, abs=1e-9)
    assert solution.value("dJ/dW1")[0, 0] == pytest.approx(0.000438568, abs=1e-9)


# An independent oracle: each network again, with the numbers typed again, differentiated by autograd.


def sigmoid(net: Any) -> Any:
    return 1 / (1 + np.exp(-net))


def exercise3(W1: Any, W2: Any) -> Any:
    x, t = np.array([[1, 0], [0, 1], [1, 1]]), np.array([[1], [0], [1]])
    return np.sum((t - sigmoid(sigmoid(x @ W1.T) @ W2.T)) ** 2) / (2 * 3)


def mazur(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    z = sigmoid(sigmoid(np.array([[0.05, 0.10]]) @ W1.T + b1) @ W2.T + b2)
    return np.sum((np.array([[0.01, 0.99]]) - z) ** 2) / 2


def tanh_bce(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    z = sigmoid(np.tanh(np.array([[1, 0], [0, 1]]) @ W1.T + b1) @ W2.T + b2)
    return -(np.log(z[0, 0]) + np.log(1 - z[1, 0])) / 2


def softmax_batch(W1: Any, b1: Any) -> Any:
    powers = np.exp(np.array([[1, 2], [0, 1], [2, 1]]) @ W1.T + b1)
    z = powers / np.sum(powers, axis=1, keepdims=True)
    return -(np.log(z[0, 0]) + np.log(z[1, 1]) + np.log(z[2, 2])) / 3


def matrix_graph(W: Any, b: Any, v: Any) -> Any:
    H = np.maximum(np.array([[1, 0], [0, 1], [1, 1]]) @ W + b, 0)
    return np.mean((H @ v - np.array([1, 2, 3])) ** 2)


def line(W1: Any, b1: Any) -> Any:
    return np.mean((W1[0, 0] * np.array([1, 2]) + b1[0] - np.array([3, 4])) ** 2)


ORACLES: list[tuple[str, Callable[..., Any], dict[str, object], float]] = [
    ("exercise3", exercise3, {"W1": [[1, -1], [0.5, 1]], "W2": [[1, -2]]}, 0.5),
    (
        "mazur",
        mazur,
        {
            "W1": [[0.15, 0.2], [0.25, 0.3]],
            "b1": [0.35, 0.35],
            "W2": [[0.4, 0.45], [0.5, 0.55]],
            "b2": [0.6, 0.6],
        },
        0.5,
    ),
    ("tanh-bce", tanh_bce, {"W1": [[1, -1], [0.5, 0.5]], "b1": [0, 0.5], "W2": [[1, -1]], "b2": [0.5]}, 1),
    ("softmax-batch", softmax_batch, {"W1": [[1, 0], [0, 1], [1, -1]], "b1": [0, 0, 1]}, 0.5),
    ("matrix-graph", matrix_graph, {"W": [[1, -1], [2, 1]], "b": [0, 0.5], "v": [1, 2]}, 0.1),
]


@pytest.mark.parametrize(("name", "loss", "parameters", "rate"), ORACLES)
def test_autograd_agrees(
    name: str, loss: Callable[..., Any], parameters: dict[str, object], rate: float
) -> None:
    solution = solve(load(name))
    arrays = [np.array(value, dtype=float) for value in parameters.values()]
    assert solution.value("J") == pytest.approx(loss(*arrays), rel=1e-12)
    for slot, parameter in enumerate(parameters):
        gradient = grad(loss, slot)(*arrays)
        assert solution.value(f"dJ/d{parameter}") == pytest.approx(gradient, rel=1e-12, abs=1e-15)
        assert solution.value(f"{parameter}_new") == pytest.approx(arrays[slot] - rate * gradient, rel=1e-12)


def test_adam_steps() -> None:
    solution = solve(load("adam-steps"))
    values = [np.array([[1.0]]), np.array([0.0])]
    assert solution.value("J") == pytest.approx(line(*values))
    averages, squares = [0.0, 0.0], [0.0, 0.0]
    for step in (1, 2, 3):
        gradients = [grad(line, slot)(*values) for slot in (0, 1)]
        for slot, g in enumerate(gradients):
            averages[slot] = 0.9 * averages[slot] + 0.1 * g
            squares[slot] = 0.999 * squares[slot] + 0.001 * g**2
            mean, spread = averages[slot] / (1 - 0.9**step), squares[slot] / (1 - 0.999**step)
            values[slot] = values[slot] - 0.1 * mean / (np.sqrt(spread) + 1e-8)
        if step == 1:
            assert values == [pytest.approx(np.array([[1.1]])), pytest.approx(np.array([0.1]))]
    last = {name: solution.value(name) for name in ("W1_new", "b1_new")}
    assert last["W1_new"] == pytest.approx(values[0], rel=1e-12)
    assert last["b1_new"] == pytest.approx(values[1], rel=1e-12)


# All of them.


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_exercise_is_complete(name: str) -> None:
    exercise = load(name)
    assert len(exercise.title) <= 60
    assert len(exercise.description) > 100
    assert exercise.topics
    assert exercise.level
    assert exercise.ask
    solution = solve(exercise)
    for ask in exercise.ask:
        assert np.all(np.isfinite(solution.value(ask.quantity))), ask.quantity


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_exercise_teaches_well(name: str) -> None:
    exercise = load(name)
    solution = solve(exercise)
    graph = exercise.graph
    values = {node: solution.value(node) for node in graph.nodes}
    gradients = {p: solution.value(f"d{graph.loss}/d{p}") for p in graph.parameters}
    exact = {node: array for node in graph.nodes if (array := solution.exact(node)) is not None}
    assert remarks(exercise, values, gradients, exact) == []


def test_they_cover_what_the_engine_does() -> None:
    exercises = [load(name) for name in shipped_names()]
    assert len(exercises) >= 12
    assert {exercise.level for exercise in exercises} == {"beginner", "intermediate", "advanced"}
    ops = {node.op for exercise in exercises for node in exercise.graph.nodes.values()}
    assert ops >= {
        "relu",
        "leaky_relu",
        "sigmoid",
        "tanh",
        "softmax",
        "half_mse",
        "mse",
        "half_sse",
        "sse",
        "bce",
    }
    assert ops >= {"cross_entropy", "matmul", "add", "mul", "pow", "exp", "div", "mean"}
    assert max(len(exercise.layers or ()) for exercise in exercises) == 4, "three hidden layers"
