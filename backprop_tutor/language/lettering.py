"""A notation on one network: how its quantities are written, and what is meant by what is typed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from backprop_tutor.errors import LanguageError
from backprop_tutor.language.alphabet import GREEK, ascii_letters
from backprop_tutor.language.columns import in_columns
from backprop_tutor.language.expr import Expr, Item, Partial, Sum, Sym, rewrite
from backprop_tutor.language.notation import Notation
from backprop_tutor.language.residual import turn_residuals
from backprop_tutor.language.style import Written, plain_names, trailing_text
from backprop_tutor.language.tokens import Kind, Token

__all__ = ["CANONICAL", "Lettering"]

_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_GRADIENT = re.compile(r"d([^/]+)/d([^/]+)")
_UPDATED = re.compile(r"(.+?)_(new\d*)")
_BATCHED = re.compile(r"(?:d[^/]+/d)?(?:x|t|z|net\d+|h\d+|delta\d+)")
_MATRIX = re.compile(r"(?:d[^/]+/d)?W\d+(?:_new\d*)?")
_LATER_LOSS = re.compile(r"J(\d+)")
_PROSE = re.compile(r"(?<![A-Za-z'’])(net|J|N|η|t|z)(?![A-Za-z'’])")


# What the ops say of t - z, for z - t.
_TURNED = (
    (re.compile(r"-(2|\([12]/N\))?\(t - z\)"), r"\1(z - t)"),
    (re.compile(r"\(t - z\)²"), "(z - t)²"),
    (re.compile(r"t - z is -1"), "z - t is 1"),
)


class _Letter(NamedTuple):
    """How a quantity is written: its letter, and the number of its layer or nothing."""

    letter: str
    layer: str = ""


class Lettering:
    """The letters of `notation` on a network with `layers` layers; without them, the program's own names.

    Everything here changes how quantities look and is undone by `read`; values are never touched.
    """

    def __init__(self, notation: Notation | None = None, layers: int = 0) -> None:
        self.notation = notation
        self._letters = dict(_letters(notation, layers)) if notation else {}
        self._meant = dict(_meanings(notation, self._letters)) if notation else {}
        spellings = sorted({spelled.letter for spelled in self._meant}, key=len, reverse=True)
        letters = "|".join(map(re.escape, spellings))
        self._word = re.compile(rf"({letters})_?(\d*)(_new\d*)?") if notation else re.compile(r"(?!)")

    # Writing

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

    def _letter(self, name: str) -> _Letter | None:
        later = _LATER_LOSS.fullmatch(name)  # J2, after an update
        if later and self.notation:
            return _Letter(self.notation.loss, later[1])
        return self._letters.get(name)

    def rewrite(self, expr: Expr) -> Expr:
        """`expr` with the error written the notation's way round and its letter for the example."""
        if not self.notation:
            return expr
        if self.notation.residual == "output - target":
            expr = turn_residuals(expr)
        return expr if self.notation.example == "p" else _renamed(expr, "p", self.notation.example)

    def whole(self, form: Expr, quantity: str) -> Expr:
        """The formula of the whole array `quantity`, for examples as rows or as columns."""
        form = self.rewrite(form)
        if not self.by_columns:
            return form
        return in_columns(form, self.turned, _is_matrix, self.turned(quantity))

    @property
    def by_columns(self) -> bool:
        return self.notation is not None and not self.notation.rows

    def turned(self, quantity: str) -> bool:
        """Whether the array is written transposed: examples are its columns."""
        return self.by_columns and _BATCHED.fullmatch(quantity) is not None

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
        return {
            "net": notation.net,
            "J": notation.loss,
            "N": notation.count,
            "η": notation.rate,
            "t": notation.target,
            "z": notation.output or notation.hidden,
        }[word]

    # Reading

    def read(self, text: str, tokens: list[Token]) -> list[Token]:
        """What was typed in this notation as the program's own names: `a¹` or `a1` as `h1`.

        Names that the notation does not use are left alone. Raises LanguageError for a letter that needs
        the number of its layer.
        """
        read: list[Token] = []
        at = 0
        while at < len(tokens):
            name, used = self._name(text, tokens, at) if tokens[at].kind is Kind.NAME else ("", 0)
            last = tokens[at + used - 1] if used else tokens[at]
            read.append(Token(Kind.NAME, name, tokens[at].start, last.end) if used else tokens[at])
            at += used or 1
        return read

    def _name(self, text: str, tokens: list[Token], at: int) -> tuple[str, int]:
        """The name that begins at `at` and how many tokens it takes: none where it is not ours."""
        typed = tokens[at].text.translate(_LOWERED)
        for prefix in ("", "d"):
            word = self._word.fullmatch(typed.removeprefix(prefix)) if typed.startswith(prefix) else None
            if word is None:
                continue
            letter, layer, new = word.groups("")
            used = 1
            if not layer and not new:
                layer, used = self._raised(letter, tokens, at)
            after = tokens[min(at + used, len(tokens) - 1)]
            if not new and used > 1 and re.fullmatch(r"_new\d*", after.text):
                new, used = after.text, used + 1
            name = self._quantity(letter, layer)
            if name is None and not layer:
                raise self._without_layer(letter, text, tokens[at])
            if name is not None:
                return prefix + name + new, used
        return "", 0

    def _raised(self, letter: str, tokens: list[Token], at: int) -> tuple[str, int]:
        """The layer in `a¹`, `a^1` or `a^(1)`, and how many tokens the letter takes with it."""
        numbered = any(meant.letter == letter and meant.layer for meant in self._meant)
        if self.notation is None or self.notation.layer != "raised" or not numbered:
            return "", 1
        signs = [token.text for token in tokens[at + 1 : at + 5]]
        kinds = [token.kind for token in tokens[at + 1 : at + 5]]
        if kinds[0] is Kind.SUPER:
            return signs[0], 2
        if signs[0] == "^" and kinds[1] is Kind.NUMBER:
            return signs[1], 3
        if signs[:2] == ["^", "("] and kinds[2] is Kind.NUMBER and signs[3] == ")":
            return signs[2], 5
        return "", 1

    def _quantity(self, letter: str, layer: str) -> str | None:
        """The quantity that is meant; a letter without its number may stand for the only one there is."""
        if layer or _Letter(letter) in self._meant:
            found = self._meant.get(_Letter(letter, layer))
            is_loss = self.notation is not None and letter == self.notation.loss
            return f"J{layer}" if found is None and is_loss else found
        only = [name for meant, name in self._meant.items() if meant.letter == letter]
        return only[0] if len(only) == 1 else None

    def _without_layer(self, letter: str, text: str, token: Token) -> LanguageError:
        layers = [meant.layer for meant in self._meant if meant.letter == letter]
        return LanguageError(
            f"{letter} needs the number of its layer in this notation.",
            text=text,
            start=token.start,
            end=token.end,
            hint=f"Write {' or '.join(f'{letter}{layer}' for layer in layers[:3])}.",
        )


