"""An embedding: the data are whole numbers from 1, which pick rows of a matrix."""

from collections.abc import Iterator, Mapping

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind, Misfit
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import TRAINABLE, WEIGHTS, Model, Weights, key

__all__ = ["EmbeddingLayer"]


class EmbeddingLayer(Model, LayerKind, also=TRAINABLE):
    kind = "embedding"

    embedding: Weights = key(WEIGHTS, "One row a token; the data x are whole numbers from 1, rows of it.")

    def leaves(self, n: int) -> Iterator[LayerArray]:
        yield LayerArray(f"E{n}", self.embedding, ("embedding",), ("token", "unit"))

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        return shape

    def data_axes(self, count: int) -> tuple[str, ...]:
        return ("token",)[:count]

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n = check.number
        if n > 1:
            check.fault((), "an embedding stands first: it takes the data, whole numbers.", "Put it first.")
            raise Misfit
        _, width = check.matrix(f"E{n}", "the rows", "Write one row a token: [[0, 1], [1, 0]].")
        check.axes(flow, (0, 1), "one whole number or a list of them")
        return flow.after(n, (*flow.shape, width))

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        axes = (*signal.axes, "unit")
        rows = net.apply(name, "rows", (net.leaf(f"E{n}"), signal.nodes[0]), axes=axes)
        return Signal((rows,), axes)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], self.kind, bias=False, kind=self.kind, shape=flow.shape)
