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
        ours, numpy, autograd_ = in_turn(
            engine,
            lambda leaves=leaves, activation=activation: by_hand(leaves, activation),
            lambda gradient=gradient, weights=weights: gradient(weights),
            rounds=400 if full else 150,
        )
        milliseconds = ", ".join(
            f"{name} {seconds * 1e3:.2f} ms"
            for name, seconds in (("engine", ours), ("NumPy by hand", numpy), ("autograd", autograd_))
        )
        print(f"  784-256-10, batch 64, {activation}: {milliseconds}")
        report("time of the engine to NumPy by hand", ours / numpy, 1.2)
        report("time of autograd to the engine", autograd_ / ours, 1, at_least=True)
