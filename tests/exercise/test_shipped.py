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


def test_the_companions_of_the_first_two_exercises() -> None:
    # t - z = (2, 3), so J = 13/4 and dJ/dz = (-1, -3/2); unit 1 is active for example 1, unit 2 for example 2
    check(
        "exercise1-two-examples",
        net1=[[3, -1], [-2, 10]],
        h1=[[3, 0], [0, 10]],
        z=[[9], [-20]],
        J=Fraction(13, 4),
        dJ_dz=[[-1], [Fraction(-3, 2)]],
        dJ_dW2=[[-3, -15]],
        W2_new=[[Fraction(33, 10), Fraction(-1, 2)]],
    )
    check(
        "exercise2-two-examples",
        dJ_dh1=[[-3, 2], [Fraction(-9, 2), 3]],
        dJ_dnet1=[[-3, 0], [0, 3]],
        dJ_dW1=[[-6, -3], [3, 12]],
    )


def test_circuit_xyz() -> None:
    # q = 3, f = -12; df/dq = z, df/dz = q; also as published in the cs231n course notes
    check("circuit-xyz", q=3, f=-12, df_dq=-4, df_dz=3, df_dx=-4, df_dy=-4)


def test_fan_out() -> None:
    # a = 1, b = 2, c = 1; df/da = x + 2a = 4; df/dx = a (in b) + 4 (through a) = 5; df/dy = 4
    check("fan-out", a=1, b=2, c=1, f=3, df_db=1, df_dc=1, df_da=4, df_dx=5, df_dy=4)


def test_one_weight() -> None:
    # z = 2·3, J = 1/2 (6 - 12)^2; w_new = 2 + 18/10
    check("one-weight", z=6, J=18, dJ_dz=-6, dJ_dw=-18, w_new=Fraction(19, 5))


def test_chain_of_three() -> None:
    check("chain-of-three", p=6, q=2, f=4, df_dq=4, df_dp=4, df_da=12)


def test_one_neuron() -> None:
    # net = 2·3 - 1·2 + 1; dJ/dz = 5 - 9; dJ/dW1 = -4 (3, 2)
    check(
        "one-neuron",
        net1=[[5]],
        z=[[5]],
        J=8,
        dJ_dz=[[-4]],
        dJ_dnet1=[[-4]],
        dJ_dW1=[[-12, -8]],
        dJ_db1=[-4],
        W1_new=[[Fraction(16, 5), Fraction(-1, 5)]],
        b1_new=[Fraction(7, 5)],
    )


def test_matrix_layer() -> None:
    # net = (2 + 2, -1 + 3); dJ/dnet = (4 - 1, 2 - 3); dJ/dx = Wᵀ (3, -1)
    check(
        "matrix-layer",
        net1=[[4, 2]],
        J=5,
        dJ_dnet1=[[3, -1]],
        dJ_dW1=[[6, 3, 9], [-2, -1, -3]],
        dJ_dx=[[3, 7, -1]],
    )


def test_fading_echo() -> None:
    # h = 4/2 + 6, 8/2 + 2, 6/2 + 1; dJ/dw = 2·4 + 4·8 + 8·6
    check("fading-echo", J=32, dJ_dw=88)
    solution = solve(load("fading-echo"))
    steps = [solution.exact(f"{of}h<{s}>").item() for of in ("", "dJ/d") for s in (1, 2, 3)]  # type: ignore[union-attr]
    assert steps == [8, 6, 4, 2, 4, 8]


def test_softmax_one() -> None:
    # e^2 = 7.389056, e = 2.718282 and 1 add up to 11.107338; J = -ln(0.665241)
    solution = solve(load("softmax-one"))
    assert solution.value("z")[0] == pytest.approx([0.665241, 0.244728, 0.090031], abs=5e-7)
    assert solution.loss == pytest.approx(0.407606, abs=5e-7)
    assert solution.value("dJ/dnet1")[0] == pytest.approx([-0.334759, 0.244728, 0.090031], abs=5e-7)


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


def test_conv_1d_mean_pool() -> None:
    # net[1] = 1·2 - 1·0 + 2·1 + 1, …; h = (5, 6, 0, 7); z = 2·11/2 - 7/2; ∂J/∂net = (3, 3, 0, -3/2)
    # ∂J/∂K[1] = 3·2 + 3·0 - 3/2·3; ∂J/∂x[3] = 3·2 (end of window 1) + 3·(-1) (middle of window 2)
    check(
        "conv-1d-mean-pool",
        net=[5, 6, -3, 7],
        h=[5, 6, 0, 7],
        p=[Fraction(11, 2), Fraction(7, 2)],
        z=Fraction(15, 2),
        J=Fraction(9, 2),
        dJ_dz=3,
        dJ_dv=[Fraction(33, 2), Fraction(21, 2)],
        dJ_dp=[6, -3],
        dJ_dh=[3, 3, Fraction(-3, 2), Fraction(-3, 2)],
        dJ_dnet=[3, 3, 0, Fraction(-3, 2)],
        dJ_dK=[Fraction(3, 2), Fraction(9, 2), Fraction(21, 2)],
        dJ_db=Fraction(9, 2),
        dJ_dx=[3, 0, 3, Fraction(9, 2), Fraction(3, 2), -3],
    )


