"""Ways to forget what is added to a loss or done with its gradient: penalty, decay, clipping, hinge."""

from collections.abc import Callable, Iterator

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.optimizers import EXTRAS
from backprop_tutor.grading.misconceptions.context import Adjusted, Edge, Forward, Total, WrongResult

__all__ = ["forgotten", "hinge_label", "penalty_factor", "penalty_forgotten", "penalty_not_added"]


def _is_penalty(op: str) -> bool:
    return bool(op and ops.get(op).penalty)


def penalty_not_added(step: Forward) -> Iterator[WrongResult]:
    """The loss of the data taken for the whole."""
    for slot, name in enumerate(step.node.parents):
        if step.node.role == "loss" and len(step.inputs) == 2 and _is_penalty(step.parent(slot).op):
            yield WrongResult(step.inputs[1 - slot], f"the penalty {{{name}}} left out")


def penalty_forgotten(total: Total) -> Iterator[WrongResult]:
    kept = [
        term
        for term, consumer in zip(total.terms, total.consumers, strict=True)
        if not _is_penalty(consumer.op)
    ]
    if kept and len(kept) < len(total.terms):
        yield WrongResult(sum(kept[1:], start=kept[0]), "the derivative of the penalty left out")


def penalty_factor(edge: Edge) -> Iterator[WrongResult]:
    if edge.op.penalty == "l2":
        yield WrongResult(edge.right / 2, "the 2 of the penalty's squares dropped", "1/2")
        yield WrongResult(edge.right * 2, "the 2 of the penalty's squares taken twice", "2")


def hinge_label(edge: Edge) -> Iterator[WrongResult]:
    """The score of the right class stands in every margin."""
    if edge.op.loss and edge.op.loss.targets == "class" and edge.slot == 0:
        wrong = np.where(edge.inputs[1] == 1, 0, edge.right)
        yield WrongResult(wrong, "0 given for the right class, whose score is in every margin")


def forgotten(key: str, says: str) -> Callable[[Adjusted], Iterator[WrongResult]]:
    """The line of an update without what the setting `key` does."""
    extra = EXTRAS[key]

    def wrong(line: Adjusted) -> Iterator[WrongResult]:
        if extra.setting.letter in line.letters:
            yield WrongResult(line.at(extra.setting.letter, extra.off), says)

    return wrong
