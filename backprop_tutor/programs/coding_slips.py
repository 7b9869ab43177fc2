"""What usual slips in array code give for a whole quantity: axes, shapes, labels, memory, overflow."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations, permutations, product
from math import prod

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import unbroadcast
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.language.step_index import split_step
from backprop_tutor.programs.array_step import ArrayStep, CodingSlip, CodingSlips, Upstream, attempt, made

__all__ = ["CODING_SLIPS", "blown_up", "blown_up_to"]

MOST_AXES = 4
LARGE = 80.0  # a number whose exponential float32 does not hold
NEARLY = 1e-9  # of a number: 2.9999999999 is 3, but cut off it is 2


def transposed(step: ArrayStep) -> CodingSlips:
    """The axes of the result in another order."""
    right = step.right
    if right is None or not 2 <= right.ndim <= MOST_AXES:
        return
    for order in permutations(range(right.ndim)):
        if order != tuple(range(right.ndim)):
            says = "rows and columns exchanged" if right.ndim == 2 else f"its axes in the order {order}"
            yield CodingSlip("transposed", says, right.transpose(order))


def summed(step: ArrayStep) -> CodingSlips:
    """Where a gradient is the sum of what comes back over some axes: other axes, a mean, no sum at all."""
    right, terms = step.right, [term for one in step.upstream if (term := _spread_out(one)) is not None]
    if right is None or len(terms) < max(len(step.upstream), 1) or len({term.shape for term in terms}) > 1:
        return
    g = sum(terms[1:], start=terms[0])
    if g.ndim > MOST_AXES or g.size == right.size:
        return
    one = step.upstream[0]
    names = f"{{{one.name}}} times its local derivative" if one.op.scales else f"{{{one.name}}}"
    if len(terms) > 1:
        names = "what comes back from all steps"
    ways = [axes for count in range(1, g.ndim + 1) for axes in combinations(range(g.ndim), count)]
    totals = ((axes, g.sum(axis=axes)) for axes in ways)
    due = next((a for a, t in totals if t.size == right.size and np.allclose(t.ravel(), right.ravel())), None)
    if due is None:
        return
    over = _axes(due)
    yield CodingSlip("bias-not-summed", f"{names} itself, not summed over {over}", g)
    for axes in ways:
        if axes != due:
            says = f"{names} summed over {_axes(axes)}, not over {over}"
            for total in _in_every_shape(g.sum(axis=axes, keepdims=True), axes, right.shape):
                yield CodingSlip("summed-over-wrong-axis", says, total)
        says = f"the mean of {names} over {_axes(axes)} where its sum over {over} belongs"
        for mean in _in_every_shape(g.mean(axis=axes, keepdims=True), axes, right.shape):
            yield CodingSlip("mean-for-sum", says, mean)


def _spread_out(one: Upstream) -> Array | None:
    """What comes back by one path before it is summed up to the shape of the input."""
    if not one.op.is_elementwise:
        return one.g
    return one.sent(one.g, one.y, [np.broadcast_to(x, one.g.shape) for x in one.inputs])


def _in_every_shape(kept: Array, axes: tuple[int, ...], shape: Shape) -> Iterator[Array]:
    """A reduced array with its axes of length 1, without them, and spread out to the `shape` asked."""
    bare = kept.squeeze(axis=axes)
    yield from (kept, bare)
    if bare.size == 1 and shape != bare.shape:
        yield np.full(shape, bare.reshape(()))


def unweighted(step: ArrayStep) -> CodingSlips:
    """Where numbers were multiplied and spread out, what comes back without the other factor."""
    for one in step.upstream if len(step.upstream) == 1 else ():
        if one.op.scales and one.g.shape != step.node.shape:
            says = f"the gradient of {{{one.node.name}}} alone: the local derivative left out"
            yield from made(
                "local-forgotten", says, attempt(partial(unbroadcast, FLOAT64, one.g, step.node.shape))
            )


def _axes(axes: tuple[int, ...]) -> str:
    """In NumPy's count: axis 0, axes (0, 2)."""
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"


