"""How windows of one size slide over the last axes of an array: what convolutions and pools look at."""

from functools import cached_property
from itertools import product
from math import prod
from typing import NamedTuple

__all__ = ["Windows"]

Shape = tuple[int, ...]
Place = tuple[int, ...]


class _Sizes(NamedTuple):
    inputs: Shape
    size: Shape
    stride: Shape
    padding: Shape


class Windows(_Sizes):
    """`inputs` are the sizes of the axes that the windows slide over; zeros lie around them in `padding`."""

    @cached_property
    def outputs(self) -> Shape:
        """How many windows there are along each axis."""
        return tuple(
            (n + 2 * pad - size) // stride + 1
            for n, size, stride, pad in zip(self.inputs, self.size, self.stride, self.padding, strict=True)
        )

    @cached_property
    def padded(self) -> Shape:
        return tuple(n + 2 * pad for n, pad in zip(self.inputs, self.padding, strict=True))

    @cached_property
    def entries(self) -> int:
        return prod(self.size)

    @cached_property
    def offsets(self) -> list[Place]:
        """The places inside one window."""
        return list(product(*map(range, self.size)))

    def place(self, window: Place, offset: Place) -> Place | None:
        """Where in the input an entry of a window lies, None where in the padding."""
        lines = zip(window, self.stride, offset, self.padding, strict=True)
        found = tuple(w * stride + o - pad for w, stride, o, pad in lines)
        inside = all(0 <= place < n for place, n in zip(found, self.inputs, strict=True))
        return found if inside else None

    def window(self, place: Place, offset: Place) -> Place | None:
        """The window that has its entry `offset` at `place` of the input, None where there is none."""
        found = []
        lines = zip(place, self.padding, offset, self.stride, self.outputs, strict=True)
        for at, pad, o, stride, count in lines:
            window, rest = divmod(at + pad - o, stride)
            if rest or not 0 <= window < count:
                return None
            found.append(window)
        return tuple(found)
