"""A residual block: what comes in is added to what comes out of the layers inside."""

from collections.abc import Sequence

from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_kind import ANY_LAYER, BlockKind, Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.schema_types import Model, key, list_of

__all__ = ["ResidualBlock"]


class ResidualBlock(Model, BlockKind):
    kind = "residual"

    residual: list[LayerKind] = key(
        list_of(ANY_LAYER, least=1), "The layers inside; what comes in is added to what comes out."
    )

    @property
    def inner(self) -> Sequence[LayerKind]:
        return self.residual

    def close(self, check: LayerCheck, before: Flow, after: Flow) -> Flow:
        if before.shape != after.shape:
            check.fault(
                (),
                f"the residual block gives the shape {after.shape} an example, but takes {before.shape}: "
                "they cannot be added.",
                "Let the layers inside end with as many units as come in.",
            )
        return after

    def join(self, net: Assembler, before: Signal, after: Signal, name: str) -> Signal:
        if after.in_steps != before.in_steps:
            before, after = (net.steps(side) for side in (before, after))
        pairs = enumerate(zip(before.nodes, after.nodes, strict=True), 1)
        nodes = tuple(
            net.apply(f"{name}<{s}>" if after.in_steps else name, "add", pair, axes=after.axes)
            for s, pair in pairs
        )
        return Signal(nodes, after.axes, after.in_steps)
