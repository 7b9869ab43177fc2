"""The ops of recurrent layers: the net of a step, and how gates make the next state."""

from typing import Any

from backprop_tutor.engine.op import Op, Partial, unbroadcast
from backprop_tutor.engine.ops.layers import linear, linear_weights, linear_written
from backprop_tutor.engine.systems.base import Array, shape_of

__all__ = ["OPS"]


def _net(xp: Any, x: Array, W: Array, h: Array, U: Array, *bias: Array) -> Array:
    """net = W x + U h + b for every row x; a state `h` that is one vector is that of every row."""
    return linear(xp, x, W) + linear(xp, h, U, *bias)


def _net_written(xp: Any, x: Array, W: Array, h: Array, U: Array, *bias: Array) -> Array:
    return linear_written(xp, x, W) + linear_written(xp, h, U, *bias)


def _state(xp: Any, g: Array, h: Array, U: Array) -> Array:
    """What comes back to `h` through U."""
    return unbroadcast(xp, g @ U, h.shape)


def _weights(xp: Any, g: Array, h: Array) -> Array:
    """What comes back to the matrix that multiplies `h`."""
    return linear_weights(xp, g, _beside(xp, h, g))


def _beside(xp: Any, h: Array, g: Array) -> Array:
    """`h` once for each row of `g`."""
    return h if h.ndim == g.ndim else xp.broadcast(h, (*g.shape[:-1], h.shape[-1]))


def _bias(xp: Any, g: Array, b: Array) -> Array:
    return unbroadcast(xp, g, b.shape)


WEIGHTS = "{net} is linear: its derivative with respect to a weight is the number that it multiplies."
BIAS = "The bias enters {net} with the factor 1; the deltas of all examples add up."
INPUT = "A unit acts on every unit that it feeds; what comes back through each weight adds up."
STATE = "The state before acts on every unit of this step; what comes back through each weight adds up."


def _gate(name: str, forward: Any, partials: tuple[Partial, ...], **entry: Any) -> Op:
    """An op of corresponding elements that is written out wherever it stands."""

    def vjp(partial: Partial, slot: int) -> Any:
        def rule(xp: Any, g: Array, y: Array, *inputs: Array) -> Array:
            return unbroadcast(xp, g * partial(xp, y, *inputs), shape_of(inputs[slot]))

        return rule

    vjps = tuple(vjp(partial, slot) for slot, partial in enumerate(partials))
    return Op(name, forward, vjps, arity=(len(partials), len(partials)), **entry)


