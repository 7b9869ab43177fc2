"""Ways to go wrong with a gradient as a whole: its sign, its constants, its paths, its orientation."""

from collections.abc import Iterator

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.grading.misconceptions.constants import is_half
from backprop_tutor.grading.misconceptions.context import Edge, Total, Update, WrongResult

__all__ = [
    "DROPPED",
    "KEPT",
    "ascent",
    "descent",
    "edge_factor_two",
    "edge_one_over_n",
    "edge_sign",
    "factor_two",
    "missing_path",
    "not_subtracted",
    "not_updated",
    "one_over_n",
    "rate_forgotten",
    "sign",
    "transposed_outer_product",
]

KEPT = "the 2 of the square kept and the 1/2 forgotten; here they cancel"
DROPPED = "the 2 of the square dropped"


def sign(total: Total) -> Iterator[WrongResult]:
    yield WrongResult(-total.right, "the sign turned round")


def edge_sign(edge: Edge) -> Iterator[WrongResult]:
    if len(edge.graph.consumers[edge.target.name]) > 1:
        yield WrongResult(
            -edge.right, f"the sign of the path through {{{edge.node.name}}} turned round", "path"
        )


def one_over_n(total: Total) -> Iterator[WrongResult]:
    for held in total.constants:
        if held.examples > 1:
            says = f"the factor 1/{{N}} = 1/{held.examples} left out"
            yield WrongResult(total.right * held.examples, says, inherited=held.inherited)


def edge_one_over_n(edge: Edge) -> Iterator[WrongResult]:
    first = edge.inputs[0]
    if edge.op.mean == "examples" and (count := edge.op.examples(first)) > 1:
        yield WrongResult(edge.right * count, f"the factor 1/{{N}} = 1/{count} left out", "loss")
    elif edge.op.mean == "elements" and first.size > edge.y.size:
        count = first.size // edge.y.size
        yield WrongResult(edge.right * count, f"the factor 1/{count} of the mean left out", "loss")


def factor_two(total: Total) -> Iterator[WrongResult]:
    for held in total.constants:
        for factor in held.squares:
            says = KEPT if factor == 2 else DROPPED
            yield WrongResult(total.right * factor, says, f"{factor}", held.inherited)


def edge_factor_two(edge: Edge) -> Iterator[WrongResult]:
    if edge.op.loss and edge.op.loss.square:
        if edge.op.loss.half:
            yield WrongResult(edge.right * 2, KEPT, "2")
        yield WrongResult(edge.right / 2, DROPPED, "1/2")
    elif edge.op.joins == "power" and edge.slot == 0 and edge.parent(1).value == 2:
        yield WrongResult(edge.right / 2, DROPPED, "1/2")
    elif edge.op.joins == "product" and is_half(edge.parent(1 - edge.slot)):
        yield WrongResult(edge.right * 2, KEPT, "2")


def missing_path(total: Total) -> Iterator[WrongResult]:
    if len(total.terms) < 2:
        return
    for term, consumer in zip(total.terms, total.consumers, strict=True):
        yield WrongResult(
            term, f"only the path through {{{consumer.name}}} taken: the paths add up", consumer.name
        )
    if len(total.terms) > 2:
        for term, consumer in zip(total.terms, total.consumers, strict=True):
            says = f"the path through {{{consumer.name}}} left out"
            yield WrongResult(total.right - term, says, f"not {consumer.name}")


def transposed_outer_product(total: Total) -> Iterator[WrongResult]:
    """Rows and columns exchanged, as far as both exist."""
    rows, columns = total.target.shape if len(total.target.shape) == 2 else (0, 0)
    through = any(ops.get(consumer.op).weights for consumer in total.consumers)
    if min(rows, columns) > 1 and through and not total.target.op:
        size = min(rows, columns)
        swapped = np.full(total.target.shape, np.nan)
        swapped[:size, :size] = total.right.T[:size, :size]
        yield WrongResult(swapped, "rows and columns exchanged in the product of delta and input")


def ascent(update: Update) -> Iterator[WrongResult]:
    if not update.maximizes:
        yield WrongResult(
            update.old + update.step, "the step added: that climbs the loss instead of descending"
        )


def descent(update: Update) -> Iterator[WrongResult]:
    if update.maximizes:
        yield WrongResult(update.old + update.step, "the step subtracted: that descends instead of climbing")


def not_updated(update: Update) -> Iterator[WrongResult]:
    yield WrongResult(update.old, "the old value given: no step was made")


def rate_forgotten(update: Update) -> Iterator[WrongResult]:
    says = "the learning rate left out: the whole gradient subtracted"
    yield WrongResult(update.old - update.step / update.rate, says)
    yield WrongResult(
        update.old + update.step / update.rate, "the learning rate left out and the gradient added", "+"
    )


def not_subtracted(update: Update) -> Iterator[WrongResult]:
    yield WrongResult(update.step, "only the step worked out, not yet subtracted from the old value")
    yield WrongResult(-update.step, "only the step worked out, not yet added to the old value", "-")
