"""A recurrent layer: net<s> = W x<s> + U h<s-1> + b, and an activation of it."""

from collections.abc import Iterator, Mapping

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import SETTINGS, Flow, LayerCheck, LayerKind, activation
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import ARRAY, TRAINABLE, WEIGHTS, Array, Model, Weights, key
from backprop_tutor.exercise.states import INITIAL, STEP_AXES, Gate, Initial, check_state, rows_of, state_leaf

__all__ = ["RnnLayer"]


class RnnLayer(Model, LayerKind, also=SETTINGS | TRAINABLE):
    kind = "rnn"
    is_recurrent = True

    rnn: str = activation("The function applied to net<s> = W x<s> + U h<s-1> + b.")
    weights: Weights = key(WEIGHTS, "One row a unit of this layer, one column an input to it.")
    recurrent: Weights = key(WEIGHTS, "One row a unit, one column a unit of the state before.")
    bias: Array | None = key(ARRAY, "One number a unit. Without this key there is no bias.", None)
    initial: Initial = key(INITIAL, "h<0>, one number a unit; zeros if not given.", None)

    @property
    def applies(self) -> str:
        return self.rnn

    def leaves(self, n: int) -> Iterator[LayerArray]:
        yield from Gate(n).leaves(self.weights, self.recurrent, self.bias)
        yield state_leaf(f"h{n}<0>", self.initial, f"W{n}")

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        return rows_of(shape)

    def data_axes(self, count: int) -> tuple[str, ...]:
        return STEP_AXES

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n = check.number
        check.axes(flow, (2,), "rows that are steps")
        units = Gate(n).check(check, flow)
        check_state(check, f"h{n}<0>", units)
        return flow.after(n, (flow.shape[0], units), in_steps=True)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        inputs, axes = net.steps(signal), ("example", "unit")
        W, U, *bias = Gate(n).arrays(net)
        state = net.leaf(f"h{n}<0>")
        states = []
        for s, x in enumerate(inputs.nodes, 1):
            total = net.apply(f"net{n}<{s}>", "recurrent", (x, W, state, U, *bias), axes=axes)
            state = net.activation(f"h{n}<{s}>", self.rnn, self.said(SETTINGS), total, axes)
            states.append(state)
        return Signal(tuple(states), axes, in_steps=True)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], self.rnn, self.bias is not None, self.kind, flow.shape)
