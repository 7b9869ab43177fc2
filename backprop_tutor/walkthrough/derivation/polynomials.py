"""Sums of products: opening brackets, and collecting like terms."""

from collections import Counter
from fractions import Fraction

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Num
from backprop_tutor.walkthrough.derivation.terms import ONE, difference, factors, signed_terms

__all__ = ["collected", "expanded"]

MAX_TERMS = 40

Monomial = tuple[Fraction, tuple[Expr, ...]]  # coefficient, factors


def expanded(expr: Expr) -> Expr | None:
    """A sum with the brackets of its products opened, term by term; None if it is long or no sum."""
    if not isinstance(expr, Call) or expr.name not in ("add", "sub"):
        return None
    monomials = _monomials(expr)
    return None if monomials is None else _joined(monomials)


def collected(expr: Expr) -> Expr | None:
    """A sum with like terms taken together, None where no two are alike."""
    if not isinstance(expr, Call) or expr.name not in ("add", "sub"):
        return None
    terms = signed_terms(expr)
    totals: dict[frozenset[tuple[Expr, int]], Monomial] = {}
    for sign, term in terms:
        number, rest = _number(term)
        key = frozenset(Counter(rest).items())
        before, parts = totals.get(key, (Fraction(0), rest))
        totals[key] = before + sign * number, parts
    return None if len(totals) == len(terms) else _joined(list(totals.values()))


def _number(term: Expr) -> Monomial:
    number, rest = Fraction(1), list[Expr]()
    for factor in factors(term):
        if isinstance(factor, Num):
            number *= factor.value
        elif isinstance(factor, Call) and factor.name == "div" and isinstance(factor.args[0], Num):
            number *= factor.args[0].value
            rest.append(ex.div(ONE, factor.args[1]))
        else:
            rest.append(factor)
    return number, tuple(rest)


def _monomials(expr: Expr) -> list[Monomial] | None:
    found: list[Monomial] = []
    for sign, term in signed_terms(expr):
        opened: list[Monomial] = [(Fraction(sign), ())]
        for factor in factors(term):
            is_sum = isinstance(factor, Call) and factor.name in ("add", "sub", "neg")
            parts = _monomials(factor) if is_sum else [_number(factor)]
            if parts is None or len(opened) * len(parts) > MAX_TERMS:
                return None
            opened = [(a * b, (*x, *y)) for a, x in opened for b, y in parts]
        found += opened
        if len(found) > MAX_TERMS:
            return None
    return found


def _joined(monomials: list[Monomial]) -> Expr:
    nonzero = [(number, parts) for number, parts in monomials if number]
    return difference([(1 if n > 0 else -1, ex.mul(Num(abs(n)), *parts)) for n, parts in nonzero])
