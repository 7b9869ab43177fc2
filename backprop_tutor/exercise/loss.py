"""The loss that a network asks for: its op, with its settings filled in."""

from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.named import named_with_settings
from backprop_tutor.exercise.schema import LOSSES, LossForm

__all__ = ["choose_loss"]


def choose_loss(said: str | LossForm, report: FaultReport) -> tuple[str, dict[str, Fraction]]:
    """The op and its options, with a fault in `report` for a setting that the loss does not have."""
    name, settings = named_with_settings("loss", said, LOSSES, report, leave_out=tuple(ops.LOSS_WORDS))
    words = {} if isinstance(said, str) else said.said(ops.LOSS_WORDS)
    for word in sorted(words):
        try:
            name = ops.loss_of(name, {word: words[word]})
        except UsageError as error:
            report.add(("loss", word), f"{error.what}.", error.hint)
    return name, settings
