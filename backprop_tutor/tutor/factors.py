"""The factors of a chain rule: of every path the upstream gradient, the local derivative, their product."""

from collections.abc import Iterator
from fractions import Fraction

from backprop_tutor.language.expr import (
    Call,
    Expr,
    Item,
    Num,
    Partial,
    Sym,
    div,
    leaves,
    mul,
    name_of,
    neg,
    rewrite,
)
from backprop_tutor.language.text import to_text
from backprop_tutor.tutor.questions import Part, Question
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["factors_of"]

MAX_PATHS = 4


def factors_of(solution: Solution, step: Step, question: Question) -> Iterator[Question]:
    """The questions that lead to `question`, an element of a backward step.

    A path whose local derivative is 1 has nothing to multiply; the product of a single path is the
    result itself. A gradient with many paths, or one that is not such a sum, as that of the loss's own input,
    has no factors to ask for.
    """
    formula = step.element(question.place or ())
    terms = list(_terms(formula)) if formula is not None else []
    split = [found for term in terms if (found := _split(solution, term))]
    if (
        len(split) < len(terms)
        or len(split) > MAX_PATHS
        or all(local == Num(Fraction(1)) for _, local, _ in split)
    ):
        return
    for upstream, local, term in split:
        yield _part(question, "upstream", upstream, upstream)
        if local == Num(Fraction(1)):
            continue
        derivative = Partial(_plain(solution, upstream), _plain(solution, question.name))
        yield _part(question, "local", derivative, local)
        if len(split) > 1:
            yield _part(question, "product", mul(upstream, local), term)


def _part(question: Question, part: Part, name: Expr, formula: Expr) -> Question:
    target = f"{question.target} {part} {to_text(name)}"
    return Question(target, question.quantity, question.place, question.phase, name, part, formula)


def _terms(formula: Expr) -> Iterator[Expr]:
    match formula:
        case Call("add", args):
            for arg in args:
                yield from _terms(arg)
        case Call("sub", (a, b)):
            yield from _terms(a)
            yield from (neg(term) for term in _terms(b))
        case Call("neg", (Call("add" | "sub", _) as inner,)):
            yield from (neg(term) for term in _terms(inner))
        case _:
            yield formula


def _split(solution: Solution, term: Expr) -> tuple[Expr, Expr, Expr] | None:
    """A term's upstream gradient, its local derivative, and itself."""
    upstream = _upstream(solution, term)
    local = upstream and _without(term, upstream)
    return None if upstream is None or local is None else (upstream, local, term)


def _upstream(solution: Solution, term: Expr) -> Expr | None:
    """The one gradient in a term; None where there is none, or where it stands twice."""
    found = [leaf for leaf in leaves(term) if name_of(leaf).startswith(solution.gradient_prefix)]
    return found[0] if len(found) == 1 else None


def _without(term: Expr, upstream: Expr) -> Expr | None:
    """The local derivative: the term without its factor `upstream`."""
    if term == upstream:
        return Num(Fraction(1))
    match term:
        case Call("mul", args):
            inside = [_without(arg, upstream) for arg in args]
            return mul(*(new or old for new, old in zip(inside, args, strict=True)))
        case Call("neg", (inner,)):
            without = _without(inner, upstream)
            return None if without is None else neg(without)
        case Call("div", (a, b)) if upstream not in list(leaves(b)):
            without = _without(a, upstream)
            return None if without is None else div(without, b)
    return None


def _plain(solution: Solution, name: Expr) -> Expr:
    """`W1[1,2]` for `dJ/dW1[1,2]`."""
    return rewrite(name, lambda part: _bare(solution, part))


def _bare(solution: Solution, part: Expr) -> Expr | None:
    match part:
        case Item(Sym(name), index, example):
            return Item(Sym(name.removeprefix(solution.gradient_prefix)), index, example)
        case Sym(name):
            return Sym(name.removeprefix(solution.gradient_prefix))
    return None
