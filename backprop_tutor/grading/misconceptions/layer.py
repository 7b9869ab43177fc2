"""Ways to go wrong backwards through a weighted sum, a product or a matrix product."""

from collections.abc import Iterator

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.alternatives import alternative_inputs
from backprop_tutor.grading.misconceptions.constants import examples_of
from backprop_tutor.grading.misconceptions.context import Edge, WrongResult

__all__ = [
    "bias_not_summed",
    "local_forgotten",
    "one_example",
    "one_route",
    "transposed_weights",
    "updated_weights",
    "upstream_forgotten",
    "wrong_input",
]

MOST = 8  # examples or units that are looked at one by one


def transposed_weights(edge: Edge) -> Iterator[WrongResult]:
    other = 1 - edge.slot
    if other in edge.op.weights and not edge.parent(other).op:
        matrix = edge.inputs[other]
        if matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]:
            says = f"{{{edge.node.parents[other]}}} and its transpose mixed up"
            yield WrongResult(edge.of(edge.g, edge.replaced(other, matrix.T)), says, "backward")


def wrong_input(edge: Edge) -> Iterator[WrongResult]:
    other, factors = 1 - edge.slot, edge.op.joins == "product"
    if edge.slot not in edge.op.weights and not factors:
        return
    for key, name, array in alternative_inputs(edge.graph, edge.node, other, edge.known):
        if not factors or key == "net":
            says = f"{{{name}}} where {{{edge.node.parents[other]}}} belongs"
            yield WrongResult(edge.of(edge.g, edge.replaced(other, array)), says, key)


def updated_weights(edge: Edge) -> Iterator[WrongResult]:
    for slot, name in enumerate(edge.node.parents):
        weights = slot in edge.op.weights or edge.op.joins == "product"
        new = edge.updated(name) if weights and slot != edge.slot < 2 else None
        if new is not None:
            inputs = edge.replaced(slot, new)
            yield WrongResult(edge.of(edge.g, inputs), f"the updated {{{name}}} in the place of the old one")


def upstream_forgotten(edge: Edge) -> Iterator[WrongResult]:
    if edge.node.role == "loss" or edge.op.passes_on:
        return
    says = f"the local derivative alone: the gradient that comes back from {{{edge.node.name}}} left out"
    alone = edge.of(np.ones_like(edge.g), edge.inputs)
    yield WrongResult(alone, says)
    if edge.op.weighted == "layer" and edge.slot and edge.g.ndim == 2 and len(edge.g) > 1:
        yield WrongResult(alone / len(edge.g), says, "1/N")


def local_forgotten(edge: Edge) -> Iterator[WrongResult]:
    if edge.node.role == "loss":
        return
    says = f"the gradient of {{{edge.node.name}}} alone: the local derivative left out"
    for key, value in _passed_on(edge):
        if value.shape == edge.target.shape:
            yield WrongResult(value, says, key)


def _passed_on(edge: Edge) -> Iterator[tuple[str, Array]]:
    """The upstream gradient in the shape of the target, without anything to multiply it by."""
    g, slot, is_layer = edge.g, edge.slot, edge.op.weighted == "layer"
    if edge.is_activation or (edge.op.scales and g.shape == edge.target.shape):
        yield "activation", g
    elif is_layer and slot == 1:
        column = g.reshape(-1, g.shape[-1]).sum(axis=0)
        yield "weights", np.repeat(column[:, None], edge.target.shape[1], axis=1)
    elif edge.op.weights and slot < 2:
        if g.shape == edge.target.shape:
            yield "unit", g
        if is_layer or (slot == 0 and g.ndim == 2):
            yield "sum", np.repeat(g.sum(axis=-1, keepdims=True), edge.target.shape[-1], axis=-1)
        elif slot == 0 and g.ndim == 1 and len(edge.target.shape) == 2:
            yield "", np.repeat(g[:, None], edge.target.shape[1], axis=1)
        elif g.ndim == 0:
            yield "", np.full(edge.target.shape, float(g))
        elif slot == 1 and len(edge.target.shape) == g.ndim:
            yield "sum", np.repeat(g.sum(axis=0, keepdims=True), edge.target.shape[0], axis=0)


