"""Functions of single layers: the skeletons run, right functions are right, and slips in them are named."""

from typing import Any

import numpy as np
import pytest

from backprop_tutor import UsageError, check_arrays, solve
from backprop_tutor.programs.layer_tasks import layer_exercise, layer_names
from backprop_tutor.render.code.layer_skeleton import layer_skeleton
from backprop_tutor.render.code.skeleton import as_python

COURSES_SET = {"affine", "relu", "batch_norm", "conv", "lstm", "attention", "softmax_loss"}

RIGHT = {  # worked out as courses do, without the package
    "affine": """
def affine_forward(x, W, b):
    return x @ W + b, (x, W, b)

def affine_backward(dout, cache):
    x, W, b = cache
    return dout @ W.T, x.T @ dout, dout.sum(axis=0)
""",
    "relu": """
def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
""",
    "batch_norm": """
def batch_norm_forward(x, gamma, beta):
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + 1e-5)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, std, gamma)

def batch_norm_backward(dout, cache):
    xhat, std, gamma = cache
    N = len(dout)
    dxhat = dout * gamma
    dx = (N * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / (N * std)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
""",
    "conv": """
def conv_forward(x, K, b):
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    out = np.zeros((N, len(K), H, W))
    for i in range(H):
        for j in range(W):
            out[:, :, i, j] = np.einsum("nchw,kchw->nk", xp[:, :, i:i + 3, j:j + 3], K) + b
    return out, (xp, K)

def conv_backward(dout, cache):
    xp, K = cache
    dxp, dK = np.zeros_like(xp), np.zeros_like(K)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dK += np.einsum("nk,nchw->kchw", dout[:, :, i, j], xp[:, :, i:i + 3, j:j + 3])
            dxp[:, :, i:i + 3, j:j + 3] += np.einsum("nk,kchw->nchw", dout[:, :, i, j], K)
    return dxp[:, :, 1:-1, 1:-1], dK, dout.sum(axis=(0, 2, 3))
""",
    "lstm": """
def lstm_forward(x, h0, c0, Wx, Wh, b):
    A = x @ Wx + h0 @ Wh + b
    H = h0.shape[1]
    i, f, o = (1 / (1 + np.exp(-A[:, k * H:(k + 1) * H])) for k in range(3))
    g = np.tanh(A[:, 3 * H:])
    c = f * c0 + i * g
    h = o * np.tanh(c)
    return c, h, (x, h0, c0, Wx, Wh, i, f, o, g, c)

def lstm_backward(dc, dh, cache):
    x, h0, c0, Wx, Wh, i, f, o, g, c = cache
    t = np.tanh(c)
    dc = dc + dh * o * (1 - t ** 2)
    dA = np.hstack([dc * g * i * (1 - i), dc * c0 * f * (1 - f), dh * t * o * (1 - o), dc * i * (1 - g ** 2)])
    return dA @ Wx.T, dA @ Wh.T, dc * f, x.T @ dA, h0.T @ dA, dA.sum(axis=0)
""",
    "attention": """
def attention_forward(Q, K, V):
    S = Q @ K.T / np.sqrt(Q.shape[1])
    A = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    return A @ V, (Q, K, V, A)

def attention_backward(dout, cache):
    Q, K, V, A = cache
    dA = dout @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True)) / np.sqrt(Q.shape[1])
    return dS @ K, dS.T @ Q, A.T @ dout
""",
    "softmax_loss": """
def softmax_loss(x, t):
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    return -np.sum(t * np.log(p)) / len(x), (p - t) / len(x)
""",
}
SLIPS = [
    ("affine", "x.T @ dout", "dout.T @ x", "dJ/dW", "transposed"),
    ("affine", "dout.sum(axis=0)", "dout.sum(axis=1)", "dJ/db", "summed-over-wrong-axis"),
    ("affine", "dout @ W.T", "dout @ W.T / len(x)", "dJ/dx", "mean-for-sum"),
    ("relu", "cache > 0", "dout > 0", "dJ/dx", "relu-mask-from-output-gradient"),
    ("conv", '"nchw,kchw->nk", xp[:, :, i:i + 3, j:j + 3], K)',
     '"nchw,kchw->nk", xp[:, :, i:i + 3, j:j + 3], K[:, :, ::-1, ::-1])', "out", "kernel-flipped"),
    ("conv", "dxp[:, :, 1:-1, 1:-1]", "dxp", "dJ/dx", "padding-not-cut"),
    ("conv", "axis=(0, 2, 3)", "axis=(2, 3)", "dJ/db", "summed-over-wrong-axis"),
    ("softmax_loss", "(p - t) / len(x)", "p - t", "dJ/dx", "missing-one-over-n"),
    ("softmax_loss", "np.exp(x).sum(axis=1, keepdims=True)", "np.exp(x).sum(axis=0, keepdims=True)", "J",
     "wrong-axis"),
    ("attention", "dS.T @ Q", "dS @ Q", "dJ/dK", "index-transposed"),
    ("batch_norm", "(dout * xhat).sum(axis=0)", "dout.sum(axis=0)", "dJ/dgamma", "neighbour-taken"),
    ("batch_norm", "dout.sum(axis=0)", "dout.mean(axis=0)", "dJ/dbeta", "mean-for-sum"),
]  # fmt: skip


def run(name: str, functions: str) -> dict[str, Any]:
    """What the program of a layer leaves with these functions in the place of the blank ones."""
    _, _, check = layer_skeleton(solve(layer_exercise(name)))
    space: dict[str, Any] = {}
    exec(compile(f"import numpy as np\n{functions}\n{check.code}", name, "exec"), space)
    return space


def test_what_courses_set_is_there() -> None:
    assert set(layer_names()) >= COURSES_SET
    with pytest.raises(UsageError, match="softmax_los"):
        layer_exercise("softmax_los")


@pytest.mark.parametrize("name", layer_names())
def test_each_skeleton_runs_and_is_blank(name: str) -> None:
    exercise = layer_exercise(name)
    space: dict[str, Any] = {}
    exec(compile(as_python(layer_skeleton(solve(exercise)), "check it"), name, "exec"), space)
    assert {verdict.verdict for verdict in check_arrays(exercise, space).verdicts} == {"blank"}


@pytest.mark.parametrize("name", layer_names())
def test_each_gradient_is_that_of_central_differences(name: str) -> None:
    solution = solve(layer_exercise(name))
    for ask in solution.exercise.ask:
        if ask.quantity.startswith(solution.gradient_prefix):
            found = solution.confirm(ask.quantity)
            assert found is not None
            assert found.checks["finite_difference"] is True


@pytest.mark.parametrize("name", RIGHT)
def test_right_functions_are_right(name: str) -> None:
    result = check_arrays(layer_exercise(name), run(name, RIGHT[name]))
    assert result.all_right, result.verdicts


@pytest.mark.parametrize(("name", "old", "new", "quantity", "misconception"), SLIPS)
def test_a_slip_is_named(name: str, old: str, new: str, quantity: str, misconception: str) -> None:
    assert old in RIGHT[name]
    with np.errstate(all="ignore"):
        result = check_arrays(layer_exercise(name), run(name, RIGHT[name].replace(old, new)))
    wrong = [verdict for verdict in result.verdicts if verdict.verdict == "wrong"]
    assert wrong[0].quantity == quantity
    assert misconception in wrong[0].misconceptions, wrong[0]
