"""Forward and backward of 784-256-10 with a batch of 64, against plain NumPy by hand and HIPS autograd."""

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from measure import in_turn, report
from sample_networks import network

from backprop_tutor.engine.evaluate import float_gradients, float_pass

Values = dict[str, Any]


def by_hand(v: Values, activation: str) -> Values:
    N = len(v["x"])
    net1 = v["x"] @ v["W1"].T + v["b1"]
    h1 = np.maximum(net1, 0) if activation == "relu" else 1 / (1 + np.exp(-net1))
    net2 = h1 @ v["W2"].T + v["b2"]
    powers = np.exp(net2 - net2.max(axis=1, keepdims=True))
    z = powers / powers.sum(axis=1, keepdims=True)
    J = -np.sum(v["t"] * np.log(z)) / N
    delta2 = (z - v["t"]) / N
    slope = net1 > 0 if activation == "relu" else h1 * (1 - h1)
    delta1 = (delta2 @ v["W2"]) * slope
    return {
        "J": J,
        "W1": delta1.T @ v["x"],
        "b1": delta1.sum(axis=0),
        "W2": delta2.T @ h1,
        "b2": delta2.sum(axis=0),
    }


def by_autograd(x: Any, t: Any, activation: str) -> Callable[[Values], Values]:
    def loss(p: Values) -> Any:
        net1 = anp.dot(x, p["W1"].T) + p["b1"]
        h1 = anp.maximum(net1, 0) if activation == "relu" else 1 / (1 + anp.exp(-net1))
        net2 = anp.dot(h1, p["W2"].T) + p["b2"]
        powers = anp.exp(net2 - anp.max(net2, axis=1, keepdims=True))
        z = powers / anp.sum(powers, axis=1, keepdims=True)
        return -anp.sum(t * anp.log(z)) / len(x)

    return autograd.grad(loss)


def run(*, full: bool) -> None:
    for activation in ("relu", "sigmoid"):
        graph, leaves = network([784, 256, 10], activation, "softmax", "cross_entropy", examples=64)

        def engine(graph: Any = graph, leaves: Values = leaves) -> Values:
            return float_gradients(graph, float_pass(graph, leaves))

        weights = {name: leaves[name] for name in graph.parameters}
        gradient = by_autograd(leaves["x"], leaves["t"], activation)
        hand, theirs = by_hand(leaves, activation), gradient(weights)
        for name, found in engine().items():
            if name in weights:
                np.testing.assert_allclose(found, hand[name], rtol=1e-9, atol=1e-12)
                np.testing.assert_allclose(found, theirs[name], rtol=1e-9, atol=1e-12)
        # In pairs: what autograd allocates and gives back costs whoever runs after it a thousand page faults.
        for name, other in (
            ("NumPy by hand", lambda leaves=leaves, activation=activation: by_hand(leaves, activation)),
            ("HIPS autograd", lambda gradient=gradient, weights=weights: gradient(weights)),
        ):
            ours, other_seconds = in_turn(engine, other, rounds=1000 if full else 300)
            limit = 1.2 if name == "NumPy by hand" else 1
            print(f"  {activation}: engine {ours * 1e3:.2f} ms, {name} {other_seconds * 1e3:.2f} ms")
            report(f"engine / {name}", ours / other_seconds, limit)
