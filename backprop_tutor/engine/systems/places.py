"""Places on axes as sums of letters and numbers: `i + m - 1`, `2i - 1`; and `ids[p]`, a given number."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num

__all__ = ["combined", "is_computed", "linear", "raveled", "solved"]

Linear: TypeAlias = tuple[dict[Expr, int], int]  # how often each letter is in it, and what is added to them


def linear(place: Expr) -> Linear:
    """The letters of a place with their factors, and the number that is added."""
    match place:
        case Num(value):
            return {}, int(value)
        case Call("add" | "sub", (first, *others)):
            terms, number = linear(first)
            sign = 1 if place.name == "add" else -1
            for other in others:
                more, added = linear(other)
                number += sign * added
                for letter, factor in more.items():
                    terms[letter] = terms.get(letter, 0) + sign * factor
            return {letter: factor for letter, factor in terms.items() if factor}, number
        case Call("mul", (Num(factor), letter)):
            return {letter: int(factor)}, 0
        case _:
            return {place: 1}, 0


def combined(terms: Mapping[Expr, int], number: int = 0) -> Expr:
    """The place that is the sum of the letters, each so many times, and a number; minus signs come last."""
    signed = [(factor > 0, ex.mul(Num(Fraction(abs(factor))), letter)) for letter, factor in terms.items()]
    added = [term for is_plus, term in signed if is_plus]
    taken = [term for is_plus, term in signed if not is_plus]
    if (number > 0 and not taken) or not added:
        added.append(Num(Fraction(number)))
        number = 0
    total = ex.add(*added)
    for term in taken:
        total = Call("sub", (total, term))
    if number > 0:
        return ex.add(total, Num(Fraction(number)))
    return ex.sub(total, Num(Fraction(-number)))


def raveled(index: tuple[Expr, ...], sizes: tuple[int, ...]) -> Expr:
    """The place in one row of what stands at `index` in an array of these sizes, row by row."""
    terms: dict[Expr, int] = {}
    number = 0  # counted from 0
    for place, size in zip(index, sizes, strict=True):
        more, added = linear(place)
        terms = {letter: factor * size for letter, factor in terms.items()}
        for letter, factor in more.items():
            terms[letter] = terms.get(letter, 0) + factor
        number = number * size + added - 1
    return combined(terms, number + 1)


def solved(a: Expr, b: Expr, letter: Expr) -> Expr | None:
    """What `letter` is where the places `a` and `b` are the same, None where it takes a division."""
    (left, number), (right, other) = linear(a), linear(b)
    terms = {one: left.get(one, 0) - right.get(one, 0) for one in {**left, **right}}
    factor = terms.pop(letter, 0)
    if abs(factor) != 1 or any(letter in _inside(one) for one in terms):
        return None
    return combined({one: -factor * n for one, n in terms.items() if n}, -factor * (number - other))


def _inside(place: Expr) -> tuple[Expr, ...]:
    return place.index if isinstance(place, ex.Item) else ()  # type: ignore[return-value]


def is_computed(place: object) -> bool:
    """Whether it is a sum, and so may lie outside its axis."""
    return isinstance(place, Call)
