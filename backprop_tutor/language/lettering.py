"""A notation on one network: how its quantities are written, and what is meant by what is typed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from backprop_tutor.language.alphabet import superscript
from backprop_tutor.language.expr import Expr, Item, Partial, Sum, Sym, rewrite
from backprop_tutor.language.style import Style, Written, plain_names, trailing_text

if TYPE_CHECKING:
    from backprop_tutor.language.notation import Notation
    from backprop_tutor.language.tokens import Token

__all__ = ["CANONICAL", "Letter", "Lettering"]

_GRADIENT = re.compile(r"d([^/]+)/d([^/]+)")
_UPDATED = re.compile(r"(.+?)_(new\d*)")
_BATCHED = re.compile(r"(?:d[^/]+/d)?(?:x|t|z|net\d+|h\d+|delta\d+)")
_MATRIX = re.compile(r"(?:d[^/]+/d)?W\d+(?:_new\d*)?")
_BIAS = re.compile(r"(?:d[^/]+/d|\w+_)?b\d+(?:_(?:new)?\d*)?")
_LATER_LOSS = re.compile(r"J(\d+)")
_PROSE = re.compile(r"(?<![A-Za-z'’])(net|J|N|η|t|z|(?:W|b|net|h)\d+)(?![A-Za-z0-9'’])")


# What the ops say of t - z, for z - t.
_TURNED = (
    (re.compile(r"-(2|\([12]/N\))?\(t - z\)"), r"\1(z - t)"),
    (re.compile(r"\(t - z\)²"), "(z - t)²"),
    (re.compile(r"t - z is -1"), "z - t is 1"),
)


class Letter(NamedTuple):
    """How a quantity is written: its letter, and the number of its layer or nothing."""

    letter: str
    layer: str = ""


class Lettering:
    """The letters of `notation` on a network with `layers` layers; without them, the program's own names.

    Everything here changes how quantities look and is undone by `read`; values are never touched.
    """

    def __init__(self, notation: "Notation | None" = None, layers: int = 0) -> None:
        self.notation, self.layers = notation, layers
        self._letters = dict(_letters(notation, layers)) if notation else {}

    def by_rows(self) -> "Lettering":
        """The same letters for arrays whose rows are examples, as in files."""
        return Lettering(replace(self.notation, rows=True), self.layers) if self.notation else self

    # Writing

    def styled(self, style: Style | None = None) -> Style:
        """`style` with these letters."""
        spell = (style or Style()).spell

        def prose(text: str) -> str:
            return spell(self.prose(text))

        plain = style or Style()
        return plain._replace(names=self.names, rewrite=self.rewrite, prose=prose, turned=self.turned)

    def names(self, expr: Sym | Item) -> Written:
        """What hangs on what in the name of a quantity: `net1[2]` as z with a raised 1, index 2."""
        name, example, index = trailing_text(expr)
        gradient = _GRADIENT.fullmatch(name)
        of = self.names(Sym(gradient[1])) if gradient else None
        name = gradient[2] if gradient else name
        updated = _UPDATED.fullmatch(name)
        name, new = (updated[1], updated[2]) if updated else (name, "")
        if not self.notation or not (written := self._letter(name)):
            return plain_names(expr)
        letter, layer = written
        if self.notation.layer == "raised" and name in self._letters:
            return Written(letter, new, layer, example, index, of)
        plain = letter + layer + (f"_{new}" if new else "")
        return Written(letter, layer, new, example, index, of, plain=plain)

    def typed(self, name: str) -> str:
        """A quantity's name as it is typed in this notation: dC/dw1 for dJ/dW1."""
        if not self.notation:
            return name
        from backprop_tutor.language.style import ASCII, Style
        from backprop_tutor.language.text import to_text

        return to_text(Sym(name), Style(ASCII, {}, names=self.names))

    def _letter(self, name: str) -> Letter | None:
        later = _LATER_LOSS.fullmatch(name)  # J2, after an update
        if later and self.notation:
            return Letter(self.notation.loss, later[1])
        return self._letters.get(name)

    def rewrite(self, expr: Expr) -> Expr:
        """`expr` with the error written the notation's way round and its letter for the example."""
        if not self.notation:
            return expr
        if self.notation.residual == "output - target":
            from backprop_tutor.language.residual import turn_residuals

            expr = turn_residuals(expr)
        return expr if self.notation.example == "p" else _renamed(expr, "p", self.notation.example)

    def whole(self, form: Expr, quantity: str) -> Expr:
        """The formula of the whole array `quantity`, for examples as rows or as columns."""
        return self.laid_out(self.rewrite(form), quantity)

    def laid_out(self, form: Expr, quantity: str) -> Expr:
        """The formula of the array `quantity` for examples as columns, where they are; or one for columns
        as the program's own: done twice, it comes to nothing."""
        if not self.by_columns:
            return form
        from backprop_tutor.language.columns import in_columns

        return in_columns(form, self.turned, _is_matrix, self.turned(quantity))

    @property
    def by_columns(self) -> bool:
        return self.notation is not None and not self.notation.rows

    def turned(self, quantity: str) -> bool:
        """Whether the array is written transposed: examples are its columns."""
        return self.by_columns and _BATCHED.fullmatch(quantity) is not None

    def upright(self, quantity: str) -> bool:
        """Whether the vector is written as a column, beside examples that are columns."""
        return self.by_columns and _BIAS.fullmatch(quantity) is not None

    def shape(self, quantity: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an array as this notation writes it."""
        return shape[::-1] if self.turned(quantity) else shape

    def prose(self, text: str) -> str:
        """A sentence about net, t, z, J, N and η with the notation's letters for them."""
        if not self.notation:
            return text
        if self.notation.residual == "output - target":
            for sentence, turned in _TURNED:
                text = sentence.sub(turned, text)
        return _PROSE.sub(lambda word: self._spoken(word[1]), text)

    def _spoken(self, word: str) -> str:
        notation = self.notation
        assert notation is not None
        if word[-1].isdecimal():
            letter, layer = self._letters.get(word, Letter(word))
            return letter + (superscript(layer) if notation.layer == "raised" else layer)
        return {
            "net": notation.net,
            "J": notation.loss,
            "N": notation.count,
            "η": notation.rate,
            "t": notation.target,
            "z": notation.output or notation.hidden,
        }[word]

    # Reading

    def read(self, text: str, tokens: "list[Token]") -> "list[Token]":
        """What was typed in this notation as the program's own names: `a¹` or `a1` as `h1`.

        Names that the notation does not use are left alone. Raises LanguageError for a letter that needs
        the number of its layer.
        """
        if not self.notation:
            return tokens
        from backprop_tutor.language.meaning import Reader  # only what is typed in a notation needs it

        return Reader(self.notation, self._letters).read(text, tokens)

    def canonical(self, text: str) -> str:
        """`text` with the program's own names in it: dJ/dW1[1,2] for dC/dw¹[1,2]."""
        if not self.notation:
            return text
        from backprop_tutor.language.tokens import tokenize

        return "".join(token.text for token in self.read(text, tokenize(text)))


CANONICAL = Lettering()
"""The program's own names."""


def _letters(notation: "Notation", layers: int) -> Iterator[tuple[str, Letter]]:
    """How each of the program's names is written."""
    yield from (("x", Letter(notation.input)), ("t", Letter(notation.target)))
    for number in range(1, layers + 1):
        layer = str(number)
        for name, letter in (("W", notation.weights), ("b", notation.bias), ("net", notation.net)):
            yield f"{name}{layer}", Letter(letter, layer)
        yield f"delta{layer}", Letter(notation.delta, layer)
        if number < layers:
            yield f"h{layer}", Letter(notation.hidden, layer)
    last = Letter(notation.hidden, str(layers))
    yield "z", last if notation.output is None else Letter(notation.output)
    yield from (("J", Letter(notation.loss)), ("η", Letter(notation.rate)), ("N", Letter(notation.count)))
    yield from ((name, Letter(letter)) for name, letter in notation.others.items())


def _is_matrix(name: str) -> bool:
    return _MATRIX.fullmatch(name) is not None or _BATCHED.fullmatch(name) is not None


def _renamed(expr: Expr, old: str, new: str) -> Expr:
    """`expr` with the index letter `old` called `new`."""

    def change(node: Expr) -> Expr | None:
        match node:
            case Sum(index, upper, body) if index == old:
                return Sum(new, upper, rewrite(body, change))
            case Sym(name) if name == old:
                return Sym(new)
            case Item(Sym() as base, index, example):
                places = tuple(Sym(new) if place == Sym(old) else place for place in index)
                return Item(base, places, Sym(new) if example == Sym(old) else example)
            case Partial(of, wrt):
                return Partial(rewrite(of, change), rewrite(wrt, change))
            case _:
                return None

    return rewrite(expr, change)
