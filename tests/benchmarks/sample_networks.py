"""Networks of a given size for the benchmarks, as the layer form builds them, with their values."""

from itertools import pairwise
from typing import Any

import numpy as np

from backprop_tutor.engine.graph import Graph, GraphBuilder

__all__ = ["network"]


def network(
    sizes: list[int], activation: str, last: str, loss: str, *, examples: int
) -> tuple[Graph, dict[str, Any]]:
    rng = np.random.default_rng(0)
    labels = np.eye(sizes[-1])[rng.integers(sizes[-1], size=examples)]
    leaves: dict[str, Any] = {"x": rng.uniform(0, 1, (examples, sizes[0])), "t": labels}
    builder = GraphBuilder()
    for name in leaves:
        builder.leaf(name, "given", leaves[name].shape)
    signal = "x"
    for layer, (inputs, units) in enumerate(pairwise(sizes), 1):
        made = {f"W{layer}": rng.normal(0, inputs**-0.5, (units, inputs)), f"b{layer}": np.zeros(units)}
        leaves |= made
        for name, value in made.items():
            builder.leaf(name, "parameter", value.shape)
        net = builder.apply(f"net{layer}", "linear", (signal, *made))
        is_last = layer == len(sizes) - 1
        signal = builder.apply("z" if is_last else f"h{layer}", last if is_last else activation, (net,))
    return builder.build(builder.apply("J", loss, (signal, "t"))), leaves
