"""The small array namespace that every op is written in.

An op's rules receive a system `xp` and arrays of that system. Arrays have `shape`, `ndim` and the
operators `+ - * / @` and unary minus, with NumPy's broadcasting; everything else is a method below.
The systems here are float64 (NumPy), exact (fractions), precise (many digits), symbolic (SymPy), dual
(forward mode over another one), form (a whole array's formula, which is also how shapes are worked out),
element (one element's formula), letters (the same with letters for indices) and taint (which elements depend
on which). Proofs have opaque, where functions have drawn values, and notebooks have one that writes NumPy
code.
"""

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, Protocol

__all__ = ["RULES", "Array", "Axes", "DerivedFunctions", "Index", "Shape", "System", "examples", "shape_of"]

Array = Any  # an array of whichever system is in use
Shape = tuple[int, ...]
Axes = tuple[int, ...]
Index = tuple[int | slice, ...]  # zero-based, one entry an axis
Options = tuple[tuple[str, Any], ...]  # of an op: numbers, or the formulas that they are


RULES: dict[str, Callable[..., Array]] = {}
"""The forward rule of every op by its name, which the table of ops fills in."""

OF_SEVERAL = {"max": "maximum", "min": "minimum"}  # max(a, b), and not the largest element of one array


class DerivedFunctions:
    """What follows from the rest of a system; a system with something better says so itself.

    The derivatives of powers and quotients are as they are written; numbers have 0 where a factor is 0.
    """

    power: Any
    log: Any
    gt: Any
    eq: Any
    where: Any

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Array:
        """The op `function` of `arrays`."""
        name = OF_SEVERAL.get(function, function) if len(arrays) > 1 else function
        return RULES[name](self, *arrays, **{key: getattr(value, "value", value) for key, value in options})

    def abs(self, x: Array) -> Array:
        return self.where(self.gt(x, 0), x, self.where(self.eq(x, 0), 0 * x, -x))

    def slope_by_base(self, x: Array, y: Array) -> Array:
        """y·x^(y-1): 0 for the constant x**0, also at 0."""
        return y * self.power(x, y - 1)

    def slope_by_divisor(self, x: Array, y: Array) -> Array:
        """The derivative of x/y with respect to `y`."""
        return -(x / self.power(y, 2))

    def slope_by_exponent(self, value: Array, x: Array) -> Array:
        """`value`·ln(x), with the value of x**y: 0 for the constant 0**y."""
        return value * self.log(x)


class System(Protocol):
    name: str

    @property
    def pi(self) -> Array: ...

    def number(self, value: int | Fraction) -> Array:
        """A scalar of this system."""

    def finish(self, x: Array) -> Array:
        """`x` as an array: arithmetic on scalars may leave a bare element."""

    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        """The number of examples, N, which lie along `axes` of `x`: a letter where formulas are written."""

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Array:
        """The op `function`: by name where formulas are written, by its rule where numbers are computed."""

    def power(self, x: Array, y: Array) -> Array: ...
    def slope_by_base(self, x: Array, y: Array) -> Array: ...
    def slope_by_divisor(self, x: Array, y: Array) -> Array: ...
    def slope_by_exponent(self, value: Array, x: Array) -> Array: ...
    def abs(self, x: Array) -> Array: ...
    def exp(self, x: Array) -> Array: ...
    def log(self, x: Array) -> Array: ...
    def sqrt(self, x: Array) -> Array: ...
    def sin(self, x: Array) -> Array: ...
    def cos(self, x: Array) -> Array: ...
    def tanh(self, x: Array) -> Array: ...
    def sigmoid(self, x: Array) -> Array: ...
    def softplus(self, x: Array) -> Array: ...
    def erf(self, x: Array) -> Array: ...

    def gt(self, x: Array, y: Array) -> Array: ...
    def eq(self, x: Array, y: Array) -> Array: ...
    def where(self, condition: Array, x: Array, y: Array) -> Array: ...

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Array: ...
    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Array: ...

    def centred(self, x: Array, axes: Axes) -> Array:
        """`x`, less its largest element where exp would overflow; for rules that do not mind a shift."""

    def transpose(self, x: Array) -> Array:
        """All axes reversed."""

    def swap(self, x: Array) -> Array:
        """The last two axes exchanged."""

    def outer(self, x: Array, y: Array) -> Array:
        """Every element of `x` times every one of the vector `y`, on a further axis."""

    def reshape(self, x: Array, shape: Shape) -> Array: ...
    def broadcast(self, x: Array, shape: Shape) -> Array: ...
    def index(self, x: Array, key: Index) -> Array: ...
    def scatter(self, x: Array, key: Index, like: Array) -> Array:
        """Zeros of the shape of `like` with `x` at `key`."""

    def concat(self, arrays: tuple[Array, ...], axis: int) -> Array: ...


def examples(x: Array, axes: Axes = (0,)) -> int:
    """How many examples lie along `axes` of `x`: 1 where there are none."""
    shape = shape_of(x)
    return prod(shape[axis] for axis in axes if axis < len(shape))


def shape_of(x: Array) -> Shape:
    """The shape of an array, `()` for a bare element."""
    return getattr(x, "shape", ())
