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
    if count in (0, size):
        return ""
    if count == 1:
        at = ", ".join(str(i) for i in np.argwhere(wrong)[0].tolist())
        return f"Only {variable}[{at}] is wrong, one number of {size:,}."
    counted = f"{count:,} of {size:,} numbers are wrong"
    for axis, length in enumerate(wrong.shape):
        others = tuple(a for a in range(wrong.ndim) if a != axis)
        touched = np.flatnonzero(wrong.any(axis=others)).tolist()
        if len(touched) <= length // 2:
            said = _slices(touched, axis, wrong.ndim, node)
            if not wrong.all(axis=others)[touched].all():
                return f"{counted}, all in {said}."
            verb = "is" if len(touched) == 1 else "are"
            return f"Only {said} {verb} wrong: {_index(touched, axis, wrong.ndim, variable)}."
        right = np.flatnonzero(~wrong.any(axis=others)).tolist()
        if wrong.all(axis=others).sum() + len(right) == length:
            return f"All is wrong but {_slices(right, axis, wrong.ndim, node)}."
    if place := _place(wrong):  # a vector has said all by now
        return f"{counted}: {place}."
    return f"{counted}."


def _slices(numbers: Sequence[int], axis: int, ndim: int, node: Node) -> str:
    """`example 3`, `columns 1 and 2`, `slice 2 along axis 0`: numbers counted from 1, axes as NumPy does."""
    one, several, along = _axis_names(axis, ndim, node)
    listed = [str(n + 1) for n in numbers[:MOST_LISTED]]
    if len(numbers) == 1:
        return f"{one} {listed[0]}{along}"
    if len(numbers) > MOST_LISTED:
        return f"{several} {', '.join(listed)}, … ({len(numbers)} of them){along}"
    return f"{several} {', '.join(listed[:-1])} and {listed[-1]}{along}"


def _index(numbers: Sequence[int], axis: int, ndim: int, variable: str) -> str:
    """The same as NumPy's index: `dW1[:, 2]`."""
    places = [":"] * ndim
    listed = ", ".join(map(str, numbers[:MOST_LISTED])) + ", …" * (len(numbers) > MOST_LISTED)
    places[axis] = listed if len(numbers) == 1 else f"[{listed}]"
    while places[-1] == ":":
        places.pop()
    return f"{variable}[{', '.join(places)}]"


def _axis_names(axis: int, ndim: int, node: Node) -> tuple[str, str, str]:
    """What one and several along an axis are called, and what follows their numbers."""
    if len(node.axes) == ndim:
        return node.axes[axis], f"{node.axes[axis]}s", ""
    if ndim == 1:
        return "entry", "entries", ""
    if ndim == 2:
        return ("row", "rows", "") if axis == 0 else ("column", "columns", "")
    return "slice", "slices", f" along axis {axis}"


def _place(wrong: Array) -> str:
    """The border or the diagonal of the last two axes, where those are all that is wrong."""
    height, width = wrong.shape[-2:]
    border = np.ones((height, width), dtype=bool)
    border[1:-1, 1:-1] = False
    if not border.all() and (wrong == border).all():
        return "all on the border, where the padding is"
    if height == width and wrong.ndim == 2:
        diagonal = np.eye(height, dtype=bool)
        if not (wrong & ~diagonal).any():
            return "all on the diagonal"
        if (wrong != diagonal).all():
            return "all off the diagonal"
    return "all on the border" if not border.all() and not (wrong & ~border).any() else ""
