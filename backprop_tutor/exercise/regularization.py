"""A penalty on weights: two more nodes between a graph's loss and what the file calls its loss."""

from collections.abc import Collection, Sequence

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import GraphBuilder
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.schema import Regularization

__all__ = ["Penalty"]


class Penalty:
    """What the file adds to `loss`, if anything; `data` is what that is called before: J_data."""

    def __init__(
        self, form: Regularization | None, loss: str, taken: Collection[str], report: FaultReport
    ) -> None:
        self.form, self.loss, self.report = form, loss, report
        self.data = _free(f"{loss}_data", taken) if form else loss
        self.name = _free(f"{loss}_penalty", taken)
        if form and (form.l1 is None) == (form.l2 is None):
            what = "a penalty is either `l2` or `l1`."
            report.add(("regularization",), what, "Give one of them.", key=True)

    def add(self, builder: GraphBuilder, parameters: Sequence[str], weights: Sequence[str]) -> None:
        """Make the loss the sum of the data's and the penalty on what the file names, else on `weights`."""
        if not self.form:
            return
        before = len(self.report.faults)
        for index, name in enumerate(self.form.of or ()):
            if name not in parameters:
                what = f"`{name}` is no parameter."
                self.report.add(("regularization", "of", index), what, f"There are {', '.join(parameters)}.")
        chosen = tuple(dict.fromkeys(self.form.of or weights))
        if not chosen:
            what = "there are no weights that it could be a penalty on."
            self.report.add(("regularization",), what, "Give the graph parameters.", key=True)
        size = self.form.l2 or self.form.l1
        if len(self.report.faults) == before and size:
            key = "l2" if self.form.l2 else "l1"
            op = next(name for name, op in ops.TABLE.items() if op.penalty == key)
            builder.apply(self.name, op, chosen, {"weight": self.form.factor * size})
            builder.apply(self.loss, "add", (self.data, self.name))


def _free(name: str, taken: Collection[str]) -> str:
    return _free(f"{name}_", taken) if name in taken else name