def test_conv_2d_max_pool() -> None:
    # the 4 at (3, 2) wins both lower windows and gets 1 + 2; ∂J/∂K[1,1] = -1·(-1) + 1·1 + 3·0
    check(
        "conv-2d-max-pool",
        net=[[1, -1, 4], [0, 0, 0], [0, 4, 2]],
        P=[[1, 4], [4, 4]],
        J=Fraction(7, 2),
        dJ_dP=[[-1, 1], [1, 2]],
        dJ_dnet=[[-1, 0, 1], [0, 0, 0], [0, 3, 0]],
        dJ_dK=[[2, -3], [-4, 6]],
        dJ_db=3,
        dJ_dX=[[-1, 0, 1, 0], [1, -2, -1, 2], [0, 3, 0, 0], [0, -3, 6, 0]],
    )


def test_batch_norm_nine_steps() -> None:
    # x - mu = (-4, -1, 5) and (1, -2, 1), var + 2 = 16 and 4; ∂J/∂ivar = Σ ∂J/∂xhat (x - mu), so
    # -4·(-4) + 1·(-1) + 1·5 = 20, ∂J/∂sd = -20/16, ∂J/∂var = -5/4/(2·4), ∂J/∂sq a third of it
    third, sixteenth = Fraction(-5, 96), Fraction(-1, 16)
    check(
        "batch-norm-nine-steps",
        mu=[5, 3],
        var=[14, 2],
        sd=[4, 2],
        xhat=[[-1, Fraction(1, 2)], [Fraction(-1, 4), -1], [Fraction(5, 4), Fraction(1, 2)]],
        J=10,
        dJ_dbeta=[-1, -6],
        dJ_dgamma=[Fraction(5, 2), Fraction(3, 2)],
        dJ_dxhat=[[-4, Fraction(-1, 2)], [1, -3], [1, Fraction(-5, 2)]],
        dJ_divar=[20, 3],
        dJ_dsd=[Fraction(-5, 4), Fraction(-3, 4)],
        dJ_dvar=[Fraction(-5, 32), Fraction(-3, 16)],
        dJ_dsq=[[third, sixteenth]] * 3,
        dJ_dxmu=[
            [Fraction(-7, 12), Fraction(-3, 8)],
            [Fraction(17, 48), Fraction(-5, 4)],
            [Fraction(-13, 48), Fraction(-11, 8)],
        ],
        dJ_dmu=[Fraction(1, 2), 3],
        dJ_dx=[
            [Fraction(-5, 12), Fraction(5, 8)],
            [Fraction(25, 48), Fraction(-1, 4)],
            [Fraction(-5, 48), Fraction(-3, 8)],
        ],
    )


def test_layer_norm() -> None:
    # xhat = (-1, -1/4, 5/4) and (1/2, -1, 1/2); g = gamma · ∂J/∂y: (g - mean g - xhat mean(g xhat))/sd
    x, t = [[1, 4, 10], [4, 1, 4]], [[2, 1, 4], [0, 2, 1]]
    gamma, beta = [2, 1, 1], [1, 0, 2]
    rows = []
    for token, target in zip(x, t, strict=True):
        mu = Fraction(sum(token), 3)
        sd = {16: 4, 4: 2}[sum((a - mu) ** 2 for a in token) / 3 + 2]
        xhat = [(a - mu) / sd for a in token]
        errors = [g * a + b - c for g, a, b, c in zip(gamma, xhat, beta, target, strict=True)]
        g = [weight * e for weight, e in zip(gamma, errors, strict=True)]
        along = sum(a * b for a, b in zip(g, xhat, strict=True)) / 3
        rows.append([(a - sum(g) / 3 - b * along) / sd for a, b in zip(g, xhat, strict=True)])
    check(
        "layer-norm",
        y=[[-1, Fraction(-1, 4), Fraction(13, 4)], [2, -1, Fraction(5, 2)]],
        J=Fraction(211, 16),
        dJ_dbeta=[-1, Fraction(-17, 4), Fraction(3, 4)],
        dJ_dgamma=[4, Fraction(53, 16), Fraction(-3, 16)],
        gamma_new=[0, Fraction(-21, 32), Fraction(35, 32)],
        dJ_dx=rows,
    )


