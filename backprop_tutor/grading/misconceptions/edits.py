"""The edits that make a wrong formula of a right one, the usual ones first: what students do to a formula.

An edit is one entry of `EDITS`: an id, what was done in words, and a function from a part of the formula (or
from the whole of it) to what stands in its place. `grading.editor` applies each of them at every place.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Literal, NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.grading.misconceptions.scope import Scope
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, add, div, mul, name_of, neg, power, sub

__all__ = ["EDITS", "Change", "Edit", "skeleton"]


class Change(NamedTuple):
    """What stands in the place of a part: the words' slots `{0}`, `{1}` are filled with `parts`. `exchange`
    says what is the same wherever the same thing is done (nothing: the same change of alike parts).
    `inherited`: it was done in an earlier step, and came with the gradient."""

    expr: Expr
    parts: tuple[Expr, ...] = ()
    exchange: tuple[object, ...] = ()
    inherited: bool = False


class Edit(NamedTuple):
    """`at` gives the changes of one part. An edit is made `of` any part, and of all alike ones at once; of
    one term of a sum; of the whole formula; or of the whole by a sign or a constant factor."""

    id: str
    says: str
    at: Callable[[Expr, Scope], Iterable[Change]]
    of: Literal["part", "term", "whole", "constant"] = "part"

    @property
    def is_of_the_whole(self) -> bool:
        return self.of in ("whole", "constant")


def skeleton(expr: Expr) -> object:
    """The formula without its indices: what two terms that are alike have in common."""
    match expr:
        case Call(name, args):
            return name, tuple(map(skeleton, args))
        case Num(value):
            return value
        case _:
            return name_of(expr)


def _number(value: float) -> Num:
    return Num(Fraction(value))


def _is_quantity(part: Expr, scope: Scope) -> bool:
    return isinstance(part, Sym | Item) and scope.element(part) is not None


# Of the whole formula


def _negated(whole: Expr, scope: Scope) -> Iterator[Change]:
    yield Change(Call("neg", (whole,)))


def _without_examples(whole: Expr, scope: Scope) -> Iterator[Change]:
    for held in scope.constants:
        if held.examples > 1:
            N = _number(held.examples)
            yield Change(Call("mul", (N, whole)), (N,), inherited=held.inherited)


def _square_kept(whole: Expr, scope: Scope) -> Iterator[Change]:
    for held in scope.constants:
        if 2.0 in held.squares:
            yield Change(Call("mul", (_number(2), whole)), inherited=held.inherited)


def _square_dropped(whole: Expr, scope: Scope) -> Iterator[Change]:
    for held in scope.constants:
        if 0.5 in held.squares and scope.is_gradient:
            yield Change(Call("div", (whole, _number(2))), inherited=held.inherited)


def _both_constants(whole: Expr, scope: Scope) -> Iterator[Change]:
    for held in scope.constants:
        if held.examples > 1 and 2.0 in held.squares:
            N = _number(held.examples)
            yield Change(Call("mul", (_number(2), N, whole)), (N,), inherited=held.inherited)


def _examples_twice(whole: Expr, scope: Scope) -> Iterator[Change]:
    for held in scope.constants:
        if held.examples > 1:
            yield Change(Call("div", (whole, _number(held.examples))), (_number(held.examples),))


def _mean_of_examples(whole: Expr, scope: Scope) -> Iterator[Change]:
    if scope.examples > 1 and scope.constants and all(held.examples == 1 for held in scope.constants):
        yield Change(Call("div", (whole, _number(scope.examples))), (_number(scope.examples),))


def _over_outputs(whole: Expr, scope: Scope) -> Iterator[Change]:
    for held in scope.constants:
        if held.outputs > 1:
            yield Change(Call("div", (whole, _number(held.outputs))), (_number(held.outputs),))


def _own_neighbour(whole: Expr, scope: Scope) -> Iterator[Change]:
    for neighbour in scope.own_neighbours():
        if not neighbour.is_transposed:
            yield Change(neighbour.expr, (neighbour.expr,))


def _own_transposed(whole: Expr, scope: Scope) -> Iterator[Change]:
    for neighbour in scope.own_neighbours():
        if neighbour.is_transposed:
            yield Change(neighbour.expr, (neighbour.expr,))


def _activated(whole: Expr, scope: Scope) -> Iterator[Change]:
    for function in scope.activations():
        yield Change(scope.applied(function, whole), (Sym(function),))


def _doubled(whole: Expr, scope: Scope) -> Iterator[Change]:
    yield Change(Call("mul", (_number(2), whole)), (whole,))


def _halved(whole: Expr, scope: Scope) -> Iterator[Change]:
    yield Change(Call("div", (whole, _number(2))), (whole,))


# Of a sum


def _term_dropped(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("add", args):
            for i, term in enumerate(args):
                yield Change(add(*args[:i], *args[i + 1 :]), (term,))
        case Call("sub", (a, b)):
            yield Change(a, (neg(b),))
            yield Change(neg(b), (a,))


def _term_negated(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("add", args):
            for i, term in enumerate(args):
                yield Change(Call("add", (*args[:i], Call("neg", (term,)), *args[i + 1 :])), (term,))
        case Call("sub", (a, b)):
            yield Change(Call("add", (a, b)), (neg(b),))


def _term_twice(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("add", args):
            for term in args:
                yield Change(Call("add", (*args, term)), (term,))
        case Call("sub", (_, b)):
            yield Change(sub(part, b), (neg(b),))


def _mean(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("add", args):
            alike = [term for term in args if skeleton(term) == skeleton(args[0])]
            n = _number(len(alike))
            if len(alike) > 1:
                others = [term for term in args if all(term is not other for other in alike)]
                yield Change(add(Call("div", (add(*alike), n)), *others), (n,))


def _first_only(part: Expr, scope: Scope) -> Iterator[Change]:
    """c·a - b for c·(a - b), and a + b/n for (a + b)/n."""
    match part:
        case Call("mul", (*factors, Call("add" | "sub" as name, (first, *rest)))) if factors:
            yield Change(Call(name, (mul(*factors, first), *rest)), (factors[0],))
        case Call("div", (Call("add" | "sub" as name, (*rest, last)), divisor)):
            yield Change(Call(name, (*rest, div(last, divisor))), (divisor,))
        case Call("neg", (Call("sub" | "add" as name, (first, *rest)),)):
            yield Change(Call(name, (neg(first), *rest)), (_number(-1),))


# Of a product


def _factor_dropped(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("mul", args):
            for i, factor in enumerate(args):
                yield Change(mul(*args[:i], *args[i + 1 :]), (factor,))
        case Call("div", (a, b)):
            yield Change(a, (div(_number(1), b),))
            if a != _number(1):
                yield Change(div(_number(1), b), (a,))


def _only_one(part: Expr, scope: Scope) -> Iterator[Change]:
    """One factor of several, or of a difference; a gradient that is passed on unchanged forgotten."""
    match part:
        case Call("mul", args) if len(args) > 2:
            for factor in args:
                yield Change(factor, (factor,))
        case Call("sub", (_, b)):
            yield Change(b, (b,))


def _upstream_dropped(whole: Expr, scope: Scope) -> Iterator[Change]:
    prefix = scope.surroundings.solution.gradient_prefix
    if name_of(whole).startswith(prefix):
        yield Change(_number(1), (whole,))


def _divided(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("mul", args):
            for i, factor in enumerate(args):
                yield Change(Call("div", (mul(*args[:i], *args[i + 1 :]), factor)), (factor,))


def _multiplied(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("div", (a, b)):
            yield Change(mul(a, b), (b,))


def _turned_over(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("div", (a, b)):
            yield Change(Call("div", (b, a)), (part,))
        case Call("mul", args):
            for i, factor in enumerate(args):
                rest = mul(*args[:i], *args[i + 1 :])
                yield Change(Call("div", (factor, rest)), (Call("div", (rest, factor)),))


def _other_operation(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("add", (a, b)):
            yield Change(mul(a, b), (mul(a, b), part))
        case Call("mul", (a, b)):
            yield Change(add(a, b), (add(a, b), part))


# Of a power


def _square_forgotten(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("pow", (a, exponent)):
            yield Change(a, (part,))
            yield Change(mul(exponent, a), (part,))


def _other_power(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("pow", (a, Num(n))):
            yield Change(Call("pow", (a, Num(n + 1))), (part,))
            yield Change(Call("pow", (a, Num(n - 1))), (part,))


def _squared(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("sub", (a, Call("pow", (b, exponent)))):
            yield Change(power(sub(a, b), exponent), (sub(a, b),))
        case Call("sub" | "add"):
            yield Change(Call("pow", (part, _number(2))), (part,))
        case Sym() | Item():
            yield Change(Call("pow", (part, _number(2))), (part,))


# Of a quantity


def _neighbour(part: Expr, scope: Scope) -> Iterator[Change]:
    for neighbour in scope.neighbours(part):
        if not neighbour.is_transposed:
            yield Change(neighbour.expr, (neighbour.expr, part), neighbour.exchange)


def _transposed(part: Expr, scope: Scope) -> Iterator[Change]:
    for neighbour in scope.neighbours(part):
        if neighbour.is_transposed:
            yield Change(neighbour.expr, (neighbour.expr, part), neighbour.exchange)


def _complement(part: Expr, scope: Scope) -> Iterator[Change]:
    if _is_quantity(part, scope):
        yield Change(sub(_number(1), part), (sub(_number(1), part), part))
    match part:
        case Call("sub", (Num(), inside)):
            yield Change(inside, (inside, part))


def _part_negated(part: Expr, scope: Scope) -> Iterator[Change]:
    if _is_quantity(part, scope):
        yield Change(Call("neg", (part,)), (part,))


# Of a function


def _is_function(part: Expr) -> bool:
    return (
        isinstance(part, Call)
        and len(part.args) == 1
        and part.name.rstrip("'") in ops.TABLE
        and (part.name != "neg")
    )


def _function_dropped(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("max" | "min", (Num(), inside)):
            yield Change(inside, (part,))
        case Call(name, (inside,)) if _is_function(part) and not name.endswith("'"):
            yield Change(inside, (part,))


def _differentiated(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call(name, (inside,), options) if _is_function(part) and not name.endswith("'"):
            if len(ops.get(name).partials) == 1:
                yield Change(Call(f"{name}'", (inside,), options), (Call(f"{name}'", (inside,)), part))


def _not_differentiated(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call(name, (inside,), options) if name.endswith("'"):
            yield Change(Call(name[:-1], (inside,), options), (Call(name[:-1], (inside,)), part))
            yield Change(inside, (inside, part))


def _decimal_logarithm(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("log", (inside,)):
            for base in (10, 2):
                number = _number(base)
                yield Change(Call("div", (part, Call("log", (number,)))), (inside, number))


def _other_function(part: Expr, scope: Scope) -> Iterator[Change]:
    match part:
        case Call("max" | "min" as name, args):
            other = Call("min" if name == "max" else "max", args)
            yield Change(other, (other, part))
        case Call(name, (inside,)) if _is_function(part):
            for function in scope.like(name):
                yield Change(scope.applied(function, inside), (Call(function, (inside,)), part))


EDITS: tuple[Edit, ...] = (
    Edit("sign-flipped", "the sign turned round", _negated, "constant"),
    Edit("missing-one-over-n", "the factor 1/N = 1/{0} left out", _without_examples, "constant"),
    Edit("missing-factor-two", "the 1/2 forgotten and the 2 of the square kept", _square_kept, "constant"),
    Edit("missing-factor-two", "the 2 of the square dropped", _square_dropped, "constant"),
    Edit("missing-one-over-n", "the factors 1/2 and 1/N = 1/{0} left out", _both_constants, "whole"),
    Edit("one-over-n-twice", "the factor 1/N = 1/{0} taken twice", _examples_twice, "constant"),
    Edit("mean-for-sum", "a mean over the {0} examples taken", _mean_of_examples, "constant"),
    Edit("averaged-over-outputs", "a mean over the {0} outputs taken too", _over_outputs, "constant"),
    Edit("upstream-forgotten", "the gradient {0} left out", _upstream_dropped, "whole"),
    Edit("transposed", "{0} given in its place", _own_transposed, "whole"),
    Edit("activation-too-early", "{0} applied already", _activated, "whole"),
    Edit("neighbour-taken", "{0} where {1} belongs", _neighbour),
    Edit("neighbour-taken", "{0} given in its place", _own_neighbour, "whole"),
    Edit("index-transposed", "{0} where {1} belongs: the indices exchanged", _transposed),
    Edit("factor-dropped", "the factor {0} left out", _factor_dropped),
    Edit("mean-for-sum", "the mean of the {0} terms taken where their sum belongs", _mean),
    Edit("function-for-derivative", "{0} where the derivative {1} belongs", _not_differentiated),
    Edit("derivative-for-function", "the derivative {0} where {1} belongs", _differentiated),
    Edit("square-forgotten", "{0} not raised to its power", _square_forgotten),
    Edit("wrong-power", "another power in {0}", _other_power),
    Edit("squared", "{0} squared", _squared),
    Edit("wrong-logarithm", "the logarithm of {0} to the base {1}, not the natural one", _decimal_logarithm),
    Edit("function-dropped", "the function in {0} not applied", _function_dropped),
    Edit("arithmetic-slip", "the term {0} left out", _term_dropped, "term"),
    Edit("arithmetic-slip", "the sign of the term {0} turned round", _term_negated, "term"),
    Edit("arithmetic-slip", "the term {0} counted twice", _term_twice, "term"),
    Edit("factor-dropped", "{0} alone, the rest left out", _only_one),
    Edit("factor-inverted", "a division by {0} where it is multiplied by", _divided),
    Edit("factor-inverted", "a multiplication by {0} where it is divided by", _multiplied),
    Edit("factor-inverted", "{0} turned over", _turned_over),
    Edit("bracket-dropped", "{0} applied to one term of the bracket only", _first_only),
    Edit("arithmetic-slip", "the sign of {0} turned round", _part_negated),
    Edit("complement-taken", "{0} where {1} belongs", _complement),
    Edit("other-operation", "{0} where {1} belongs", _other_operation),
    Edit("other-function", "{0} where {1} belongs", _other_function),
    Edit("factor-doubled", "a factor 2 too much", _doubled, "whole"),
    Edit("factor-doubled", "a factor 2 too little", _halved, "whole"),
)  # fmt: skip