def along_other_axes(step: ArrayStep) -> CodingSlips:
    """Softmax, a norm or a reduction along another axis than its own."""
    if step.is_forward and step.inputs:
        op, x = ops.get(step.node.op), step.inputs[0]
        if op.across == "shares":
            yield from _shares(step)
        for says, there, back in _turned(x) if op.across or op.over else ():
            turned = step.forward([there(x), *step.inputs[1:]])
            yield from made("wrong-axis", f"{op.name} taken {says}", None if turned is None else back(turned))
        if "axis" in step.node.params:
            for axis in (None, *range(1, x.ndim + 1)):
                if axis != step.node.params["axis"]:
                    over = "over all axes" if axis is None else f"over axis {axis - 1}"
                    taken = step.forward(step.inputs, axis=axis)
                    says = f"{op.name} taken {over}"
                    for array in [] if taken is None else _in_every_shape(taken, (), step.node.shape):
                        yield CodingSlip("wrong-axis", says, array)
                    if taken is not None and axis is not None and taken.ndim == x.ndim - 1:
                        yield CodingSlip("wrong-axis", says, np.expand_dims(taken, int(axis) - 1))
    for one in step.upstream:
        if one.op.across:
            for says, there, back in _turned(one.y):
                sent = one.sent(there(one.g), there(one.y), [there(x) for x in one.inputs])
                words = f"the derivative of {one.op.name} taken {says}"
                yield from made("wrong-axis", words, None if sent is None else back(sent))
        if one.op.across == "shares":
            sent = one.y * (one.g - (one.g * one.y).mean(axis=-1, keepdims=True))
            says = f"the mean of {{{one.name}}} times {{{one.node.name}}} in softmax's derivative, not a sum"
            yield CodingSlip("mean-for-sum", says, sent)


def _shares(step: ArrayStep) -> CodingSlips:
    """Softmax with its sum over another axis than the largest number that was taken off, or not divided by
    the sum at all."""
    x = step.inputs[0]
    axes: list[int | None] = [None, *range(x.ndim)]
    own = {"axis": -1, "keepdims": True}
    shifted = np.exp(x - x.max(**own))
    for off, over in product(axes, axes):
        powers = np.exp(x - x.max(axis=off, keepdims=True))
        last = f"not over axis {x.ndim - 1}"
        where = f"over all numbers, {last}" if over is None else f"over axis {over}, {last}"
        if over != x.ndim - 1:
            shares = powers / powers.sum(axis=over, keepdims=True)
            yield CodingSlip("wrong-axis", f"softmax's sum taken {where}", shares)
        elif off not in (None, over):
            says = f"the largest taken off over axis {off}, {last}: only a number common to a sum cancels"
            yield CodingSlip("wrong-axis", says, powers / powers.sum(**own))
    with np.errstate(over="ignore"):
        for powers in (np.exp(x), shifted, np.exp(x - x.max())):
            yield CodingSlip("not-normalised", "exp alone, not divided by its sum", powers)
    by_mean = shifted / shifted.mean(**own)
    yield CodingSlip("not-normalised", "exp divided by its mean, not by its sum", by_mean)


Turn = Callable[[Array], Array]


def _turned(x: Array) -> Iterator[tuple[str, Turn, Turn]]:
    """Ways to look at the array with another axis as the last one, and back."""
    for axis in range(x.ndim - 1):
        yield (
            f"over axis {axis}, not over the last one",
            partial(np.swapaxes, axis1=axis, axis2=-1),
            partial(np.swapaxes, axis1=axis, axis2=-1),
        )
    if x.ndim > 1:
        yield "over all numbers at once", np.ravel, lambda a: a.reshape(x.shape)


