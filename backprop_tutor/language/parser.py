"""The parser: text to the expression tree as it was typed, nothing simplified and nothing evaluated.

A Pratt parser. Loosest first: `+ -`, then `* / @` and products without a sign, then unary minus, then
`^` (to the right), then what follows its operand directly: an index, `.T`, a superscript.
"""

import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction

from backprop_tutor.errors import LanguageError
from backprop_tutor.language.cursor import COMPARED, COMPARISONS, Spelling
from backprop_tutor.language.derivative_reader import DerivativeReader
from backprop_tutor.language.expr import Array, Call, Expr, Num, Sym
from backprop_tutor.language.expr import children as inside
from backprop_tutor.language.names import CONDITION, OF_PROGRAMS, Vocabulary
from backprop_tutor.language.references import MAX_AXES
from backprop_tutor.language.tokens import Kind, Token

__all__ = ["MAX_AXES", "MAX_DEPTH", "MAX_NESTING", "MAX_NODES", "parse"]

MAX_NESTING = 64  # brackets, minus signs and powers inside one another
MAX_DEPTH = 100  # levels of the tree: long chains of - and / count too
MAX_NODES = 10_000
CHOICE = "where"  # the function that takes a comparison
WORD_OPTIONS = ("from", "reduction")  # whose values are words, not formulas

Product = Callable[[Expr, Expr], Expr | None]

_SUM, _PRODUCT, _UNARY, _POWER = 1, 2, 3, 4
_BINARY = {
    "+": ("add", _SUM),
    "-": ("sub", _SUM),
    "*": ("mul", _PRODUCT),
    "/": ("div", _PRODUCT),
    "@": ("matmul", _PRODUCT),
    "^": ("pow", _POWER),
}


def parse(
    text: str,
    *,
    functions: Mapping[str, str],
    names: Collection[str] | None = None,
    arrays: Collection[str] | None = None,
    spelling: Spelling | None = None,
    product: Product | None = None,
    conditions: bool = False,
) -> Expr:
    """The expression that `text` says.

    `functions` maps every accepted spelling of a function to its canonical name; `names` are the
    known quantities, None where any name will do, and `arrays` those that have elements, None where that is
    not known; `spelling` is a notation's way to write them
    (`Lettering.read`); `product` gives what a product without a sign is, None where it is one entry by entry;
    with `conditions`, `(1 if a > b else 0)` and `[a = b]` are read, as derivatives are printed.
    Raises LanguageError, with the place in `text`.
    """
    known = None if names is None else frozenset(names)
    words = Vocabulary(functions, known, None if arrays is None else frozenset(arrays))
    parser = _Parser(text, words, spelling, product, conditions)
    expr = parser.chosen(parser.expression(0))
    if parser.next.kind is not Kind.END:
        raise parser.unexpected()
    _measure(expr, text)
    return expr


def _measure(expr: Expr, text: str) -> None:
    """Refuse a tree so large or deep that walking it would be work."""
    level, depth, nodes = [expr], 0, 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if nodes > MAX_NODES:
            raise LanguageError(
                f"This formula has more than {MAX_NODES:,} parts.", text=text, start=0, end=len(text)
            )
        if depth > MAX_DEPTH:
            raise LanguageError(
                f"This formula is more than {MAX_DEPTH} operations deep.", text=text, start=0, end=len(text)
            )
        level = [child for node in level for child in inside(node)]


def _build(name: str, operands: list[Expr]) -> Expr:
    return Call(name, tuple(operands)) if name else operands[0]


