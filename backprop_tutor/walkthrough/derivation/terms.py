"""Working on expression trees: letters, one place at a time, products as their factors."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from operator import is_
from typing import Any

from backprop_tutor.engine.expression import index_of_item
from backprop_tutor.engine.systems.places import combined, linear
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Slice, Sum, Sym, children

__all__ = [
    "ONE",
    "ZERO",
    "build",
    "depth",
    "difference",
    "factors",
    "index_of",
    "key_of",
    "letters",
    "letters_of",
    "rewrite_everywhere",
    "rewrite_first",
    "sign_out",
    "signed_terms",
    "size",
    "substitute",
    "walk",
]

ZERO: Expr = Num(Fraction(0))
ONE: Expr = Num(Fraction(1))

_BUILD: dict[str, Callable[..., Expr]] = {
    "add": ex.add,
    "sub": ex.sub,
    "mul": ex.mul,
    "neg": ex.neg,
    "div": lambda a, b: ZERO if a == ZERO else ex.div(a, b),
    "pow": ex.power,
}


def build(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """`expr` with other children; what is 0 or 1 drops out."""
    match expr:
        case Call(name, args, options) if name in _BUILD and not options:
            return _BUILD[name](*parts)
        case Call(name, args, options):
            values = zip(options, parts[len(args) :], strict=True)
            return Call(name, parts[: len(args)], tuple((key, value) for (key, _), value in values))
        case Sum(index, _, _):
            return ZERO if parts[1] == ZERO else Sum(index, parts[0], parts[1])
        case Partial():
            return Partial(*parts)
        case _:
            return expr


def rewrite_first(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr | None:
    """`expr` with its outermost, leftmost place that `change` fits changed; None where it fits nowhere."""
    changed = change(expr)
    if changed is not None:
        return changed
    parts = children(expr)
    for place, part in enumerate(parts):
        inside = rewrite_first(part, change)
        if inside is not None:
            return build(expr, (*parts[:place], inside, *parts[place + 1 :]))
    return None


def rewrite_everywhere(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """`expr` with all of its outermost places that `change` fits changed."""
    changed = change(expr)
    if changed is not None:
        return changed
    parts = children(expr)
    inside = tuple(rewrite_everywhere(part, change) for part in parts)
    return expr if all(map(is_, parts, inside)) else build(expr, inside)


def walk(expr: Expr) -> Iterator[Expr]:
    """Every place of `expr`, outermost first, left to right."""
    stack = [expr]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def size(expr: Expr) -> int:
    return sum(1 for _ in walk(expr))


def depth(expr: Expr) -> int:
    """How many places lie within one another."""
    level, deep = [expr], 0
    while level:
        level, deep = [part for place in level for part in children(place)], deep + 1
    return deep


def index_of(item: Expr) -> tuple[Expr, ...]:
    """The example, where there is one, and the index of an item."""
    if not isinstance(item, Item):
        return ()
    places = tuple(place for place in item.index if not isinstance(place, Slice))
    return places if item.example is None else (item.example, *places)


def key_of(leaf: Sym | Item) -> tuple[int | slice, ...]:
    """Where an item stands in its quantity, as NumPy counts: from 0, the end of a slice left out."""
    if not isinstance(leaf, Item):
        return ()
    return index_of_item(leaf.index if leaf.example is None else (leaf.example, *leaf.index))


def letters(expr: Expr) -> set[str]:
    """Every index letter in `expr`, bound or free."""
    found = set()
    for part in walk(expr):
        if isinstance(part, Sum):
            found.add(part.index)
        places = part.args if isinstance(part, Call) and part.name == "kronecker" else index_of(part)
        found.update(letter for place in places for letter in letters_of(place))
    return found


def letters_of(place: Expr) -> Iterator[str]:
    """The letters in one place of an index: of `i + m - 1`, of `ids[p]`."""
    if isinstance(place, Sym):
        yield place.name
    else:
        for part in index_of(place) or children(place):
            yield from letters_of(part)


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """`expr` with free letters replaced; the letters of its own sums must not be among them."""

    def change(part: Expr) -> Expr | None:
        match part:
            case Sym(name):
                return values.get(name)
            case Item(Sym(), index, example):
                return Item(part.base, tuple(map(put, index)), None if example is None else put(example))
            case _:
                return None

    def put(place: Any) -> Any:
        match place:
            case Sym(name):
                return values.get(name, place)
            case Call():
                terms, number = linear(place)
                found: dict[Expr, int] = {}
                for letter, factor in terms.items():
                    more, added = linear(put(letter))
                    number += factor * added
                    for one, often in more.items():
                        found[one] = found.get(one, 0) + factor * often
                return combined({one: often for one, often in found.items() if often}, number)
            case _:
                return change(place) or place

    def changed(part: Expr) -> Expr | None:
        if isinstance(part, Call) and part.name == "kronecker":
            return Call("kronecker", tuple(map(put, part.args)))
        return change(part)

    return ex.rewrite(expr, changed)


def factors(expr: Expr) -> list[Expr]:
    """The factors of a product, [expr] of anything else."""
    return list(expr.args) if isinstance(expr, Call) and expr.name == "mul" else [expr]


def signed_terms(expr: Expr) -> list[tuple[int, Expr]]:
    """The terms of a sum or difference with their signs, brackets opened."""
    match expr:
        case Call("add", args):
            return [term for arg in args for term in signed_terms(arg)]
        case Call("sub", (a, b)):
            return [*signed_terms(a), *((-sign, term) for sign, term in signed_terms(b))]
        case Call("neg", (a,)):
            return [(-sign, term) for sign, term in signed_terms(a)]
        case Num(value) if value < 0:
            return [(-1, Num(-value))]
        case _:
            return [(1, expr)]


def difference(terms: list[tuple[int, Expr]]) -> Expr:
    """The terms joined by + and -, a positive one first where there is one."""
    terms = [(sign, term) for sign, term in terms if term != ZERO]
    if not terms:
        return ZERO
    if all(sign < 0 for sign, _ in terms):
        return ex.neg(ex.add(*(term for _, term in terms)))
    lead = next(place for place, (sign, _) in enumerate(terms) if sign > 0)
    result = terms[lead][1]
    for sign, term in terms[:lead] + terms[lead + 1 :]:
        result = ex.add(result, term) if sign > 0 else ex.sub(result, term)
    return result


def sign_out(expr: Expr) -> Expr:
    """`expr` with its minus signs in front of products and sums; derivatives are left as they are."""
    if isinstance(expr, Partial) or not children(expr):
        return expr
    parts = tuple(sign_out(part) for part in children(expr))
    match expr:
        case Sum(_, upper) if _is_negative(parts[1]):
            return ex.neg(Sum(expr.index, upper, ex.neg(parts[1])))
        case Call("mul" | "div") if any(map(_is_negative, parts)):
            odd = sum(map(_is_negative, parts)) % 2
            positive = build(expr, tuple(ex.neg(part) if _is_negative(part) else part for part in parts))
            return ex.neg(positive) if odd else positive
        case Call("cases") if all(map(_is_negative, parts[1:])):
            return ex.neg(build(expr, (parts[0], *map(ex.neg, parts[1:]))))
        case Call("add" | "sub") if any(map(_is_negative, parts)):
            return difference(signed_terms(build(expr, parts)))
        case _:
            return build(expr, parts)


def _is_negative(expr: Expr) -> bool:
    negative_number = isinstance(expr, Num) and expr.value < 0
    return negative_number or (isinstance(expr, Call) and expr.name == "neg")
