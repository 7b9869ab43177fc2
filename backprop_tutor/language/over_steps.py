"""What is alike at every step of a recurrence, as people write it: E⟨1⟩ + E⟨2⟩ + … + E⟨9⟩ as
Σ_{s=1..9} E⟨s⟩, and h⟨1⟩ = tanh(net⟨1⟩), h⟨2⟩ = tanh(net⟨2⟩) as h⟨s⟩ = tanh(net⟨s⟩)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from backprop_tutor.language.expr import Array, Call, Expr, Item, Num, Partial, Slice, Sum, Sym, rewrite
from backprop_tutor.language.step_index import split_step

__all__ = ["gathered", "merged"]

LEAST = 4  # terms that are written as a sum
LONGEST = 12  # terms of any other sum that are all written
LETTERS = "stuvqr"


class _Unlike(Exception):  # noqa: N818 - nothing is wrong with two terms that differ
    """Two terms are not the same but for their step."""


def gathered(expr: Expr) -> Expr:
    """`expr` with sums of terms that differ in their step alone as sums over the step, and the middle of any
    other very long sum left out."""

    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Call) or part.name != "add" or len(part.args) < LEAST:
            return None
        terms = [gathered(term) for run in _runs(part.args) for term in _written(run)]
        if len(terms) > LONGEST:
            terms = [*terms[:3], Sym("…"), terms[-1]]
        return terms[0] if len(terms) == 1 else Call("add", tuple(terms))

    return rewrite(expr, change)


def merged(equations: Sequence[Expr]) -> Iterator[tuple[Expr, str, range]]:
    """Equations of steps that follow one another, those that differ in their step alone as one: with the
    letter that counts the steps and which they are, "" and none for an equation alone."""
    for run in _runs(tuple(equations)):
        first = _first_step(run[0])
        if len(run) == 1 or first is None:
            yield from ((equation, "", range(0)) for equation in run)
            continue
        letter = _letter(run[0])
        yield _template(run[0], run[1], letter, first), letter, range(first, first + len(run))


def _first_step(equation: Expr) -> int | None:
    """The step of what an equation defines."""
    match equation:
        case Call("eq", (Sym(name), _)):
            return _number(name)
        case _:
            return None


def _letter(expr: Expr) -> str:
    taken = {part.name for part in _symbols(expr)}
    return next(letter for letter in LETTERS if letter not in taken)


def _runs(terms: tuple[Expr, ...]) -> Iterator[list[Expr]]:
    """The terms, those together that follow one another step by step."""
    run = [terms[0]]
    for before, term in pairwise(terms):
        if _follows(before, term):
            run.append(term)
        else:
            yield run
            run = [term]
    yield run


def _written(run: list[Expr]) -> list[Expr]:
    if len(run) < LEAST:
        return run
    steps = sorted(set(_steps(run[0], run[1])))
    letter = _letter(run[0])
    body = _template(run[0], run[1], letter, first=steps[-1])
    return [Sum(letter, Num(Fraction(len(run)), str(len(run))), body)]


def _follows(a: Expr, b: Expr) -> bool:
    try:
        return a != b and bool(list(_steps(a, b)))
    except _Unlike:
        return False


def _pairs(a: Expr, b: Expr) -> Iterator[tuple[Expr | Slice, Expr | Slice]]:
    """The leaves of two expressions that are alike but for them, side by side."""
    match a, b:
        case (Sym() | Num(), _) if type(a) is type(b):
            yield a, b
        case Item(base, index, example), Item(other, places, which) if len(index) == len(places):
            yield from _pairs(base, other)
            if example != which:
                raise _Unlike
            yield from zip(index, places, strict=True)
        case Call(name, args, options), Call(other_name, others, more) if (name, options) == (
            other_name,
            more,
        ):
            if len(args) != len(others):
                raise _Unlike
            for one, two in zip(args, others, strict=True):
                yield from _pairs(one, two)
        case Partial(of, wrt), Partial(top, bottom):
            yield from _pairs(of, top)
            yield from _pairs(wrt, bottom)
        case Sum(letter, upper, body), Sum(index_letter, end, inside) if (letter, upper) == (
            index_letter,
            end,
        ):
            yield from _pairs(body, inside)
        case Array(items), Array(more_items) if len(items) == len(more_items):
            for one, two in zip(items, more_items, strict=True):
                yield from _pairs(one, two)
        case _:
            raise _Unlike


def _steps(a: Expr, b: Expr) -> Iterator[int]:
    """The steps in `a` that are one further in `b`. Raises _Unlike where anything else differs."""
    for one, two in _pairs(a, b):
        if one == two and not (isinstance(one, Sym) and _number(one.name) is not None):
            continue
        step, following = _step_of(one), _step_of(two)
        if step is None or following != step + 1 or _bare(one) != _bare(two):
            raise _Unlike
        yield step


def _number(name: str) -> int | None:
    step = split_step(name)[1]
    return int(step) if step.lstrip("-").isdecimal() else None


def _step_of(leaf: Expr | Slice) -> int | None:
    match leaf:
        case Sym(name):
            return _number(name)
        case Num(value, "") if value.denominator == 1:
            return int(value)
        case _:
            return None


def _bare(leaf: Expr | Slice) -> str:
    return split_step(leaf.name)[0] if isinstance(leaf, Sym) else ""


def _template(a: Expr, b: Expr, letter: str, first: int) -> Expr:
    """`a` with the steps that move on as they are where the letter is 1."""
    moving = {(one, two) for one, two in _pairs(a, b) if one != two}
    leaves = {one for one, _ in moving}

    def shifted(step: int) -> str:
        return letter if step == first else f"{letter}{step - first:+d}"

    def change(part: Expr) -> Expr | None:
        match part:
            case Sym(name) if part in leaves:
                return Sym(name.replace(f"<{_number(name)}>", f"<{shifted(_number(name) or 0)}>"))
            case Item(base, index, example):
                places = tuple(
                    Sym(shifted(int(place.value))) if place in leaves and isinstance(place, Num) else place
                    for place in index
                )
                return Item(rewrite(base, change), places, example)
        return None

    return rewrite(a, change)


def _symbols(expr: Expr) -> Iterator[Sym]:
    waiting: list[Expr] = [expr]
    for part in waiting:
        match part:
            case Sym():
                yield part
            case Item(base, index):
                waiting += [base, *(place for place in index if isinstance(place, Sym))]
            case Call(_, args):
                waiting += args
            case Sum(index, _, body):
                yield Sym(index)
                waiting.append(body)
            case Partial(of, wrt):
                waiting += (of, wrt)