class _Parser(DerivativeReader):
    nesting = 0

    def __init__(
        self,
        text: str,
        words: Vocabulary,
        spelling: Spelling | None,
        product: Product | None,
        conditions: bool,
    ) -> None:
        super().__init__(text, words, spelling)
        self.product, self.conditions = product, conditions

    def expression(self, floor: int) -> Expr:
        """Operands joined by operators that bind at least as tightly as `floor`."""
        operands, joined, sign = [self.operand()], "", ""
        while operator := self.operator(sign):
            name, binding, signs = operator
            if binding < floor:
                break
            sign = name if signs else ""
            self.skip(signs)
            right = self.nested(_POWER) if binding == _POWER else self.expression(binding + 1)
            if not signs:
                self.refuse_silent_matrix_product(operands[-1], right)
                whole = self.product(operands[-1], right) if self.product else None
                if whole is not None:
                    operands[-1] = whole
                    continue
            if name == joined and name in ("add", "mul"):
                operands.append(right)
            else:
                operands, joined = [_build(joined, operands), right], name
        return _build(joined, operands)

    def nested(self, floor: int = 0) -> Expr:
        """An expression inside another; counted, so that depth is refused before it is recursion."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.error(f"This is nested more than {MAX_NESTING} levels deep.", self.look(-1))
        expr = self.expression(floor)
        self.nesting -= 1
        return expr

    def operator(self, sign: str) -> tuple[str, int, int] | None:
        """The next operator, after one with a `sign`: its name, how tightly it binds, and how many tokens it
        is written with."""
        token = self.next
        if token.kind is Kind.OP and token.text in _BINARY:
            return (*_BINARY[token.text], 1)
        if token.kind is Kind.END or (token.kind is Kind.OP and token.text not in ("(", "∂")):
            return None
        if self.conditions and token.text in ("if", "else"):
            return None
        self.check_product_without_sign(sign)
        return ("mul", _PRODUCT, 0)

    def operand(self) -> Expr:
        token = self.take()
        match token.kind, token.text:
            case Kind.NUMBER, _:
                expr: Expr = self.times_power_of_ten(self.number(token))
            case Kind.FRACTION, _:
                top, bottom = token.text.split("/")
                expr = Call("div", (Num(Fraction(top)), Num(Fraction(bottom))))
            case Kind.OP, "-":
                return Call("neg", (self.nested(_UNARY),))
            case Kind.OP, "+":
                return self.nested(_UNARY)
            case Kind.OP, "(":
                expr = self.chosen(self.nested())
                self.expect(")")
            case Kind.OP, "[":
                expr = self.array()
            case Kind.NAME, _:
                expr = self.named(token)
            case Kind.OP, "∂":
                expr = self.partial()
            case _:
                raise self.unexpected("a value", token)
        return self.followed(expr)

    def times_power_of_ten(self, number: Num) -> Expr:
        """`number`, or all of `1.2x10^-3` and `1.2 x 10⁻³`, whatever x may be in the exercise."""
        times, ten = self.next, self.look(1)
        if times.kind is not Kind.NAME or times.text[:1] not in ("x", "X"):
            return number
        spaced = len(times.text) == 1 and ten.text == "10"
        if not spaced and (times.text[1:] != "10" or self.words.knows(times.text)):
            return number
        power = self.look(2 if spaced else 1)
        if power.kind is not Kind.SUPER and power.text != "^":
            return number
        self.skip(2 if spaced else 1)
        base = self.followed(Num(Fraction(10)))
        if self.accept("^"):
            base = Call("pow", (base, self.nested(_POWER)))
        return Call("mul", (number, base))

    def followed(self, expr: Expr) -> Expr:
        """`expr` with the indices, transposes and superscripts that follow it."""
        while True:
            token = self.next
            if token.kind not in (Kind.OP, Kind.SUPER):
                return expr
            if self.sees("["):
                expr = self.indexed(expr, self.take())
            elif self.accept(".T"):
                expr = Call("transpose", (expr,))
            elif self.sees("^") and self.look(1).text == "T" and not self.words.knows("T"):
                self.skip(2)
                expr = Call("transpose", (expr,))
            elif token.kind is Kind.SUPER:
                self.take()
                exponent: Expr = Num(Fraction(token.text.lstrip("+-")))
                exponent = Call("neg", (exponent,)) if token.text.startswith("-") else exponent
                expr = Call("pow", (expr, exponent))
            else:
                return expr

    def named(self, token: Token) -> Expr:
        canonical = self.words.function(token.text)
        if canonical and self.sees("'"):
            self.take()
            self.expect("(")
            return self.call(f"{canonical}'")
        if canonical and self.accept("("):
            return self.choice() if canonical == CHOICE else self.call(canonical)
        if canonical and self.next.kind in (Kind.NUMBER, Kind.NAME) and not self.words.knows(token.text):
            return Call(canonical, (self.bare_argument(token),))
        return self.derivative(token) or self.example(
            Sym(self.gradient(token) or self.quantity(token, canonical))
        )

    def bare_argument(self, function: Token) -> Expr:
        """What `ln z` and `√2` work on, which have no brackets: one number or quantity, and nothing after
        it that might belong to it too."""
        token = self.take()
        if token.kind is Kind.NUMBER:
            expr: Expr = self.number(token)
        else:
            expr = self.example(Sym(self.gradient(token) or self.quantity(token, None)))
            while self.sees("["):
                expr = self.indexed(expr, self.take())
        after = self.next
        if after.kind not in (Kind.OP, Kind.END) or after.text in ("(", "^", "∂", ".T"):
            argument = f"{function.text}( )"
            raise self.error(f"How far {function.text} reaches is not clear.", after, f"Write {argument}.")
        return expr

    def call(self, name: str) -> Expr:
        """The arguments of a function, after its opening bracket."""
        args: list[Expr] = []
        options: dict[str, Expr] = {}
        while not (args or options) or self.accept(","):
            key = self.next
            if key.kind is Kind.NAME and self.sees("=", ahead=1):
                self.skip(2)
                if key.text in options:
                    raise self.error(f"{key.text} is given twice.", key)
                options[key.text] = self.word() if key.text in WORD_OPTIONS else self.nested()
            elif options:
                raise self.error("What a function works on comes before its options.", key)
            else:
                args.append(self.nested())
        self.expect(")")
        return Call(name, tuple(args), tuple(options.items()))

    def chosen(self, expr: Expr) -> Expr:
        """`expr`, or all of `expr if a > b else c`."""
        if not self.conditions or self.next.text != "if":
            return expr
        self.take()
        condition = self.comparison(self.nested())
        if self.next.text != "else":
            raise self.unexpected("else")
        self.take()
        return Call("cases", (condition, expr, self.nested()))

    def comparison(
        self, left: Expr, said: str = "Here a comparison is expected.", hint: str = COMPARED
    ) -> Expr:
        """`left > b` or, as it is printed, `left = b`, before its sign."""
        sign = self.take()
        name = "eq" if self.conditions and sign.text == "=" else COMPARISONS.get(sign.text)
        if sign.kind is not Kind.OP or name is None:
            raise self.error(said, sign, hint)
        return Call(name, (left, self.nested()))

    def choice(self) -> Expr:
        """`a > b, x, y)`, after where and its opening bracket."""
        hint = "Write where(a > b, x, y); also <, >=, <= and ==."
        parts = [self.comparison(self.nested(), "where( ) begins with a comparison.", hint)]
        for _ in range(2):
            self.expect(",")
            parts.append(self.nested())
        self.expect(")")
        return Call("cases", tuple(parts))

    def word(self) -> Expr:
        """The value of an option that is a word and no name: `sum` of reduction=sum."""
        token = self.take()
        if token.kind is not Kind.NAME:
            raise self.error("A word is expected here.", token)
        return Num(Fraction(0), token.text)

    def array(self) -> Expr:
        """`[1, 0; -1, 1]` or `[[1, 0], [-1, 1]]`, after the opening bracket."""
        rows: list[list[Expr]] = [[self.nested()]]
        if self.conditions and (self.sees("=") or self.next.text in COMPARISONS):
            condition = self.comparison(rows[0][0])
            self.expect("]")
            return Call("indicator", (condition,))
        by_rows = False
        while not self.accept("]"):
            if self.accept(";"):
                rows.append([])
                by_rows = True
            elif not self.accept(","):
                raise self.unexpected("]")
            rows[-1].append(self.nested())
        if by_rows:
            return Array(tuple(Array(tuple(row)) for row in rows))
        return Array(tuple(rows[0]))

    # Products without a sign: only those that cannot be read in two ways

    def check_product_without_sign(self, joined: str) -> None:
        before, token = self.look(-1), self.next
        if before.kind is Kind.NUMBER and token.text.startswith("_"):
            raise self.misplaced("An underscore has no place in a number.", token)
        if before.kind is Kind.NUMBER and token.text in ("e", "E"):
            self.refuse_broken_exponent(before, token)
        if before.kind is Kind.NUMBER and self.words.names is not None and not self.words.knows(token.text):
            self.refuse_spelled_exponent(before, token)
        if token.kind in (Kind.NUMBER, Kind.FRACTION):
            raise self.misplaced(
                "Two values stand side by side.", token, "Put an operator between them: 2*3."
            )
        if joined in ("div", "matmul"):
            sign = "/" if joined == "div" else "@"
            raise self.error(
                f"a{sign}b c can be read in two ways.", token, f"Write (a{sign}b)*c or a{sign}(b*c)."
            )
        if before.kind is not Kind.NAME or self.sees("("):
            self.refuse_late_example(before)
        elif token.kind is Kind.NAME and not self.both_known(before, token):
            for word in (before, token):
                if word.text in OF_PROGRAMS:
                    raise self.error(f"{word.text} has no place in a formula.", word, CONDITION)
            raise self.error(
                f"{before.text} and {token.text} stand side by side.",
                token,
                f"For a product write {before.text}*{token.text}.",
            )

    def refuse_broken_exponent(self, before: Token, e: Token) -> None:
        """`1.2 e-3` and `1.2e -3`: a number with spaces in it, or a product with Euler's number."""
        sign, digits = self.look(1), self.look(2)
        spaced = e.end < sign.start and sign.end < digits.start
        if sign.text in ("+", "-") and digits.text.isdecimal() and not spaced:
            number = f"{before.text}e{sign.text.lstrip('+')}{digits.text}"
            formula = f"{before.text}*{e.text} {sign.text} {digits.text}"
            raise self.error("This can be read in two ways.", e, f"Write {number} or {formula}.")

    def refuse_spelled_exponent(self, before: Token, token: Token) -> None:
        """`1.2 e3`, and `1.2EE-3` or `1.2D+03` as calculators and Fortran have it."""
        found = re.fullmatch(r"[eE](?P<e>[0-9]+)|(?:ee|EE|[dD])(?P<digits>[0-9]*)", token.text)
        if not found:
            return
        digits, last, sign = found["e"] or found["digits"] or "", token, ""
        if not digits:
            sign = self.look(1).text if self.look(1).text in ("+", "-") else ""
            last = self.look(2 if sign else 1)
            digits = last.text
        if digits.isdecimal() and "e" not in before.text.lower():
            number = f"{before.text}e{sign.lstrip('+')}{digits}"
            raise self.error("This number is not written as one.", token, f"Write {number}.")

    def both_known(self, before: Token, token: Token) -> bool:
        words = self.words
        if words.names is None or before.end == token.start:
            return False
        known = words.function(token.text) or words.quantity(token.text) or self.sees("/", ahead=1)
        return bool(known)

    def refuse_late_example(self, before: Token) -> None:
        inner, close = self.look(1), self.look(2)
        single = inner.kind is Kind.NUMBER and close.kind is Kind.OP and close.text == ")"
        if before.text == "]" and self.sees("(") and single:
            raise self.error(
                "The example comes before the index.", self.next, "Write h1(2)[1], or * for a product."
            )

    def refuse_silent_matrix_product(self, left: Expr, right: Expr) -> None:
        for side in (left, right):
            if isinstance(side, Call) and side.name == "transpose":
                raise self.error(
                    "A product with a transpose needs its sign.",
                    self.look(-1),
                    "Write @ for the matrix product, * for entry by entry.",
                )
