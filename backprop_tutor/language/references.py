"""Names in a formula: quantities, gradients, examples and indices. Nothing here holds an expression."""

from backprop_tutor.language.cursor import Cursor
from backprop_tutor.language.expr import Call, Expr, Item, Num, Slice, Sym
from backprop_tutor.language.tokens import Kind, Token

__all__ = ["MAX_AXES", "References"]

MAX_AXES = 32


class References(Cursor):
    def gradient(self, upper: Token) -> str | None:
        slash, lower = self.next, self.look(1)
        if not self.sees("/") or lower.kind is not Kind.NAME:
            return None
        if self.words.names is None and (upper.end != slash.start or slash.end != lower.start):
            return None
        name = self.words.gradient(upper.text, lower.text)
        if not name and self.words.names is not None:
            self.refuse_gradient(upper, lower)
        if name:
            self.skip(2)
        return name

    def refuse_gradient(self, upper: Token, lower: Token) -> None:
        """Blame that part of `dJ/db9` which is no quantity, if none of the two words is one itself."""
        words, parts = self.words, (upper, lower)
        if any(words.knows(part.text) or not words.is_differential(part.text) for part in parts):
            return
        for part in parts:
            self.quantity(part._replace(text=part.text[1:], start=part.start + 1), None)

    def quantity(self, token: Token, function: str | None) -> str:
        """The name of the quantity at `token`; `function` says that a function has this name."""
        name = token.text
        if self.words.is_not_finite(name):
            raise self.error(f"{name} is not a number here: an answer must be a finite number.", token)
        found = self.words.quantity(name)
        if found and (self.words.names is not None or not function):
            return found
        if function:
            raise self.error(f"{name} is a function.", token, f"Write {name}( ) with its argument inside.")
        if self.sees("("):
            what = f"{name} is neither a function nor a quantity of this exercise."
            raise self.error(what, token, self.words.nearest(name))
        why = self.words.explanation(name)
        error = self.error(
            f"{name} is not a quantity of this exercise.", token, why or self.words.guess(name)
        )
        error.is_guess = not why
        raise error

    def example(self, base: Sym) -> Expr:
        """`h1(2)`: the number in brackets after a quantity says which example."""
        number, close = self.look(1), self.look(2)
        if not self.sees("("):
            return base
        if number.kind is Kind.NUMBER and close.kind is Kind.OP and close.text == ")":
            self.skip(2)
            which = self.whole(number, f"The example in {base.name}(…)", "1 is the first example")
            self.take()
            return Item(base, (), which)
        if self.words.names is None:
            raise self.error(f"{base.name} is not a function.", self.look(-1), self.words.nearest(base.name))
        return base

    def indexed(self, expr: Expr, bracket: Token) -> Expr:
        """`expr[…]`, after the opening bracket; `W[1][2]` is `W[1,2]`."""
        index = [self.index()]
        while self.accept(","):
            index.append(self.index())
        self.expect("]")
        if len(index) + (len(expr.index) if isinstance(expr, Item) else 0) > MAX_AXES:
            raise self.error(f"This has more than {MAX_AXES} indices.", bracket)
        match expr:
            case Num():
                raise self.error("A number has no entries.", bracket, "Write * for a product.")
            case Item(base, earlier, example):
                if any(isinstance(position, Slice) for position in earlier):
                    raise self.error("This has an index already.", bracket, "Write one, such as [1:2,1].")
                return Item(base, earlier + tuple(index), example)
            case _:
                return Item(expr, tuple(index))

    def index(self) -> Expr | Slice:
        start = None if self.sees(":") else self.place()
        if not self.accept(":"):
            assert start is not None
            return start
        stop = None if self.sees(",") or self.sees("]") or self.sees(":") else self.place()
        if isinstance(start, Num) and isinstance(stop, Num) and stop.value < start.value:
            raise self.error(f"{start.value}:{stop.value} runs backwards.", self.look(-1))
        return Slice(start, stop, self.step() if self.accept(":") else None)

    def step(self) -> Num:
        token = self.take()
        if token.kind is not Kind.NUMBER:
            raise self.error("The step of a slice is a whole number from 1.", token, "Write 1:9:2.")
        return self.whole(token, "The step of a slice", "1:9:2 takes every second entry")

    def place(self) -> Expr:
        token = self.take()
        if token.kind is Kind.NUMBER:
            return self.whole(token, "An index", "on paper the first entry is 1")
        if token.kind is Kind.NAME and (self.words.names is None or self.words.knows(token.text)):
            sign = self.next.text if self.sees("+") or self.sees("-") else ""
            if not sign or self.look(1).kind is not Kind.NUMBER:
                return Sym(token.text)
            self.take()
            return Call("add" if sign == "+" else "sub", (Sym(token.text), self.number(self.take())))
        if token.kind is Kind.NAME:
            raise self.error(f"{token.text} is no number.", token, "Give the index as a number: [1,2].")
        if token.kind is Kind.OP and token.text == "-":
            raise self.error("An index counts from the front: it starts at 1.", token)
        raise self.unexpected("an index", token)

    def whole(self, token: Token, what: str, first: str) -> Num:
        number = self.number(token)
        if number.value.denominator != 1 or number.text:
            raise self.error(f"{what} is a whole number.", token)
        if number.value < 1:
            raise self.error(f"{what} starts at 1, not 0: {first}.", token)
        return number
