"""Ways to go wrong in layers with steps, windows and constants: one step of many, a pool, 1/keep."""

from collections.abc import Iterator

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.context import Edge, Forward, Misconception, Total, WrongResult

__all__ = ["ENTRIES"]


def one_step_only(total: Total) -> Iterator[WrongResult]:
    """Of weights that every step uses, only what comes back from the last step."""
    weighed = {consumer.op for consumer in total.consumers if ops.get(consumer.op).weights}
    if not total.target.op and len(total.terms) > 1 and len(weighed) == 1:
        yield WrongResult(
            total.terms[-1], f"only the last step {{{total.consumers[-1].name}}} taken: all steps add up"
        )


def factor_forgotten(step: Forward) -> Iterator[WrongResult]:
    if step.op.factor and (factor := step.op.factor.of(*step.inputs, **step.node.params)) != 1:
        yield WrongResult(step.right / factor, f"the factor {step.op.factor.says} left out")


def edge_factor_forgotten(edge: Edge) -> Iterator[WrongResult]:
    if edge.op.factor and (factor := edge.op.factor.of(*edge.inputs, **edge.node.params)) != 1:
        yield WrongResult(edge.right / factor, f"the factor {edge.op.factor.says} left out backwards")


def unrouted(edge: Edge) -> Iterator[WrongResult]:
    """What comes back, handed to everything that was compared."""
    if edge.op.unrouted:
        wrong = edge.op.unrouted(FLOAT64, edge.g, edge.y, *edge.inputs, **edge.node.params)
        yield WrongResult(np.asarray(wrong), "the gradient handed to every entry of the window")


ENTRIES = (
    Misconception(
        "one-step-only",
        "the gradient through one step only",
        "Every step uses the same weights: what comes back from all steps adds up.",
        "sum",
        total=one_step_only,
        covers=("missing-path",),
    ),
    Misconception(
        "gradient-to-all",
        "a pool's gradient handed to every entry",
        "Max pooling hands the gradient to the entry that was the largest; all others get 0.",
        "chain",
        edge=unrouted,
    ),
    Misconception(
        "factor-left-out",
        "the constant of a layer left out",
        "Dropout divides what it keeps by keep, and scores are divided by sqrt(d): forwards and backwards.",
        "factor",
        forward=factor_forgotten,
        edge=edge_factor_forgotten,
        everywhere=True,
    ),
)
