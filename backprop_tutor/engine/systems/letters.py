"""Element formulas with letters for indices: `net1(p)[i] = Σ_j W1[i,j]·x(p)[j]`.

As in the system of single elements, an array is a shape and a function from an index to a formula, but
the index holds letters, and what is summed stays a sum. The letters of sums come out as `#1`, `#2`, …;
whoever uses a formula gives them readable names that are still free there.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import count
from typing import Self

from backprop_tutor.engine.systems.base import Array, Axes, Index, Shape, examples
from backprop_tutor.engine.systems.formal import FormalArray, FormalSystem, broadcast_shapes, matmul_shape
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Expr, Num, Sum, Sym

__all__ = ["Lettered", "LettersSystem", "Unwritable"]

At = tuple[Expr, ...]  # a letter or a number for every axis

FIRST: Expr = Num(Fraction(1))
_letters = count(1)


class Unwritable(ValueError):  # noqa: N818 - a property of the op, nobody's error
    """The op moves elements about in a way that a letter cannot say (reshape, concat, largest element)."""


class Lettered(FormalArray):
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
        if not shape:  # no letter to wait for, and no long chain of functions
            return cls.scalar(function(*(part.at(()) for part in parts)))
        return cls(shape, lambda i: function(*(part.at(_narrow(i, shape, part.shape)) for part in parts)))

    def __matmul__(self, other: Array) -> "Lettered":
        a, b = self, Lettered.lift(other)
        shape = matmul_shape(a.shape, b.shape)

        def at(index: At) -> Expr:
            right = index[-1:] if b.ndim > 1 else ()
            rest = index[: len(index) - len(right)]
            left = rest[-1:] if a.ndim > 1 else ()
            lead = rest[: len(rest) - len(left)]
            wide = shape[: len(lead)]
            rows, columns = _narrow(lead, wide, a.shape[:-2]), _narrow(lead, wide, b.shape[:-2])
            return _total(a.shape[-1], lambda k: ex.mul(a.at((*rows, *left, k)), b.at((*columns, k, *right))))

        return Lettered(shape, at)


def _narrow(index: At, shape: Shape, part: Shape) -> At:
    """`index` into a result of `shape` as an index into an operand of shape `part`."""
    lead = len(shape) - len(part)
    return tuple(
        FIRST if size == 1 and shape[lead + axis] != 1 else index[lead + axis]
        for axis, size in enumerate(part)
    )


def _total(size: int, body: Callable[[Expr], Expr]) -> Expr:
    """The sum of `body` over a letter that is used nowhere else."""
    letter = f"#{next(_letters)}"
    return Sum(letter, Num(Fraction(size)), body(Sym(letter)))


class LettersSystem(FormalSystem):
    """`examples` is what the number of examples is called; without it, it is the number."""

    name = "letters"
    array = Lettered

    def __init__(self, examples: Mapping[int, str] | None = None) -> None:
        self.examples = examples or {}

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        size = examples(x, axes)
        return Lettered.scalar(Sym(self.examples[size]) if size in self.examples else Num(Fraction(size)))

    def size(self, x: Array) -> Array:
        sizes = (self.examples.get(size, size) for size in x.shape)
        named = (Sym(size) if isinstance(size, str) else Num(Fraction(size)) for size in sizes)
        return Lettered.scalar(ex.mul(*named))

    def sum(self, x: Lettered, axes: Axes, keepdims: bool = False) -> Lettered:
        kept = [axis for axis in range(x.ndim) if keepdims or axis not in axes]

        def at(index: At) -> Expr:
            def over(rest: list[int], places: dict[int, Expr]) -> Expr:
                if not rest:
                    return x.at(tuple(places[axis] for axis in range(x.ndim)))
                axis = rest[0]
                return _total(x.shape[axis], lambda letter: over(rest[1:], {**places, axis: letter}))

            return over(sorted(axes), dict(zip(kept, index, strict=True)))

        return Lettered(tuple(1 if axis in axes else x.shape[axis] for axis in kept), at)

    def max(self, x: Lettered, axes: Axes, keepdims: bool = False) -> Lettered:
        raise Unwritable("the largest element")

    def min(self, x: Lettered, axes: Axes, keepdims: bool = False) -> Lettered:
        raise Unwritable("the smallest element")

    def first_max(self, x: Lettered) -> Lettered:
        raise Unwritable("the largest element of a window")

    def arange(self, count: int) -> Lettered:
        raise Unwritable("places that given numbers say")

    def windows(self, x: Lettered, windows: Windows) -> Lettered:
        raise Unwritable("windows that slide over their input")

    def overlap(self, x: Lettered, windows: Windows) -> Lettered:
        raise Unwritable("windows that slide over their input")

    def permute(self, x: Lettered, axes: Axes) -> Lettered:
        places = [axes.index(axis) for axis in range(x.ndim)]
        return Lettered(tuple(x.shape[axis] for axis in axes), lambda i: x.at(tuple(i[p] for p in places)))

    def transpose(self, x: Lettered) -> Lettered:
        return Lettered(x.shape[::-1], lambda i: x.at(i[::-1]))

    def swap(self, x: Lettered) -> Lettered:
        shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
        return Lettered(shape, lambda i: x.at((*i[:-2], i[-1], i[-2])))

    def reshape(self, x: Lettered, shape: Shape) -> Lettered:
        """Axes of size 1 may come and go, nothing else."""
        if [size for size in shape if size != 1] != [size for size in x.shape if size != 1]:
            raise Unwritable("another arrangement of the elements")

        def at(index: At) -> Expr:
            long = iter([place for place, size in zip(index, shape, strict=True) if size != 1])
            return x.at(tuple(FIRST if size == 1 else next(long) for size in x.shape))

        return Lettered(shape, at)

    def broadcast(self, x: Lettered, shape: Shape) -> Lettered:
        return Lettered(shape, lambda i: x.at(_narrow(i, shape, x.shape)))

    def index(self, x: Lettered, key: Index) -> Lettered:
        if any(isinstance(k, slice) and (k.start or 0) > 0 for k in key):
            raise Unwritable("a slice that does not begin at the first element")
        if any(isinstance(k, slice) and (k.step or 1) > 1 for k in key):
            raise Unwritable("a slice with a step")
        sliced = zip(key, x.shape, strict=False)
        sizes = [len(range(*k.indices(size))) for k, size in sliced if isinstance(k, slice)]

        def at(index: At) -> Expr:
            given = iter(index)
            place = [Num(Fraction(k + 1)) if isinstance(k, int) else next(given) for k in key]
            return x.at((*place, *given))

        return Lettered((*sizes, *x.shape[len(key) :]), at)

    def scatter(self, x: Lettered, key: Index, like: Lettered) -> Lettered:
        raise Unwritable("elements put back into their places")

    def concat(self, arrays: tuple[Lettered, ...], axis: int) -> Lettered:
        raise Unwritable("arrays that are joined")
