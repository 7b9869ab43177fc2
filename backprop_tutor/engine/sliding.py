"""How the sizes of windows are said, and whether they fit: one number, or one for each axis."""

from collections.abc import Iterable
from typing import Any

from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.errors import ShapeError

__all__ = ["sizes", "sliding"]


def sizes(value: Any, axes: int, what: str, least: int) -> Shape:
    """`value`, one whole number or one for each axis, as one for each axis. Raises ShapeError."""
    given = value if isinstance(value, tuple) else (value,) * axes
    if len(given) != axes or any(
        isinstance(n, tuple) or n is None or n != int(n) or n < least for n in given
    ):
        shown = ", ".join(map(str, given)) if isinstance(value, tuple) else value
        pair = f", or {axes} of them in brackets" if axes > 1 else ""
        raise ShapeError(f"the {what} is {shown}", hint=f"A {what} is a whole number from {least}{pair}.")
    return tuple(map(int, given))


def sliding(inputs: Shape, size: Shape, stride: Any, padding: Any, whole: Iterable[Shape] = ()) -> Windows:
    """The windows of `size` over axes of the sizes `inputs`; `whole` are the shapes to name where they do
    not fit. Raises ShapeError."""
    axes = len(inputs)
    windows = Windows(inputs, size, sizes(stride, axes, "stride", 1), sizes(padding, axes, "padding", 0))
    if any(n < s for n, s in zip(windows.padded, size, strict=True)):
        around = (
            f" with {windows.padding[0] if len(set(windows.padding)) == 1 else windows.padding} around it"
        )
        x, K = whole or (inputs, size)
        raise ShapeError(
            f"the window of {_by(size)} is larger than its input of {_by(inputs)}"
            f"{around if any(windows.padding) else ''} (shapes {x} and {K})",
            hint="Take a smaller one, or more padding.",
        )
    return windows


def _by(size: Shape) -> str:
    return "×".join(map(str, size))
