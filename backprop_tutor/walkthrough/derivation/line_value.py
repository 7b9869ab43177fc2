"""What a line means: its exact value on given numbers, its unevaluated derivatives included.

A line is turned into a function once and called on many models. Derivatives are slopes that are carried
along through the definitions of the nodes; no rule of differentiation takes part.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import count
from operator import add, mul, neg, sub
from typing import Any, Protocol

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.places import is_computed, linear
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sum, Sym, name_of
from backprop_tutor.walkthrough.derivation.opaque import (
    Number,
    first_largest,
    largest,
    quotient,
    slope_of,
    value_of,
)
from backprop_tutor.walkthrough.derivation.terms import index_of, letters

__all__ = ["Meaning", "Places", "Seed", "Values", "meaning"]

Places = Mapping[str, int]  # what the letters stand for, counted from 0
Seed = tuple[str, tuple[int, ...]]  # the element that is moved: its name, and its place
At = tuple[int, ...]
Meaning = Callable[["Values", Places, Seed | None], Number]

_tokens = count()


def meaning(expr: Expr) -> Meaning:
    """The value of `expr` as a function; it raises ZeroDivisionError on models where there is none."""
    match expr:
        case Num(value):
            number = value.numerator if value.denominator == 1 else value
            return lambda model, places, seed: number
        case Sym() | Item(Sym()):
            return _element(expr)
        case Sum():
            return _sum(expr)
        case Partial(of, wrt):
            inside, at = meaning(of), _place(wrt)
            return lambda model, places, seed: slope_of(inside(model, places, at(model, places)))
        case Call("kronecker", (a, b)):
            where = _index((a, b))
            return lambda model, places, seed: int(len(set(where(model, places))) == 1)
        case Call("wins", (entry, pooled)):
            below, above = _place(entry), _place(pooled)
            return lambda model, places, seed: _wins(model, below(model, places), above(model, places))
        case Call():
            return _call(expr)
        case _:
            raise TypeError(f"a derivation has no {expr!r}")


def _element(element: Expr) -> Meaning:
    """An element's value; what stands outside its array, at a place that was computed, is 0."""
    place, name = _place(element), name_of(element)
    if not any(map(is_computed, index_of(element))):
        return lambda model, places, seed: model.element(*place(model, places), seed)

    def value(model: "Values", places: Places, seed: Seed | None) -> Number:
        index = place(model, places)[1]
        is_inside = all(0 <= at < size for at, size in zip(index, model.shape(name), strict=True))
        return model.element(name, index, seed) if is_inside else 0

    return value


def _wins(model: "Values", entry: Seed, pooled: Seed) -> int:
    """1 where a pool picked this entry of its window."""
    (name, at), (pool, window) = entry, pooled
    picked = _winner(model.graph, pool, window, lambda index: value_of(model.element(name, index, None)))
    return int(picked == at)


def _winner(graph: Graph, pool: str, at: At, number: Callable[[At], Any]) -> At:
    """The place in its input of the entry that the element `at` of the node `pool` is; `number` gives the
    value of an entry."""
    node, read = graph.nodes[pool], list[At]()

    def look(index: At) -> Expr:
        read.append(index)
        return Sym("x")

    (parent,) = node.parents
    entries = Element(graph.nodes[parent].shape, look)
    ops.get(node.op).forward(ELEMENT, entries, **node.params).at(at)
    return max(read, key=number)  # the first of equal ones


def _place(element: Expr) -> Callable[["Values", Places], Seed]:
    name, index = name_of(element), _index(index_of(element))
    return lambda model, places: (name, index(model, places))


def _index(index: tuple[Expr, ...]) -> Callable[["Values", Places], tuple[int, ...]]:
    if not all(isinstance(place, Sym | Num) for place in index):
        found = list(map(_computed, index))
        return lambda model, places: tuple(place(model, places) for place in found)
    names = [place.name if isinstance(place, Sym) else None for place in index]
    fixed = [int(place.value) - 1 if isinstance(place, Num) else 0 for place in index]
    if not any(names):
        return lambda model, places: tuple(fixed)
    if all(names):
        return lambda model, places: tuple([_counted(name, model, places) for name in names if name])
    return lambda model, places: tuple(
        [
            number if name is None else _counted(name, model, places)
            for name, number in zip(names, fixed, strict=True)
        ]
    )


