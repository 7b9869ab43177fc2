"""Ways to go wrong backwards through an activation: a sigmoid, a ReLU, a softmax."""

from collections.abc import Iterator

import numpy as np

from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.context import Edge, WrongResult

__all__ = [
    "derivative_at_activation",
    "missing_derivative",
    "off_diagonal_dropped",
    "relu_mask",
    "softmax_twice",
    "value_for_derivative",
]


def missing_derivative(edge: Edge) -> Iterator[WrongResult]:
    if edge.is_activation:
        says = f"the derivative of the activation, {edge.node.op}'({{{edge.node.parents[0]}}}), left out"
        yield WrongResult(edge.g, says)


def value_for_derivative(edge: Edge) -> Iterator[WrongResult]:
    """The activation, or its net, in the place of the derivative."""
    if edge.is_activation and edge.op.partials:
        name, net, op = edge.node.name, edge.node.parents[0], edge.node.op
        yield WrongResult(edge.g * edge.y, f"{name} itself in the place of the derivative {op}'({net})", "h")
    if edge.is_activation and edge.op.prime:
        name, net, op = edge.node.name, edge.node.parents[0], edge.node.op
        says = f"{net} itself in the place of the derivative {op}'({net})"
        yield WrongResult(edge.g * edge.inputs[0], says, "net")


def derivative_at_activation(edge: Edge) -> Iterator[WrongResult]:
    """f'(h) for f'(net); or, in a formula such as h(1 - h), net in the place of h."""
    if not edge.is_activation or not edge.op.partials:
        return
    partial, net, params = edge.op.partials[0], edge.inputs[0], edge.node.params
    name, h = edge.node.parents[0], edge.node.name
    f_of_h = FLOAT64.finish(edge.op.forward(FLOAT64, edge.y, **params))
    at_h = edge.g * partial(FLOAT64, f_of_h, edge.y, **params)
    yield WrongResult(at_h, f"{edge.node.op}' taken at {{{h}}} instead of at {{{name}}}", "at h")
    at_net = edge.g * partial(FLOAT64, net, net, **params)
    yield WrongResult(
        at_net, f"{{{name}}} in the place of {{{h}}} in the derivative of {edge.node.op}", "at net"
    )


def relu_mask(edge: Edge) -> Iterator[WrongResult]:
    if edge.op.activation and edge.op.prime:
        passed = edge.op.partials[0](FLOAT64, edge.y, edge.g, **edge.node.params)
        says = (
            f"the gradient let through where it is positive itself, not where {{{edge.node.parents[0]}}} is"
        )
        yield WrongResult(edge.g * passed, says)


def softmax_twice(edge: Edge) -> Iterator[WrongResult]:
    """An extra p(1 - p) on p - t."""
    if not edge.op.across:
        return
    shares = edge.op.across == "shares"
    p = edge.y if shares else np.exp(edge.y)
    name = edge.node.name
    says = f"the derivative of softmax applied once more: an extra {{{name}}}(1 - {{{name}}})"
    yield WrongResult(edge.right * p * (1 - p), says)
    if shares:
        yield WrongResult(
            edge.of(edge.right, edge.inputs), "the derivative of softmax applied twice", "matrix"
        )


def off_diagonal_dropped(edge: Edge) -> Iterator[WrongResult]:
    if edge.op.across:
        shares = edge.op.across == "shares"
        local = edge.y * (1 - edge.y) if shares else 1 - np.exp(edge.y)
        says = f"only the diagonal of the derivative of {edge.node.op}: each output depends on every net"
        yield WrongResult(edge.g * local, says)
