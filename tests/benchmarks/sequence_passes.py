"""An RNN of 100 steps and a transformer block of 64 tokens, against NumPy by hand and HIPS autograd."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from measure import in_turn, report

from backprop_tutor import load
from backprop_tutor.engine.evaluate import float_gradients, float_pass

# By hand, a step of this RNN takes 25 µs: 17 calls of NumPy on 16x64 numbers. The engine makes the same
# calls and adds one of Python for each node and each path back, 6 and 8 a step and about 1 µs each with
# its look-ups (without their rules the two loops take 1.4 of 4.8 ms); it keeps every array, because each
# may be asked for (0.2 ms), and looks once a step whether all is finite (0.1 ms). That is about 1.9 times
# the time by hand. Less would take code written for the graph: the rules are called one by one, as they
# are by every other number system. In the block, the norms are worked out again for each of their
# gradients, and ReLU and its slope are choices between cases rather than a maximum and a product.

Values = dict[str, Any]
STEPS, BATCH, UNITS, INPUTS = 100, 16, 64, 32
TOKENS, CHANNELS = 64, 64

RNN = f"""
title: RNN
graph:
  given: {{X: 0, y: 0, h<0>: 0}}
  parameters: {{Wx: 0, Wh: 0, b: 0}}
  sequence: {{s: {STEPS}}}
  compute:
    net<s>: X[s] @ Wx + h<s-1> @ Wh + b
    h<s>: tanh(net<s>)
    J: half_sse(h<{STEPS}>, y)
  loss: J
"""
BLOCK = """
title: A transformer block
graph:
  given: {X: 0, t: 0}
  parameters: {g1: 0, c1: 0, WQ: 0, WK: 0, WV: 0, WO: 0, g2: 0, c2: 0, W1: 0, W2: 0}
  compute:
    n1: layer_norm(X, g1, c1)
    Q: n1 @ WQ
    K: n1 @ WK
    V: n1 @ WV
    S: Q @ K.T / 8
    A: softmax(S)
    Y: X + A @ V @ WO
    n2: layer_norm(Y, g2, c2)
    h: relu(n2 @ W1)
    Z: Y + h @ W2
    J: half_sse(Z, t)
  loss: J