def labels(step: ArrayStep) -> CodingSlips:
    """Targets or row numbers counted from the wrong end."""
    graph = step.ledger.graph
    for name in step.leaves():
        value = np.asarray(step.known[name], dtype=float)
        if (most := graph.whole_numbers.get(name)) is not None:
            for move in (1, -1):
                moved = (value - 1 + move) % most + 1
                says = f"the numbers of {{{name}}} off by one"
                yield from made("labels-off-by-one", says, step.again({name: moved}))
        elif name in {target for target, _ in graph.targets} and _is_one_hot(value):
            for move in (1, -1):
                says = f"the labels in {{{name}}} off by one class"
                yield from made("labels-off-by-one", says, step.again({name: np.roll(value, move, axis=-1)}))


def _is_one_hot(value: Array) -> bool:
    if not value.ndim or value.shape[-1] < 2:
        return False
    return bool(np.all(value.sum(axis=-1) == 1) and np.all((value == 0) | (value == 1)))


def blown_up(step: ArrayStep, computed: Callable[[Mapping[str, Array]], Array | None]) -> CodingSlips:
    """A column and a row, broadcast to a matrix; `computed` is the step's formula with other arrays."""
    for name, other, says, _ in _spreads(step):
        for array in (computed({name: other}), step.again({name: other})):
            yield from made("broadcast-blow-up", says, array)


def blown_up_to(step: ArrayStep, shape: Shape) -> str:
    """Which two arrays would broadcast to `shape`, in words; nothing where none do."""
    return next((says for _, _, says, spread in _spreads(step) if spread == shape), "")


def _spreads(step: ArrayStep) -> Iterator[tuple[str, Array, str, Shape]]:
    """What the step uses, as a row or a column where it is the other, with what that broadcasts to."""
    names = (*step.leaves(), *step.ledger.needs[step.quantity])
    arrays = {name: np.asarray(step.known[name]) for name in names}
    for name, value in arrays.items():
        flat = value.reshape([size for size in value.shape if size > 1])
        column = [value[:, None]] if value.ndim == 1 and value.size > 1 else []
        for other in [*([flat] if flat.shape != value.shape else []), *column]:
            partner = next((n for n, a in arrays.items() if n != name and _spread(a, other, value)), "")
            if partner:
                spread = np.broadcast_shapes(arrays[partner].shape, other.shape)
                says = (
                    f"{{{partner}}} of shape {arrays[partner].shape} and {{{name}}} of shape {other.shape} "
                    f"broadcast to {spread}"
                )
                yield name, other, says, spread


def _spread(a: Array, other: Array, value: Array) -> bool:
    """Whether `other`, but not `value` itself, makes more of `a` than there was."""
    try:
        spread = np.broadcast_shapes(a.shape, other.shape)
    except ValueError:
        return False
    return prod(spread) > max(int(a.size), int(value.size))


def overflowed(step: ArrayStep) -> CodingSlips:
    """exp of large numbers, without the largest taken off first."""
    if step.is_forward and len(step.inputs) == 1 and ops.get(step.node.op).across:
        op, x = ops.get(step.node.op), step.inputs[0]
        for kind, name in ((np.float64, "float64"), (np.float32, "float32")):
            powers = np.exp(x.astype(kind))
            naive = powers / powers.sum(axis=-1, keepdims=True)
            naive = np.log(naive) if op.across == "logarithms" else naive
            if not np.isfinite(naive).all():
                says = f"exp of {{{step.node.parents[0]}}} infinite in {name}: take its largest off first"
                yield CodingSlip("overflow-without-shift", says, naive.astype(float))


def overflowed_loss(step: ArrayStep) -> CodingSlips:
    """A loss of logits by way of their shares, of which one is 0 or infinite."""
    op = ops.get(step.node.op) if step.is_forward else None
    if op is None or not op.loss or op.loss.outputs != "logits" or not step.inputs:
        return
    if np.abs(step.inputs[0]).max(initial=0.0) > LARGE:
        says = f"exp of {{{step.node.parents[0]}}} infinite or 0: take its largest off, keep to logarithms"
        for value in (np.nan, np.inf, -np.inf):
            yield CodingSlip("overflow-without-shift", says, np.full(step.node.shape, value))


