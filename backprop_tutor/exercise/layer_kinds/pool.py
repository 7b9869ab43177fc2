"""Pooling: the largest entry of each window, or their mean."""

from collections.abc import Mapping

from backprop_tutor.engine.sliding import sliding
from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.errors import ShapeError
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind, Misfit
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import SIZES, Model, Sizes, key, one_of

__all__ = ["PoolLayer"]

OPS = {"max": "max_pool", "mean": "mean_pool"}


class PoolLayer(Model, LayerKind):
    kind = "pool"

    pool: str = key(one_of(OPS), "max or mean; of equal maxima the first one passes the gradient.")
    size: Sizes = key(SIZES, "How wide a window is.")
    stride: Sizes | None = key(SIZES, "How far it moves on; its size if not given.", None)

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        return (1, *shape) if len(shape) in (1, 2) else shape or (1, 1)

    def data_axes(self, count: int) -> tuple[str, ...]:
        return ("channel", "row", "column")[:count]

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        check.axes(flow, (2, 3), "(channels, height, width) or (channels, width)")
        size, stride = self._sizes(len(flow.shape) - 1)
        try:
            windows = sliding(flow.shape[1:], size, stride, 0)
        except ShapeError as error:
            check.fault(("size",), f"{error.what}.", error.hint)
            raise Misfit from None
        return flow.after(check.number, (flow.shape[0], *windows.outputs), in_steps=False, channels=True)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        (node,) = net.joined(signal).nodes
        axes = ("example", "channel", "row", "column")[: len(net.shape(node))]
        size, stride = self._sizes(len(axes) - 2)
        if len(size) == 1:  # a window over the last two axes that is one channel wide
            size, stride = (1, *size), (1, *stride)
        sizes = {"size": _short(size), "stride": _short(stride)}
        return Signal((net.apply(name, OPS[self.pool], (node,), sizes, axes),), axes)

    def _sizes(self, places: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        size, stride = (
            value if isinstance(value, tuple) else (value,) * places
            for value in (self.size, self.size if self.stride is None else self.stride)
        )
        return size, stride

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[0], self.pool, bias=False, kind=self.kind, shape=flow.shape)


def _short(size: tuple[int, ...]) -> Sizes:
    """One number where it is the same for each axis."""
    return size[0] if len(set(size)) == 1 else size
