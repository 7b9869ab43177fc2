"""All numbers of an example in one row."""

from math import prod

from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.schema_types import Model

__all__ = ["FlattenLayer"]


class FlattenLayer(Model, LayerKind):
    """Written as the word `flatten`."""

    kind = "flatten"

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        return flow.after(check.number, (prod(flow.shape),), in_steps=False)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        node = net.joined(signal).nodes[0]
        examples, *sizes = net.shape(node)
        axes = ("example", "unit")
        shape = {"shape": (examples, prod(sizes))}
        return Signal((net.apply(name, "reshape", (node,), shape, axes),), axes)
