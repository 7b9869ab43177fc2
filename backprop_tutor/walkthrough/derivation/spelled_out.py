"""A line with its sums spelled out: numbers in place of letters, terms in place of Σ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sum, Sym, children, name_of
from backprop_tutor.walkthrough.derivation.general_sizes import EXAMPLES
from backprop_tutor.walkthrough.derivation.terms import (
    ONE,
    ZERO,
    build,
    difference,
    index_of,
    signed_terms,
    substitute,
    walk,
)

__all__ = ["Spelling", "terms"]

LONG = 5  # terms of a sum that are all written
SAMPLE = 2  # terms of a longer one, and its last


def terms(expr: Expr, sizes: Mapping[str, int]) -> int:
    """How many terms `expr` has when its sums are spelled out."""
    match expr:
        case Sum(_, upper, body):
            return _number(upper, sizes) * terms(body, sizes)
        case Call("mul" | "div" | "pow" | "neg", args):
            return prod(terms(arg, sizes) for arg in args)
        case Call("add" | "sub", args):
            return sum(terms(arg, sizes) for arg in args)
        case _:
            return max((terms(part, sizes) for part in children(expr)), default=1)


def _number(upper: Expr, sizes: Mapping[str, int]) -> int:
    return sizes[upper.name] if isinstance(upper, Sym) else int(upper.value)  # type: ignore[union-attr, arg-type]


@dataclass(frozen=True)
class Spelling:
    """`sizes` are the numbers behind N, n0, …, `shape` gives that of a quantity. With `short`, the middle of
    a long sum is left out."""

    sizes: Mapping[str, int]
    short: bool = False
    vanished: list[Expr] = field(default_factory=list)  # sums that had terms of 0
    shape: Callable[[str], tuple[int, ...]] = lambda name: ()

    def line(self, expr: Expr, places: Mapping[str, int]) -> Expr:
        """`expr` with its free letters at `places`, counted from 0."""
        return self.expand(substitute(expr, {letter: _place(k) for letter, k in places.items()}))

    def expand(self, expr: Expr) -> Expr:
        match expr:
            case Sym(name) if name in self.sizes:
                return Num(Fraction(self.sizes[name]))
            case Sum(index, upper, body):
                return self._sum(index, _number(upper, self.sizes), body)
            case Call("kronecker", (a, b)) if isinstance(a, Num) and isinstance(b, Num):
                return ONE if a == b else ZERO
            case Item(Sym()):
                return ZERO if self._is_outside(expr) else expr
            case Partial(of, wrt):
                return Partial(self.expand(of), wrt)
            case _:
                parts = children(expr)
                return _built(expr, tuple(map(self.expand, parts))) if parts else expr

    def _is_outside(self, item: Item) -> bool:
        """Whether a place that was computed lies outside the array."""
        pairs = zip(index_of(item), self.shape(name_of(item)), strict=False)
        return any(isinstance(place, Num) and not 1 <= place.value <= size for place, size in pairs)

    def _sum(self, index: str, size: int, body: Expr) -> Expr:
        def term(k: int) -> Expr:
            return self.expand(substitute(body, {index: _place(k)}))

        if not self.short or size <= LONG:
            parts = list(map(term, range(size)))
            if ZERO in parts:
                self.vanished.append(body)
            return _added(parts)
        chosen = sorted(_singled_out(body, index))
        if term(next(k for k in range(size) if k not in chosen)) == ZERO:
            return _added(list(map(term, chosen)))
        return _added([*map(term, range(SAMPLE)), Sym("…"), term(size - 1)])

    def written(self, expr: Expr) -> Expr:
        """`expr` as this exercise writes it: a single example goes unsaid."""
        if self.sizes.get(EXAMPLES) != 1:
            return expr

        def change(part: Expr) -> Expr | None:
            if isinstance(part, Item) and part.example == ONE:
                return Item(part.base, part.index) if part.index else part.base
            return None

        return ex.rewrite(expr, change)


def _place(k: int) -> Expr:
    return Num(Fraction(k + 1))


def _singled_out(body: Expr, index: str) -> set[int]:
    """The places, counted from 0, that a Kronecker delta in `body` picks for the letter `index`."""
    deltas = [part for part in walk(body) if isinstance(part, Call) and part.name == "kronecker"]
    pairs = [delta.args if delta.args[0] == Sym(index) else delta.args[::-1] for delta in deltas]
    return {int(b.value) - 1 for a, b in pairs if a == Sym(index) and isinstance(b, Num)}


def _is_negative(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name == "neg"


def _added(parts: list[Expr]) -> Expr:
    if any(map(_is_negative, parts)):
        return difference([term for part in parts for term in signed_terms(part)])
    return ex.add(*parts)


def _built(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """`expr` with other parts; a minus sign that has only come about now goes to the front."""
    pairs = zip(children(expr), parts, strict=True)
    fresh = any(_is_negative(new) and not _is_negative(old) for old, new in pairs)
    if fresh and isinstance(expr, Call) and expr.name == "mul":
        positive = [ex.neg(part) if _is_negative(part) else part for part in parts]
        product = ex.mul(*positive)
        return ex.neg(product) if sum(map(_is_negative, parts)) % 2 else product
    if fresh and isinstance(expr, Call) and expr.name in ("add", "sub"):
        return difference(signed_terms(build(expr, parts)))
    return build(expr, parts)
