"""A convolution as deep learning has it, in one or two dimensions, and an activation of it."""

from collections.abc import Iterator, Mapping

from backprop_tutor.engine.sliding import sliding
from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.errors import ShapeError
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import SETTINGS, Flow, LayerCheck, LayerKind, Misfit, activation
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import (
    ARRAY,
    PADDING,
    SIZES,
    TRAINABLE,
    WEIGHTS,
    Array,
    Model,
    Sizes,
    Weights,
    key,
)
from backprop_tutor.language.counted import many

__all__ = ["ConvLayer"]

LAYOUTS = {3: "(channels, width)", 4: "(channels, height, width)"}


class ConvForm(Model):
    kernel: Weights = key(WEIGHTS, "Kernels (out channels, in channels, height, width), or (out, in, width).")
    bias: Array | None = key(ARRAY, "One number a kernel. Without this key there is no bias.", None)
    stride: Sizes = key(SIZES, "How far a kernel moves on; 1 if not given.", 1)
    padding: Sizes = key(PADDING, "How many zeros stand around the input; 0 if not given.", 0)


class ConvLayer(Model, LayerKind, also=SETTINGS | TRAINABLE):
    kind = "conv"

    conv: ConvForm = key(ConvForm.reference, "The kernels, their bias, stride and padding.")
    activation: str = activation("The function applied to the convolution.", "linear")

    @property
    def applies(self) -> str:
        return self.activation

    def leaves(self, n: int) -> Iterator[LayerArray]:
        axes = ("out", "in", "row", "column")
        yield LayerArray(f"K{n}", self.conv.kernel, ("conv", "kernel"), axes)
        if self.conv.bias is not None:
            yield LayerArray(f"b{n}", self.conv.bias, ("conv", "bias"), ("channel",))

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        """A plain (height, width) is one channel."""
        plain = "K1" in values and len(shape) == values["K1"].ndim - 2
        return (1, *shape) if plain else shape or (1,)

    def data_axes(self, count: int) -> tuple[str, ...]:
        return ("channel", "row", "column")[:count]

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n = check.number
        kernel = check.matrix(
            f"K{n}", "the kernels", "Write (out, in, height, width), or (out, in, width).", (4, 3)
        )
        check.axes(flow, (len(kernel) - 1,), LAYOUTS[len(kernel)])
        if kernel[1] != flow.shape[0]:
            check.fault(
                ("conv", "kernel"),
                f"the kernels have shape {kernel} and take {many(kernel[1], 'channel')}, but {flow.source} "
                f"the shape {flow.shape}: {many(flow.shape[0], 'channel')}.",
                "The second axis of the kernels counts the channels that come in.",
            )
        check.units(f"b{n}", "the bias", kernel, "kernels")
        try:
            windows = sliding(
                flow.shape[1:], kernel[2:], self.conv.stride, self.conv.padding, (flow.shape, kernel)
            )
        except ShapeError as error:
            check.fault(("conv", "kernel"), f"{error.what}.", error.hint)
            raise Misfit from None
        return flow.after(n, (kernel[0], *windows.outputs), in_steps=False, channels=True)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        node = net.joined(signal).nodes[0]
        arrays = net.given(f"K{n}", f"b{n}")
        places = len(net.shape(node)) - 2
        axes = ("example", "channel", "row", "column")[: 2 + places]
        sizes = {"stride": self.conv.stride, "padding": self.conv.padding}
        total = net.apply(f"net{n}", f"conv{places}d", (node, *arrays), sizes, axes)
        return Signal((net.activation(name, self.activation, self.said(SETTINGS), total, axes),), axes)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[0], self.activation, self.conv.bias is not None, self.kind, flow.shape)