def test_embedding_rows() -> None:
    # h = ((1, 2) + (3, 0) + (1, 2))/3, z = 5/3 + 8/3 - 1/3; word 2 stands there twice
    check(
        "embedding-rows",
        e=[[1, 2], [3, 0], [1, 2]],
        h=[Fraction(5, 3), Fraction(4, 3)],
        z=4,
        J=Fraction(9, 2),
        dJ_dv=[5, 4],
        dJ_de=[[1, 2], [1, 2], [1, 2]],
        dJ_dE=[[1, 2], [2, 4], [0, 0]],
        v_new=[Fraction(-2, 3), Fraction(2, 3)],
        E_new=[[Fraction(8, 3), Fraction(-2, 3)], [Fraction(1, 3), Fraction(2, 3)], [-1, 4]],
    )


def test_dropout_weight_decay() -> None:
    # d = (3/2, 0, 0), z = 3; ∂J/∂h = -3 · v · m / (2/3); λ W is all that units 2 and 3 get
    tenth = Fraction(1, 10)
    check(
        "dropout-weight-decay",
        net=[1, 3, -1],
        d=[Fraction(3, 2), 0, 0],
        z=3,
        E=Fraction(9, 2),
        R=Fraction(89, 80),
        dJ_dd=[-6, -9, 3],
        dJ_dh=[-9, 0, Fraction(9, 2)],
        dJ_dnet=[-9, 0, 0],
        dJ_dW=[[-9 + 2 * tenth, -18 - tenth / 2], [tenth, tenth], [tenth, -tenth]],
        dJ_dv=[Fraction(-9, 2) + 2 * tenth, 3 * tenth, -tenth],
        W_new=[
            [Fraction(94, 25), Fraction(311, 100)],
            [Fraction(49, 50), Fraction(49, 50)],
            [Fraction(49, 50), Fraction(-49, 50)],
        ],
    )


def test_hinge_three_classes() -> None:
    # margins 9/4 + 1 + 1 and 2 + 1 + 1 of example 1, 3 - 9/4 + 1 of example 2: J = (17/4 + 4 + 7/4)/2
    half = Fraction(1, 2)
    check(
        "hinge-three-classes",
        z=[[-1, Fraction(9, 4), 2], [3, Fraction(9, 4), -2]],
        J=5,
        dJ_dz=[[-1, half, half], [half, -half, 0]],
        dJ_dW1=[[-half, -3], [0, 2], [half, 1]],
        dJ_db1=[-half, 0, half],
        W1_new=[[Fraction(5, 4), half], [2, -1], [Fraction(-5, 4), half]],
    )


def test_hessian_two_weights() -> None:
    # J = (3 w1 w2 - 1)²/2: 9 w2², 18 w1 w2 - 3, 9 w1²; the determinant 36·9 - 33² is negative: a saddle
    solution = solve(load("hessian-two-weights"))
    further = {"d2J/dw1 dw1": 36, "d2J/dw1 dw2": 33, "d2J/dw2 dw2": 9, "dJ/dw1": 30, "dJ/dw2": 15}
    assert {name: solution.exact(name) for name in further} == further


def test_adam_and_adamw_of_one_weight() -> None:
    # by hand: the first step of Adam is 1/10 whatever the gradient, AdamW takes w/20 off before
    first = {"adam-two-steps": (3.9, -1.1), "adamw-two-steps": (3.7, -1.05)}
    for name, (W1, b1) in first.items():
        solution = solve(load(name))
        assert solution.value("W1_new1") == pytest.approx(np.array([[W1]]), abs=1e-8)
        assert solution.value("b1_new1") == pytest.approx(np.array([b1]), abs=1e-8)


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


# PyTorch's figures (nn.RNN, nn.LSTMCell, functional, optim), computed apart and typed in.

