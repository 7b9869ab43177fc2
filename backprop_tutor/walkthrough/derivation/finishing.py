"""The rules that finish a line in which no derivative is left: brackets, like terms, the last sign."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import chain
from operator import and_

from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sum, Sym
from backprop_tutor.walkthrough.derivation.algebra import above_and_below, delta_factor
from backprop_tutor.walkthrough.derivation.rule import Rule, Scene
from backprop_tutor.walkthrough.derivation.terms import (
    ONE,
    build,
    difference,
    factors,
    letters,
    signed_terms,
    walk,
)

__all__ = ["FINISHING", "collected", "expanded"]

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


def _open_delta(scene: Scene, place: Expr) -> Expr | None:
    """Multiply out a bracket with a delta whose letter is summed over, so that it can be contracted."""
    if not isinstance(place, Call) or place.name != "mul":
        return None
    summed = _summed(scene.line)
    for position, factor in enumerate(place.args):
        if _is_sum(factor):
            deltas = [p for p in walk(factor) if isinstance(p, Call) and p.name == "kronecker"]
            if any(letters(part) & summed for part in deltas):
                before, after = place.args[:position], place.args[position + 1 :]
                terms = [(sign, ex.mul(*before, term, *after)) for sign, term in signed_terms(factor)]
                return difference(terms)
    return None


def _summed(expr: Expr) -> set[str]:
    return {part.index for part in walk(expr) if isinstance(part, Sum)}


def _open_fractions(scene: Scene, place: Expr) -> Expr | None:
    """Multiply out a bracket of fractions with the factors that will cancel in it."""
    if not isinstance(place, Call) or place.name != "mul":
        return None
    for factor in place.args:
        if _is_sum(factor):
            terms = signed_terms(factor)
            below = [part for _, term in terms for part in above_and_below(term)[1]]
            used = [other for other in place.args if other in below]
            if used:
                opened = difference([(sign, ex.mul(term, *used)) for sign, term in terms])
                kept = [other for other in place.args if other not in used]
                return ex.mul(*(opened if other is factor else other for other in kept))
    return None


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name in ("add", "sub")


def _split(scene: Scene, place: Expr) -> Expr | None:
    """The sum of a difference, one of whose terms holds a delta, as a difference of sums."""
    if not isinstance(place, Sum) or len(signed_terms(place.body)) < 2:
        return None
    terms = signed_terms(place.body)
    outside = _summed(scene.line) - {place.index}
    if not any(delta_factor(term, letter) for _, term in terms for letter in (place.index, *outside)):
        return None
    return difference([(sign, Sum(place.index, place.upper, term)) for sign, term in terms])


def _targets(scene: Scene, place: Expr) -> Expr | None:
    """The targets of an example add up to 1."""
    match place:
        case Sum(index, _, Item(base, (*_, Sym(last))) as body) if last == index:
            return ONE if isinstance(base, Sym) and scene.name(body) in scene.targets else None
        case _:
            return None


def _multiply_out(scene: Scene, place: Expr) -> Expr | None:
    """Open brackets where terms then cancel."""
    opened = expanded(place)
    if opened is None or collected(opened) is None or opened == place:
        return None
    return opened


def _multiply_out_name(scene: Scene, place: Expr) -> str:
    """Brackets that nothing is multiplied by are only left out."""
    return "multiply out" if any(map(_is_sum, chain(*_products(place)))) else "open the brackets"


def _products(place: Expr) -> Iterator[list[Expr]]:
    return (factors(term) for _, term in signed_terms(place))


def _factor_out(scene: Scene, place: Expr) -> Expr | None:
    """What all terms of a sum share, once before it."""
    return _factored(place) if place is scene.line else None


def _factored(expr: Expr) -> Expr | None:
    match expr:
        case Sum(index, upper, body):
            inside = _factored(body)
            return None if inside is None else Sum(index, upper, inside)
        case Call("add" | "sub"):
            found = _shared_out(signed_terms(expr))
            if found is not None:
                return found
    if isinstance(expr, Call) and expr.name in ("mul", "neg", "add", "sub"):
        for place, arg in enumerate(expr.args):
            inside = _factored(arg)
            if inside is not None:
                return build(expr, (*expr.args[:place], inside, *expr.args[place + 1 :]))
    return None


def _shared_out(terms: list[tuple[int, Expr]]) -> Expr | None:
    parts = [factors(term) for _, term in terms]
    often = reduce(and_, (Counter(part for part in own if not isinstance(part, Num)) for own in parts))
    shared = list(often.elements())
    if not shared or any(_is_delta(part) for _, term in terms for part in walk(term)):
        return None
    for others in parts:
        for part in shared:
            others.remove(part)
    rest = [(sign, ex.mul(*others)) for (sign, _), others in zip(terms, parts, strict=True)]
    return ex.mul(*shared, difference(rest))


def _is_delta(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name == "kronecker"


def _powers(scene: Scene, place: Expr) -> Expr | None:
    """A quantity that is a factor more than once, as a power."""
    if not isinstance(place, Call) or place.name != "mul":
        return None
    often = Counter(place.args)
    if all(times == 1 or isinstance(part, Num) for part, times in often.items()):
        return None
    return ex.mul(*(ex.power(part, Num(Fraction(times))) for part, times in often.items()))


def _turn(scene: Scene, place: Expr) -> Expr | None:
    """-(t - z) is z - t, unless it is the loss itself that says t - z."""
    if place is not scene.line or not isinstance(place, Call) or place.name != "neg":
        return None
    targets = scene.definitions.graph.targets
    if all(loss.targets == "numbers" for _, loss in targets) and not scene.definitions.cancelled:
        return None
    return _turned(place.args[0])


def _turned(expr: Expr) -> Expr | None:
    match expr:
        case Call("sub", (a, b)):
            return ex.sub(b, a)
        case Sum(index, upper, body):
            inside = _turned(body)
            return None if inside is None else Sum(index, upper, inside)
        case Call("mul", args):
            for place, arg in enumerate(args):
                inside = _turned(arg)
                if inside is not None:
                    kept = [*args[:place], *args[place + 1 :]]
                    first = [factor for factor in kept if isinstance(arg, Sum) or _is_number(factor)]
                    return ex.mul(*first, inside, *(factor for factor in kept if factor not in first))
    return None


def _is_number(expr: Expr) -> bool:
    """Whether no element of a quantity stands in it: 1/N."""
    return not any(isinstance(part, Item) for part in walk(expr))


FINISHING = (
    Rule("targets add up to 1", _targets, assumes=True),
    Rule("multiply out a bracket with a delta", _open_delta, lambda scene, place: "multiply out", minor=True),
    Rule("sum of a difference", _split, minor=True),
    Rule(
        "multiply out a bracket of fractions",
        _open_fractions,
        lambda scene, place: "multiply out",
        minor=True,
    ),
    Rule("multiply out", _multiply_out, _multiply_out_name, minor=True),
    Rule("like terms", lambda scene, place: collected(place), minor=True),
    Rule("factor out what all terms share", _factor_out, lambda scene, place: "factor out", minor=True),
    Rule("turn the sign", _turn, minor=True),
    Rule("equal factors as a power", _powers, minor=True),
)
"""Those that come when no derivative is left."""