def _rows(edge: Edge) -> Iterator[tuple[int, Array]]:
    """Example by example: what a parameter's gradient is if that one is taken alone."""
    g, inputs = edge.g, edge.inputs
    if edge.target.batched or edge.target.op or g.ndim < 1 or not 1 < len(g) <= MOST:
        return
    first = inputs[0]
    if edge.op.weighted == "layer" and edge.slot and g.ndim == 2:
        for p in range(len(g)):
            alone = edge.of(g[p : p + 1], [first[p : p + 1], *inputs[1:]])
            yield p, alone
    elif edge.op.weighted == "product" and edge.slot == 1 and first.ndim == 2 and len(first) == len(g):
        for p in range(len(g)):
            yield p, edge.of(g[p : p + 1], [first[p : p + 1], inputs[1]])


def one_example(edge: Edge) -> Iterator[WrongResult]:
    """One example's term of the sum over the training set, with the 1/N or without."""
    count = examples_of(edge.graph)
    for p, alone in (*_rows(edge), *_broadcast_rows(edge)):
        yield WrongResult(alone, f"example {p + 1} taken alone, not the sum over all", f"{p}")
        if count > 1:
            yield WrongResult(alone * count, f"example {p + 1} taken alone, and no 1/{{N}}", f"{p}N")


def bias_not_summed(edge: Edge) -> Iterator[WrongResult]:
    is_bias = edge.op.weighted == "layer" and edge.slot == 2
    rows = _rows(edge) if is_bias else _broadcast_rows(edge)
    for p, alone in rows:
        yield WrongResult(alone, f"example {p + 1}'s delta alone, not the sum over the examples", f"{p}")


def _broadcast_rows(edge: Edge) -> Iterator[tuple[int, Array]]:
    """Row by row, where a vector was added to every row of a matrix."""
    g = edge.g
    is_sum = edge.op.is_elementwise and edge.op.passes_on
    if is_sum and g.ndim == len(edge.target.shape) + 1 and 1 < len(g) <= MOST:
        local = edge.op.partials[edge.slot](FLOAT64, edge.y, *edge.inputs)
        for p in range(len(g)):
            yield p, np.broadcast_to(local * g[p], edge.target.shape)


def one_route(edge: Edge) -> Iterator[WrongResult]:
    """A unit acts through every unit that it feeds: only one of them taken, or one left out."""
    units = _fed(edge)
    if units < 2 or units > MOST:
        return
    for k in range(units):
        alone = _through(edge, k)
        says = f"only the path through unit {k + 1} of {{{edge.node.name}}} taken: the paths add up"
        yield WrongResult(alone, says, "last" if k == units - 1 else f"{k}")
    if units > 2:
        for k in range(units):
            says = f"the path through unit {k + 1} of {{{edge.node.name}}} left out"
            yield WrongResult(edge.right - _through(edge, k), says, f"not {k}")


def _fed(edge: Edge) -> int:
    """How many units of `edge.node` the target feeds; 0 where the target is a parameter."""
    if edge.target.role == "parameter" and edge.op.weighted == "layer":
        return 0
    if edge.op.weighted == "layer" and edge.slot == 0:
        return int(edge.g.shape[-1])
    if edge.op.weighted == "product" and edge.target.role != "parameter":
        other = edge.parent(1 - edge.slot)
        if not other.op and len(other.shape) == 2 and edge.g.ndim:
            return int(edge.g.shape[-1] if edge.slot == 0 else edge.g.shape[0])
    return 0


def _through(edge: Edge, k: int) -> Array:
    g = np.zeros_like(edge.g)
    if edge.op.weighted == "layer" or edge.slot == 0:
        g[..., k] = edge.g[..., k]
    else:
        g[k] = edge.g[k]
    return edge.of(g, edge.inputs)
