"""A layer of units: net = W x + b, and an activation of it."""

from collections.abc import Callable, Iterator

from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import SETTINGS, Flow, LayerCheck, LayerKind, activation
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.schema_types import ARRAY, TRAINABLE, WEIGHTS, Array, Model, Weights, key

__all__ = ["Layer"]


class Layer(Model, LayerKind, also=SETTINGS | TRAINABLE):
    activation: str = activation("The function applied to net = W x + b.")
    weights: Weights = key(WEIGHTS, "One row a unit of this layer, one column an input to it.")
    bias: Array | None = key(ARRAY, "One number a unit. Without this key there is no bias.", None)

    @property
    def applies(self) -> str:
        return self.activation

    def leaves(self, n: int) -> Iterator[LayerArray]:
        yield LayerArray(f"W{n}", self.weights, ("weights",), ("unit", "input"))
        if self.bias is not None:
            yield LayerArray(f"b{n}", self.bias, ("bias",), ("unit",))

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n = check.number
        check.axes(flow, (1, 2), "a row of numbers, or several")
        weights = check.weights(f"W{n}", "weights", flow)
        check.units(f"b{n}", "the bias", weights)
        return flow.after(n, (*flow.shape[:-1], weights[0]))

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        arrays = net.given(f"W{n}", f"b{n}")
        axes, settings = (*signal.axes[:-1], "unit"), self.said(SETTINGS)

        def unit(node: str, at: Callable[[str], str]) -> str:
            total = net.apply(at(f"net{n}"), "linear", (node, *arrays), axes=axes)
            return net.activation(at(name), self.activation, settings, total, axes)

        return net.each(signal, axes, unit)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], self.activation, self.bias is not None)