def _counted(name: str, model: "Values", places: Places) -> int:
    """What a name among indices stands for, counted from 0: a letter, or a whole number that is given."""
    return places[name] if name in places else int(value_of(model.element(name, (), None))) - 1


def _computed(place: Expr) -> Callable[["Values", Places], int]:
    """A place counted from 0: a sum of letters and numbers, or a number that is given."""
    terms, number = linear(place)
    named = [(factor, letter.name) for letter, factor in terms.items() if isinstance(letter, Sym)]
    given = [(factor, _place(item)) for item, factor in terms.items() if isinstance(item, Item)]

    def value(model: "Values", places: Places) -> int:
        total = number - 1 + sum(factor * (_counted(name, model, places) + 1) for factor, name in named)
        return total + sum(n * int(value_of(model.element(*at(model, places), None))) for n, at in given)

    return value


def _sum(total: Sum) -> Meaning:
    upper, body, index, token = meaning(total.upper), meaning(total.body), total.index, next(_tokens)
    free = sorted(letters(total) - {index})

    def value(model: "Values", places: Places, seed: Seed | None) -> Number:
        # Sums inside sums are worked out once for each place, or a deep network would never end.
        key = (token, seed, *[places.get(letter) for letter in free])
        if key not in model.sums:
            inside = dict(places)
            result: Number = 0
            for inside[index] in range(upper(model, places, None)):
                result = result + body(model, inside, seed)
            model.sums[key] = result
        return model.sums[key]

    return value


def _same(a: Number, b: Number) -> bool:
    """Equality: of floats up to their rounding noise."""
    a, b = value_of(a), value_of(b)
    return bool(FLOAT64.eq(a, b)) if isinstance(a, float) or isinstance(b, float) else a == b


_OPERATORS: dict[str, Callable[..., Number]] = {
    "add": lambda *terms: reduce(add, terms),
    "mul": lambda *factors: reduce(mul, factors),
    "sub": sub,
    "neg": neg,
    "div": quotient,
    "gt": lambda a, b: value_of(a) > value_of(b) and not _same(a, b),
    "eq": lambda a, b: _same(a, b),
    "lt": lambda a, b: value_of(a) < value_of(b) and not _same(a, b),
    "ge": lambda a, b: value_of(a) > value_of(b) or _same(a, b),
    "le": lambda a, b: value_of(a) < value_of(b) or _same(a, b),
    "first_max": first_largest,
    "max": largest,
    "min": lambda *numbers: -largest(*map(neg, numbers)),
    "indicator": int,
    "cases": lambda condition, a, b: a if condition else b,
}


def _call(call: Call) -> Meaning:
    args = [meaning(arg) for arg in call.args]
    if call.name in _OPERATORS:
        operator = _OPERATORS[call.name]
        return lambda model, places, seed: operator(*[arg(model, places, seed) for arg in args])
    op, prime = ops.get(call.name.rstrip("'")), call.name.endswith("'")
    params = {key: value.value for key, value in call.options if isinstance(value, Num)}
    return lambda model, places, seed: model.apply(
        op, [arg(model, places, seed) for arg in args], params, prime=prime
    )


class Values(Protocol):
    """What a line is evaluated on."""

    sums: dict[tuple[Any, ...], Number]

    @property
    def graph(self) -> Graph: ...

    def shape(self, name: str) -> tuple[int, ...]:
        """That of a node, or of the derivative of the loss by it."""

    def element(self, name: str, index: tuple[int, ...], seed: Seed | None) -> Number:
        """The value of one element, with its slope where it changes with the one in `seed`."""

    def apply(self, op: Op, args: list[Number], params: Mapping[str, Any], *, prime: bool) -> Number:
        """The function `op`, or its derivative."""