"""


def rnn_leaves() -> Values:
    rng = np.random.default_rng(0)
    return {
        "X": rng.normal(size=(STEPS, BATCH, INPUTS)),
        "y": rng.normal(size=(BATCH, UNITS)),
        "h<0>": np.zeros((BATCH, UNITS)),
        "Wx": rng.normal(size=(INPUTS, UNITS)) / INPUTS**0.5,
        "Wh": rng.normal(size=(UNITS, UNITS)) / UNITS**0.5,
        "b": rng.normal(size=UNITS) / 10,
    }


def block_leaves() -> Values:
    rng = np.random.default_rng(1)
    square = {name: rng.normal(size=(CHANNELS, CHANNELS)) / 8 for name in ("WQ", "WK", "WV", "WO")}
    ones = {name: rng.normal(size=CHANNELS) for name in ("g1", "c1", "g2", "c2")}
    wide = {
        "W1": rng.normal(size=(CHANNELS, 4 * CHANNELS)) / 8,
        "W2": rng.normal(size=(4 * CHANNELS, CHANNELS)) / 16,
    }
    data = {name: rng.normal(size=(TOKENS, CHANNELS)) for name in ("X", "t")}
    return {**data, **square, **ones, **wide}


def rnn_by_hand(v: Values) -> Values:
    X, Wx, Wh, b = v["X"], v["Wx"], v["Wh"], v["b"]
    states = [v["h<0>"]]
    for x in X:
        states.append(np.tanh(x @ Wx + states[-1] @ Wh + b))
    error = states[-1] - v["y"]
    dWx, dWh, db, back = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b), error
    for s in range(len(X), 0, -1):
        delta = back * (1 - states[s] ** 2)
        dWx += X[s - 1].T @ delta
        dWh += states[s - 1].T @ delta
        db += delta.sum(axis=0)
        back = delta @ Wh.T
    return {"Wx": dWx, "Wh": dWh, "b": db}


def _normed(xp: Any, x: Any, gamma: Any, beta: Any) -> tuple[Any, Any, Any]:
    centred = x - xp.mean(x, axis=1, keepdims=True)
    deviation = xp.sqrt(xp.mean(centred**2, axis=1, keepdims=True) + 1e-5)
    hat = centred / deviation
    return gamma * hat + beta, hat, deviation


def _norm_back(g: Any, hat: Any, deviation: Any, gamma: Any) -> tuple[Any, Any, Any]:
    sent = g * gamma
    inside = sent - sent.mean(axis=1, keepdims=True) - hat * (sent * hat).mean(axis=1, keepdims=True)
    return inside / deviation, (g * hat).sum(axis=0), g.sum(axis=0)


def block_by_hand(v: Values) -> Values:
    n1, hat1, dev1 = _normed(np, v["X"], v["g1"], v["c1"])
    Q, K, V = n1 @ v["WQ"], n1 @ v["WK"], n1 @ v["WV"]
    S = Q @ K.T / 8
    E = np.exp(S - S.max(axis=1, keepdims=True))
    A = E / E.sum(axis=1, keepdims=True)
    H = A @ V
    Y = v["X"] + H @ v["WO"]
    n2, hat2, dev2 = _normed(np, Y, v["g2"], v["c2"])
    net = n2 @ v["W1"]
    h = np.maximum(net, 0)
    dZ = Y + h @ v["W2"] - v["t"]
    dnet = (dZ @ v["W2"].T) * (net > 0)
    back, dg2, dc2 = _norm_back(dnet @ v["W1"].T, hat2, dev2, v["g2"])
    dY = dZ + back
    dH = dY @ v["WO"].T
    dA = dH @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True)) / 8
    dQ, dK, dV = dS @ K, dS.T @ Q, A.T @ dH
    dn1 = dQ @ v["WQ"].T + dK @ v["WK"].T + dV @ v["WV"].T
    _, dg1, dc1 = _norm_back(dn1, hat1, dev1, v["g1"])
    return {
        "W2": h.T @ dZ,
        "W1": n2.T @ dnet,
        "WO": H.T @ dY,
        "WQ": n1.T @ dQ,
        "WK": n1.T @ dK,
        "WV": n1.T @ dV,
        "g1": dg1,
        "c1": dc1,
        "g2": dg2,
        "c2": dc2,
    }


def rnn_loss(given: Values) -> Callable[[Values], Any]:
    def loss(p: Values) -> Any:
        h = given["h<0>"]
        for x in given["X"]:
            h = anp.tanh(anp.dot(x, p["Wx"]) + anp.dot(h, p["Wh"]) + p["b"])
        return anp.sum((h - given["y"]) ** 2) / 2

    return loss


def block_loss(given: Values) -> Callable[[Values], Any]:
    def loss(p: Values) -> Any:
        n1, _, _ = _normed(anp, given["X"], p["g1"], p["c1"])
        S = anp.dot(anp.dot(n1, p["WQ"]), anp.dot(n1, p["WK"]).T) / 8
        E = anp.exp(S - anp.max(S, axis=1, keepdims=True))
        A = E / anp.sum(E, axis=1, keepdims=True)
        Y = given["X"] + anp.dot(anp.dot(A, anp.dot(n1, p["WV"])), p["WO"])
        n2, _, _ = _normed(anp, Y, p["g2"], p["c2"])
        Z = Y + anp.dot(anp.maximum(anp.dot(n2, p["W1"]), 0), p["W2"])
        return anp.sum((Z - given["t"]) ** 2) / 2

    return loss


def compared(what: str, text: str, leaves: Values, by_hand: Any, loss: Any, rounds: int) -> None:
    with TemporaryDirectory() as folder:
        for number, (name, value) in enumerate(leaves.items()):
            np.savez(Path(folder, f"{number}.npz"), values=value)
            text = text.replace(f"{name}: 0", f"{name}: {{file: {number}.npz, array: values}}", 1)
        Path(folder, "exercise.yaml").write_text(text)
        graph = load(Path(folder, "exercise.yaml")).graph
    weights = {name: leaves[name] for name in graph.parameters}
    gradient = autograd.grad(loss(leaves))

    def engine() -> Values:
        return float_gradients(graph, float_pass(graph, leaves))

    found, hand, theirs = engine(), by_hand(leaves), gradient(weights)
    for name in weights:
        np.testing.assert_allclose(found[name], hand[name], rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(found[name], theirs[name], rtol=1e-7, atol=1e-8)
    for name, other, limit in (
        ("NumPy by hand", lambda: by_hand(leaves), 1.3),
        ("HIPS autograd", lambda: gradient(weights), 1.0),
    ):
        ours, other_seconds = in_turn(engine, other, rounds=rounds)
        print(f"  {what}: engine {ours * 1e3:.2f} ms, {name} {other_seconds * 1e3:.2f} ms")
        report(f"{what}, engine / {name}", ours / other_seconds, limit)


def run(*, full: bool) -> None:
    rounds = 300 if full else 60
    compared(f"RNN of {STEPS} steps", RNN, rnn_leaves(), rnn_by_hand, rnn_loss, rounds)
    compared("transformer block", BLOCK, block_leaves(), block_by_hand, block_loss, rounds)
