"""Reverse mode over any number system: a rule is run on traced arrays, and then backwards.

A traced array is an array of the system beneath, and what it was made of. So what an op's backward rule
does is differentiated, whatever the rule is, and the derivative of that derivative as well.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from backprop_tutor.engine.op import unbroadcast
from backprop_tutor.engine.systems.base import (
    BACKWARD,
    Array,
    Axes,
    DerivedFunctions,
    Index,
    Options,
    Shape,
    shape_of,
)
from backprop_tutor.engine.systems.windows import Windows

__all__ = ["Reverse", "Traced", "pulled_back"]

Pull = Callable[[Array], Array]  # from the gradient of a result to that of one input


class Origin(NamedTuple):
    """What a traced array was made of, with the way back to it."""

    array: "Traced"
    pull: Pull


class Traced:
    """An array `value` of the system beneath; a constant has no origins."""

    __array_ufunc__ = None  # an ndarray on the left leaves the operator to us

    def __init__(self, system: "Reverse", value: Array, origins: tuple[Origin, ...] = ()) -> None:
        self.system = system
        self.value = value
        self.origins = origins
        system.tape.append(self)

    @property
    def shape(self) -> Shape:
        return shape_of(self.value)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __add__(self, other: Array) -> "Traced":
        return self.system.binary("add", self, other)

    def __radd__(self, other: Array) -> "Traced":
        return self.system.binary("add", other, self)

    def __sub__(self, other: Array) -> "Traced":
        return self.system.binary("sub", self, other)

    def __rsub__(self, other: Array) -> "Traced":
        return self.system.binary("sub", other, self)

    def __mul__(self, other: Array) -> "Traced":
        return self.system.binary("mul", self, other)

    def __rmul__(self, other: Array) -> "Traced":
        return self.system.binary("mul", other, self)

    def __truediv__(self, other: Array) -> "Traced":
        return self.system.binary("div", self, other)

    def __rtruediv__(self, other: Array) -> "Traced":
        return self.system.binary("div", other, self)

    def __matmul__(self, other: Array) -> "Traced":
        return self.system.binary("matmul", self, other)

    def __neg__(self) -> "Traced":
        return self.system.by_op("neg", -self.value, self)


_OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "matmul": lambda a, b: a @ b,
}


class Reverse(DerivedFunctions):
    """The system `xp` on traced arrays. How an op is derived is what its own rules say; only what is no op
    has its way back here."""

    name = "reverse"

    def __init__(self, xp: Any) -> None:
        self.xp = xp
        self.tape: list[Traced] = []

    def lift(self, x: Array) -> Traced:
        """`x` itself, or a constant."""
        if isinstance(x, Traced) and x.system is self:
            return x
        return Traced(self, self.xp.number(x) if isinstance(x, int) else x)

    def bare(self, x: Array) -> Array:
        return x.value if isinstance(x, Traced) and x.system is self else x

    def made(self, value: Array, *origins: tuple[Traced, Pull]) -> Traced:
        return Traced(self, value, tuple(Origin(*origin) for origin in origins))

    def by_op(self, name: str, value: Array, *arrays: Array, **params: Any) -> Traced:
        """What the op `name` makes of `arrays`: its rules lead back."""
        traced = [self.lift(array) for array in arrays]
        inputs = [array.value for array in traced]

        def pull(slot: int) -> Pull:
            return lambda g: BACKWARD[name](slot)(self.xp, g, value, *inputs, **params)

        return self.made(value, *((array, pull(slot)) for slot, array in enumerate(traced)))

    def binary(self, name: str, a: Array, b: Array) -> Traced:
        a, b = self.lift(a), self.lift(b)
        return self.by_op(name, _OPERATORS[name](a.value, b.value), a, b)

    def narrowed(self, g: Array, like: Traced) -> Array:
        """`g` summed over the axes along which `like` was repeated."""
        return unbroadcast(self.xp, g, like.shape)

    @property
    def pi(self) -> Traced:
        return self.lift(self.xp.pi)

    def number(self, value: int | Fraction) -> Traced:
        return self.lift(self.xp.number(value))

    def finish(self, x: Array) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.finish(x.value), (x, lambda g: g))

    def count(self, x: Array, axes: Axes = (0,)) -> Traced:
        return self.lift(self.xp.count(self.bare(x), axes))

    def call(self, function: str, *arrays: Array, options: Options = ()) -> Traced:
        params = {key: getattr(value, "value", value) for key, value in options}
        value = self.xp.call(function, *map(self.bare, arrays), options=options)
        return self.by_op(function, value, *arrays, **params)

    def power(self, x: Array, y: Array) -> Traced:
        x, y = self.lift(x), self.lift(y)
        return self.by_op("pow", self.xp.power(x.value, y.value), x, y)

    def slope_by_base(self, x: Array, y: Array) -> Traced:
        """y·x^(y-1), whose derivative by x has y - 1 in the place of y."""
        x, y = self.lift(x), self.lift(y)
        xp, slope = self.xp, self.xp.slope_by_base(x.value, y.value)
        lower = xp.one_less(y.value)

        def to_exponent(g: Array) -> Array:
            return g * (xp.power(x.value, lower) + xp.slope_by_exponent(slope, x.value))

        return self.made(
            slope,
            (x, lambda g: self.narrowed(g * (y.value * xp.slope_by_base(x.value, lower)), x)),
            (y, lambda g: self.narrowed(to_exponent(g), y)),
        )

    def one_less(self, x: Array) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.one_less(x.value), (x, lambda g: g))

    def gt(self, x: Array, y: Array) -> Array:
        """A condition, which has no derivative: what it decides between has."""
        return self.xp.gt(self.bare(x), self.bare(y))

    def eq(self, x: Array, y: Array) -> Array:
        return self.xp.eq(self.bare(x), self.bare(y))

    def where(self, condition: Array, x: Array, y: Array) -> Traced:
        x, y = self.lift(x), self.lift(y)
        xp, zero = self.xp, self.xp.number(0)
        return self.made(
            xp.where(condition, x.value, y.value),
            (x, lambda g: self.narrowed(xp.where(condition, g, zero), x)),
            (y, lambda g: self.narrowed(xp.where(condition, zero, g), y)),
        )

    def sum(self, x: Array, axes: Axes, keepdims: bool = False) -> Traced:
        return self._reduced("sum", self.lift(x), axes, keepdims)

    def max(self, x: Array, axes: Axes, keepdims: bool = False) -> Traced:
        return self._reduced("max", self.lift(x), axes, keepdims)

    def _reduced(self, name: str, x: Traced, axes: Axes, keepdims: bool) -> Traced:
        value = getattr(self.xp, name)(x.value, axes, keepdims)
        return self.by_op(name, value, x, axis=tuple(axis + 1 for axis in axes), keepdims=int(keepdims))

    def centred(self, x: Array, axes: Axes) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.centred(x.value, axes), (x, lambda g: g))

    def peak(self, x: Array, axes: Axes) -> Traced:
        return self.lift(self.xp.peak(self.bare(x), axes))

    def stop(self, x: Array) -> Traced:
        return self.lift(self.xp.stop(self.bare(x)))

    def said(self, result: Array, function: str, *arrays: Array, options: Options = ()) -> Traced:
        result = self.lift(result)
        said = self.xp.said(result.value, function, *map(self.bare, arrays), options=options)
        return self.made(said, (result, lambda g: g))

    def arange(self, count: int) -> Traced:
        return self.lift(self.xp.arange(count))

    def one_hot(self, x: Array, classes: int) -> Traced:
        return self.lift(self.xp.one_hot(self.bare(x), classes))

    def rows(self, x: Array, numbers: Array) -> Traced:
        x, which = self.lift(x), self.bare(numbers)
        return self.made(self.xp.rows(x.value, which), (x, lambda g: self.xp.rows_back(g, which, x.value)))

    def rows_back(self, g: Array, numbers: Array, like: Array) -> Traced:
        g, which = self.lift(g), self.bare(numbers)
        back = self.xp.rows_back(g.value, which, self.bare(like))
        return self.made(back, (g, lambda up: self.xp.rows(up, which)))

    def windows(self, x: Array, windows: Windows) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.windows(x.value, windows), (x, lambda g: self.xp.overlap(g, windows)))

    def overlap(self, x: Array, windows: Windows) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.overlap(x.value, windows), (x, lambda g: self.xp.windows(g, windows)))

    def first_max(self, x: Array) -> Traced:
        x = self.lift(x)
        top = self.xp.first_max(x.value)
        return self.made(top, (x, lambda g: g * self.xp.first_hits(x.value, top)))

    def first_hits(self, windows: Array, top: Array) -> Traced:
        return self.lift(self.xp.first_hits(self.bare(windows), self.bare(top)))

    def permute(self, x: Array, axes: Axes) -> Traced:
        x, back = self.lift(x), tuple(axes.index(axis) for axis in range(len(axes)))
        return self.made(self.xp.permute(x.value, axes), (x, lambda g: self.xp.permute(g, back)))

    def transpose(self, x: Array) -> Traced:
        x = self.lift(x)
        return self.by_op("transpose", self.xp.transpose(x.value), x)

    def swap(self, x: Array) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.swap(x.value), (x, self.xp.swap))

    def outer(self, x: Array, y: Array) -> Traced:
        x, y = self.lift(x), self.lift(y)

        def to_row(g: Array) -> Array:
            if x.ndim == 1:
                return self.xp.transpose(g) @ x.value
            return self.xp.sum(g * self.xp.reshape(x.value, (*x.shape, 1)), tuple(range(x.ndim)))

        return self.made(self.xp.outer(x.value, y.value), (x, lambda g: g @ y.value), (y, to_row))

    def reshape(self, x: Array, shape: Shape) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.reshape(x.value, shape), (x, lambda g: self.xp.reshape(g, x.shape)))

    def broadcast(self, x: Array, shape: Shape) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.broadcast(x.value, shape), (x, lambda g: self.narrowed(g, x)))

    def index(self, x: Array, key: Index) -> Traced:
        x = self.lift(x)
        return self.made(self.xp.index(x.value, key), (x, lambda g: self.xp.scatter(g, key, x.value)))

    def scatter(self, x: Array, key: Index, like: Array) -> Traced:
        x = self.lift(x)
        placed = self.xp.scatter(x.value, key, self.bare(like))
        return self.made(placed, (x, lambda g: self.narrowed(self.xp.index(g, key), x)))

    def concat(self, arrays: tuple[Array, ...], axis: int) -> Traced:
        parts = [self.lift(array) for array in arrays]
        joined = self.xp.concat(tuple(part.value for part in parts), axis)
        return self.by_op("concat", joined, *parts, axis=axis + 1)


def _function(name: str) -> Callable[[Reverse, Array], Traced]:
    def apply(self: Reverse, x: Array) -> Traced:
        x = self.lift(x)
        return self.by_op(name, getattr(self.xp, name)(x.value), x)

    return apply


_SMOOTH = "exp log sqrt sin cos tan arctan sinh cosh tanh sigmoid softplus erf"
for _name in ("abs", *_SMOOTH.split()):
    setattr(Reverse, _name, _function(_name))


def pulled_back(xp: Any, g: Array, rule: Callable[..., Array], slot: int, arrays: tuple[Array, ...]) -> Array:
    """The gradient of `arrays[slot]`, where that of `rule(system, *arrays)` is `g`."""
    system = Reverse(xp.counting())
    sources = [Traced(system, array) for array in arrays]
    result = system.lift(rule(system, *sources))
    moving = {id(sources[slot])}
    for array in system.tape:
        if any(id(origin.array) in moving for origin in array.origins):
            moving.add(id(array))
    gradients: dict[int, Array] = {id(result): g}
    for array in reversed(system.tape):
        for origin in array.origins if id(array) in gradients else ():
            if id(origin.array) in moving:
                sent, before = origin.pull(gradients[id(array)]), gradients.get(id(origin.array))
                gradients[id(origin.array)] = sent if before is None else before + sent
    found = gradients.get(id(sources[slot]))
    return xp.broadcast(xp.number(0), sources[slot].shape) if found is None else found
