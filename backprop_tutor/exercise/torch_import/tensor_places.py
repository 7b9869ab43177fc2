"""A tensor as places in computed arrays, and the shortest formula that says so: views cost no formula.

Every op that only moves elements (`view`, `transpose`, `select`, `cat`, …) is run on the places themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym, transpose

__all__ = ["Base", "Tensor", "UnspeakableError", "joined", "number"]

Shape = tuple[int, ...]
Places = NDArray[np.int64]
MAX_TURNED = 5  # axes whose orders are all tried
LONG = 12  # characters of a number that is no decimal of the author's


class UnspeakableError(Exception):
    """No formula of this language picks these elements."""


class Base(NamedTuple):
    """An array that a formula names or computes."""

    expr: Expr
    shape: Shape


@dataclass(frozen=True, eq=False, slots=True)
class Tensor:
    """The elements at `places`, counted through all `bases` one after the other."""

    bases: tuple[Base, ...]
    places: Places

    @classmethod
    def of(cls, expr: Expr, shape: Shape) -> "Tensor":
        return cls((Base(expr, shape),), np.arange(prod(shape)).reshape(shape))

    @property
    def shape(self) -> Shape:
        shape: Shape = self.places.shape
        return shape

    def moved(self, places: Any) -> "Tensor":
        return Tensor(self.bases, np.asarray(places, dtype=np.int64))

    @property
    def expr(self) -> Expr:
        """The formula. An axis along which an array is repeated has size 1 in it. Raises UnspeakableError."""
        starts = np.cumsum([0, *(prod(base.shape) for base in self.bases)])
        which = np.searchsorted(starts, self.places, side="right") - 1
        return _joined(self.bases, starts, which, self.places)

    @property
    def spoken(self) -> Shape:
        """The shape of the formula."""
        return _unrepeated(self.places).shape


def joined(tensors: Sequence[Tensor]) -> tuple[tuple[Base, ...], list[Places]]:
    """The bases of all together, and the places of each in them."""
    bases: list[Base] = []
    places = []
    for tensor in tensors:
        places.append(tensor.places + sum(prod(base.shape) for base in bases))
        bases += tensor.bases
    return tuple(bases), places


def number(value: float) -> Expr:
    """A number of a program as a formula has it: 1/sqrt(2) for 0.7071067811865475."""
    if float(value).is_integer() and abs(value) < 10**15:
        return Num(Fraction(int(value)))
    text = repr(float(value))
    square = 1 / value**2 if value else 0
    if len(text) > LONG and 1e-2 < value < 1 and abs(square - round(square)) < 1e-12 * square:
        return Call("div", (Num(Fraction(1)), Call("sqrt", (Num(Fraction(round(square))),))))
    return Num(Fraction(text), text)


def _joined(bases: tuple[Base, ...], starts: Any, which: Any, places: Places) -> Expr:
    used = np.unique(which)
    if len(used) == 1:
        return _view(bases[used[0]], places - starts[used[0]])
    for axis in range(places.ndim):
        lanes = np.moveaxis(which, axis, 0).reshape(places.shape[axis], -1)
        cuts = [at for at in range(1, len(lanes)) if (lanes[at] != lanes[at - 1]).any()]
        if not cuts:
            continue
        parts = [
            _joined(bases, starts, at, part)
            for at, part in zip(np.split(which, cuts, axis), np.split(places, cuts, axis), strict=True)
        ]
        return Call("concat", tuple(parts), (("axis", number(axis + 1)),))
    raise UnspeakableError


def _view(base: Base, places: Places) -> Expr:
    places = _unrepeated(places)
    expr, shape = base
    if not _is_whole(places, shape):
        expr, shape, places = _sliced(expr, shape, places)
    return _rearranged(expr, shape, places)


def _unrepeated(places: Places) -> Places:
    """One of the equal slices along an axis of which all are equal."""
    for axis in range(places.ndim):
        first = places.take([0], axis)
        if places.shape[axis] > 1 and (places == first).all():
            places = first
    return places


def _is_range(places: Places) -> bool:
    return bool((places.ravel() == np.arange(places.size)).all())


def _is_whole(places: Places, shape: Shape) -> bool:
    return places.size == prod(shape) and bool((np.sort(places.ravel()) == np.arange(places.size)).all())


def _sliced(expr: Expr, shape: Shape, places: Places) -> tuple[Expr, Shape, Places]:
    """The block `expr[…]` that holds the places, its shape, and the places in it."""
    index: list[Expr | Slice] = []
    sizes: list[int] = []
    block = np.arange(prod(shape)).reshape(shape)
    spare = len(shape) - places.ndim  # axes to leave out, if single entries are picked
    for axis, coordinates in enumerate(np.unravel_index(places, shape)):
        found = np.unique(coordinates)
        gaps = np.unique(np.diff(found))
        if len(gaps) > 1:
            raise UnspeakableError
        first, last, gap = int(found[0]), int(found[-1]), int(gaps[0]) if len(gaps) else 1
        block = block.take(found, axis)
        if len(found) == 1 and (shape[axis] > 1 or spare > 0):
            index.append(number(first + 1))
            spare -= 1
            continue
        sizes.append(len(found))
        if len(found) == shape[axis]:
            index.append(Slice())
        else:
            step = Num(Fraction(gap)) if gap > 1 else None
            index.append(Slice(number(first + 1), number(last + 1), step))
    if block.size != places.size or not set(block.ravel()) == set(places.ravel()):
        raise UnspeakableError
    while index and index[-1] == Slice():
        index.pop()
    order = {place: at for at, place in enumerate(block.ravel().tolist())}
    inner = np.array([order[place] for place in places.ravel().tolist()], dtype=np.int64)
    item = Item(expr, tuple(index)) if index else expr
    return item, tuple(sizes), inner.reshape(places.shape)


def _rearranged(expr: Expr, shape: Shape, places: Places) -> Expr:
    """The whole array in another order, in another shape."""
    if len(shape) == 2 and places.shape == shape[::-1] != shape and _is_range(places):  # a row as a column
        return _turned(expr, (1, 0))
    if _is_range(places):
        return expr if places.shape == shape else _reshaped(expr, places.shape)
    if places.ndim == len(shape) <= MAX_TURNED:
        whole = np.arange(places.size).reshape(shape)
        for order in permutations(range(len(shape))):
            if np.array_equal(whole.transpose(order), places):
                return _turned(expr, order)
    axes = [(size, stride) for axis in range(places.ndim) for size, stride in _runs(places, axis)]
    finer = tuple(size for size, _ in axes)
    order = tuple(int(at) for at in np.argsort([-stride for _, stride in axes], kind="stable"))
    before = tuple(finer[at] for at in order)
    back = tuple(order.index(at) for at in range(len(order)))
    if prod(before) != places.size or not np.array_equal(
        np.arange(places.size).reshape(before).transpose(back).reshape(places.shape), places
    ):
        raise UnspeakableError
    inner = expr if before == shape else _reshaped(expr, before)
    turned = _turned(inner, back)
    return turned if finer == places.shape else _reshaped(turned, places.shape)


def _runs(places: Places, axis: int) -> list[tuple[int, int]]:
    """The sizes and strides of the finer axes that one axis is made of."""
    line = np.moveaxis(places, axis, 0).reshape(places.shape[axis], -1)[:, 0]
    found: list[tuple[int, int]] = []
    while len(line) > 1:
        stride = int(line[1] - line[0])
        run = next((n for n in range(1, len(line)) if line[n] - line[n - 1] != stride), len(line))
        found.append((run, stride))
        line = line[::run]
    return found[::-1]


def _turned(expr: Expr, order: Sequence[int]) -> Expr:
    if list(order) == [1, 0]:
        return transpose(expr)
    if list(order) == list(range(len(order))):
        return expr
    return Call("permute", (expr, *(number(axis + 1) for axis in order)))


def _reshaped(expr: Expr, shape: Shape) -> Expr:
    if not shape:
        return Item(expr, (number(1),)) if isinstance(expr, Sym) else Call("sum", (expr,))
    return Call("reshape", (expr, *map(number, shape)))
