"""What a line means on one small model with drawn numbers: its exact value, derivatives included."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from backprop_tutor.engine import ops
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sum, Sym
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.opaque import (
    Dual,
    Number,
    Opaque,
    drawn,
    quotient,
    slope_of,
    value_of,
)
from backprop_tutor.walkthrough.derivation.terms import index_of, letters

__all__ = ["Model"]

Index = tuple[int, ...]  # zero-based
Places = Mapping[str, int]  # what the letters stand for
Elements = dict[tuple[str, Index], Number]


class Model:
    """The graph of `definitions` with numbers drawn for its leaves, and sizes of 2 or 3.

    `names` are derivatives of the loss by the name that they go by: {"delta2": "net2"}. The rows of the
    nodes in `targets` add up to 1.
    """

    def __init__(
        self,
        definitions: Definitions,
        draw: int,
        names: Mapping[str, str],
        targets: frozenset[str] = frozenset(),
    ) -> None:
        self.definitions = definitions
        self.draw = draw
        self.names = names
        self.xp = Opaque(draw)
        self.sizes = {name: 2 + drawn(draw, "size", name) % 2 for name in definitions.names.values()}
        self._free: dict[int, tuple[str, ...]] = {}
        self._kept: list[Expr] = []  # keeps the ids in _free and _sums from being used again
        self._sums: dict[tuple[Any, ...], Number] = {}
        self._slopes: dict[tuple[str, Index], Elements] = {}
        self.values: Elements = {}
        graph = definitions.graph
        for node in graph.nodes.values():
            if node.op:
                self._fill(node.name, self.values, None)
            elif node.value is None:
                for index in self.indices(node.name):
                    self.values[node.name, index] = self._leaf(node.name, index)
                if node.name in targets:
                    self._add_up(node.name)

    def shape(self, name: str) -> tuple[int, ...]:
        sizes = self.definitions.graph.nodes[name].shape
        return tuple(self.sizes[self.definitions.names[n]] if n in self.definitions.names else n for n in sizes)

    def indices(self, name: str) -> list[Index]:
        return list(product(*map(range, self.shape(name))))

    def _leaf(self, name: str, index: Index) -> Number:
        number = drawn(self.draw, name, index, least=1)
        signed = number if number % 3 else -number
        return Fraction(signed, 1 + number % 4) if self.draw % 4 == 3 else signed

    def _add_up(self, name: str) -> None:
        *_, last = self.shape(name)
        for index in self.indices(name):
            if index[-1] == last - 1:
                others = (self.values[name, (*index[:-1], place)] for place in range(last - 1))
                self.values[name, index] = 1 - sum(others)

    def _fill(self, name: str, elements: Elements, seed: tuple[str, Index] | None) -> None:
        """Every element of a node, by its definition."""
        own = self.definitions.own(name)
        places = [place.name for place in index_of(own) if isinstance(place, Sym)]
        defined = self.definitions.define(own, places)
        for index in self.indices(name):
            elements[name, index] = self._value(defined, dict(zip(places, index, strict=True)), seed)

    def _moved(self, seed: tuple[str, Index], upto: str) -> Elements:
        """The elements that change with the `seed`, with their slopes."""
        if seed not in self._slopes:
            name, index = seed
            elements = self._slopes[seed] = {seed: Dual(self.values[seed], 1)}
            for node in self.definitions.graph.nodes.values():
                if node.name != name and node.name in self.definitions.downstream(name):
                    self._fill(node.name, elements, seed)
        return self._slopes[seed]

    def value(self, expr: Expr, places: Places) -> Number:
        """The exact value of a line. Raises ZeroDivisionError."""
        return self._value(expr, places, None)

    def _value(self, expr: Expr, places: Places, seed: tuple[str, Index] | None) -> Number:
        match expr:
            case Num(value):
                return value.numerator if value.denominator == 1 else value
            case Sym() | Item(Sym()):
                return self._element(expr, places, seed)
            case Sum():
                return self._total(expr, places, seed)
            case Partial(of, wrt):
                return slope_of(self._value(of, places, self._place(wrt, places)))
            case Call("kronecker", (a, b)):
                return int(_where(a, places) == _where(b, places))
            case Call(name, args, options):
                return self._call(name, [self._value(arg, places, seed) for arg in args], options)
            case _:
                raise TypeError(f"a derivation has no {expr!r}")

    def _place(self, item: Expr, places: Places) -> tuple[str, Index]:
        base = item.base if isinstance(item, Item) else item
        assert isinstance(base, Sym)
        return base.name, tuple(_where(place, places) for place in index_of(item))

    def _element(self, expr: Expr, places: Places, seed: tuple[str, Index] | None) -> Number:
        name, index = self._place(expr, places)
        if name in self.sizes:
            return self.sizes[name]
        if name == "π":
            return self.xp.pi.value
        if name in self.names:
            graph = self.definitions.graph
            return slope_of(self._value(Sym(graph.loss), {}, (self.names[name], index)))
        if seed is not None:
            moved = self._moved(seed, name)
            if (name, index) in moved:
                return moved[name, index]
        return self.values[name, index]

    def _total(self, total: Sum, places: Places, seed: tuple[str, Index] | None) -> Number:
        if id(total) not in self._free:
            self._kept.append(total)
            self._free[id(total)] = tuple(sorted(letters(total) & places.keys() - {total.index}))
        key = (id(total), seed, *(places[letter] for letter in self._free[id(total)] if letter in places))
        if key not in self._sums:
            upper = self._value(total.upper, {}, None)
            terms = (self._value(total.body, {**places, total.index: k}, seed) for k in range(upper))
            self._sums[key] = sum(terms)
        return self._sums[key]

    def _call(self, name: str, args: list[Number], options: tuple[tuple[str, Expr], ...]) -> Number:
        match name, args:
            case "add", _:
                return sum(args)
            case "mul", (first, *rest):
                for factor in rest:
                    first = first * factor
                return first
            case "sub", (a, b):
                return a - b
            case "neg", (a,):
                return -a
            case "div", (a, b):
                return quotient(a, b)
            case "gt" | "eq", (a, b):
                return getattr(self.xp, name)(a, b)
            case "indicator", (condition,):
                return int(condition)
            case "cases", (condition, a, b):
                return a if condition else b
        params = {key: value.value for key, value in options if isinstance(value, Num)}
        op = ops.get(name.rstrip("'"))
        lifted = [arg if isinstance(arg, Dual) else Dual(arg, 0) for arg in args]
        result = op.forward(self.xp, *lifted, **params)
        if name.endswith("'"):
            result = op.partials[0](self.xp, result, *lifted, **params)
        return result if any(isinstance(arg, Dual) for arg in args) else value_of(result)


def _where(place: Expr, places: Places) -> int:
    return places[place.name] if isinstance(place, Sym) else int(place.value) - 1  # type: ignore[union-attr]
