"""Ways to get a forward step wrong."""

from collections.abc import Iterator

import numpy as np

from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.alternatives import alternative_inputs
from backprop_tutor.grading.misconceptions.constants import is_half
from backprop_tutor.grading.misconceptions.context import Forward, WrongResult

__all__ = [
    "activation_not_applied",
    "bias_omitted",
    "derivative_for_function",
    "factor_two",
    "one_example",
    "one_over_n",
    "sign",
    "transposed_weights",
    "wrong_input",
]

MAX_EXAMPLES = 8


def activation_not_applied(step: Forward) -> Iterator[WrongResult]:
    if step.is_activation:
        yield WrongResult(
            step.inputs[0], f"{step.node.op} not applied: it is {{{step.node.parents[0]}}} itself"
        )


def derivative_for_function(step: Forward) -> Iterator[WrongResult]:
    if step.is_activation and step.op.partials:
        slope = step.op.partials[0](FLOAT64, step.right, *step.inputs, **step.node.params)
        says = f"the derivative {step.node.op}' taken where {step.node.op} itself is applied"
        yield WrongResult(np.broadcast_to(slope, step.node.shape), says)


def bias_omitted(step: Forward) -> Iterator[WrongResult]:
    inputs = step.inputs
    if step.op.weights and len(inputs) == 2 * len(step.op.weights) + 1:
        yield WrongResult(step.of(*inputs[:-1]), f"the bias {{{step.node.parents[-1]}}} left out")
    elif step.op.joins == "sum":
        for slot, other in ((0, 1), (1, 0)):
            if step.parent(slot).role == "parameter" and step.parent(other).op:
                kept = np.broadcast_to(inputs[other], step.node.shape)
                yield WrongResult(kept, f"{{{step.node.parents[slot]}}} left out")


def transposed_weights(step: Forward) -> Iterator[WrongResult]:
    for slot in step.op.weights:
        matrix = step.inputs[slot]
        if matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and not step.parent(slot).op:
            swapped = [array.T if i == slot else array for i, array in enumerate(step.inputs)]
            says = f"{{{step.node.parents[slot]}}} transposed: rows taken for columns"
            yield WrongResult(step.of(*swapped), says, "forward")


def wrong_input(step: Forward) -> Iterator[WrongResult]:
    for slot in sorted(1 - weights for weights in step.op.weights):
        for key, name, array in alternative_inputs(step.graph, step.node, slot, step.known):
            inputs = [array if i == slot else given for i, given in enumerate(step.inputs)]
            yield WrongResult(
                step.of(*inputs), f"{{{name}}} where {{{step.node.parents[slot]}}} belongs", f"forward {key}"
            )


def sign(step: Forward) -> Iterator[WrongResult]:
    yield WrongResult(-step.right, "the sign turned round")


def one_over_n(step: Forward) -> Iterator[WrongResult]:
    mean, first = step.op.mean, step.inputs[0] if step.inputs else None
    if first is None:
        return
    if mean == "examples" and (count := step.op.examples(first)) > 1:
        yield WrongResult(step.right * count, f"the factor 1/{{N}} = 1/{count} left out")
    elif mean == "elements" and first.size > step.right.size:
        count = first.size // step.right.size
        yield WrongResult(step.right * count, f"the factor 1/{count} of the mean left out")


def factor_two(step: Forward) -> Iterator[WrongResult]:
    if step.op.loss and step.op.loss.half:
        yield WrongResult(step.right * 2, "the factor 1/2 forgotten")
    elif step.op.joins == "product":
        for slot in (0, 1):
            if is_half(step.parent(slot)):
                yield WrongResult(step.right * 2, "the factor 1/2 forgotten")


def one_example(step: Forward) -> Iterator[WrongResult]:
    """One example's share of the loss, with the 1/N or without."""
    first = step.inputs[0] if step.inputs else None
    if first is None or not first.ndim or not 1 < len(first) <= MAX_EXAMPLES:
        return
    count = len(first)
    if step.op.loss and step.op.examples(first) < count:  # classes, not examples
        return
    if step.node.role == "loss" and all(array.shape[:1] == (count,) for array in step.inputs):
        scale = count if step.op.mean else 1
        for p in range(count):
            alone = step.of(*(array[p : p + 1] for array in step.inputs))
            yield WrongResult(alone / scale, f"example {p + 1} taken alone", f"{p}")
            if scale > 1:
                yield WrongResult(alone, f"example {p + 1} taken alone, and no 1/{{N}}", f"{p}N")
