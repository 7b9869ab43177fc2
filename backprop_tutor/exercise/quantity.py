"""The names of quantities: `net1`, `h1(2)[1]`, `dJ/dW1[1,2]`, `delta1`, `W1_new`."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import accumulate, pairwise, product
from typing import NamedTuple

from backprop_tutor.engine.graph import Node
from backprop_tutor.errors import LanguageError, UsageError
from backprop_tutor.language.counted import many
from backprop_tutor.language.deltas import net_of
from backprop_tutor.language.derivative_name import joined
from backprop_tutor.language.expr import Expr, Item, Num, Slice, Sym, name_of
from backprop_tutor.language.lettering import CANONICAL, Lettering
from backprop_tutor.language.style import plain_text

__all__ = [
    "Quantity",
    "canonical",
    "element_name",
    "element_symbol",
    "find_quantity",
    "part_of",
    "split_name",
]

Known = Mapping[str, Node]  # by name: the node with the shape and axes of each
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


def split_name(name: str) -> tuple[str, str]:
    """`dJ/dW1` and `[1,2]`: the name of a quantity, and which part of it is meant."""
    quantity = re.split(r"[\[(]", name, maxsplit=1)[0]
    return quantity, name[len(quantity) :]


def element_symbol(name: str, node: Node, index: tuple[int, ...]) -> Sym | Item:
    """The name of one element, from its zero-based index: `h1(2)[1]`, `dJ/dW1[1,2]`, `W1_new[1,1]`.

    `node` says which axes the quantity has; one with a single example is written without it: `h1[1]`.
    """
    base = Sym(name)
    places = tuple(Num(Fraction(int(i) + 1)) for i in index)
    if node.parts:
        ends = list(accumulate((len(part.shape) for part in node.parts), initial=0))
        own = (index[start:stop] for start, stop in pairwise(ends))
        return joined(name, map(element_symbol, (part.name for part in node.parts), node.parts, own))
    if not node.batched:
        return Item(base, places) if places else base
    if node.shape[0] > 1:
        return Item(base, places[1:], example=places[0])
    return Item(base, places[1:]) if places[1:] else base


def element_name(name: str, node: Node, index: tuple[int, ...]) -> str:
    """That name as text."""
    return plain_text(element_symbol(name, node, index))


def find_quantity(text: str, known: Known, lettering: Lettering = CANONICAL) -> Quantity:
    """The quantity that `text` names, in a notation, among those `known`.

    Raises UsageError that lists near names, or the range that an index must lie in.
    """
    from backprop_tutor.language import parse  # 6 ms, and only --quantity needs it

    try:
        expr = parse(text, functions={}, names=known.keys(), spelling=lettering.read)
    except LanguageError as error:
        hint = _near(text, known, lettering) if error.is_guess else error.hint
        what = error.what if error.what.startswith(f"{text} ") else f"{text!r}: {error.what}"
        raise UsageError(what, hint=hint) from None
    if not name_of(expr):
        raise UsageError(f"{text!r} is not the name of one quantity.", hint=_near(text, known, lettering))
    return part_of(expr, text, known, lettering)


def part_of(name: Expr, text: str, known: Known, lettering: Lettering = CANONICAL) -> Quantity:
    """What the symbol or item `name`, written as `text`, is a part of. Raises UsageError."""
    quantity = canonical(name_of(name), known)
    try:
        node = known[quantity]
    except KeyError:
        raise UsageError(
            f"`{text}` is no derivative of the loss by what it depends on.",
            hint=_near(lettering.typed(quantity), known, lettering),
        ) from None
    if not isinstance(name, Item):
        return Quantity(quantity)
    return Quantity(quantity, _regions(name, text, node) if node.parts else _region(name, text, node))


def _regions(item: Item, text: str, node: Node) -> Region:
    """The places on the axes of all parts of a derivative, one part after the other."""
    last = (int(item.example is not None), len(item.index))
    split = item.split or (*[(0, 0)] * (len(node.parts) - 1), last)
    places = [*([item.example] if item.example else []), *item.index]
    region: Region = ()
    for part, (examples, indices) in zip(node.parts, split, strict=True):
        own, places = places[: examples + indices], places[examples + indices :]
        example = own[0] if examples and not isinstance(own[0], Slice) else None
        region += _region(Item(Sym(part.name), tuple(own[examples:]), example), text, part)
    return region


def canonical(name: str, known: Iterable[str]) -> str:
    """`dJ/dnet1` for `delta1`, unless a quantity is called so."""
    net = net_of(name)
    if not net or name in known:
        return name
    return next((gradient for gradient in known if gradient.endswith(f"/d{net}")), name)


def _region(item: Item, text: str, node: Node) -> Region:
    entries, shape = list(item.index), node.shape
    if item.example is not None:
        if not node.batched:
            hint = f"It does not depend on the example: write the index of the shape {shape} in [ ]."
            raise UsageError(f"`{text}`: {node.name} has no examples.", hint=hint)
        entries.insert(0, item.example)
    elif node.batched and len(entries) == len(shape) - 1 and shape[0] == 1:
        entries.insert(0, Num(Fraction(1)))
    if len(entries) > len(shape):
        what = f"`{text}` has {many(len(entries), 'index')}, but {node.name} has the shape {shape}."
        raise UsageError(what, hint="That is too many.")
    region = [_place(text, node, entry, size) for entry, size in zip(entries, shape, strict=False)]
    return (*region, *[None] * (len(shape) - len(region)))


def _place(text: str, node: Node, entry: object, size: int) -> int | None:
    match entry:
        case Slice(None, None, None):
            return None
        case Num(value) if value.denominator == 1 and 1 <= value <= size:
            return int(value) - 1
        case Num(value):
            outside = f"`{text}` is outside {node.name}, whose shape is {node.shape}"
            raise UsageError(
                f"{outside}: its index {value} is out of range",
                hint=f"It goes from 1 to {size}; indices start at 1, as on paper.",
            )
        case _:
            raise UsageError(f"`{text}`: an index here is one whole number, or : for all of them.")


def _near(text: str, names: Iterable[str], lettering: Lettering) -> str:
    listed = list(map(lettering.typed, names))
    near = difflib.get_close_matches(split_name(text)[0], listed, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    shown = listed[:12]
    return f"There are {', '.join(shown)}{', …' if len(listed) > 12 else ''}."
