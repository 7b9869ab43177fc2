"""A gated recurrent layer: gates r and u, a candidate n, and h<s> = (1 - u) n + u h<s-1>."""

from collections.abc import Iterator, Mapping
from typing import Literal

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import ARRAY, TRAINABLE, WEIGHTS, Array, Model, Weights, key, word
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

__all__ = ["GruLayer"]

GATES = ("r", "u", "n")
Reset = Literal["before", "after"]


class CandidateForm(Model):
    weights: Weights = key(WEIGHTS, "One row a unit, one column an input.")
    recurrent: Weights = key(WEIGHTS, "One row a unit, one column a unit of the state before.")
    bias: Array | None = key(ARRAY, "One number a unit. Without this key there is no bias.", None)
    recurrent_bias: Array | None = key(
        ARRAY, "With `reset: after`: d in r * (U h<s-1> + d), as PyTorch's GRU has it.", None
    )


class GruGates(Model):
    r: GateForm = key(GateForm.reference, "The reset gate.")
    u: GateForm = key(GateForm.reference, "The update gate, which keeps the state before.")
    n: CandidateForm = key(CandidateForm.reference, "The candidate.")


class GruLayer(Model, LayerKind, also=TRAINABLE):
    kind = "gru"
    is_recurrent = True

    gru: GruGates = key(GruGates.reference, "h<s> = (1 - u) n + u h<s-1>.")
    reset: Reset = key(
        word(Reset),
        "n = tanh(W x + U (r * h<s-1>) + b), or after: tanh(W x + b + r * (U h<s-1> + d)).",
        "before",
    )
    initial: Initial = key(INITIAL, "h<0>, one number a unit; zeros if not given.", None)

    def leaves(self, n: int) -> Iterator[LayerArray]:
        for letter in GATES:
            form: GateForm | CandidateForm = getattr(self.gru, letter)
            yield from Gate(n, letter).leaves(form.weights, form.recurrent, form.bias, "gru", letter)
        if self.gru.n.recurrent_bias is not None:
            yield LayerArray(f"d_n{n}", self.gru.n.recurrent_bias, ("gru", "n", "recurrent_bias"), ("unit",))
        yield state_leaf(f"h{n}<0>", self.initial, f"W_r{n}")

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        return rows_of(shape)

    def data_axes(self, count: int) -> tuple[str, ...]:
        return STEP_AXES

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n, units = check.number, None
        check.axes(flow, (2,), "rows that are steps")
        for letter in GATES:
            units = Gate(n, letter).check(check, flow, units)
        assert units is not None
        check.units(f"d_n{n}", "the recurrent bias of n", check.shape(f"W_n{n}"))
        if self.reset == "before" and self.gru.n.recurrent_bias is not None:
            check.fault(
                ("gru", "n", "recurrent_bias"),
                "a recurrent bias belongs to `reset: after`.",
                "Remove it, or write `reset: after`.",
                key=True,
            )
        check_state(check, f"h{n}<0>", units)
        return flow.after(n, (flow.shape[0], units), in_steps=True)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        inputs, axes = net.steps(signal), ("example", "unit")
        (Wr, Ur, *br), (Wu, Uu, *bu), (Wn, Un, *bn) = (Gate(n, letter).arrays(net) for letter in GATES)
        d = net.given(f"d_n{n}")
        h = net.leaf(f"h{n}<0>")
        states = []
        for s, x in enumerate(inputs.nodes, 1):

            def gate(letter: str, op: str, parents: tuple[str, ...], word: str, s: int = s) -> str:
                total = net.apply(f"net_{letter}{n}<{s}>", op, parents, axes=axes)
                return net.activation(f"{letter}{n}<{s}>", word, {}, total, axes)

            r = gate("r", "recurrent", (x, Wr, h, Ur, *br), "sigmoid")
            u = gate("u", "recurrent", (x, Wu, h, Uu, *bu), "sigmoid")
            if self.reset == "before":
                candidate = gate("n", "reset_recurrent", (x, Wn, r, h, Un, *bn), "tanh")
            else:
                own = net.axes_of(h)
                back = net.apply(f"a_n{n}<{s}>", "linear", (h, Un, *d), axes=own)
                candidate = gate("n", "gated_sum", (x, Wn, r, back, *bn), "tanh")
            h = net.apply(f"h{n}<{s}>", "gated_state", (u, candidate, h), axes=axes)
            states.append(h)
        return Signal(tuple(states), axes, in_steps=True)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], "gru", self.gru.r.bias is not None, self.kind, flow.shape)
