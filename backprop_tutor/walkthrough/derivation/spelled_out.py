"""A line with its sums spelled out: numbers in place of letters, terms in place of Σ."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sum, Sym, children
from backprop_tutor.walkthrough.derivation.definitions import EXAMPLES
from backprop_tutor.walkthrough.derivation.terms import ONE, ZERO, build, substitute

__all__ = ["Spelling", "terms"]

LONG = 8  # terms of a sum that are all written
SAMPLE = 3  # terms of a longer one, and its last


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
    return sizes[upper.name] if isinstance(upper, Sym) else int(upper.value)  # type: ignore[union-attr]


@dataclass(frozen=True)
class Spelling:
    """`sizes` are the numbers behind N, n0, …. With `short`, the middle of a long sum is left out."""

    sizes: Mapping[str, int]
    short: bool = False

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
                return expr
            case Partial(of, wrt):
                return Partial(self.expand(of), wrt)
            case _:
                parts = children(expr)
                return build(expr, tuple(map(self.expand, parts))) if parts else expr

    def _sum(self, index: str, size: int, body: Expr) -> Expr:
        def term(k: int) -> Expr:
            return self.expand(substitute(body, {index: _place(k)}))

        if not self.short or size <= LONG:
            return ex.add(*map(term, range(size)))
        return Call("add", (*map(term, range(SAMPLE)), Sym("…"), term(size - 1)))

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
