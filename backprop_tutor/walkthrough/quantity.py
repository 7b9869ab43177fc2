"""The names of quantities: `net1`, `h1(2)[1]`, `dJ/dW1[1,2]`, `delta1`, `W1_new`."""

import difflib
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from backprop_tutor.errors import LanguageError, UsageError
from backprop_tutor.language.expr import Item, Num, Slice, Sym

if TYPE_CHECKING:
    from backprop_tutor.language.cursor import Spelling

__all__ = ["Quantity", "find_quantity"]

Region = tuple[int | None, ...]  # a zero-based place on each axis, None for the whole axis


class Quantity(NamedTuple):
    """A whole array (empty `region`), or a part of it."""

    name: str
    region: Region = ()

    def indices(self, shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """The zero-based indices of its elements in an array of `shape`."""
        region = self.region or (None,) * len(shape)
        return product(
            *(range(size) if place is None else (place,) for place, size in zip(region, shape, strict=True))
        )


def find_quantity(
    text: str,
    shapes: dict[str, tuple[int, ...]],
    batched: Iterable[str] = (),
    spelling: "Spelling | None" = None,
) -> Quantity:
    """The quantity that `text` names, among those with the given `shapes`.

    `batched` are the names whose first axis is the example; `spelling` reads a notation. Raises
    UsageError that lists near names, or the range that an index must lie in.
    """
    from backprop_tutor.language import parse  # 6 ms, and only --quantity needs it

    try:
        expr = parse(text, functions={}, names=shapes.keys(), spelling=spelling)
    except LanguageError as error:
        near = _near(text, shapes) if "not a quantity" in error.what else ""
        raise UsageError(f"{text!r}: {error.what}", hint=near or error.hint) from None
    match expr:
        case Sym(name):
            return Quantity(_canonical(name, shapes))
        case Item(Sym(name), index, example):
            name = _canonical(name, shapes)
            return Quantity(name, _region(name, index, example, shapes[name], name in set(batched)))
        case _:
            raise UsageError(f"{text!r} is not the name of one quantity.", hint=_near(text, shapes))


def _region(
    name: str,
    index: tuple[object, ...],
    example: object,
    shape: tuple[int, ...],
    batched: bool,
) -> Region:
    entries = list(index)
    if example is not None:
        if not batched:
            raise UsageError(
                f"{name} does not depend on the example.", hint=f"Write {name} or {name}[…] without (…)."
            )
        entries.insert(0, example)
    elif batched and len(entries) == len(shape) - 1 and shape[0] == 1:
        entries.insert(0, Num(Fraction(1)))
    if len(entries) > len(shape):
        raise UsageError(f"{name} has the shape {shape}: {len(entries)} indices are too many.")
    region = [_place(name, entry, size) for entry, size in zip(entries, shape, strict=False)]
    return (*region, *[None] * (len(shape) - len(region)))


def _place(name: str, entry: object, size: int) -> int | None:
    match entry:
        case Slice(None, None):
            return None
        case Num(value) if value.denominator == 1 and 1 <= value <= size:
            return int(value) - 1
        case Num(value):
            raise UsageError(
                f"{name}: index {value} is out of range.",
                hint=f"It goes from 1 to {size}; indices start at 1, as on paper.",
            )
        case _:
            raise UsageError(f"{name}: an index here is one whole number, or : for all of them.")


def _canonical(name: str, shapes: dict[str, tuple[int, ...]]) -> str:
    """`dJ/dnet1` for `delta1`."""
    return name if name in shapes else f"{_loss(shapes)}net{name.removeprefix('delta')}"


def _loss(shapes: Iterable[str]) -> str:
    return next((name.partition("/d")[0] + "/d" for name in shapes if "/d" in name), "dJ/d")


def _near(text: str, names: Iterable[str]) -> str:
    listed = list(names)
    near = difflib.get_close_matches(re.split(r"[\[(]", text)[0], listed, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    shown = listed[:12]
    return f"There are {', '.join(shown)}{', …' if len(listed) > 12 else ''}."
