"""Element formulas with letters for indices: `net1(p)[i] = Σ_j W1[i,j]·x(p)[j]`.

As in the system of single elements, an array is a shape and a function from an index to a formula, but
the index holds letters, and what is summed stays a sum. The letters of sums come out as `#1`, `#2`, …;
whoever uses a formula gives them readable names that are still free there.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from math import prod
from typing import Any, NoReturn, Self

from backprop_tutor.engine.systems.base import Array, Axes, Index, Options, Shape, examples
from backprop_tutor.engine.systems.formal import FormalArray, FormalSystem, broadcast_shapes, matmul_shape
from backprop_tutor.engine.systems.places import combined, linear, raveled
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num, Sum, Sym

__all__ = ["Lettered", "LettersSystem", "Unwritable"]

At = tuple[Any, ...]  # a place on every axis; of an axis that several were joined to, a tuple of theirs

FIRST: Expr = Num(Fraction(1))
_letters = count(1)


class Unwritable(ValueError):  # noqa: N818 - a property of the op, nobody's error
    """The op moves elements about in a way that a letter cannot say: the largest one, those of two arrays."""


class Lettered(FormalArray):
    """`factors` are the sizes of the axes that each axis was joined of: those of a window, of all windows."""

    def __init__(
        self, shape: Shape, at: Callable[[At], Expr], factors: tuple[Shape, ...] | None = None
    ) -> None:
        self.shape = shape
        self.at = at
        self.factors = factors or tuple((size,) for size in shape)

    @classmethod
    def scalar(cls, value: Expr) -> Self:
        return cls((), lambda _: value)

    @classmethod
    def map(cls, function: Callable[..., Expr], *arrays: Array) -> Self:
        parts = [cls.lift(array) for array in arrays]
        shape = broadcast_shapes(*(part.shape for part in parts))
        if not shape:  # no letter to wait for, and no long chain of functions
            return cls.scalar(function(*(part.at(()) for part in parts)))
        factors = _wide(shape, parts)
        return cls(
            shape, lambda i: function(*(part.at(_narrow(i, shape, part.shape)) for part in parts)), factors
        )

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
            inner = a.factors[-1] if len(a.factors[-1]) > 1 else b.factors[-2 if b.ndim > 1 else -1]
            return _totals(inner, lambda k: ex.mul(a.at((*rows, *left, k)), b.at((*columns, k, *right))))

        left, right = a.factors[:-1][-1:], b.factors[-1:] if b.ndim > 1 else ()
        lead = tuple((size,) for size in shape[: len(shape) - len(left) - len(right)])
        return Lettered(shape, at, (*lead, *left, *right))


def _narrow(index: At, shape: Shape, part: Shape) -> At:
    """`index` into a result of `shape` as an index into an operand of shape `part`."""
    lead = len(shape) - len(part)
    return tuple(
        FIRST if size == 1 and shape[lead + axis] != 1 else index[lead + axis]
        for axis, size in enumerate(part)
    )


def _wide(shape: Shape, parts: Sequence[Lettered]) -> tuple[Shape, ...]:
    """The factors of the axes of a result of `shape`, from whichever part has some."""
    found = []
    for axis, size in enumerate(shape):
        own = [p.factors[axis - len(shape) + p.ndim] for p in parts if axis - len(shape) + p.ndim >= 0]
        found.append(next((sizes for sizes in own if len(sizes) > 1), (size,)))
    return tuple(found)


def _unwritable(what: str) -> Callable[[At], NoReturn]:
    """What stands at every place of an array that letters cannot say: an error, once somebody asks."""

    def at(index: At) -> NoReturn:
        raise Unwritable(what)

    return at


def _totals(sizes: Shape, body: Callable[[Any], Expr]) -> Expr:
    """The sum of `body` over an axis that was joined of axes of these sizes."""

    def over(rest: Shape, places: At) -> Expr:
        if not rest:
            return body(places[0] if len(sizes) == 1 else places)
        if rest[0] == 1 < len(sizes):
            return over(rest[1:], (*places, FIRST))
        return _total(rest[0], lambda letter: over(rest[1:], (*places, letter)))

    return over(sizes, ())


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
            def over(rest: list[int], places: dict[int, Any]) -> Expr:
                if not rest:
                    return x.at(tuple(places[axis] for axis in range(x.ndim)))
                axis = rest[0]
                return _totals(x.factors[axis], lambda letter: over(rest[1:], {**places, axis: letter}))

            return over(sorted(axes), dict(zip(kept, index, strict=True)))

        shape = tuple(1 if axis in axes else x.shape[axis] for axis in kept)
        return Lettered(shape, at, tuple((1,) if axis in axes else x.factors[axis] for axis in kept))

    def max(self, x: Lettered, axes: Axes, keepdims: bool = False) -> Lettered:
        shape = tuple(
            1 if axis in axes else n for axis, n in enumerate(x.shape) if keepdims or axis not in axes
        )
        return Lettered(shape, _unwritable("the largest element"))

    def min(self, x: Lettered, axes: Axes, keepdims: bool = False) -> Lettered:
        return self.max(x, axes, keepdims)

    def first_max(self, x: Lettered) -> Lettered:
        factors = (*x.factors[:-2], (1,), x.factors[-1])
        shape = (*x.shape[:-2], 1, x.shape[-1])
        return Lettered(shape, _unwritable("the largest element of a window"), factors)

    def first_hits(self, windows: Lettered, top: Lettered) -> Lettered:
        return Lettered(windows.shape, _unwritable("the largest element of a window"), windows.factors)

    def arange(self, count: int) -> Lettered:
        return Lettered((count,), _unwritable("places as numbers"))

    def one_hot(self, x: Lettered, classes: int) -> Lettered:
        return Lettered((*x.shape, classes), lambda i: Call("kronecker", (x.at(i[:-1]), i[-1])))

    def rows(self, x: Lettered, numbers: Lettered) -> Lettered:
        """`E[ids[p],j]`"""
        count = numbers.ndim
        return Lettered(
            (*numbers.shape, *x.shape[1:]), lambda i: x.at((numbers.at(tuple(i[:count])), *i[count:]))
        )

    def windows(self, x: Lettered, windows: Windows) -> Lettered:
        """Entry `m` of a window stands at `stride·i + m - stride - padding`; around the input are zeros."""
        lead = x.ndim - len(windows.size)

        def at(index: At) -> Expr:
            *rest, entry, window = index
            entries, places = _split(entry, windows.size), _split(window, windows.outputs)
            return x.at((*rest, *map(_slid, places, entries, windows.stride, windows.padding)))

        factors = (*x.factors[:lead], windows.size, windows.outputs)
        return Lettered((*x.shape[:lead], windows.entries, prod(windows.outputs)), at, factors)

    def overlap(self, x: Lettered, windows: Windows) -> Lettered:
        return Lettered((*x.shape[:-2], *windows.inputs), _unwritable("windows put back into their places"))

    def said(self, result: Lettered, function: str, *arrays: Array, options: Options = ()) -> Lettered:
        """What a max pool sends back: the sum over all windows that an element won."""
        if function != "max_unpool":
            return result
        g, x, y = map(Lettered.lift, arrays)
        axes = y.ndim if y.ndim < 3 else 2
        sizes = y.shape[y.ndim - axes :]

        def at(index: At) -> Expr:
            lead = index[: y.ndim - axes]

            def sent(window: Any) -> Expr:
                at = (*lead, *(_split(window, sizes)))
                return ex.mul(g.at(at), Call("wins", (x.at(index), y.at(at))))

            return _totals(sizes, sent)

        return Lettered(x.shape, at)

    def permute(self, x: Lettered, axes: Axes) -> Lettered:
        places = [axes.index(axis) for axis in range(x.ndim)]
        shape, factors = tuple(x.shape[a] for a in axes), tuple(x.factors[a] for a in axes)
        return Lettered(shape, lambda i: x.at(tuple(i[p] for p in places)), factors)

    def transpose(self, x: Lettered) -> Lettered:
        return Lettered(x.shape[::-1], lambda i: x.at(i[::-1]), x.factors[::-1])

    def swap(self, x: Lettered) -> Lettered:
        shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
        factors = (*x.factors[:-2], x.factors[-1], x.factors[-2])
        return Lettered(shape, lambda i: x.at((*i[:-2], i[-1], i[-2])), factors)

    def reshape(self, x: Lettered, shape: Shape) -> Lettered:
        """Axes may be joined, and one may be split where it is known of which it was joined."""
        old = [size for sizes in x.factors for size in sizes if size != 1]
        blocks = _aligned(old, [size for size in shape if size != 1])
        if blocks is None:
            return Lettered(shape, _unwritable("another arrangement of the elements"))

        def at(index: At) -> Expr:
            long = iter([place for place, size in zip(index, shape, strict=True) if size != 1])
            places: list[Expr] = []
            for before, after in blocks:
                if len(after) == 1:
                    places += _split(next(long), before)
                else:
                    places.append(raveled(tuple(next(long) for _ in after), after))
            given = iter(places)
            own = (tuple(FIRST if size == 1 else next(given) for size in sizes) for sizes in x.factors)
            return x.at(tuple(place[0] if len(place) == 1 else place for place in own))

        joined = iter([before if len(after) == 1 else (size,) for before, after in blocks for size in after])
        return Lettered(shape, at, tuple((1,) if size == 1 else next(joined) for size in shape))

    def broadcast(self, x: Lettered, shape: Shape) -> Lettered:
        return Lettered(shape, lambda i: x.at(_narrow(i, shape, x.shape)), _wide(shape, [x]))

    def index(self, x: Lettered, key: Index) -> Lettered:
        sliced = zip(key, x.shape, strict=False)
        ranges = [range(*k.indices(size)) if isinstance(k, slice) else k for k, size in sliced]

        def at(index: At) -> Expr:
            given = iter(index)
            place = [Num(Fraction(k + 1)) if isinstance(k, int) else _stepped(next(given), k) for k in ranges]
            return x.at((*place, *given))

        sizes = [len(k) for k in ranges if isinstance(k, range)]
        return Lettered((*sizes, *x.shape[len(key) :]), at)

    def scatter(self, x: Lettered, key: Index, like: Lettered) -> Lettered:
        return Lettered(like.shape, _unwritable("elements put back into their places"))

    def concat(self, arrays: tuple[Lettered, ...], axis: int) -> Lettered:
        parts = [Lettered.lift(array) for array in arrays]
        total = sum(part.shape[axis] for part in parts)
        shape = (*parts[0].shape[:axis], total, *parts[0].shape[axis + 1 :])
        return Lettered(shape, _unwritable("arrays that are joined"))


def _split(place: Any, sizes: Shape) -> At:
    """The places on the axes that one was joined of."""
    if len(sizes) == 1 or isinstance(place, tuple):
        return place if isinstance(place, tuple) else (place,)
    raise Unwritable("another arrangement of the elements")


def _slid(window: Expr, entry: Expr, stride: int, padding: int) -> Expr:
    (terms, number), (more, added) = linear(window), linear(entry)
    both = {letter: stride * factor for letter, factor in terms.items()}
    for letter, factor in more.items():
        both[letter] = both.get(letter, 0) + factor
    return combined(both, stride * number + added - stride - padding)


def _stepped(place: Expr, chosen: range) -> Expr:
    """The place of what stands at `place` of a slice."""
    terms, number = linear(place)
    stepped = {letter: chosen.step * factor for letter, factor in terms.items()}
    return combined(stepped, chosen.start + chosen.step * (number - 1) + 1)


def _aligned(old: list[int], new: list[int]) -> list[tuple[Shape, Shape]] | None:
    """Which axes of one arrangement become which of another: one of several, or several of one; else None."""
    blocks = []
    while old or new:
        before, after = old[:1], new[:1]
        while prod(before) != prod(after):
            smaller, rest = (before, old) if prod(before) < prod(after) else (after, new)
            if len(smaller) == len(rest):
                return None
            smaller.append(rest[len(smaller)])
        if len(before) > 1 < len(after):
            return None
        blocks.append((tuple(before), tuple(after)))
        old, new = old[len(before) :], new[len(after) :]
    return blocks
