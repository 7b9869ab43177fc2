"""The walk that every printer shares: what goes where, and the fewest brackets that keep the meaning.

A printer builds bodies of its own kind (text, LaTeX, MathML, a box of lines) from a few primitives;
the walk decides on brackets by the level of each piece.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum
from typing import Generic, NamedTuple, TypeVar

from backprop_tutor.language.expr import Array, Call, Expr, Item, Num, Partial, Sum, Sym, Valued, children
from backprop_tutor.language.style import Style, Written, index_text

__all__ = ["Level", "Piece", "Printer", "has_matrix", "matrix_rows"]

B = TypeVar("B")


class Level(IntEnum):
    """How tightly a piece holds together, loosest first."""

    RELATION = 0
    SUM = 1
    NEGATIVE = 2  # begins with a minus sign
    PRODUCT = 3
    QUOTIENT = 4  # a/b on one line; binds as a product does, but is misread inside one
    FRACTION = 5  # with a bar of its own, or ∂J/∂w, read as one
    POWER = 6
    POSTFIX = 7
    ATOM = 8


class Piece(NamedTuple, Generic[B]):
    """A printed expression.

    `open`: it runs on to the right, as a sum over an index does. `signed`: it is a minus sign before
    a single factor, which may begin a product.
    """

    body: B
    level: Level
    open: bool = False
    signed: bool = False


class Printer(ABC, Generic[B]):
    """A printer to bodies of one kind; `barred` where it draws fractions with a bar."""

    barred = False

    def __init__(self, style: Style) -> None:
        self.style = style

    # What a kind of body has to provide

    @abstractmethod
    def word(self, text: str) -> B:
        """Text as it stands, escaped."""

    @abstractmethod
    def number(self, text: str) -> B: ...

    @abstractmethod
    def sign(self, name: str) -> B:
        """An operator or relation by its name in the tree, with the space around it."""

    @abstractmethod
    def row(self, *parts: B) -> B:
        """Bodies one after the other."""

    @abstractmethod
    def fence(self, body: B) -> B:
        """`body` in round brackets."""

    @abstractmethod
    def quantity(self, written: Written) -> Piece[B]: ...

    @abstractmethod
    def quotient(self, a: Expr, b: Expr) -> Piece[B]: ...

    @abstractmethod
    def power(self, base: Expr, exponent: Expr) -> Piece[B]: ...

    @abstractmethod
    def transposed(self, a: Expr) -> Piece[B]: ...

    @abstractmethod
    def total(self, total: Sum) -> Piece[B]: ...

    @abstractmethod
    def cases(self, condition: Expr, a: Expr, b: Expr) -> Piece[B]: ...

    @abstractmethod
    def function_name(self, name: str) -> B:
        """A function's glyph, with a prime if `name` ends in one."""

    def printed(self, expr: Expr) -> B:
        """`expr` the way the style's notation writes it."""
        return self.show(self.style.rewrite(expr))

    # The walk

    def show(self, expr: Expr) -> B:
        return self.piece(expr).body

    def at(self, expr: Expr, level: Level, *, last: bool = False) -> B:
        return self.fit(self.piece(expr), level, last=last).body

    def fit(self, piece: Piece[B], level: Level, *, last: bool = False) -> Piece[B]:
        """`piece`, in brackets if it is looser than `level`; an open one only stands `last`."""
        if piece.level >= level and (last or not piece.open):
            return piece
        return Piece(self.fence(piece.body), Level.ATOM)

    def piece(self, expr: Expr) -> Piece[B]:
        match expr:
            case Num():
                return self.num(expr)
            case Sym() | Item(Sym()):
                return self.quantity(self.style.names(expr))
            case Item(base, index):
                return self.picked(base, index_text(index))
            case Array(items):
                return self.array(items)
            case Sum():
                return self.total(expr)
            case Partial(of, wrt):
                return self.partial(of, wrt)
            case Valued():
                return self.valued(expr)
            case Call():
                return self.called(expr)

    def picked(self, base: Expr, index: str) -> Piece[B]:
        return Piece(self.row(self.at(base, Level.POSTFIX), self.word(f"[{index}]")), Level.POSTFIX)

    def valued(self, expr: Valued) -> Piece[B]:
        """On one line, the numbers, or the name of what is too large to be written out."""
        return self.piece(expr.symbol if expr.value is None else expr.value)

    def called(self, call: Call) -> Piece[B]:
        match call.name, call.args:
            case "add" | "sub", (first, *rest):
                return self.summed(call.name, first, rest)
            case "neg", (a,):
                inner = self.fit(self.piece(a), Level.PRODUCT, last=True)
                single = inner.level >= Level.FRACTION and not inner.open
                return Piece(self.row(self.sign("neg"), inner.body), Level.NEGATIVE, inner.open, single)
            case "mul" | "hadamard" | "matmul", (first, *rest):
                return self.product(call.name, first, rest)
            case "div", (a, b):
                return self.quotient(a, b)
            case "pow", (a, b):
                return self.power(a, b)
            case "transpose", (a,):
                return self.transposed(a)
            case "kronecker", (a, b):
                signs = ("[", index_text((a,)), "=", index_text((b,)), "]")
                return Piece(self.row(*map(self.word, signs)), Level.ATOM)
            case "rows", (base, Sym(numbers)):
                return self.picked(base, numbers)
            case "place_rows", (part, base, Sym(numbers)):
                inside = (self.show(part), self.sign("comma"), self.picked(base, numbers).body)
                placed = self.row(self.function_name("place"), self.fence(self.row(*inside)))
                return Piece(placed, Level.ATOM)
            case "first_max", args:
                return self.function(Call("max", args))
            case "indicator", (condition,):
                return Piece(self.row(self.word("["), self.show(condition), self.word("]")), Level.ATOM)
            case "cases", (condition, a, b):
                return self.cases(condition, a, b)
            case "gt" | "ge" | "lt" | "le" | "eq", (a, b):
                left, right = self.at(a, Level.SUM, last=True), self.at(b, Level.SUM, last=True)
                return Piece(self.row(left, self.sign(call.name), right), Level.RELATION)
            case _:
                return self.function(call)

    def array(self, items: tuple[Expr, ...]) -> Piece[B]:
        return Piece(self.row(self.word("["), *self.listed(items), self.word("]")), Level.ATOM)

    def num(self, number: Num) -> Piece[B]:
        text = number.text or str(number.value)
        body = self.number(text)
        if text.startswith("-"):
            return Piece(body, Level.NEGATIVE, signed=self.barred or "/" not in text)
        if "/" in text:
            return Piece(body, Level.FRACTION if self.barred else Level.QUOTIENT)
        return Piece(body, Level.POSTFIX if "e" in text.lower() else Level.ATOM)

    def summed(self, name: str, first: Expr, rest: list[Expr]) -> Piece[B]:
        parts = [self.at(first, Level.SUM, last=True)]
        for term in rest:
            parts += [self.sign(name), self.at(term, Level.PRODUCT, last=True)]
        return Piece(self.row(*parts), Level.SUM)

    def product(self, name: str, first: Expr, rest: list[Expr]) -> Piece[B]:
        lead = self.lead(first, name)
        factors = [self.fit(self.piece(factor), Level.FRACTION, last=True) for factor in rest]
        factors[:-1] = [self.fit(factor, Level.FRACTION) for factor in factors[:-1]]
        parts = [lead.body]
        for factor in factors:
            parts += [self.sign(name), factor.body]
        return Piece(self.row(*parts), min(lead.level, Level.PRODUCT), factors[-1].open)

    def lead(self, first: Expr, name: str) -> Piece[B]:
        """The first factor: it may have a minus sign, and `a·b` simply goes on as `a·b·c`."""
        piece = self.piece(first)
        goes_on = isinstance(first, Call) and first.name == name
        return piece if (goes_on or piece.signed) and not piece.open else self.fit(piece, Level.FRACTION)

    def listed(self, items: Iterable[Expr]) -> list[B]:
        """The items with commas between them."""
        parts: list[B] = []
        for item in items:
            parts += [self.sign("comma"), self.show(item)] if parts else [self.show(item)]
        return parts

    def function(self, call: Call) -> Piece[B]:
        inside = self.listed(call.args)
        for key, value in call.options:
            inside += [self.sign("comma")] if inside else []
            inside += [self.word(f"{key}="), self.show(value)]
        return Piece(self.row(self.function_name(call.name), self.fence(self.row(*inside))), Level.ATOM)

    def partial(self, of: Expr, wrt: Expr) -> Piece[B]:
        """∂J/∂w, or ∂/∂w before what is too long to stand in it."""
        above, below = self.plainly_written(of), self.plainly_written(wrt)
        if below is None:
            raise TypeError(f"a derivative is taken with respect to a quantity, not {wrt!r}")
        if above is not None:
            return self.quantity(replace(below, of=above))
        operator = self.quantity(replace(below, of=Written(""))).body
        body = self.row(operator, self.word(" "), self.fence(self.show(of)))
        return Piece(body, Level.FRACTION, open=True)

    def plainly_written(self, expr: Expr) -> Written | None:
        match expr:
            case Sym() | Item(Sym()):
                written = self.style.names(expr)
                return None if written.of else written
            case _:
                return None


def matrix_rows(items: tuple[Expr, ...]) -> list[tuple[Expr, ...]]:
    """The rows of an array that is a matrix of single entries; none of any other."""
    rows = [item.items for item in items if isinstance(item, Array)]
    even = len(rows) == len(items) and len({len(row) for row in rows}) == 1
    return rows if even and not any(isinstance(entry, Array) for row in rows for entry in row) else []


def has_matrix(expr: Expr) -> bool:
    """Whether an array is written out anywhere in `expr`."""
    return isinstance(expr, Array) or (
        expr.value is not None if isinstance(expr, Valued) else any(map(has_matrix, children(expr)))
    )
