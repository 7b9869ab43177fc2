"""Which numbers of an array are wrong, in words: a column, one example, the border, the diagonal."""

from collections.abc import Sequence

import numpy as np

from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.base import Array

__all__ = ["where_wrong"]

MOST_LISTED = 4


def where_wrong(wrong: Array, node: Node, variable: str) -> str:
    """A sentence about which of its numbers are `wrong`; nothing where all of them are."""
    count, size = int(wrong.sum()), wrong.size
    if count in (0, size) or size == 1:
        return ""
    counted = f"{count:,} of {size:,} numbers {'is' if count == 1 else 'are'} wrong"
    if count == 1:
        at = ", ".join(str(i) for i in np.argwhere(wrong)[0].tolist())
        return f"Only {variable}[{at}] is wrong, one number of {size:,}."
    for axis, length in enumerate(wrong.shape):
        others = tuple(a for a in range(wrong.ndim) if a != axis)
        touched = np.flatnonzero(wrong.any(axis=others)).tolist()
        if 0 < len(touched) <= max(length // 2, 1) and len(touched) < length:
            said = _slices(touched, axis, wrong.ndim, node)
            if not wrong.all(axis=others)[touched].all():
                return f"{counted}, all in {said}."
            verb = "is" if len(touched) == 1 else "are"
            return f"Only {said} {verb} wrong: {_index(touched, axis, wrong.ndim, variable)}."
        right = np.flatnonzero(~wrong.any(axis=others)).tolist()
        if 0 < len(right) <= max(length // 2, 1) and wrong.all(axis=others).sum() + len(right) == length:
            return f"All is wrong but {_slices(right, axis, wrong.ndim, node)}."
    if wrong.ndim >= 2 and (place := _place(wrong)):
        return f"{counted}: {place}."
    return f"{counted}."


def _slices(numbers: Sequence[int], axis: int, ndim: int, node: Node) -> str:
    """`example 3`, `columns 1 and 2`, counted from 1."""
    name = _axis_name(axis, ndim, node)
    listed = [str(n + 1) for n in numbers[:MOST_LISTED]]
    if len(numbers) == 1:
        return f"{name} {listed[0]}"
    if len(numbers) > MOST_LISTED:
        return f"{name}s {', '.join(listed)}, … ({len(numbers)} of them)"
    return f"{name}s {', '.join(listed[:-1])} and {listed[-1]}"


def _index(numbers: Sequence[int], axis: int, ndim: int, variable: str) -> str:
    """The same as NumPy's index: `dW1[:, 2]`."""
    places = [":"] * ndim
    places[axis] = str(numbers[0]) if len(numbers) == 1 else str(list(numbers[:MOST_LISTED]))
    while places[-1] == ":" and len(places) > 1:
        places.pop()
    return f"{variable}[{', '.join(places)}]"


def _axis_name(axis: int, ndim: int, node: Node) -> str:
    if len(node.axes) == ndim and axis < len(node.axes):
        return node.axes[axis]
    if ndim == 2:
        return ("row", "column")[axis]
    return "entry" if ndim == 1 else f"place on axis {axis},"


def _place(wrong: Array) -> str:
    """The border or the diagonal of the last two axes, where those are all that is wrong."""
    height, width = wrong.shape[-2:]
    border = np.ones((height, width), dtype=bool)
    border[1:-1, 1:-1] = False
    if 0 < border.sum() < border.size and not (wrong & ~border).any():
        return "all on the border, where the padding is" if (wrong == border).all() else "all on the border"
    if height == width and wrong.ndim == 2:
        diagonal = np.eye(height, dtype=bool)
        if not (wrong & ~diagonal).any():
            return "all on the diagonal"
        if not (wrong & diagonal).any() and (wrong | diagonal).all():
            return "all off the diagonal"
    return ""
