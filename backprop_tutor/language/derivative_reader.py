"""Names of derivatives as they are typed: `d2J/dw1 dw2`, `∂²J/∂w₁∂w₂`, `dp[1]/ds[2]`, `dL/d(df/dx)`."""

import re

from backprop_tutor.language.derivative_name import MAX_ORDER, Derivative, joined
from backprop_tutor.language.expr import Expr, Item, Sym, name_of
from backprop_tutor.language.references import References
from backprop_tutor.language.tokens import Kind, Token

__all__ = ["DerivativeReader"]

_TOP = re.compile(r"d([2-9])(.+)")


class DerivativeReader(References):
    def derivative(self, first: Token) -> Expr | None:
        """The derivative that begins with `first`, the word before the next; None for anything else."""
        known, top = self.words.knows(first.text), _TOP.fullmatch(first.text)
        if known or not first.text.startswith("d"):
            return None
        if top and self._is_below(self._after_part(0)):  # d2J/
            return self._derivative(int(top[1]), first, len(top[1]) + 1)
        if first.text == "d" and (order := self._order()):  # d²J/
            return self._derivative(order, self.take(), 0)
        below = self.look(1).text
        bracket = below == "d" and self.sees("(", ahead=2)
        nested = self.sees("/") and (bracket or (below.startswith("dd") and self.sees("/", ahead=2)))
        indexed = (self.sees("[") or self.sees("(")) and self._is_below(self._after_part(0))
        if (nested or indexed) and self.words.names is not None and self.words.quantity(first.text[1:]):
            return self._derivative(1, first, 1)
        return None

    def partial(self) -> Expr:
        """The rest of `∂J/∂W1`, after its first ∂."""
        return self._derivative(self._order() or 1, self._word("a name, as in ∂J/∂W1,"), 0)

    def _is_below(self, ahead: int) -> bool:
        """Whether a line and what stands below it follow."""
        lower = self.look(ahead + 1)
        return self.sees("/", ahead=ahead) and (lower.text.startswith("d") or lower.text == "∂")

    def _after_part(self, ahead: int) -> int:
        """How far it is to what follows the brackets that come next."""
        while self.look(ahead).text in ("[", "(") and self.look(ahead).kind is Kind.OP:
            closing = {"[": "]", "(": ")"}[self.look(ahead).text]
            while self.look(ahead).text != closing and self.look(ahead).kind is not Kind.END:
                ahead += 1
            ahead += 1
        return ahead

    def _order(self) -> int:
        """The order in `²` or `^2`, taken; 0 where there is none."""
        if self.next.kind is Kind.SUPER and self.next.text.isdecimal():
            return int(self.take().text)
        if self.sees("^") and self.look(1).kind is Kind.NUMBER and self.look(1).text.isdecimal():
            self.skip()
            return int(self.take().text)
        return 0

    def _word(self, wanted: str) -> Token:
        if self.next.kind is not Kind.NAME:
            raise self.unexpected(wanted)
        return self.take()

    def _derivative(self, order: int, first: Token, cut: int) -> Expr:
        """The derivative whose top is `first` without its first `cut` characters."""
        if order > MAX_ORDER:
            raise self.error(f"Derivatives go up to order {MAX_ORDER} here.", first)
        of = self._part(_without(first, cut))
        self.expect("/")
        below: list[Sym | Item] = []
        while len(below) < order and (self.sees("∂") or self._begins_with_d()):
            below += self._below(order)
        if len(below) != order:
            again = Derivative(name_of(of), tuple(map(name_of, below[:1] or [of])) * order).name
            what = (
                f"A derivative of order {order} is taken by {order} quantities, and {len(below)} stand here."
            )
            raise self.error(what, self.look(-1), f"Name each of them: {again} by the same one twice.")
        names = (name_of(part) for part in below)
        return joined(Derivative(name_of(of), tuple(names)).name, [of, *below])

    def _begins_with_d(self) -> bool:
        return self.next.kind is Kind.NAME and self.next.text.startswith("d")

    def _below(self, order: int) -> list[Sym | Item]:
        """What stands after one d or ∂: a quantity, several run together as in dw1dw2, or one to a power."""
        token = self.take()
        if token.text in ("∂", "d") and self.accept("("):
            inner = self._nested(self.take())
            self.expect(")")
            return [inner]
        if token.text.startswith("dd") and self.sees("/"):
            return [self._nested(_without(token, 1))]
        words = [self._word("a name, as in ∂J/∂W1,")] if token.text == "∂" else self._words(token, order)
        parts = [self._part(word) for word in words]
        often = self._order() if order > 1 else 0
        return parts[:-1] + parts[-1:] * (often or 1)

    def _nested(self, first: Token) -> Sym | Item:
        """The derivative, in brackets or not, that another is taken by."""
        found = self.partial() if first.text == "∂" else self.derivative(first)
        if found is None and first.kind is Kind.NAME and (name := self.gradient(first)):
            found = self.example(Sym(name))
            while self.sees("["):
                found = self.indexed(found, self.take())
        if not isinstance(found, Sym | Item):
            raise self.unexpected("a derivative, as in dL/d(df/dx),", first)
        return found

    def _words(self, token: Token, order: int) -> list[Token]:
        """The names in `dw1`, in `dw1dw2`, and in `dx2` for dx dx where there is no x2."""
        name = _without(token, 1)
        if self.words.quantity(name.text) or order == 1:
            return [name]
        for cut in range(1, len(name.text)):
            first, rest = name._replace(text=name.text[:cut]), name._replace(text=name.text[cut:])
            if not self.words.quantity(first.text):
                continue
            if rest.text == str(order):
                return [first] * order
            if rest.text.startswith("d") and self.words.quantity(rest.text[1:]):
                return [first, _without(rest, 1)]
        return [name]

    def _part(self, token: Token) -> Sym | Item:
        """A quantity, or an element of one."""
        part = self.example(Sym(self.quantity(token, None)))
        while self.sees("["):
            part = self.indexed(part, self.take())
        assert isinstance(part, Sym | Item)
        return part


def _without(token: Token, cut: int) -> Token:
    return token._replace(text=token.text[cut:], start=token.start + cut)
