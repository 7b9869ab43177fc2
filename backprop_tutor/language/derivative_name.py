"""The names of derivatives: `df/dx`, `d2f/dx dy`, and `dL/d(df/dx)` of a loss by a derivative.

A second derivative names what it is derived by in order. Where one derivative stands in the name of another
it has no brackets of its own in the name that the program uses: `dL/ddf/dx`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from backprop_tutor.language.expr import Item, Sym

__all__ = ["MAX_ORDER", "Derivative", "derivative_of", "gradient_of", "is_derivative", "joined"]

MAX_ORDER = 4

_NAME = re.compile(r"d(\d*)([^/]+?)/d(.+)")


class Derivative(NamedTuple):
    """The derivative of `of` by each of `wrt`, one after the other."""

    of: str
    wrt: tuple[str, ...]

    @property
    def name(self) -> str:
        order = len(self.wrt)
        return f"d{order if order > 1 else ''}{self.of}/" + " ".join(f"d{name}" for name in self.wrt)


def derivative_of(name: str) -> Derivative | None:
    """What `name` is the derivative of and by, None for any other quantity."""
    found = _NAME.fullmatch(name) if "/" in name else None
    if not found:
        return None
    order, of, rest = found.groups()
    wrt = tuple(rest.split(" d")) if order else (rest,)
    return Derivative(of, wrt)


def gradient_of(of: str, wrt: str) -> str:
    """The name of the derivative of `of` by `wrt`: of df/dx by y, it is d2f/dx dy."""
    first = derivative_of(of)
    return Derivative(first.of, (*first.wrt, wrt)).name if first else Derivative(of, (wrt,)).name


def is_derivative(name: str) -> bool:
    return derivative_of(name) is not None


def joined(name: str, parts: Iterable[Sym | Item]) -> Sym | Item:
    """The derivative `name` at the places of its `parts`: what is derived, and what it is derived by."""
    of, *wrt = parts
    indexed = [part for part in (of, *wrt) if isinstance(part, Item)]
    if not indexed:
        return Sym(name)
    if len(wrt) == 1 and isinstance(of, Sym):
        return Item(Sym(name), indexed[0].index, indexed[0].example)
    index = (place for part in indexed for place in (part.example, *part.index) if place is not None)
    return Item(Sym(name), tuple(index), split=tuple(map(_places, (of, *wrt))))


def _places(part: Sym | Item) -> tuple[int, int]:
    return (int(part.example is not None), len(part.index)) if isinstance(part, Item) else (0, 0)
