"""The sum over paths as lines of text, and as JSON."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

from backprop_tutor.language import Call, Expr, Num, Partial, Style, Sym, to_text
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.render.equations import total, values
from backprop_tutor.walkthrough import Worked
from backprop_tutor.walkthrough.numbers import written
from backprop_tutor.walkthrough.paths import Factor, Path, Paths

__all__ = [
    "dots",
    "factor_number",
    "listed_factors",
    "others",
    "path_facts",
    "paths_json",
    "paths_summary",
    "paths_title",
    "product_of",
    "route",
    "sum_facts",
]

MAX_FACTORS = 12  # of a product that is still written out
ENDS = 3  # factors shown at each end of a longer one
MAX_OWN = 60  # elements on a path that tell it from the other listed ones
MAX_TERMS = 8  # of the sum over paths
NUMBERING = "     "


def paths_title(paths: Paths, style: Style) -> str:
    """`2 paths from J to W1[1,1]:`, and which of them are listed."""
    of, wrt = (to_text(paths.name(place), style) for place in (paths.of, paths.wrt))
    if not paths.count:
        return f"There is no path from {of} to {wrt}: the derivative is 0."
    return f"{_how_many(paths)} from {of} to {wrt}{_which(paths)}:"


def path_facts(paths: Paths, path: Path, style: Style, precision: int) -> list[str]:
    """One path: its elements, its factors by name, in symbols, in numbers."""
    head, *rest = _path(paths, path, style, precision)
    return [f"{paths.shown.index(path) + 1:>3}. {head}", *(NUMBERING + line for line in rest)]


def _how_many(paths: Paths) -> str:
    return "1 path" if paths.count == 1 else f"{_count(paths.count)} paths"


def _which(paths: Paths) -> str:
    if not paths.left_out:
        return ""
    if paths.rest_is_zero:
        return f", {len(paths.shown)} of them not 0" if paths.shown[0].product else ", all of them 0, such as"
    return f", the largest {len(paths.shown)} of them"


def _count(count: int) -> str:
    digits = str(count)
    return f"{count:,}" if len(digits) <= 18 else f"about {digits[0]}.{digits[1:4]}e{len(digits) - 1}"


def route(paths: Paths, path: Path, style: Style) -> str:
    """`J → z[1] → … → W1[1,1]`: of a long path, only the ends and what tells it from the others."""
    alike = set.intersection(*(set(path.places) for path in paths.shown))
    arrow = " → " if style.glyphs.scripts else " -> "
    names = [to_text(paths.name(place), style) for place in path.places]
    return arrow.join(_shortened(names, [place not in alike for place in path.places], dots(style)))


def listed_factors(path: Path) -> list[Factor | None]:
    """The factors of a path; of many the first and the last ones, with None between."""
    return _shortened(list(path.factors), [False] * len(path.factors), None)


def _path(paths: Paths, path: Path, style: Style, precision: int) -> Iterator[str]:
    yield route(paths, path, style)
    if not path.factors:
        yield "= 1"
        return
    gap = Sym(dots(style))
    factors = listed_factors(path)
    named: list[Expr] = [_partial(paths, factor) if factor else gap for factor in factors]
    symbols = [paths.formula(factor) if factor else gap for factor in factors]
    fractions = path.exact is not None
    numbers = [factor_number(f.value, f.exact, precision, fractions) if f else gap for f in factors]
    yield _product(named, style)
    value = _value(path.product, product_of(path), precision, style)
    formula = f"= {_product(symbols, style)}"
    if formula != value:
        yield formula
    yield f"= {_product(numbers, style)} {value}" if len(numbers) > 1 else value


def product_of(path: Path) -> Fraction | None:
    """The product exactly; None where it is irrational."""
    is_zero = any(factor.value == 0 for factor in path.factors)
    return Fraction(0) if is_zero else path.exact


def _shortened(items: list[Any], own: list[bool], gap: Any) -> list[Any]:
    """The items, of many only the ends and a path's `own`, with a `gap` for those between."""
    if len(items) <= MAX_FACTORS + 1:
        return items
    kept = [k < ENDS or k >= len(items) - ENDS or (own[k] and sum(own) <= MAX_OWN) for k in range(len(items))]
    runs = groupby(zip(kept, items, strict=True), key=itemgetter(0))
    return [item for keep, run in runs for item in ([item for _, item in run] if keep else [gap])]


def dots(style: Style) -> str:
    return "…" if style.glyphs.scripts else "..."


def _partial(paths: Paths, factor: Factor) -> Expr:
    return Partial(paths.name(factor.of), paths.name(factor.by))


def _product(factors: list[Expr], style: Style) -> str:
    """The factors side by side, every one of them, also those that are 1 or 0."""
    return to_text(factors[0] if len(factors) == 1 else Call("mul", tuple(factors)), style)


def factor_number(value: float, exact: Fraction | None, precision: int, fractions: bool) -> Expr:
    return Num(Fraction(value) if exact is None else exact, written(value + 0.0, exact, precision, fractions))


def _value(value: float, exact: Fraction | None, precision: int, style: Style) -> str:
    return " ".join(values(Worked(Sym(""), None, None, value + 0.0, exact), precision, style))


def others(paths: Paths) -> str:
    """What the paths that are not listed are called."""
    return f"The other {_count(paths.left_out)} {'path' if paths.left_out == 1 else 'paths together'}"


def sum_facts(paths: Paths, style: Style, precision: int) -> Iterator[str]:
    """What is left out, and the sum over all paths."""
    if paths.left_out:
        yield f"{others(paths)} {_value(paths.remainder, None, precision, style)}"
    name = to_text(Partial(paths.name(paths.of), paths.name(paths.wrt)), style)
    value = _value(paths.total, paths.exact, precision, style)
    terms = ""
    if 1 < paths.count <= MAX_TERMS:
        fractions = paths.exact is not None
        numbers = [factor_number(path.product, path.exact, precision, fractions) for path in paths.shown]
        terms = f" = {to_text(total(numbers), style)}"
    yield f"Sum over the paths: {name}{terms} {value}"


def paths_json(paths: Paths) -> list[dict[str, Any]]:
    """The listed paths, as the design has them; beside each node's name its element's."""
    return [
        {
            "nodes": [place.node for place in path.places],
            "elements": [to_text(paths.name(place)) for place in path.places],
            "factors": [
                {
                    "of": gradient_of(factor.of.node, factor.by.node),
                    "element": gradient_of(*(to_text(paths.name(place)) for place in (factor.of, factor.by))),
                    "formula": to_text(paths.formula(factor)),
                    "value": factor.value + 0.0,
                    "exact": None if factor.exact is None else str(factor.exact),
                }
                for factor in path.factors
            ],
            "product": path.product,
            "exact": None if path.exact is None else str(path.exact),
        }
        for path in paths.shown
    ]


def paths_summary(paths: Paths) -> dict[str, Any]:
    """How many paths there are, and what those that are not listed add up to."""
    return {
        "count": paths.count,
        "listed": len(paths.shown),
        "remainder": paths.remainder,
        "total": paths.total + 0.0,
        "exact": None if paths.exact is None else str(paths.exact),
    }
