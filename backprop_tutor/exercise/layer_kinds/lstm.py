"""A layer of long short-term memory: gates i, f and o, a candidate g, and a cell that hands on its state."""

from collections.abc import Iterator, Mapping

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import TRAINABLE, Model, key
from backprop_tutor.exercise.states import (
    INITIAL,
    STEP_AXES,
    Gate,
    GateForm,
    Initial,
    check_state,
    rows_of,
    state_leaf,
)

__all__ = ["LstmLayer"]

GATES = {"i": "sigmoid", "f": "sigmoid", "o": "sigmoid", "g": "tanh"}


class LstmGates(Model):
    i: GateForm = key(GateForm.reference, "The input gate.")
    f: GateForm = key(GateForm.reference, "The forget gate.")
    o: GateForm = key(GateForm.reference, "The output gate.")
    g: GateForm = key(GateForm.reference, "The candidate.")


class LstmStates(Model):
    h: Initial = key(INITIAL, "h<0>, one number a unit; zeros if not given.", None)
    c: Initial = key(INITIAL, "c<0>, one number a unit; zeros if not given.", None)


class LstmLayer(Model, LayerKind, also=TRAINABLE):
    kind = "lstm"
    is_recurrent = True

    lstm: LstmGates = key(LstmGates.reference, "c<s> = f c<s-1> + i g and h<s> = o tanh(c<s>).")
    initial: LstmStates | None = key(LstmStates.reference, "The first states h and c.", None)

    def leaves(self, n: int) -> Iterator[LayerArray]:
        for letter in GATES:
            form: GateForm = getattr(self.lstm, letter)
            yield from Gate(n, letter).leaves(form.weights, form.recurrent, form.bias, "lstm", letter)
        for state in ("h", "c"):
            first = getattr(self.initial, state) if self.initial else None
            yield state_leaf(f"{state}{n}<0>", first, f"W_i{n}", state)

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        return rows_of(shape)

    def data_axes(self, count: int) -> tuple[str, ...]:
        return STEP_AXES

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        check.axes(flow, (2,), "rows that are steps")
        units = None
        for letter in GATES:
            units = Gate(check.number, letter).check(check, flow, units)
        assert units is not None
        for state in ("h", "c"):
            check_state(check, f"{state}{check.number}<0>", units)
        return flow.after(check.number, (flow.shape[0], units), in_steps=True)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        inputs, axes = net.steps(signal), ("example", "unit")
        gates = {letter: Gate(n, letter).arrays(net) for letter in GATES}
        h, c = net.leaf(f"h{n}<0>"), net.leaf(f"c{n}<0>")
        states = []
        for s, x in enumerate(inputs.nodes, 1):
            at = {}
            for letter, (W, U, *bias) in gates.items():
                total = net.apply(f"net_{letter}{n}<{s}>", "recurrent", (x, W, h, U, *bias), axes=axes)
                at[letter] = net.activation(f"{letter}{n}<{s}>", GATES[letter], {}, total, axes)
            c = net.apply(f"c{n}<{s}>", "cell_state", (at["f"], c, at["i"], at["g"]), axes=axes)
            h = net.apply(f"h{n}<{s}>", "cell_output", (at["o"], c), axes=axes)
            states.append(h)
        return Signal(tuple(states), axes, in_steps=True)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], "lstm", self.lstm.i.bias is not None, self.kind, flow.shape)
