"""Whole-array formulas with their shapes: `dJ/dW1 = (dJ/dnet1)ᵀ x`.

Running an op here is also the shape rule of that op.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Self

from backprop_tutor.engine.systems.base import Array, Axes, Index, Shape
from backprop_tutor.engine.systems.formal import FormalArray, FormalSystem, broadcast_shapes, matmul_shape
from backprop_tutor.errors import ShapeError
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym

__all__ = ["FORM", "Form"]


@dataclass(frozen=True, slots=True, eq=False)
class Form(FormalArray):
    expr: Expr
    shape: Shape

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
        if function is ex.mul and all(form.shape for form in forms):
            function = _hadamard
        return cls(function(*(form.expr for form in forms)), shape)

    def __matmul__(self, other: Array) -> "Form":
        other = Form.lift(other)
        return Form(ex.matmul(self.expr, other.expr), matmul_shape(self.shape, other.shape))


def _hadamard(a: Expr, b: Expr) -> Expr:
    """`a ⊙ b`, without factors of 1 and without brackets around a product on the right."""
    if isinstance(b, Call) and b.name == "hadamard":
        return _hadamard(_hadamard(a, b.args[0]), b.args[1])
    simple = ex.mul(a, b)
    return Call("hadamard", (a, b)) if isinstance(simple, Call) and simple.name == "mul" else simple


def _reduced(shape: Shape, axes: Axes, keepdims: bool) -> Shape:
    if keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def _axis_option(axis: int) -> tuple[tuple[str, Expr], ...]:
    return (("axis", Num(Fraction(axis + 1))),)


class FormSystem(FormalSystem):
    name = "form"
    array = Form

    def _reduce(self, function: str, x: Form, axes: Axes, keepdims: bool) -> Form:
        shape = _reduced(x.shape, axes, keepdims)
        if len(axes) == x.ndim:
            return Form(Call(function, (x.expr,)), shape)
        result = x.expr
        for axis in sorted(axes, reverse=True):
            result = Call(function, (result,), _axis_option(axis))
        return Form(result, shape)

    def sum(self, x: Form, axes: Axes, keepdims: bool = False) -> Form:
        return self._reduce("sum", x, axes, keepdims)

    def max(self, x: Form, axes: Axes, keepdims: bool = False) -> Form:
        return self._reduce("max", x, axes, keepdims)

    def transpose(self, x: Form) -> Form:
        return Form(ex.transpose(x.expr), x.shape[::-1]) if x.ndim > 1 else x

    def swap(self, x: Form) -> Form:
        return Form(ex.transpose(x.expr), (*x.shape[:-2], x.shape[-1], x.shape[-2]))

    def reshape(self, x: Form, shape: Shape) -> Form:
        if prod(shape) != prod(x.shape):
            raise ShapeError(
                f"{prod(x.shape)} numbers of shape {x.shape} cannot be arranged in the shape {shape}",
                hint="Both shapes must hold equally many numbers.",
            )
        if _without_ones(shape) == _without_ones(x.shape):
            # A vector is a column; only laying it down as a row is worth writing.
            lies_down = len(shape) == 2 and shape[0] == 1 and x.ndim == 1
            return Form(ex.transpose(x.expr) if lies_down else x.expr, shape)
        sizes = tuple(Num(Fraction(size)) for size in shape)
        return Form(Call("reshape", (x.expr, *sizes)), shape)

    def broadcast(self, x: Form, shape: Shape) -> Form:
        return Form(x.expr, broadcast_shapes(x.shape, shape))

    def index(self, x: Form, key: Index) -> Form:
        return Form(Item(x.expr, tuple(map(_written, key))), _indexed(x.shape, key))

    def scatter(self, x: Form, key: Index, shape: Shape) -> Form:
        return Form(Call("place", (x.expr,)), shape)

    def concat(self, arrays: tuple[Form, ...], axis: int) -> Form:
        forms = [Form.lift(array) for array in arrays]
        first = forms[0].shape
        others = first[:axis] + first[axis + 1 :]
        for form in forms:
            if form.ndim != len(first) or form.shape[:axis] + form.shape[axis + 1 :] != others:
                raise ShapeError(
                    f"the shapes {first} and {form.shape} cannot be joined along axis {axis + 1}",
                    hint="All other axes must be equal.",
                )
        total = sum(form.shape[axis] for form in forms)
        joined = Call("concat", tuple(form.expr for form in forms), _axis_option(axis))
        return Form(joined, (*first[:axis], total, *first[axis + 1 :]))


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)


def _written(entry: int | slice) -> Expr | Slice:
    if isinstance(entry, slice):
        start = None if entry.start is None else Num(Fraction(entry.start + 1))
        return Slice(start, None if entry.stop is None else Num(Fraction(entry.stop)))
    return Num(Fraction(entry + 1))


def _indexed(shape: Shape, key: Index) -> Shape:
    if len(key) > len(shape):
        raise ShapeError(f"{len(key)} indices are too many for the shape {shape}")
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
