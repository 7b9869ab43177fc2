"""The rules that tidy a line: each moves or cancels one thing and leaves derivatives alone."""

from fractions import Fraction

from backprop_tutor.engine.systems.places import is_computed, solved
from backprop_tutor.language import expr as ex
from backprop_tutor.language.expr import Call, Expr, Item, Num, Partial, Sum, Sym
from backprop_tutor.walkthrough.derivation.opaque import root_of
from backprop_tutor.walkthrough.derivation.rule import Rule, Scene, end_of
from backprop_tutor.walkthrough.derivation.terms import (
    ONE,
    build,
    difference,
    factors,
    index_of,
    letters,
    letters_of,
    sign_out,
    signed_terms,
    substitute,
)

__all__ = ["TIDYING", "above_and_below", "delta_factor"]


# A Kronecker delta under the sum over its letter: one term survives.


def _contraction(scene: Scene, place: Expr) -> Expr | None:
    if not isinstance(place, Sum):
        return None
    found = delta_factor(place.body, place.index)
    if found is None:
        return None
    value, rest = found
    is_covered = _vanishes(scene, rest, place) if is_computed(value) else scene.covers(place.upper, value)
    return substitute(rest, {place.index: value}) if is_covered else None


def _vanishes(scene: Scene, rest: Expr, total: Sum) -> bool:
    """Whether a product is 0 where the letter of a sum leaves its range: by an element that stands there."""
    parts = [rest]
    for part in parts:
        match part:
            case Call("mul" | "neg", args):
                parts += args
            case Sum(_, _, body):
                parts.append(body)
            case Item():
                sizes = map(scene.definitions.size, scene.shape(part))
                places = zip(index_of(part), sizes, strict=False)
                if any(place == Sym(total.index) and end == end_of(total.upper) for place, end in places):
                    return True
    return False


def delta_factor(expr: Expr, letter: str) -> tuple[Expr, Expr] | None:
    """What a delta among the factors of `expr` says `letter` is, and `expr` without that delta."""
    match expr:
        case Call("kronecker", (a, b)):
            value = solved(a, b, Sym(letter))
            return None if value is None else (value, ONE)
        case Call("mul" | "neg", args):
            inside = args
        case Call("div", (above, below)):
            found = delta_factor(above, letter)
            return found and (found[0], ex.div(found[1], below))
        case Sum(_, _, body):
            inside = (body,)
        case _:
            return None
    for place, part in enumerate(inside):
        found = delta_factor(part, letter)
        if found and not (isinstance(expr, Sum) and expr.index in letters_of(found[0])):
            value, rest = found
            parts = (*inside[:place], rest, *inside[place + 1 :])
            return value, build(expr, (expr.upper, *parts) if isinstance(expr, Sum) else parts)
    return None


# Signs


def _signs(scene: Scene, place: Expr) -> Expr | None:
    """Every minus sign of the line as far out as it goes."""
    if place is not scene.line:
        return None
    changed = sign_out(place)
    return None if changed == place else changed


# Numbers


def _numbers(scene: Scene, place: Expr) -> Expr | None:
    """All numbers of a product in one place, at its front."""
    if not (isinstance(place, Sum) or (isinstance(place, Call) and place.name in ("mul", "neg", "div"))):
        return None
    found: list[Fraction] = []
    rest = _without_numbers(place, found)
    if len(found) < 2 and not (found and _buried(place)):
        return None
    total = Fraction(1)
    for number in found:
        total *= number
    changed = _with_number(total, rest)
    return None if changed == place else changed


def _without_numbers(expr: Expr, found: list[Fraction]) -> Expr:
    """`expr` without its numbers, which go into `found`."""
    match expr:
        case Num(value):
            if value != 1:
                found.append(value)
            return ONE
        case Call("mul", args):
            return ex.mul(*(_without_numbers(arg, found) for arg in args))
        case Call("neg", (a,)):
            found.append(Fraction(-1))
            return _without_numbers(a, found)
        case Call("div", (a, b)):
            below: list[Fraction] = []
            rest = ex.div(_without_numbers(a, found), _without_numbers(b, below))
            found.extend(1 / number for number in below)
            return rest
        case Sum(index, upper, body):
            return Sum(index, upper, _without_numbers(body, found))
        case _:
            return expr


def _buried(expr: Expr) -> bool:
    """Whether the only number of a product stands inside a sum."""
    match expr:
        case Sum(_, _, body):
            found: list[Fraction] = []
            _without_numbers(body, found)
            return any(abs(number) != 1 for number in found)
        case Call("mul" | "neg", args):
            return any(map(_buried, args))
        case _:
            return False


