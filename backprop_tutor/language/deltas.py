"""δ, the derivative of the loss by a net: `delta1` belongs to `net1`."""

import re

__all__ = ["delta_of", "net_of"]

_DELTA = re.compile(r"(?:δ|delta)_?(\d+)")
_NET = re.compile(r"net(\d+)")


def net_of(name: str) -> str:
    """`net1` for `delta1` in any spelling, nothing for other names."""
    delta = _DELTA.fullmatch(name)
    return f"net{delta[1]}" if delta else ""


def delta_of(name: str) -> str:
    """`delta1` for `net1`, nothing for other names."""
    net = _NET.fullmatch(name)
    return f"delta{net[1]}" if net else ""
