"""The expression tree: what files say, what students type and what a derivation prints.

    Expr
    ├── Num      a number, with the text it is shown by
    ├── Sym      a whole quantity or an index letter: W1, dJ/dW1, W1_new, p
    ├── Item     part of a quantity: W1[1,2], h1(2)[1], x[2:3]
    ├── Call     an operator or a function: add, mul, sigmoid, sigmoid'
    ├── Array    entries in square brackets; a matrix is an array of arrays, its rows
    ├── Sum      a sum over an index: sum over p from 1 to N of body
    ├── Partial  a derivative that has not been carried out: d(of)/d(wrt)
    └── Valued   a value under the formula that it is the value of: W1 over its numbers over 2×2

Operators are calls with the names in `OPERATORS`. `add` and `mul` take two or more arguments.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    "OPERATORS",
    "Array",
    "Call",
    "Expr",
    "Item",
    "Num",
    "Partial",
    "Slice",
    "Sum",
    "Sym",
    "Valued",
    "add",
    "children",
    "div",
    "has_options",
    "leaves",
    "matmul",
    "mul",
    "name_of",
    "neg",
    "power",
    "rewrite",
    "sub",
    "transpose",
]

OPERATORS = ("add", "sub", "mul", "hadamard", "div", "pow", "neg", "matmul", "transpose")


@dataclass(frozen=True, slots=True)
class Num:
    """An exact number. `text` is how it is written where the fraction would not do (`0.5933`)."""

    value: Fraction
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sym:
    """A name: of a whole quantity, or an index letter."""

    name: str


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` inside an index; both ends belong to it and count from 1, None is open."""

    start: "Expr | None" = None
    stop: "Expr | None" = None
    step: Num | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """`base(example)[index]`; `example` is None where the quantity has none or it goes unsaid.

    Of a derivative between arrays, `split` says how the index falls to what is derived and to each of what it
    is derived by: how many places stand in ( ) and how many in [ ].
    """

    base: "Expr"
    index: "tuple[Expr | Slice, ...]" = ()
    example: "Expr | None" = None
    split: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """`name` applied to `args`; `options` are the keyword arguments (`axis=1`), in order."""

    name: str
    args: "tuple[Expr, ...]"
    options: "tuple[tuple[str, Expr], ...]" = ()


@dataclass(frozen=True, slots=True)
class Array:
    """Entries in square brackets."""

    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of `body` over `index` from 1 to `upper`."""

    index: str
    upper: "Expr"
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Partial:
    """The derivative of `of` with respect to `wrt`, not carried out."""

    of: "Expr"
    wrt: "Expr"


@dataclass(frozen=True, slots=True)
class Valued:
    """What `symbol` stands for, for display: its numbers between its name and its shape.

    `value` is None where the array is too large to be written out.
    """

    symbol: "Expr"
    value: "Expr | None"
    shape: tuple[int, ...]


Expr = Num | Sym | Item | Call | Array | Sum | Partial | Valued


# Constructors that drop what a rule contributes and a student would not write: 1·a, a + 0, -(-a).


def _is(expr: Expr, value: int) -> bool:
    return isinstance(expr, Num) and expr.value == value and not expr.text


def _flat(name: str, args: tuple[Expr, ...]) -> list[Expr]:
    terms: list[Expr] = []
    for arg in args:
        terms.extend(arg.args if isinstance(arg, Call) and arg.name == name else (arg,))
    return terms


def add(*args: Expr) -> Expr:
    terms = [term for term in _flat("add", args) if not _is(term, 0)]
    if not terms:
        return Num(Fraction(0))
    return terms[0] if len(terms) == 1 else Call("add", tuple(terms))


def sub(a: Expr, b: Expr) -> Expr:
    if _is(b, 0):
        return a
    return neg(b) if _is(a, 0) else Call("sub", (a, b))


def mul(*args: Expr) -> Expr:
    factors = [factor for factor in _flat("mul", args) if not _is(factor, 1)]
    if any(_is(factor, 0) for factor in factors):
        return Num(Fraction(0))
    if not factors:
        return Num(Fraction(1))
    if any(_is(factor, -1) for factor in factors):
        rest = list(factors)
        rest.remove(Num(Fraction(-1)))
        return neg(mul(*rest))
    return factors[0] if len(factors) == 1 else Call("mul", tuple(factors))


def div(a: Expr, b: Expr) -> Expr:
    return a if _is(b, 1) else Call("div", (a, b))


def neg(a: Expr) -> Expr:
    if isinstance(a, Call) and a.name == "neg":
        return a.args[0]
    if isinstance(a, Num) and not a.text:
        return Num(-a.value)
    return Call("neg", (a,))


def power(a: Expr, b: Expr) -> Expr:
    match b:
        case Call("sub", (Num(n, ""), Num(m, ""))):  # the exponent of the power rule
            b = Num(n - m)
    if _is(b, 0):
        return Num(Fraction(1))
    return a if _is(b, 1) else Call("pow", (a, b))


def matmul(a: Expr, b: Expr) -> Expr:
    return Call("matmul", (a, b))


def transpose(a: Expr) -> Expr:
    if isinstance(a, Call) and a.name == "transpose":
        return a.args[0]
    return Call("transpose", (a,))


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside `expr`; a quantity's example and index are part of its name,
    so an `Item` has children only where it picks from something that is computed."""
    match expr:
        case Call(_, args, options):
            return args + tuple(value for _, value in options)
        case Array(items):
            return items
        case Item(base) if not isinstance(base, Sym):
            return (base,)
        case Sum(_, upper, body):
            return (upper, body)
        case Partial(of, wrt):
            return (of, wrt)
        case _:
            return ()


def has_options(expr: Expr) -> bool:
    """Whether there is a call with options in it, as a program has them: `sum(a, axis=2)`."""
    return (isinstance(expr, Call) and bool(expr.options)) or any(map(has_options, children(expr)))


def name_of(expr: Expr) -> str:
    """The name in a symbol or in an item of a quantity, "" for anything else."""
    base = expr.base if isinstance(expr, Item) else expr
    return base.name if isinstance(base, Sym) else ""


def leaves(expr: Expr) -> Iterator[Expr]:
    """Every number, symbol and item of a quantity in `expr`, left to right."""
    stack = [expr]
    while stack:
        top = stack.pop()
        inside = children(top)
        if not inside and isinstance(top, Num | Sym | Item):
            yield top
        stack.extend(reversed(inside))


def rewrite(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """`expr` with every node for which `change` gives an expression replaced by it, outermost first."""
    changed = change(expr)
    if changed is not None:
        return changed
    match expr:
        case Call(name, args, options):
            return Call(
                name,
                tuple(rewrite(arg, change) for arg in args),
                tuple((key, rewrite(value, change)) for key, value in options),
            )
        case Array(items):
            return Array(tuple(rewrite(item, change) for item in items))
        case Item(base, index, example) if not isinstance(base, Sym):
            return Item(rewrite(base, change), index, example)
        case Sum(index, upper, body):
            return Sum(index, rewrite(upper, change), rewrite(body, change))
        case Partial(of, wrt):
            return Partial(rewrite(of, change), rewrite(wrt, change))
        case _:
            return expr
