"""The terms of the sum in a step's formula, and the slips that one of them explains."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.formal import COUNT
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.language import Style, to_text
from backprop_tutor.language.expr import Call, Expr, Num, div, leaves, mul, neg

__all__ = ["Term", "slips", "terms_of"]

MOST = 12


class Term(NamedTuple):
    expr: Expr
    value: float

    def text(self, style: Style) -> str:
        """`W1[1,2]·x[2]`; not its value, which may be a right answer to another question."""
        return to_text(self.expr, style)


def terms_of(formula: Expr, known: Mapping[str, Array], batched: frozenset[str]) -> list[Term]:
    """The terms that `formula` adds up, with their values; none where it is no sum, or a long one."""
    terms = list(_terms(formula))
    if not 1 < len(terms) <= MOST:
        return []
    try:
        return [Term(term, float(formula_value(term, known, batched))) for term in terms]
    except (BackpropTutorError, TypeError, ValueError):
        return []


def _terms(formula: Expr) -> Iterator[Expr]:
    match formula:
        case Call("add", args):
            for arg in args:
                yield from _terms(arg)
        case Call("sub", (a, b)):
            yield from _terms(a)
            yield from (neg(term) for term in _terms(b))
        case Call("neg", (a,)):
            yield from (neg(term) for term in _terms(a))
        case Call("div", (a, b)):
            yield from (div(term, b) for term in _terms(a))
        case Call("mul", (*constants, last)) if constants and all(map(_is_constant, constants)):
            yield from (mul(*constants, term) for term in _terms(last))
        case _:
            yield formula


def _is_constant(factor: Expr) -> bool:
    """A factor such as 1/(2N), or a sign: no quantity of the exercise in it."""
    return all(isinstance(leaf, Num) or leaf == COUNT for leaf in leaves(factor))


def slips(terms: list[Term]) -> Iterator[tuple[float, str, Term]]:
    """The result of each slip in one term, what was done, and to which term."""
    total = sum(term.value for term in terms)
    for term in terms:
        if term.value != 0:
            yield total - term.value, "the term {} left out", term
            yield total - 2 * term.value, "the sign of the term {} turned round", term
            yield total + term.value, "the term {} counted twice", term
