"""The small array namespace that every op is written in.

An op's rules receive a system `xp` and arrays of that system. Arrays have `shape`, `ndim` and the
operators `+ - * / @` and unary minus, with NumPy's broadcasting; everything else is a method below.
The systems here are float64 (NumPy), many (float64, many sets of numbers at once), exact (fractions), precise
(many digits), symbolic (SymPy), dual (forward mode over another one), form (a whole array's formula, which is
also how shapes are worked out), element (one element's formula), letters (the same with letters for indices)
and taint (which elements depend on which). Proofs have opaque, where functions have drawn values, and
notebooks have one that writes NumPy code. What differentiates backward rules is a system over any of these
(engine.reverse).
"""

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, Protocol

from backprop_tutor.engine.systems.windows import Windows

__all__ = [
    "BACKWARD",
    "CHAINS",
    "RULES",
    "Array",
    "Axes",
    "DerivedFunctions",
    "Index",
    "Shape",
    "System",
    "examples",
    "shape_of",
]

Array = Any  # an array of whichever system is in use
Shape = tuple[int, ...]
Axes = tuple[int, ...]
Index = tuple[int | slice, ...]  # zero-based, one entry an axis
Options = tuple[tuple[str, Any], ...]  # of an op: numbers, or the formulas that they are


RULES: dict[str, Callable[..., Array]] = {}
"""The forward rule of every op by its name, which the table of ops fills in."""

BACKWARD: dict[str, Callable[[int], Callable[..., Array]]] = {}
"""The same of the backward rules: a function from the slot of an input to its rule."""

CHAINS: dict[str, str] = {}
"""The op of two operands that a function of several is made of: max(a, b) is no element of one array."""


