"""The op of a derivative: what the places where a node is used send back to it, added up.

Its own derivative is worked out by running these backward rules backwards, so that every op has a second
derivative, and a third.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from backprop_tutor.engine.op import Op, Vjp
from backprop_tutor.engine.reverse import pulled_back
from backprop_tutor.engine.systems.base import BACKWARD, Array, Shape, shape_of

__all__ = ["CHAIN", "Operand", "Sent"]

CHAIN = "sent_back"
UNUSED = Fraction(1, 2)  # in the place of an array that the result does not depend on; no edge of any op


class Operand(NamedTuple):
    """An array of a backward rule: a parent by its number, an upstream gradient that is written out in place,
    or nothing but its shape, where the rule needs no more. Its shape is that of the node `like`."""

    value: int | tuple["Sent", ...] | None
    shape: Shape
    like: str = ""


class Sent(NamedTuple):
    """What one place sends back: the backward rule of `op` for its input at `slot`, of upstream gradient,
    output and inputs."""

    op: str
    slot: int
    operands: tuple[Operand, ...]
    params: tuple[tuple[str, Any], ...] = ()


def _chain(xp: Any, *arrays: Array, sent: tuple[Sent, ...]) -> Array:
    xp = xp.counting()
    return reduce(add, (_sent_back(xp, one, arrays) for one in sent))


def _sent_back(xp: Any, sent: Sent, arrays: tuple[Array, ...]) -> Array:
    g, y, *inputs = (_array(xp, operand, arrays) for operand in sent.operands)
    return BACKWARD[sent.op](sent.slot)(xp, g, y, *inputs, **dict(sent.params))


def _array(xp: Any, operand: Operand, arrays: tuple[Array, ...]) -> Array:
    match operand.value:
        case None:
            array = xp.number(UNUSED)
        case int(which):
            array = arrays[which]
        case sent:
            array = _chain(xp, *arrays, sent=sent)
    return array if shape_of(array) == operand.shape else xp.broadcast(array, operand.shape)


def _chain_vjp(slot: int) -> Vjp:
    def vjp(xp: Any, g: Array, y: Array, *arrays: Array, sent: tuple[Sent, ...]) -> Array:
        moving = tuple(one for one in sent if _uses(one, slot))  # the other terms have the derivative 0

        def rule(system: Any, *traced: Array) -> Array:
            return _chain(system, *traced, sent=moving)

        return pulled_back(xp, g, rule, slot, arrays)

    return vjp


def _uses(sent: Sent, parent: int) -> bool:
    values = [operand.value for operand in sent.operands]
    inside = (one for value in values if isinstance(value, tuple) for one in value)
    return parent in values or any(_uses(one, parent) for one in inside)


def _resized(params: Mapping[str, Any], shape_of: Callable[[str], Shape]) -> Mapping[str, Any]:
    return {**params, "sent": tuple(_resized_one(Sent(*one), shape_of) for one in params["sent"])}


def _resized_one(sent: Sent, shape_of: Callable[[str], Shape]) -> Sent:
    operands = []
    for value, _, like in sent.operands:
        inside = value if not isinstance(value, tuple) else tuple(_resized_one(s, shape_of) for s in value)
        operands.append(Operand(inside, shape_of(like), like))
    params = dict(sent.params)
    settings = _resized(params, shape_of) if sent.op == CHAIN else params
    return Sent(sent.op, sent.slot, tuple(operands), tuple(settings.items()))


OPS = (
    Op(
        CHAIN,
        _chain,
        _chain_vjp,
        rule="chain rule",
        derivative=("derivative of a derivative",),
        computes="Each place where it is used sends back its upstream gradient times its local derivative; "
        "they add up.",
        says="The backward rule is a formula like any other: it is derived factor by factor.",
        arity=(1, None),
        resized=_resized,
        spelled=False,
    ),
)
