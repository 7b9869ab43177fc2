"""The op of a derivative: what the places where a node is used send back to it, added up.

Its own derivative is worked out by running these backward rules backwards, so that every op has a second
derivative, and a third.
"""

from functools import reduce
from operator import add
from typing import Any, NamedTuple

from backprop_tutor.engine.op import Op, Vjp
from backprop_tutor.engine.reverse import pulled_back
from backprop_tutor.engine.systems.base import BACKWARD, Array, Shape

__all__ = ["CHAIN", "Sent"]

CHAIN = "chain"


class Sent(NamedTuple):
    """What one place sends back: the backward rule of `op` for its input at `slot`, of upstream gradient,
    output and inputs. Each of those is a parent, by its number, or just a shape where the rule needs no more.
    """

    op: str
    slot: int
    arrays: tuple[int | Shape, ...]
    params: tuple[tuple[str, Any], ...] = ()


def _chain(xp: Any, *arrays: Array, sent: tuple[Sent, ...]) -> Array:
    return reduce(add, (_sent_back(xp, Sent(*one), arrays) for one in sent))


def _sent_back(xp: Any, sent: Sent, arrays: tuple[Array, ...]) -> Array:
    g, y, *inputs = (
        arrays[which] if isinstance(which, int) else xp.broadcast(xp.number(0), which)
        for which in sent.arrays
    )
    return BACKWARD[sent.op](sent.slot)(xp, g, y, *inputs, **dict(sent.params))


def _chain_vjp(slot: int) -> Vjp:
    def vjp(xp: Any, g: Array, y: Array, *arrays: Array, sent: tuple[Sent, ...]) -> Array:
        return pulled_back(xp, g, lambda system, *traced: _chain(system, *traced, sent=sent), slot, arrays)

    return vjp


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
    ),
)
