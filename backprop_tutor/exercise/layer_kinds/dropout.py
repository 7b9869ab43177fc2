"""Dropout with a mask that the file gives, so that the exercise has an answer."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.schema_types import ARRAY, SHARE, Array, Model, key

__all__ = ["DropoutLayer"]


class DropoutForm(Model):
    mask: Array = key(ARRAY, "1 for what is kept and 0 for what is dropped: one number a unit.")
    keep: Fraction = key(SHARE, "The share that is kept: what is kept is divided by it.")


class DropoutLayer(Model, LayerKind):
    kind = "dropout"

    dropout: DropoutForm = key(DropoutForm.reference, "A mask, and the share that it keeps.")

    def leaves(self, n: int) -> Iterator[LayerArray]:
        yield LayerArray(
            f"mask{n}", self.dropout.mask, ("dropout", "mask"), ("example", "place", "unit"), "given"
        )

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n, keys = check.number, ("dropout", "mask")
        mask = check.shape(f"mask{n}")
        own = flow.shape[1:] if flow.in_steps else flow.shape
        each = (check.examples, *own)
        if mask not in (own, own[-1:], each):
            check.fault(
                keys,
                f"the mask has shape {mask}, but {flow.source} the shape {own}: the shape must be {own}, or "
                f"{each} with a mask an example.",
                "Give one number a unit, 1 or 0.",
            )
        if any(number not in (0, 1) for number in check.values[f"mask{n}"].flat):
            check.fault(keys, "a mask holds 0 and 1 only.", "Write 1 for what is kept.")
        if not self.dropout.keep:
            check.fault(("dropout", "keep"), "nothing can be kept with keep 0.", "Write a share such as 1/2.")
        return flow.after(n, flow.shape)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        mask = net.leaf(f"mask{n}", signal.axes)

        def drop(node: str, at: Callable[[str], str]) -> str:
            return net.apply(at(name), "dropout", (node, mask), {"keep": self.dropout.keep}, signal.axes)

        return net.each(signal, signal.axes, drop)