def cut(step: ArrayStep) -> CodingSlips:
    """Put into an array of whole numbers."""
    right = step.right
    if right is None or not np.isfinite(right).all() or not right.size:
        return
    for says, whole in (
        ("cut off", np.trunc(right)),
        ("cut off", np.trunc(right * (1 - NEARLY))),
        ("rounded down", np.floor(right)),
        ("rounded", np.round(right)),
    ):
        what = f"the decimals {says}: an array of integers keeps whole numbers only"
        yield CodingSlip("decimals-cut", what, whole)
    if np.abs(right).max() < 2**31:
        wrapped = np.trunc(right).astype(np.int64).astype(np.uint8).astype(float)
        yield CodingSlip("decimals-cut", "the decimals cut off and the rest kept in 8 bits", wrapped)


def left_out(step: ArrayStep) -> CodingSlips:
    """The first or the last example left out of a sum over all."""
    for one in step.upstream:
        count = len(one.g) if one.node.batched and one.g.ndim else 0
        for p in {0, count - 1} if count > 2 and not step.node.batched else ():
            g = one.g.copy()
            g[p] = 0
            sent = one.sent(g, one.y, one.inputs)
            rest = [other.sent(other.g, other.y, other.inputs) for other in step.upstream if other is not one]
            if sent is not None and all(r is not None for r in rest):
                total = sum((r for r in rest if r is not None), start=sent)
                yield CodingSlip("example-left-out", f"example {p + 1} left out of the sum", total)
    if step.is_forward and step.node.role == "loss" and step.inputs and step.inputs[0].ndim:
        count = len(step.inputs[0])
        if count > 2 and all(x.shape[:1] == (count,) for x in step.inputs):
            for p, kept in ((0, slice(1, None)), (count - 1, slice(None, -1))):
                part = step.forward([x[kept] for x in step.inputs])
                mean = bool(ops.get(step.node.op).mean)
                scaled = None if part is None else part * (count - 1) / count if mean else part
                yield from made("example-left-out", f"example {p + 1} left out of the sum", scaled)


def changed_afterwards(step: ArrayStep) -> CodingSlips:
    """An activation in whose place its derivative was put."""
    if step.is_forward and len(step.inputs) == 1 and step.right is not None:
        op = ops.get(step.node.op)
        if op.partials and op.activation:
            h = step.right
            for text, value in (
                ("h(1 - h)", h * (1 - h)),
                ("1 - h²", 1 - h**2),
                ("h(1 - h²)", h * (1 - h**2)),
            ):
                says = f"a change in place after it was worked out: {text} stands in it"
                yield CodingSlip("changed-in-place", says, value)


def from_later(step: ArrayStep) -> CodingSlips:
    """What is worked out from this array in the place of it: changed in place, through another name."""
    ledger, right = step.ledger, step.right
    if right is None:
        return
    known = {**step.known, step.quantity: right}
    for name, needs in ledger.needs.items():
        if step.quantity in needs and ledger.lines[name].node.shape == right.shape:
            says = f"a change in place after it was worked out: it holds {{{name}}}"
            yield from made("changed-in-place", says, ArrayStep(ledger, name, known).right)
    for name in _later_steps(step):
        says = f"a change in place after it was worked out: it holds {{{name}}}, in the same memory"
        yield CodingSlip("changed-in-place", says, np.asarray(step.known[name]))


def _later_steps(step: ArrayStep) -> Iterator[str]:
    """The same quantity in the steps of a recurrence that come after it, or before it on the way back."""
    base, number = split_step(step.quantity)
    for name in step.ledger.lines if number else ():
        is_alike = split_step(name)[0] == base and name.count("<") == 1
        if is_alike and name != step.quantity and np.shape(step.known[name]) == step.node.shape:
            yield name


CODING_SLIPS: tuple[Callable[[ArrayStep], CodingSlips], ...] = (
    transposed,
    summed,
    unweighted,
    along_other_axes,
    labels,
    overflowed,
    overflowed_loss,
    cut,
    left_out,
    changed_afterwards,
    from_later,
)
