"""Element formulas, worked out one element at a time.

An array here is a shape and a function from an index to that element's formula, so asking for one
weight of a large network builds the formula of that weight and of nothing else.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import prod
from typing import Self

from backprop_tutor.engine.systems.base import Array, Axes, Index, Shape
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.engine.systems.formal import FormalArray, FormalSystem, broadcast_shapes, matmul_shape
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, Sym

__all__ = ["ELEMENT", "Element"]

ZERO: Expr = Num(Fraction(0))
At = tuple[int, ...]  # a zero-based index of one element


class Element(FormalArray):
    def __init__(self, shape: Shape, at: Callable[[At], Expr]) -> None:
        self.shape = shape
        self.at = at

    @classmethod
    def scalar(cls, value: Expr) -> Self:
        return cls((), lambda _: value)

    @classmethod
    def map(cls, function: Callable[..., Expr], *arrays: Array) -> Self:
        parts = [cls.lift(array) for array in arrays]
        shape = broadcast_shapes(*(part.shape for part in parts))
        return cls(shape, lambda i: function(*(part.at(_narrow(i, part.shape)) for part in parts)))

    def __matmul__(self, other: Array) -> "Element":
        a, b = self, Element.lift(other)
        inner = a.shape[-1]

        def at(index: At) -> Expr:
            right = index[-1:] if b.ndim > 1 else ()
            rest = index[: len(index) - len(right)]
            left = rest[-1:] if a.ndim > 1 else ()
            lead = rest[: len(rest) - len(left)]
            terms = []
            for k in range(inner):
                i = _narrow((*lead, *left, k), a.shape)
                j = _narrow((*lead, k, *right), b.shape)
                terms.append(ex.mul(a.at(i), b.at(j)))
            return ex.add(*terms)

        return Element(matmul_shape(a.shape, b.shape), at)


def _narrow(index: At, shape: Shape) -> At:
    """`index` into a broadcast result as an index into one operand."""
    tail = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(tail, shape, strict=True))


class ElementSystem(FormalSystem):
    name = "element"
    array = Element

    def _reduce(self, join: Callable[..., Expr], x: Element, axes: Axes, keepdims: bool) -> Element:
        shape = tuple(
            1 if axis in axes else size for axis, size in enumerate(x.shape) if keepdims or axis not in axes
        )

        def at(index: At) -> Expr:
            kept = iter(index)
            ranges = []
            for axis, size in enumerate(x.shape):
                place = next(kept) if keepdims or axis not in axes else 0
                ranges.append(range(size) if axis in axes else range(place, place + 1))
            return join(*(x.at(i) for i in product(*ranges)))

        return Element(shape, at)

    def sum(self, x: Element, axes: Axes, keepdims: bool = False) -> Element:
        return self._reduce(ex.add, x, axes, keepdims)

    def max(self, x: Element, axes: Axes, keepdims: bool = False) -> Element:
        return self._reduce(lambda *terms: Call("max", terms), x, axes, keepdims)

    def min(self, x: Element, axes: Axes, keepdims: bool = False) -> Element:
        return self._reduce(lambda *terms: Call("min", terms), x, axes, keepdims)

    def first_max(self, x: Element) -> Element:
        return self._reduce(lambda *terms: Call("first_max", terms), x, (x.ndim - 2,), keepdims=True)

    def first_hits(self, windows: Element, top: Element) -> Element:
        def at(index: At) -> Expr:
            *lead, chosen, window = index
            entries = [windows.at((*lead, entry, window)) for entry in range(windows.shape[-2])]
            others = (("gt", entries[:chosen]), ("ge", entries[chosen + 1 :]))
            wins = (Call(sign, (entries[chosen], _largest(rest))) for sign, rest in others if rest)
            return ex.mul(*(Call("indicator", (win,)) for win in wins))

        return Element(windows.shape, at)

    def arange(self, count: int) -> Element:
        return Element((count,), lambda i: Num(Fraction(i[0] + 1)))

    def windows(self, x: Element, windows: Windows) -> Element:
        lead = x.ndim - len(windows.size)

        def at(index: At) -> Expr:
            window = _unravel(index[-1], windows.outputs)
            place = windows.place(window, windows.offsets[index[-2]])
            return ZERO if place is None else x.at((*index[:-2], *place))

        return Element((*x.shape[:lead], windows.entries, prod(windows.outputs)), at)

    def overlap(self, x: Element, windows: Windows) -> Element:
        lead = x.ndim - 2

        def at(index: At) -> Expr:
            terms = []
            for entry, offset in enumerate(windows.offsets):
                window = windows.window(index[lead:], offset)
                if window is not None:
                    terms.append(x.at((*index[:lead], entry, _ravel(window, windows.outputs))))
            return ex.add(*terms)

        return Element((*x.shape[:lead], *windows.inputs), at)

    def permute(self, x: Element, axes: Axes) -> Element:
        places = [axes.index(axis) for axis in range(x.ndim)]
        return Element(tuple(x.shape[axis] for axis in axes), lambda i: x.at(tuple(i[p] for p in places)))

    def transpose(self, x: Element) -> Element:
        return Element(x.shape[::-1], lambda i: x.at(i[::-1]))

    def swap(self, x: Element) -> Element:
        shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
        return Element(shape, lambda i: x.at((*i[:-2], i[-1], i[-2])))

    def reshape(self, x: Element, shape: Shape) -> Element:
        return Element(shape, lambda i: x.at(_unravel(_ravel(i, shape), x.shape)))

    def broadcast(self, x: Element, shape: Shape) -> Element:
        return Element(shape, lambda i: x.at(_narrow(i, x.shape)))

    def index(self, x: Element, key: Index) -> Element:
        shape = FORM.index(Form.symbol("x", x.shape), key).shape

        def at(index: At) -> Expr:
            given = iter(index)
            place = [k if isinstance(k, int) else (k.start or 0) + (k.step or 1) * next(given) for k in key]
            return x.at((*place, *given))

        return Element(shape, at)

    def scatter(self, x: Element, key: Index, like: Element) -> Element:
        def at(index: At) -> Expr:
            inside = []
            for place, entry, size in zip(index, key, like.shape, strict=False):
                covered = range(entry, entry + 1) if isinstance(entry, int) else range(*entry.indices(size))
                if place not in covered:
                    return ZERO
                if isinstance(entry, slice):
                    inside.append(covered.index(place))
            return x.at((*inside, *index[len(key) :]))

        return Element(like.shape, at)

    def concat(self, arrays: tuple[Element, ...], axis: int) -> Element:
        parts = [Element.lift(array) for array in arrays]
        shape = FORM.concat(tuple(Form(Sym("x"), part.shape) for part in parts), axis).shape

        def at(index: At) -> Expr:
            place = index[axis]
            for part in parts:
                if place < part.shape[axis]:
                    return part.at((*index[:axis], place, *index[axis + 1 :]))
                place -= part.shape[axis]
            raise IndexError(index)

        return Element(shape, at)


def _largest(entries: list[Expr]) -> Expr:
    return Call("max", tuple(entries)) if len(entries) > 1 else entries[0]


def _ravel(index: At, shape: Shape) -> int:
    flat = 0
    for place, size in zip(index, shape, strict=True):
        flat = flat * size + place
    return flat


def _unravel(flat: int, shape: Shape) -> At:
    index = []
    for size in reversed(shape):
        flat, place = divmod(flat, size)
        index.append(place)
    return tuple(reversed(index))


ELEMENT = ElementSystem()
