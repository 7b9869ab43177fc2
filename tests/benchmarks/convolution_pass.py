"""Forward and backward of 8 kernels 5x5 on 16 images 28x28, against plain NumPy by hand and HIPS autograd."""

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from measure import in_turn, report
from numpy.lib.stride_tricks import sliding_window_view

from backprop_tutor.engine.evaluate import float_gradients, float_pass
from backprop_tutor.engine.graph import Graph, GraphBuilder

Values = dict[str, Any]


def convolution() -> tuple[Graph, Values]:
    """relu(conv2d(x, K, b)), and half its square."""
    rng = np.random.default_rng(0)
    leaves = {
        "x": rng.normal(size=(16, 1, 28, 28)),
        "K": rng.normal(size=(8, 1, 5, 5)) / 5,
        "b": rng.normal(size=8),
        "t": rng.normal(size=(16, 8, 24, 24)),
    }
    builder = GraphBuilder()
    for name, value in leaves.items():
        builder.leaf(name, "parameter" if name in ("K", "b") else "given", value.shape)
    builder.apply("net", "conv2d", ("x", "K", "b"))
    builder.apply("h", "relu", ("net",))
    return builder.build(builder.apply("J", "half_sse", ("h", "t"))), leaves


def by_hand(v: Values) -> Values:
    windows = sliding_window_view(v["x"], (5, 5), (2, 3))
    columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(16, 25, 576)
    net = (v["K"].reshape(8, 25) @ columns).reshape(16, 8, 24, 24) + v["b"][:, None, None]
    h = np.maximum(net, 0)
    error = h - v["t"]
    delta = error * (net > 0)
    K = np.einsum("nop,nkp->ok", delta.reshape(16, 8, 576), columns, optimize=True)
    J = np.vdot(error, error) / 2
    return {"J": J, "K": K.reshape(v["K"].shape), "b": delta.sum(axis=(0, 2, 3))}


def by_autograd(x: Any, t: Any) -> Callable[[Values], Values]:
    def loss(p: Values) -> Any:
        shifted = [x[:, 0, i : i + 24, j : j + 24].reshape(16, 576) for i in range(5) for j in range(5)]
        columns = anp.stack(shifted, axis=1)
        net = anp.matmul(anp.reshape(p["K"], (8, 25)), columns)
        h = anp.maximum(anp.reshape(net, (16, 8, 24, 24)) + p["b"][:, None, None], 0)
        return anp.sum((h - t) ** 2) / 2

    return autograd.grad(loss)


def run(*, full: bool) -> None:
    graph, leaves = convolution()

    def engine() -> Values:
        return float_gradients(graph, float_pass(graph, leaves))

    weights = {name: leaves[name] for name in ("K", "b")}
    gradient = by_autograd(leaves["x"], leaves["t"])
    hand, theirs, found = by_hand(leaves), gradient(weights), engine()
    for name in weights:
        np.testing.assert_allclose(found[name], hand[name], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(found[name], theirs[name], rtol=1e-9, atol=1e-9)
    for name, other, limit, rounds in (
        ("NumPy by hand", lambda: by_hand(leaves), 1.3, 100),
        ("HIPS autograd", lambda: gradient(weights), 1.0, 100),
    ):
        ours, other_seconds = in_turn(engine, other, rounds=rounds * (5 if full else 1))
        print(f"  engine {ours * 1e3:.2f} ms, {name} {other_seconds * 1e3:.2f} ms")
        report(f"engine / {name}", ours / other_seconds, limit)
