"""The value of a typed formula in floating point, with the quantities' values given by name."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from backprop_tutor.engine.expression import FORMULA_FUNCTIONS, evaluate
from backprop_tutor.engine.op import MISFITS
from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.engine.systems.float64 import FLOAT64, Float64
from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Expr, Item, Num, Slice, Sym, name_of

__all__ = ["FUNCTIONS", "constant_value", "formula_value"]

FUNCTIONS = FORMULA_FUNCTIONS  # what is printed can be typed, too
MAX_ELEMENTS = 100_000  # of what an answer makes of the exercise's arrays


class _Bounded(Float64):
    """Floats in arrays that are not larger than an answer has use for."""

    def outer(self, x: Array, y: Array) -> Array:
        _require_bounded(x.size * y.size)
        return super().outer(x, y)

    def broadcast(self, x: Array, shape: Shape) -> Array:
        _require_bounded(prod(shape))
        return super().broadcast(x, shape)


def _require_bounded(size: int) -> None:
    if size > MAX_ELEMENTS:
        raise UsageError(f"This makes an array of {size:,} numbers.", hint="Write a smaller one.")


_BOUNDED = _Bounded()


def constant_value(expr: Expr) -> Array | None:
    """The value of an expression without quantities, None where there is no finite one."""
    try:
        value = formula_value(expr, {}, frozenset())
    except BackpropTutorError:
        return None
    return value if np.isfinite(value).all() else None


def formula_value(expr: Expr, values: Mapping[str, Array], batched: frozenset[str]) -> Array:
    """The value of `expr`; a single example and a single number lose their axes, as on paper.

    `batched` are the quantities whose first axis is the example. Raises UsageError or ShapeError
    where it has no value; `where` is then the quantity to blame, if one is.
    """

    def lookup(leaf: Sym | Item) -> Array:
        name = name_of(leaf)
        if not name:
            raise UsageError("Only a quantity has an index.")
        if leaf == PI and name not in values:
            return FLOAT64.finish(FLOAT64.pi)
        array = values.get(name)
        if array is None:
            raise UsageError(f"{name} has no value.")
        if isinstance(leaf, Sym):
            array = array[0] if name in batched and array.shape[0] == 1 else array
            return array.reshape(()) if array.size == 1 else array
        try:
            return _picked(leaf, name, array, name in batched)
        except UsageError as error:
            error.where = to_text(leaf)
            raise

    try:
        with np.errstate(all="ignore"):
            value = np.asarray(evaluate(expr, _BOUNDED, lookup), dtype=float)
    except MISFITS as error:
        raise UsageError(f"This formula has no value ({type(error).__name__}).") from None
    return value.reshape(()) if value.size == 1 else value


def _picked(item: Item, name: str, array: Array, batched: bool) -> Array:
    """The elements that an index of the language picks: it starts at 1 and includes both ends."""
    places: list[Any] = list(item.index)
    if item.example is not None:
        if not batched:
            raise UsageError(f"{name} does not depend on the example.")
        places.insert(0, item.example)
    elif batched and len(places) == array.ndim - 1:
        if array.shape[0] > 1:
            raise UsageError(
                f"{name} has {array.shape[0]} examples.", hint=f"Say which one: {name}(1)[…] is the first's."
            )
        places.insert(0, Num(1))  # type: ignore[arg-type]
    if len(places) > array.ndim:
        raise UsageError(f"{name} has fewer than {len(places)} indices.")
    picked = array[tuple(_place(name, place, size) for place, size in zip(places, array.shape, strict=False))]
    return np.asarray(picked)


def _place(name: str, place: Any, size: int) -> int | slice:
    if isinstance(place, Slice):
        start = 1 if place.start is None else _whole(name, place.start, size)
        stop = size if place.stop is None else _whole(name, place.stop, size)
        return slice(start - 1, stop, None if place.step is None else int(place.step.value))
    return _whole(name, place, size) - 1


def _whole(name: str, place: Any, size: int) -> int:
    if not isinstance(place, Num) or not 1 <= place.value <= size:
        raise UsageError(f"An index of {name} is outside 1 to {size}.")
    return int(place.value)
