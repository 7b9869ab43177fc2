"""Whole-array formulas with their shapes: `dJ/dW1 = (dJ/dnet1)ᵀ x`.

Running an op here is also the shape rule of that op. A finished formula gives an array of its shape under
NumPy's own rules; on the way there, what broadcasting will do anyway is left to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, Self

from backprop_tutor.engine.systems.base import Array, Axes, Index, Options, Shape
from backprop_tutor.engine.systems.formal import (
    FormalArray,
    FormalSystem,
    broadcast_shapes,
    matmul_shape,
)
from backprop_tutor.engine.systems.windows import Windows
from backprop_tutor.errors import ShapeError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.counted import many
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym

__all__ = ["FORM", "Form"]

ONE: Expr = Num(Fraction(1))


@dataclass(frozen=True, slots=True, eq=False)
class Form(FormalArray):
    """`narrow` is the shape that `expr` has in NumPy, where that only broadcasts to `shape`."""

    expr: Expr
    shape: Shape
    narrow: Shape | None = None

    @classmethod
    def symbol(cls, name: str, shape: Shape) -> Self:
        return cls(Sym(name), shape)

    @classmethod
    def scalar(cls, value: Expr) -> Self:
        return cls(value, ())

    @classmethod
    def map(cls, function: Callable[..., Expr], *arrays: Array) -> Self:
        forms = [cls.lift(array) for array in arrays]
        shape = broadcast_shapes(*(form.shape for form in forms))
        if function is ex.mul and all(form.own for form in forms):
            function = _hadamard
        expr = function(*(form.expr for form in forms))
        left = [form for form in forms if form.expr is expr]  # all that the function has left of them
        kept = () if isinstance(expr, Num) else broadcast_shapes(*(form.own for form in left or forms))
        return cls(expr, shape, kept)

    @property
    def own(self) -> Shape:
        return self.shape if self.narrow is None else self.narrow

    def settled(self) -> "Form":
        """The same with nothing left to broadcasting."""
        if self.own == self.shape:
            return self
        name = "reshape" if prod(self.own) == prod(self.shape) else "broadcast"
        return Form(Call(name, (self.expr, *_sizes(self.shape))), self.shape)

    def __matmul__(self, other: Array) -> "Form":
        a, b = self.settled(), Form.lift(other).settled()
        return Form(ex.matmul(a.expr, b.expr), matmul_shape(a.shape, b.shape))


def _hadamard(a: Expr, b: Expr) -> Expr:
    """`a ⊙ b`, without factors of 1 and without brackets around a product on the right."""
    if isinstance(b, Call) and b.name == "hadamard":
        return _hadamard(_hadamard(a, b.args[0]), b.args[1])
    simple = ex.mul(a, b)
    return Call("hadamard", (a, b)) if isinstance(simple, Call) and simple.name == "mul" else simple


def _written_option(value: Any) -> Expr:
    """The number, or the numbers in brackets, that an option is."""
    return ex.Array(tuple(map(_written_option, value))) if isinstance(value, tuple) else Num(Fraction(value))


def _sizes(shape: Shape) -> tuple[Expr, ...]:
    return tuple(Num(Fraction(size)) for size in shape)


def _reduced(shape: Shape, axes: Axes, keepdims: bool) -> Shape:
    if keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


class FormSystem(FormalSystem):
    name = "form"
    array = Form

    def finish(self, x: Array) -> Form:
        return Form.lift(x).settled()

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Form:
        if function == "mul" and all(Form.lift(array).own for array in arrays):
            function = "hadamard"
        return Form.lift(super().call(function, *arrays, options=options))

    def _reduce(self, function: str, x: Form, axes: Axes, keepdims: bool) -> Form:
        result, shape = x.settled().expr, _reduced(x.shape, axes, keepdims)
        leading = set(axes) == set(range(len(axes)))  # NumPy adds leading axes by itself
        kept = (("keepdims", ONE),) if keepdims and not leading else ()
        if len(axes) == x.ndim:
            result = Call(function, (result,), kept)
        else:
            for axis in sorted(axes, reverse=True):
                result = Call(function, (result,), (("axis", Num(Fraction(axis + 1))), *kept))
        return Form(result, shape, shape if kept else _reduced(x.shape, axes, keepdims=False))

    def sum(self, x: Form, axes: Axes, keepdims: bool = False) -> Form:
        return self._reduce("sum", x, axes, keepdims)

    def max(self, x: Form, axes: Axes, keepdims: bool = False) -> Form:
        return self._reduce("max", x, axes, keepdims)

    def min(self, x: Form, axes: Axes, keepdims: bool = False) -> Form:
        return self._reduce("min", x, axes, keepdims)

    def said(self, result: Array, function: str, *arrays: Array, options: Options = ()) -> Form:
        forms = [Form.lift(array).settled() for array in arrays]
        written = tuple((key, _written_option(value)) for key, value in options)
        return Form(Call(function, tuple(form.expr for form in forms), written), Form.lift(result).shape)

    def first_max(self, x: Form) -> Form:
        return self.max(x, (x.ndim - 2,), keepdims=True)

    def arange(self, count: int) -> Form:
        return Form(Call("arange", _sizes((count,))), (count,))

    def rows(self, x: Form, numbers: Form) -> Form:
        return self.said(super().rows(x, numbers), "rows", x, numbers)

    def rows_back(self, g: Form, numbers: Form, like: Form) -> Form:
        return self.said(super().rows_back(g, numbers, like), "place_rows", g, like, numbers)

    def windows(self, x: Form, windows: Windows) -> Form:
        lead = x.shape[: x.ndim - len(windows.size)]
        return Form(Call("windows", (x.settled().expr,)), (*lead, windows.entries, prod(windows.outputs)))

    def overlap(self, x: Form, windows: Windows) -> Form:
        return Form(Call("overlap", (x.settled().expr,)), (*x.shape[:-2], *windows.inputs))

    def permute(self, x: Form, axes: Axes) -> Form:
        order = tuple(axis + 1 for axis in axes)
        moved = Call("permute", (x.settled().expr, *_sizes(order)))
        return Form(moved, tuple(x.shape[axis] for axis in axes))

    def transpose(self, x: Form) -> Form:
        return Form(ex.transpose(x.settled().expr), x.shape[::-1]) if x.ndim > 1 else x

    def swap(self, x: Form) -> Form:
        if x.ndim == 2:
            return self.transpose(x)
        axes = (Num(Fraction(x.ndim - 1)), Num(Fraction(x.ndim)))
        swapped = Call("swapaxes", (x.settled().expr, *axes))
        return Form(swapped, (*x.shape[:-2], x.shape[-1], x.shape[-2]))

    def outer(self, x: Form, y: Form) -> Form:
        if x.ndim > 1:
            return Form.lift(super().outer(x, y))
        return Form(Call("outer", (x.settled().expr, y.settled().expr)), x.shape + y.shape)

    def reshape(self, x: Form, shape: Shape) -> Form:
        if prod(shape) != prod(x.shape):
            raise ShapeError(
                f"{prod(x.shape)} numbers of shape {x.shape} cannot be arranged in the shape {shape}",
                hint="Both shapes must hold equally many numbers.",
            )
        leading = len(shape) - len(x.own)
        if not x.own or (shape[leading:] == x.own and set(shape[:leading]) <= {1}):
            return Form(x.expr, shape, x.own)
        whole = x if prod(x.own) == prod(shape) else x.settled()
        return Form(Call("reshape", (whole.expr, *_sizes(shape))), shape)

    def broadcast(self, x: Form, shape: Shape) -> Form:
        return Form(x.expr, broadcast_shapes(x.shape, shape), x.own)

    def index(self, x: Form, key: Index) -> Form:
        return Form(_picked(x.settled().expr, key), _indexed(x.shape, key))

    def scatter(self, x: Form, key: Index, like: Form) -> Form:
        return Form(Call("place", (x.settled().expr, _picked(like.expr, key))), like.shape)

    def concat(self, arrays: tuple[Form, ...], axis: int) -> Form:
        forms = [Form.lift(array).settled() for array in arrays]
        first = forms[0].shape
        others = first[:axis] + first[axis + 1 :]
        for form in forms:
            if form.ndim != len(first) or form.shape[:axis] + form.shape[axis + 1 :] != others:
                raise ShapeError(
                    f"the shapes {first} and {form.shape} cannot be joined along axis {axis + 1}",
                    hint="All other axes must be equal.",
                )
        total = sum(form.shape[axis] for form in forms)
        joined = Call("concat", tuple(form.expr for form in forms), (("axis", Num(Fraction(axis + 1))),))
        return Form(joined, (*first[:axis], total, *first[axis + 1 :]))


def _picked(expr: Expr, key: Index) -> Item:
    return Item(expr, tuple(map(_written, key)))


def _written(entry: int | slice) -> Expr | Slice:
    if isinstance(entry, slice):
        start = None if entry.start is None else Num(Fraction(entry.start + 1))
        stop = None if entry.stop is None else Num(Fraction(entry.stop))
        return Slice(start, stop, None if entry.step is None else Num(Fraction(entry.step)))
    return Num(Fraction(entry + 1))


def _indexed(shape: Shape, key: Index) -> Shape:
    if len(key) > len(shape):
        hint = f"It has {many(len(shape), 'axis')}." if shape else "A single number has none."
        verb = "is" if len(key) == 1 else "are"
        raise ShapeError(f"{many(len(key), 'index')} {verb} too many for the shape {shape}", hint=hint)
    result = []
    for axis, (entry, size) in enumerate(zip(key, shape, strict=False), start=1):
        last = entry if isinstance(entry, int) else (entry.stop or size) - 1
        if last >= size:
            raise ShapeError(
                f"index {last + 1} is out of range on axis {axis} of the shape {shape}",
                hint=f"That axis goes from 1 to {size}.",
            )
        if isinstance(entry, slice):
            result.append(len(range(*entry.indices(size))))
    return tuple(result) + shape[len(key) :]


FORM = FormSystem()