CANONICAL = Lettering()
"""The program's own names."""


def _letters(notation: Notation, layers: int) -> Iterator[tuple[str, _Letter]]:
    """How each of the program's names is written."""
    yield from (("x", _Letter(notation.input)), ("t", _Letter(notation.target)))
    for number in range(1, layers + 1):
        layer = str(number)
        for name, letter in (("W", notation.weights), ("b", notation.bias), ("net", notation.net)):
            yield f"{name}{layer}", _Letter(letter, layer)
        yield f"delta{layer}", _Letter(notation.delta, layer)
        if number < layers:
            yield f"h{layer}", _Letter(notation.hidden, layer)
    last = _Letter(notation.hidden, str(layers))
    yield "z", last if notation.output is None else _Letter(notation.output)
    yield from (("J", _Letter(notation.loss)), ("η", _Letter(notation.rate)), ("N", _Letter(notation.count)))
    yield from ((name, _Letter(letter)) for name, letter in notation.others.items())


def _meanings(notation: Notation, letters: dict[str, _Letter]) -> Iterator[tuple[_Letter, str]]:
    """What each letter means, in all its spellings."""
    for name, written in letters.items():
        if name == "N":  # a number of the text, not a quantity
            continue
        letter = written.letter
        also = {letter, ascii_letters(letter), *notation.also.get(letter, ())}
        also |= {GREEK[letter]} if letter in GREEK else set()
        yield from ((_Letter(spelled, written.layer), name) for spelled in also)


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