def _with_number(number: Fraction, expr: Expr) -> Expr:
    """number · expr, the denominator beside that of a leading fraction."""
    if number < 0:
        return ex.neg(_with_number(-number, expr))
    above, below = Num(Fraction(number.numerator)), Num(Fraction(number.denominator))
    first, *others = factors(expr)
    if isinstance(first, Call) and first.name == "div":
        a, b = first.args
        return ex.mul(ex.div(ex.mul(above, a), ex.mul(below, b)), *others)
    return ex.mul(Num(number), expr)


def _numbers_name(scene: Scene, place: Expr) -> str:
    found: list[Fraction] = []
    _without_numbers(place, found)
    above = {abs(number.numerator) for number in found} - {1}
    below = {abs(number.denominator) for number in found} - {1}
    common = above & below
    return f"cancel the {min(common)}" if common else "numbers to the front"


def _root(scene: Scene, place: Expr) -> Expr | None:
    """The root of a square number."""
    match place:
        case Call("sqrt", (Num(value),)):
            root = root_of(value)
            return None if root is None else Num(root)
        case _:
            return None


# Factors


def _cancel(scene: Scene, place: Expr) -> Expr | None:
    """One factor that stands above and below, or a power of it."""
    if not isinstance(place, Call) or place.name not in ("mul", "div"):
        return None
    above, below = above_and_below(place)
    for k, over in enumerate(above):
        for m, under in enumerate(below):
            (base, high), (other, low) = _as_power(over), _as_power(under)
            if base == other and not isinstance(base, Num):
                less = min(high, low)
                above[k], below[m] = _power(base, high - less), _power(base, low - less)
                return ex.div(ex.mul(*above), ex.mul(*below))
    return None


def _as_power(factor: Expr) -> tuple[Expr, Fraction]:
    """A factor as a base and its exponent."""
    match factor:
        case Call("pow", (base, Num(exponent))) if exponent > 0:
            return base, exponent
        case _:
            return factor, Fraction(1)


def _power(base: Expr, exponent: Fraction) -> Expr:
    return ex.power(base, Num(exponent))


def above_and_below(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """The factors of a product's numerators and of its denominators."""
    above, below = list[Expr](), list[Expr]()
    for factor in factors(expr):
        if isinstance(factor, Call) and factor.name == "div":
            above += [part for part in factors(factor.args[0]) if part != ONE]
            below += factors(factor.args[1])
        else:
            above.append(factor)
    return above, below


def _pull_out(scene: Scene, place: Expr) -> Expr | None:
    """What does not depend on the letter of a sum, before the sum."""
    if not isinstance(place, Sum):
        return None
    body = [part for factor in factors(place.body) for part in _apart(factor, place.index)]
    still = [factor for factor in body if place.index not in letters(factor)]
    moving = [factor for factor in body if place.index in letters(factor)]
    return ex.mul(*still, Sum(place.index, place.upper, ex.mul(*moving))) if still and moving else None


def _apart(factor: Expr, letter: str) -> tuple[Expr, ...]:
    """A fraction as its numerator and 1 by what stands below, where that has nothing to do with a letter."""
    match factor:
        case Call("div", (above, below)) if letter in letters(above) and letter not in letters(below):
            return (factor,) if isinstance(below, Num) else (above, ex.div(ONE, below))
        case _:
            return (factor,)


def _factor_out(scene: Scene, place: Expr) -> Expr | None:
    """The same derivative in every term of a sum, once behind it."""
    if not isinstance(place, Call) or place.name not in ("add", "sub"):
        return None
    terms = signed_terms(place)
    for common in factors(terms[0][1]):
        if isinstance(common, Partial) and all(common in factors(term) for _, term in terms):
            rest = difference([(sign, _less(term, common)) for sign, term in terms])
            return ex.mul(rest, common)
    return None


def _out_of_cases(scene: Scene, place: Expr) -> Expr | None:
    """The same derivative, or Kronecker delta, in both cases, once behind them."""
    match place:
        case Call("cases", (condition, Call("mul") as first, Call("mul") as second)):
            for common in first.args:
                is_slope = isinstance(common, Partial) or (
                    isinstance(common, Call) and common.name == "kronecker"
                )
                if is_slope and common in second.args:
                    cases = Call("cases", (condition, _less(first, common), _less(second, common)))
                    return ex.mul(cases, common)
    return None


def _less(term: Expr, factor: Expr) -> Expr:
    rest = factors(term)
    rest.remove(factor)
    return ex.mul(*rest)


TIDYING = (
    Rule("contraction of the Kronecker delta", _contraction, minor=True),
    Rule("minus sign to the front", _signs, minor=True),
    Rule("root of a square", _root, minor=True),
    Rule("numbers", _numbers, _numbers_name, minor=True),
    Rule("constant factor out of the sum", _pull_out, minor=True),
    Rule("cancel the common factor", _cancel, minor=True),
    Rule("factor out", _factor_out, minor=True),
    Rule("factor out of both cases", _out_of_cases, lambda scene, place: "factor out", minor=True),
)
"""Those that come before the next derivative."""
