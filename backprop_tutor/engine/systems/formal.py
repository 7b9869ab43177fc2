"""What the two systems of formulas share: operators and functions that build expression trees."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from typing import Any, Self

from backprop_tutor.engine.systems.base import Array, Axes, DerivedFunctions, Options, Shape, examples
from backprop_tutor.errors import ShapeError
from backprop_tutor.language import expr
from backprop_tutor.language.counted import many
from backprop_tutor.language.expr import Call, Expr, Num, Sym

__all__ = ["COUNT", "PI", "FormalArray", "FormalSystem", "broadcast_shapes", "matmul_shape"]

# The letters that formulas of ops use beside quantities: how many examples there are, and π.
COUNT, PI = Sym("N"), Sym("π")


def broadcast_shapes(*shapes: Shape) -> Shape:
    """NumPy's broadcasting rule. Raises ShapeError naming the shapes."""
    width = max(len(shape) for shape in shapes)
    padded = [(1,) * (width - len(shape)) + shape for shape in shapes]
    result = []
    for sizes in zip(*padded, strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            listed = " and ".join(str(shape) for shape in shapes)
            raise ShapeError(
                f"the shapes {listed} do not fit together",
                hint="From the last axis backwards, sizes must be equal or 1.",
            )
        result.append(wide.pop() if wide else 1)
    return tuple(result)


def matmul_shape(a: Shape, b: Shape) -> Shape:
    """The shape of `a @ b`. Raises ShapeError naming both."""
    if not a or not b:
        raise ShapeError("@ needs arrays, and here it stands beside one number", hint="Use * with a number.")
    rows = a if len(a) > 1 else (1, *a)
    columns = b if len(b) > 1 else (*b, 1)
    if rows[-1] != columns[-2]:
        raise ShapeError(
            f"the shapes {a} and {b} do not fit @: {many(rows[-1], 'column')} "
            f"{'meets' if rows[-1] == 1 else 'meet'} {many(columns[-2], 'row')}",
            hint="The inner sizes must be equal.",
        )
    lead = broadcast_shapes(rows[:-2], columns[:-2])
    return lead + ((rows[-2],) if len(a) > 1 else ()) + ((columns[-1],) if len(b) > 1 else ())


class FormalArray:
    """An array whose elements are formulas. Subclasses say how a function acts on elements."""

    shape: Shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @classmethod
    def lift(cls, x: Array) -> Self:
        """`x` itself, or a number as a scalar array."""
        return x if isinstance(x, cls) else cls.scalar(Num(Fraction(x)))

    @classmethod
    def symbol(cls, name: str, shape: Shape) -> Self:
        """The whole array called `name`."""
        raise NotImplementedError

    @classmethod
    def scalar(cls, value: Expr) -> Self:
        raise NotImplementedError

    @classmethod
    def map(cls, function: Callable[..., Expr], *arrays: Array) -> Self:
        """`function` on corresponding elements, broadcasting. Raises ShapeError."""
        raise NotImplementedError

    def __add__(self, other: Array) -> Self:
        return self.map(expr.add, self, other)

    def __radd__(self, other: Array) -> Self:
        return self.map(expr.add, other, self)

    def __sub__(self, other: Array) -> Self:
        return self.map(expr.sub, self, other)

    def __rsub__(self, other: Array) -> Self:
        return self.map(expr.sub, other, self)

    def __mul__(self, other: Array) -> Self:
        return self.map(expr.mul, self, other)

    def __rmul__(self, other: Array) -> Self:
        return self.map(expr.mul, other, self)

    def __truediv__(self, other: Array) -> Self:
        return self.map(expr.div, self, other)

    def __rtruediv__(self, other: Array) -> Self:
        return self.map(expr.div, other, self)

    def __neg__(self) -> Self:
        return self.map(expr.neg, self)


def _cases(condition: Expr, x: Expr, y: Expr) -> Expr:
    if x == Num(Fraction(1)) and y == Num(Fraction(0)):
        return Call("indicator", (condition,))
    return Call("cases", (condition, x, y))


def _one_less(x: Expr) -> Expr:
    return Num(x.value - 1) if isinstance(x, Num) and not x.text else expr.sub(x, Num(Fraction(1)))


class FormalSystem(DerivedFunctions):
    """Functions as calls; nothing is computed."""

    array: type[FormalArray]
    letter_for_count = True

    def counting(self) -> Self:
        """The same system, in which the number of examples is a number and no letter."""
        system = copy(self)
        system.letter_for_count = False
        return system

    def ready(self, op: str, inputs: Sequence[Array], params: Mapping[str, Any]) -> Array | None:
        """The whole op as a function that exists, where code is written for a library that has it."""
        return None

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Array:
        """`function` of corresponding elements, under its name."""
        return self.array.map(lambda *args: Call(function, args, options), *arrays)

    @property
    def pi(self) -> Array:
        return self.array.scalar(PI)

    def number(self, value: int | Fraction) -> Array:
        return self.array.scalar(Num(Fraction(value)))

    def finish(self, x: Array) -> Array:
        return x

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        return self.array.scalar(COUNT if self.letter_for_count else Num(Fraction(examples(x, axes))))

    def power(self, x: Array, y: Array) -> Array:
        return self.array.map(expr.power, x, y)

    def one_less(self, x: Array) -> Array:
        return self.array.map(_one_less, x)

    def abs(self, x: Array) -> Array:
        return self.call("abs", x)

    def exp(self, x: Array) -> Array:
        return self.call("exp", x)

    def log(self, x: Array) -> Array:
        return self.call("log", x)

    def sqrt(self, x: Array) -> Array:
        return self.call("sqrt", x)

    def sin(self, x: Array) -> Array:
        return self.call("sin", x)

    def cos(self, x: Array) -> Array:
        return self.call("cos", x)

    def tan(self, x: Array) -> Array:
        return self.call("tan", x)

    def arctan(self, x: Array) -> Array:
        return self.call("arctan", x)

    def sinh(self, x: Array) -> Array:
        return self.call("sinh", x)

    def cosh(self, x: Array) -> Array:
        return self.call("cosh", x)

    def tanh(self, x: Array) -> Array:
        return self.call("tanh", x)

    def stop(self, x: Array) -> Array:
        return self.call("stop_gradient", x)

    def sigmoid(self, x: Array) -> Array:
        return self.call("sigmoid", x)

    def softplus(self, x: Array) -> Array:
        return self.call("softplus", x)

    def erf(self, x: Array) -> Array:
        return self.call("erf", x)

    def gt(self, x: Array, y: Array) -> Array:
        return self.call("gt", x, y)

    def eq(self, x: Array, y: Array) -> Array:
        return self.call("eq", x, y)

    def lt(self, x: Array, y: Array) -> Array:
        return self.call("lt", x, y)

    def ge(self, x: Array, y: Array) -> Array:
        return self.call("ge", x, y)

    def le(self, x: Array, y: Array) -> Array:
        return self.call("le", x, y)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        return self.array.map(_cases, condition, x, y)

    def centred(self, x: Array, axes: Axes) -> Array:
        return x

    def outer(self, x: Array, y: Array) -> Array:
        return self.reshape(x, (*x.shape, 1)) * y

    def reshape(self, x: Array, shape: Shape) -> Array:
        raise NotImplementedError