OPS = (
    Op(
        "recurrent",
        _net,
        (
            lambda xp, g, y, x, W, *rest: g @ W,
            lambda xp, g, y, x, W, *rest: linear_weights(xp, g, x),
            lambda xp, g, y, x, W, h, U, *b: _state(xp, g, h, U),
            lambda xp, g, y, x, W, h, U, *b: _weights(xp, g, h),
            lambda xp, g, y, x, W, h, U, b: _bias(xp, g, b),
        ),
        written=_net_written,
        rule="weighted sum of a step ({net})",
        derivative=(
            "linearity of {net}, sum over units",
            "linearity of {net}",
            "linearity of {net}, sum over units",
            "linearity of {net}",
            "linearity of {net} (bias)",
        ),
        computes="Each unit's {net} is the sum of its weights times the inputs of this step, plus its "
        "recurrent weights times the state before, plus its bias if it has one.",
        says=(INPUT, WEIGHTS, STATE, WEIGHTS, BIAS),
        arity=(4, 5),
        weights=(1, 3),
        carries=True,
    ),
    Op(
        "reset_recurrent",
        lambda xp, x, W, r, h, U, *b: _net(xp, x, W, r * h, U, *b),
        (
            lambda xp, g, y, x, W, *rest: g @ W,
            lambda xp, g, y, x, W, *rest: linear_weights(xp, g, x),
            lambda xp, g, y, x, W, r, h, U, *b: unbroadcast(xp, (g @ U) * h, r.shape),
            lambda xp, g, y, x, W, r, h, U, *b: unbroadcast(xp, (g @ U) * r, h.shape),
            lambda xp, g, y, x, W, r, h, U, *b: linear_weights(xp, g, r * h),
            lambda xp, g, y, x, W, r, h, U, b: _bias(xp, g, b),
        ),
        written=lambda xp, x, W, r, h, U, *b: _net_written(xp, x, W, r * h, U, *b),
        rule="weighted sum of a candidate ({net})",
        derivative=(
            "linearity of {net}, sum over units",
            "linearity of {net}",
            "product rule on the reset state",
            "product rule on the reset state",
            "linearity of {net}",
            "linearity of {net} (bias)",
        ),
        computes="The weighted sum of this step, of a state before that the reset gate multiplies first.",
        says=(
            INPUT,
            WEIGHTS,
            "The reset gate multiplies the state before: what comes back through U, times that state.",
            "The state before is multiplied by the reset gate: what comes back through U, times that gate.",
            WEIGHTS,
            BIAS,
        ),
        arity=(5, 6),
        weights=(1, 4),
        gates=(2,),
    ),
    Op(
        "gated_sum",
        lambda xp, x, W, r, a, *b: linear(xp, x, W, *b) + r * a,
        (
            lambda xp, g, y, x, W, *rest: g @ W,
            lambda xp, g, y, x, W, *rest: linear_weights(xp, g, x),
            lambda xp, g, y, x, W, r, a, *b: unbroadcast(xp, g * a, r.shape),
            lambda xp, g, y, x, W, r, a, *b: unbroadcast(xp, g * r, a.shape),
            lambda xp, g, y, x, W, r, a, b: _bias(xp, g, b),
        ),
        written=lambda xp, x, W, r, a, *b: linear_written(xp, x, W, *b) + r * a,
        rule="weighted sum of a candidate ({net})",
        derivative=(
            "linearity of {net}, sum over units",
            "linearity of {net}",
            "product rule on the reset state",
            "product rule on the reset state",
            "linearity of {net} (bias)",
        ),
        computes="The weighted sum of the inputs, plus the reset gate times that of the state before.",
        says=(
            INPUT,
            WEIGHTS,
            "The reset gate multiplies the weighted sum of the state before.",
            "The weighted sum of the state before is multiplied by the reset gate.",
            BIAS,
        ),
        arity=(4, 5),
        weights=(1,),
        gates=(2,),
    ),
    _gate(
        "cell_state",
        lambda xp, f, c, i, g: f * c + i * g,
        (
            lambda xp, y, f, c, i, g: c,
            lambda xp, y, f, c, i, g: f,
            lambda xp, y, f, c, i, g: g,
            lambda xp, y, f, c, i, g: i,
        ),
        rule="state of the cell",
        gates=(0, 2),
        derivative=("product rule",),
        computes="The forget gate times the cell before, plus the input gate times the candidate.",
        says=(
            "The forget gate is multiplied by the cell before.",
            "The cell passes its gradient back through the forget gate: no weight and no squashing between.",
            "The input gate is multiplied by the candidate.",
            "The candidate is multiplied by the input gate.",
        ),
    ),
    _gate(
        "cell_output",
        lambda xp, o, c: o * xp.tanh(c),
        (
            lambda xp, y, o, c: xp.tanh(c),
            lambda xp, y, o, c: o * (1 - xp.power(xp.tanh(c), 2)),
        ),
        rule="output of the cell",
        gates=(0,),
        derivative=("product rule", "derivative of tanh"),
        computes="The output gate times the tanh of the cell.",
        says=(
            "The output gate is multiplied by the tanh of the cell.",
            "The tanh of the cell is multiplied by the output gate, and tanh' = 1 - tanh².",
        ),
    ),
    _gate(
        "gated_state",
        lambda xp, u, n, h: (1 - u) * n + u * h,
        (
            lambda xp, y, u, n, h: h - n,
            lambda xp, y, u, n, h: 1 - u,
            lambda xp, y, u, n, h: u,
        ),
        rule="state between candidate and state before",
        gates=(0,),
        derivative=("product rule",),
        computes="1 minus the update gate times the candidate, plus the update gate times the state before.",
        says=(
            "The update gate has the state before with it and the candidate against it.",
            "The candidate is multiplied by 1 minus the update gate.",
            "The state before is multiplied by the update gate.",
        ),
    ),
)