class DerivedFunctions:
    """What follows from the rest of a system; a system with something better says so itself.

    The derivatives of powers and quotients are as they are written; numbers have 0 where a factor is 0.
    """

    power: Any
    log: Any
    gt: Any
    eq: Any
    where: Any
    number: Any
    index: Any
    concat: Any
    reshape: Any
    transpose: Any
    arange: Any

    def counting(self) -> Any:
        """The same system, in which the number of examples is a number and no letter."""
        return self

    def size(self, x: Array) -> Array:
        """How many elements `x` has."""
        return self.number(prod(shape_of(x)))

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Array:
        """The op `function` of `arrays`."""
        name = CHAINS.get(function, function) if len(arrays) > 1 else function
        return RULES[name](self, *arrays, **{key: getattr(value, "value", value) for key, value in options})

    def weighted(self, W: Array, x: Array) -> Array:
        return self.transpose(W @ self.transpose(x))

    def abs(self, x: Array) -> Array:
        return self.where(self.gt(x, 0), x, self.where(self.eq(x, 0), 0 * x, -x))

    def lt(self, x: Array, y: Array) -> Array:
        return self.gt(y, x)

    def ge(self, x: Array, y: Array) -> Array:
        return self.gt(x, y) | self.eq(x, y)

    def le(self, x: Array, y: Array) -> Array:
        return self.ge(y, x)

    def stop(self, x: Array) -> Array:
        return x

    def peak(self, x: Array, axes: Axes) -> Array:
        return 0

    def centred(self, x: Array, axes: Axes) -> Array:
        return x - self.peak(x, axes)

    def said(self, result: Array, function: str, *arrays: Array, options: Options = ()) -> Array:
        return result

    def one_hot(self, x: Array, classes: int) -> Array:
        hit = self.eq(self.reshape(x, (*x.shape, 1)), self.arange(classes))
        return self.where(hit, self.number(1), self.number(0))

    def rows(self, x: Array, numbers: Array) -> Array:
        return self.one_hot(numbers, x.shape[0]) @ x

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Array:
        chosen = self.reshape(self.one_hot(numbers, like.shape[0]), (prod(numbers.shape), like.shape[0]))
        parts = self.reshape(g, (prod(numbers.shape), *like.shape[1:]))
        return self.transpose(chosen) @ parts

    def first_hits(self, windows: Array, top: Array) -> Array:
        lead, hits, taken = windows.ndim - 2, [], self.number(0)
        for entry in range(windows.shape[-2]):
            here = self.index(windows, (slice(None),) * lead + (slice(entry, entry + 1),))
            hit = self.where(self.eq(here, top), 1 - taken, self.number(0))
            taken = taken + hit
            hits.append(hit)
        return self.concat(tuple(hits), lead)

    def slope_by_base(self, x: Array, y: Array) -> Array:
        """y·x^(y-1): 0 for the constant x**0, also at 0."""
        return y * self.power(x, self.one_less(y))

    def one_less(self, x: Array) -> Array:
        """The exponent that the power rule leaves."""
        return x - 1

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

    def counting(self) -> Any: ...
    def count(self, x: Array, axes: Axes = (0,)) -> Array:
        """The number of examples, N, which lie along `axes` of `x`: a letter where formulas are written."""

    def size(self, x: Array) -> Array:
        """How many elements `x` has."""

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Array:
        """The op `function`: by name where formulas are written, by its rule where numbers are computed."""

    def power(self, x: Array, y: Array) -> Array: ...
    def slope_by_base(self, x: Array, y: Array) -> Array: ...
    def one_less(self, x: Array) -> Array: ...
    def slope_by_divisor(self, x: Array, y: Array) -> Array: ...
    def slope_by_exponent(self, value: Array, x: Array) -> Array: ...
    def abs(self, x: Array) -> Array: ...
    def exp(self, x: Array) -> Array: ...
    def log(self, x: Array) -> Array: ...
    def sqrt(self, x: Array) -> Array: ...
    def sin(self, x: Array) -> Array: ...
    def cos(self, x: Array) -> Array: ...
    def tan(self, x: Array) -> Array: ...
    def arctan(self, x: Array) -> Array: ...
    def sinh(self, x: Array) -> Array: ...
    def cosh(self, x: Array) -> Array: ...
    def tanh(self, x: Array) -> Array: ...
    def sigmoid(self, x: Array) -> Array: ...
    def softplus(self, x: Array) -> Array: ...
    def erf(self, x: Array) -> Array: ...

    def gt(self, x: Array, y: Array) -> Array: ...
    def eq(self, x: Array, y: Array) -> Array: ...
    def lt(self, x: Array, y: Array) -> Array: ...
    def ge(self, x: Array, y: Array) -> Array: ...
    def le(self, x: Array, y: Array) -> Array: ...
    def where(self, condition: Array, x: Array, y: Array) -> Array: ...

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Array: ...
    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Array: ...

    def first_max(self, x: Array) -> Array:
        """The largest along the last axis but one, which stays with size 1; of equal ones, the first passes
        the gradient."""

    def first_hits(self, windows: Array, top: Array) -> Array:
        """1 at those first of the largest, which are `top`, and 0 elsewhere."""

    def peak(self, x: Array, axes: Axes) -> Array:
        """The largest element as a constant where exp would overflow without it, else 0."""

    def centred(self, x: Array, axes: Axes) -> Array:
        """`x` less its peak, for rules that do not mind a shift."""

    def stop(self, x: Array) -> Array:
        """`x`, whose derivative is taken for 0."""

    def said(self, result: Array, function: str, *arrays: Array, options: Options = ()) -> Array:
        """`result`, as a call of the function where formulas of whole arrays are written."""

    def arange(self, count: int) -> Array:
        """The numbers from 1 to `count`."""

    def one_hot(self, x: Array, classes: int) -> Array:
        """On a further axis: 1 at the place that each whole number of `x` says, counted from 1, else 0."""

    def rows(self, x: Array, numbers: Array) -> Array:
        """Those rows of `x`, counted from 1, for each of the `numbers` one."""

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Array:
        """Zeros of the shape of `like` to which the parts of `g` are added as rows."""

    def windows(self, x: Array, windows: Windows) -> Array:
        """The last axes of `x` as two: the entries of a window, and the windows."""

    def overlap(self, x: Array, windows: Windows) -> Array:
        """The windows put back into their places, where they add up."""

    def transpose(self, x: Array) -> Array:
        """All axes reversed."""

    def permute(self, x: Array, axes: Axes) -> Array: ...
    def swap(self, x: Array) -> Array:
        """The last two axes exchanged."""

    def weighted(self, W: Array, x: Array) -> Array:
        """`W` times every row of `x`, or `x` itself, as it is written for one unit: W x."""

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
