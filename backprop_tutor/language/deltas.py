"""δ, the derivative of the loss by a net: `delta1` belongs to `net1`."""

import re

__all__ = ["delta_of", "net_of"]

_OF = r"(_[^\W\d_]+)?(\d+)(<[^<>]+>)?"  # a gate, a layer, a step
_DELTA = re.compile(rf"(?:δ|delta)(?:_(?=\d))?{_OF}")
_NET = re.compile(rf"net{_OF}")


def net_of(name: str) -> str:
    """`net1` for `delta1` in any spelling, nothing for other names."""
    delta = _DELTA.fullmatch(name)
    return "".join(("net", *delta.groups(""))) if delta else ""


def delta_of(name: str) -> str:
    """`delta1` for `net1`, nothing for other names."""
    net = _NET.fullmatch(name)
    return "".join(("delta", *net.groups(""))) if net else ""
