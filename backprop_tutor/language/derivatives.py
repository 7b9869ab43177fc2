"""The names of derivatives: `df/dx`, `d2f/dx dy`, and `dL/d(df/dx)` of a loss by a derivative.

A second derivative names what it is derived by in order. Where one derivative stands in the name of another
it has no brackets of its own in the name that the program uses: `dL/ddf/dx`.
"""

import re
from typing import NamedTuple

__all__ = ["Derivative", "derivative_of", "gradient_of", "is_derivative"]

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