PYTORCH: dict[str, dict[str, object]] = {
    "rnn-three-steps": {
        "h<1>": [0.92534623, -0.94137554],
        "h<3>": [0.451021, 0.35274264],
        "J": 2.54202686,
        "dJ/dv": [1.01695521, 0.79535868],
        "dJ/dWx": [[-0.85706107], [0.79497885]],
        "dJ/dWh": [[4.4951586, 0.18561167], [0.8021952, 1.7973415]],
        "dJ/db": [6.92225566, 1.9043546],
        "Wh_new": [[0.05048414, -0.26856117], [0.91978048, 0.32026585]],
    },
    "lstm-two-steps": {
        "h<1>": 0.18976907,
        "c<2>": 0.50538196,
        "h<2>": 0.35754219,
        "J": 0.20637602,
        "dJ/dc<2>": -0.38545143,
        "dJ/dh<1>": -0.07348768,
        "dJ/dc<1>": -0.2538339,
        "dJ/dwi": 0.09567533,
        "dJ/dui": -0.00925692,
        "dJ/dwf": -0.03812962,
        "dJ/duf": -0.02606211,
        "dJ/dbf": -0.07544565,
        "dJ/dug": -0.09217177,
        "dJ/duo": -0.01365622,
    },
    "gru-two-steps": {
        "h<1>": 0.671616,
        "h<2>": 0.08742788,
        "J": 0.41639394,
        "dJ/dh<1>": -1.17988665,
        "dJ/dnet_u<2>": -0.18026448,
        "dJ/dnet_n<2>": -0.57710282,
        "dJ/dnet_r<2>": -0.18819829,
        "dJ/dnet_u<1>": 0.12604019,
        "dJ/duu": -0.05804841,
        "dJ/dun": -0.24415395,
        "dJ/dur": -0.12847379,
    },
    "layer-norm": {"dJ/dx": [[-0.38541667, 0.46614583, -0.08072917], [1.10416667, -0.95833333, -0.14583333]]},
    "attention-one-head": {
        "H": [[2.41328905, -0.60885937], [2.00928465, -0.3395231]],
        "J": 4.09982129,
        "dJ/dV": [[0.93994044, -0.56143685], [2.48263326, -1.38694561]],
        "dJ/dQ": [[0.60712289, -0.60712289], [1.36174696, -1.36174696]],
        "dJ/dK": [[-3.33061682, -0.75462407], [3.33061682, 0.75462407]],
        "dJ/dWQ": [[3.33061682, -3.33061682], [-0.75462407, 0.75462407]],
        "dJ/dWK": [[3.33061682, 0.75462407], [-6.66123363, -1.50924814]],
        "dJ/dWV": [[5.90520695, -3.33532808], [-1.54269282, 0.82550876]],
    },
    "attention-causal-heads": {
        "H1": [[2], [1.19317574], [1.34155265]],
        "H2": [[1], [1.88079708], [2.1546979]],
        "J": 28.03642583,
        "dJ/dWO1": [[18.24007319, -2.44605865]],
        "dJ/dWO2": [[20.29494702, -6.08085353]],
        "dJ/dQ1": [[0], [4.03841447], [0.87001926]],
        "dJ/dWQ1": [[0.87001926], [4.90843373]],
        "dJ/dWQ2": [[0.00591505], [1.25634033]],
        "dJ/dWK1": [[5.77845299], [-7.65388603]],
        "dJ/dWK2": [[-0.04366575], [1.21267458]],
        "dJ/dWV1": [[19.49622565], [4.95836358]],
        "dJ/dWV2": [[5.60153207], [10.38713424]],
    },
    "tied-autoencoder": {
        "xhat": [1.73105858, 1.24632637, -0.88079708],
        "J": 0.55833996,
        "dJ/dnet": [0.06964423, -0.09164644],
        "dJ/dW": [[0.60409087, -0.41169112, 0.01750009], [0.55226782, -0.84712641, 0.19664002]],
        "W_new": [[0.93959091, 0.54116911, -0.00175001], [-0.05522678, 1.08471264, -1.019664]],
    },
    "adam-two-steps": {"J2": 5.265, "W1_new": [[3.80032954]], "b1_new": [-1.19945022]},
    "adamw-two-steps": {"J2": 4.1225, "W1_new": [[3.41625017]], "b1_new": [-1.09631258]},
    "word2vec-negative-samples": {
        "J": 3.48877705,
        "dJ/dn": [0.26894142, 0.95257413],
        "dJ/du": [-0.11920292, -0.23840584],
        "dJ/dU": [[0.26894142, 0.53788284], [0.95257413, 1.90514825]],
        "dJ/dv": [3.00746088, -0.32854288],
        "v_new": [-0.50373044, 2.16427144],
    },
}


@pytest.mark.parametrize("name", PYTORCH)
def test_the_figures_of_pytorch(name: str) -> None:
    solution = solve(load(name))
    for quantity, figures in PYTORCH[name].items():
        assert solution.value(quantity) == pytest.approx(np.array(figures), abs=1e-7), quantity


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
    assert len(exercises) >= 30
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
    assert ops >= {"conv1d", "conv2d", "max_pool", "mean_pool", "rows", "hinge"}
    assert max(len(exercise.layers or ()) for exercise in exercises) == 4, "three hidden layers"
