"""Graphs to test with: circuits written in a line, and networks of a given size."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from backprop_tutor.engine.graph import Graph, GraphBuilder

SETTINGS = {"leaky_relu": {"slope": Fraction(1, 5)}, "elu": {"alpha": Fraction(3, 2)}}
Shape = tuple[int, ...]


def circuit(parameters: dict[str, Shape], steps: dict[str, tuple[Any, ...]], loss: str = "") -> Graph:
    """`steps` maps a name to its op, the op's parents and, last, a dict of settings if it has any."""
    builder = GraphBuilder()
    for name, shape in parameters.items():
        builder.leaf(name, "parameter", shape)
    for name, (op, *parents) in steps.items():
        settings = parents.pop() if parents and isinstance(parents[-1], dict) else {}
        builder.apply(name, op, tuple(parents), settings)
    return builder.build(loss or list(steps)[-1])


def network(
    sizes: list[int], activation: str, loss: str, *, examples: int, last: str = "identity", bias: bool = True
) -> tuple[Graph, dict[str, Any]]:
    """A feed-forward network with the names of the layer form, and values for its leaves."""
    rng = np.random.default_rng(sizes)
    values: dict[str, Any] = {
        "x": rng.uniform(-1, 1, (examples, sizes[0])),
        "t": rng.uniform(0.1, 0.9, (examples, sizes[-1])),
    }
    builder = GraphBuilder()
    for name in ("x", "t"):
        builder.leaf(name, "given", values[name].shape, ("example", "unit"))
    signal = "x"
    for layer, (before, units) in enumerate(pairwise(sizes), 1):
        names = [f"W{layer}", f"b{layer}"] if bias else [f"W{layer}"]
        values[names[0]] = rng.uniform(-1, 1, (units, before)) * np.sqrt(2 / before)
        if bias:
            values[names[1]] = rng.uniform(-0.5, 0.5, units)
        for name in names:
            builder.leaf(name, "parameter", values[name].shape)
        net = builder.apply(f"net{layer}", "linear", (signal, *names))
        is_last = layer == len(sizes) - 1
        op = last if is_last else activation
        signal = builder.apply("z" if is_last else f"h{layer}", op, (net,), SETTINGS.get(op))
    return builder.build(builder.apply("J", loss, (signal, "t"))), values
