"""What usual slips in the code of layers give for a whole quantity: other functions, steps, kernels."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.language.step_index import split_step
from backprop_tutor.programs.array_step import ArrayStep, CodingSlip, CodingSlips, Upstream, attempt, made

__all__ = ["LAYER_SLIPS"]


def other_functions(step: ArrayStep) -> CodingSlips:
    """An activation like the right one, or its derivative, in the place of it."""
    if step.is_forward and len(step.inputs) == 1:
        own = ops.get(step.node.op)
        for other in _like(own):
            value = attempt(partial(other.forward, FLOAT64, step.inputs[0]))
            yield from made("other-function", f"{other.name} where {own.name} belongs", value)
    for one in step.upstream if len(step.upstream) == 1 else ():
        for other in _like(one.op, alike=True):
            slope = attempt(partial(other.partials[0], FLOAT64, one.y, one.inputs[0]))
            says = f"the derivative of {other.name} where that of {one.op.name} belongs"
            yield from made("other-function", says, None if slope is None else one.g * slope)


def _like(op: Op, *, alike: bool = False) -> list[Op]:
    """The other activations of single numbers; those that are flat in the same places, or all of them."""
    if not op.activation or len(op.partials) != 1:
        return []
    others = (ops.get(name) for name in ops.activations())
    found = [o for o in others if o.name != op.name and len(o.partials) == 1 and o.activation]
    return [o for o in found if not alike or (o.activation and o.activation.flat == op.activation.flat)]


def twice(step: ArrayStep) -> CodingSlips:
    """The derivative of an activation multiplied by once more."""
    for one in step.upstream if len(step.upstream) == 1 else ():
        if one.op.activation and len(one.inputs) == 1 and step.right is not None:
            says = f"the derivative of {one.op.name} applied twice"
            yield from made("derivative-twice", says, one.sent(step.right, one.y, one.inputs))


def other_steps(step: ArrayStep) -> CodingSlips:
    """In every step of a recurrence, the array of the step before or after, or another one."""
    families: dict[str, list[str]] = {}
    for name in step.ledger.needs.get(step.quantity, ()):
        base, number = split_step(name)
        if number and name.count("<") == 1:
            families.setdefault(base, []).append(name)
    for base, members in families.items():
        if len(members) < 2:
            continue
        for move, says in ((1, "the step after"), (-1, "the step before")):
            moved = {
                name: step.known[other] for name in members if (other := _moved(name, move)) in step.known
            }
            if len(moved) >= len(members) - 1:
                words = f"{{{members[0]}}} and its like of {says}, not of the step itself"
                yield from made("neighbour-taken", words, step.again(moved))
        for other, others in families.items():
            if other != base and len(others) == len(members):
                taken = {name: step.known[o] for name, o in zip(members, others, strict=True)}
                words = f"{{{others[0]}}} where {{{members[0]}}} belongs, in every step"
                yield from made("wrong-layer-input", words, step.again(taken))


def _moved(name: str, by: int) -> str:
    number = split_step(name)[1]
    return name.replace(f"<{number}>", f"<{int(number) + by}>")


def other_pools(step: ArrayStep) -> CodingSlips:
    """The mean of each window for its largest number, or the other way round."""
    if not step.is_forward or len(step.inputs) != 1:
        return
    own = ops.get(step.node.op)
    for other in ops.TABLE.values():
        if own.sizes and other is not own and other.options == own.options and other.arity == own.arity:
            value = attempt(partial(other.forward, FLOAT64, step.inputs[0], **step.node.params))
            yield from made("other-function", f"{other.name} where {own.name} belongs", value)


def kernels(step: ArrayStep) -> CodingSlips:
    """Kernels turned round, other windows."""
    if step.is_forward and (turned := _kernel(step.node.op)) is not None:
        name = step.node.parents[turned]
        for flipped in _flips(step.inputs[turned]):
            inputs = [flipped if i == turned else a for i, a in enumerate(step.inputs)]
            yield from made("kernel-flipped", f"{{{name}}} turned round", step.forward(inputs))
    if step.is_forward:
        for key, usual in (("padding", 0), ("stride", 1)):
            if step.node.params.get(key, usual) != usual:
                yield from made(
                    "window-settings", f"the {key} left out", step.forward(step.inputs, **{key: usual})
                )
    for one in step.upstream:
        slot = _kernel(one.node.op)
        if slot is None:
            continue
        if one.slot == slot and step.right is not None:
            for flipped in _flips(step.right):
                yield CodingSlip("kernel-flipped", "the gradient of the kernel turned round", flipped)
        elif one.slot == 0:
            for flipped in _flips(one.inputs[slot]):
                inputs = [flipped if i == slot else a for i, a in enumerate(one.inputs)]
                says = f"{{{one.node.parents[slot]}}} not turned by 180° on the way back"
                yield from made("kernel-flipped", says, one.sent(one.g, one.y, inputs))
            yield from _with_border(one, slot)


def _with_border(one: Upstream, slot: int) -> CodingSlips:
    """What comes back to the padded input, its border not cut off."""
    padding, (x, kernel) = one.node.params.get("padding", 0), (one.inputs[0], one.inputs[slot])
    sides = kernel.ndim if kernel.ndim <= 2 and x.ndim == kernel.ndim else kernel.ndim - 2
    widths = np.broadcast_to(np.asarray(padding, dtype=int), sides)
    if widths.any():
        padded = np.pad(x, [(0, 0)] * (x.ndim - sides) + [(p, p) for p in widths])
        sent = one.sent(one.g, one.y, [padded, *one.inputs[1:]], padding=0)
        yield from made("padding-not-cut", "the border of the padding left on", sent)


def _kernel(op: str) -> int | None:
    """The slot of what slides over an input."""
    entry = ops.get(op)
    return entry.weights[0] if entry.weights and not entry.weighted else None


def _flips(kernel: Array) -> Iterator[Array]:
    for axes in ((-1,), (-2, -1)):
        if kernel.ndim >= len(axes):
            yield np.flip(kernel, axes)


LAYER_SLIPS: tuple[Callable[[ArrayStep], CodingSlips], ...] = (
    other_functions,
    twice,
    other_steps,
    other_pools,
    kernels,
)
