"""A notation on one network: how its quantities are written, and what is meant by what is typed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from backprop_tutor.language.derivative_name import derivative_of
from backprop_tutor.language.expr import Expr, Item, Partial, Sym, name_of, rewrite
from backprop_tutor.language.notation import NOTATIONS, OWN, Indices, Letter, Notation
from backprop_tutor.language.sentence import Sentence, SlotWords
from backprop_tutor.language.step_index import split_step
from backprop_tutor.language.style import Style, Written, derivative_names, plain_names, trailing_text

if TYPE_CHECKING:
    from backprop_tutor.language.tokens import Token

__all__ = ["CANONICAL", "Lettering"]

_UPDATED = re.compile(r"(.+?)_(new\d*)")
_LATER_LOSS = re.compile(r"J(\d+)")


class Lettering:
    """The letters of `notation` on a network with `layers` layers; without them, the program's own names.

    `axes` are the names of every quantity's axes, by which it is laid out. Quantities that nobody named are
    printed as the `formulas` that they are. Everything here changes how quantities look and is undone by
    `read`; values are never touched.
    """

    def __init__(
        self,
        notation: Notation | None = None,
        layers: int = 0,
        axes: Mapping[str, tuple[str, ...]] | None = None,
        formulas: Mapping[str, Expr] | None = None,
    ) -> None:
        self.notation, self.layers, self.axes = notation, layers, axes or {}
        self.formulas = formulas or {}
        self._letters = dict(notation.letters(layers)) if notation else {}

    def by_rows(self) -> "Lettering":
        """The same letters for arrays whose rows are examples, as in files."""
        if not self.notation:
            return self
        return Lettering(replace(self.notation, rows=True), self.layers, self.axes, self.formulas)

    # Writing

    def styled(self, style: Style | None = None) -> Style:
        """`style` with these letters."""
        plain = style or Style()

        def prose(text: str) -> str:
            return plain.spell(self.prose(text))

        rewritten = self._spelled_out if self.formulas else self.rewrite
        return plain._replace(names=self.names, rewrite=rewritten, prose=prose, turned=self.turned)

    def names(self, expr: Sym | Item) -> Written:
        """What hangs on what in the name of a quantity: `net1[2]` as z with a raised 1, index 2."""
        if derivative := derivative_names(expr, self.names):
            return derivative
        name, example, index = trailing_text(expr)
        name, step = split_step(name)
        updated = _UPDATED.fullmatch(name)
        name, new = (updated[1], updated[2]) if updated else (name, "")
        if not self.notation or not (written := self._letter(name)):
            return plain_names(expr)
        letter, layer = written
        if self.notation.layer == "raised" and name in self._letters:
            return Written(letter, new, layer, example, index, step=step)
        plain = letter + layer + (f"<{step}>" if step else "") + (f"_{new}" if new else "")
        return Written(letter, layer, new, example, index, plain=plain, step=step)

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

    @property
    def indices(self) -> Indices:
        """What indices are called in formulas of a network."""
        return (self.notation or NOTATIONS[OWN]).indices

    def rewrite(self, expr: Expr) -> Expr:
        """`expr` with the error written the notation's way round; done twice, it is done once."""
        if self.notation is None or self.notation.residual == "target - output":
            return expr
        from backprop_tutor.language.residual import turn_residuals

        return turn_residuals(expr)

    def _spelled_out(self, expr: Expr) -> Expr:
        """`expr` as it is printed: formulas in place of quantities that nobody named."""

        def change(part: Expr) -> Expr | None:
            derivative = derivative_of(name_of(part))
            gradient = derivative if derivative and len(derivative.wrt) == 1 else None
            name = gradient.wrt[0] if gradient else name_of(part)
            if name not in self.formulas:
                return None
            whole = rewrite(self.formulas[name], change)
            found = Item(whole, part.index, part.example) if isinstance(part, Item) else whole
            return Partial(Sym(gradient.of), found) if gradient else found

        from backprop_tutor.language.over_steps import gathered

        return gathered(rewrite(self.rewrite(expr), change))

    def whole(self, form: Expr, quantity: str) -> Expr:
        """The formula of the whole array `quantity`, for examples as rows or as columns."""
        return self.laid_out(self.rewrite(form), quantity)

    def laid_out(self, form: Expr, quantity: str) -> Expr:
        """The formula of the array `quantity` for examples as columns, where they are; or one for columns
        as the program's own: done twice, it comes to nothing."""
        if not self.by_columns:
            return form
        from backprop_tutor.language.columns import in_columns

        return in_columns(form, self.turned, self._is_matrix, self.turned(quantity))

    @property
    def by_columns(self) -> bool:
        return self.notation is not None and not self.notation.rows

    def turned(self, quantity: str) -> bool:
        """Whether the array is written transposed: examples are its columns."""
        return self.by_columns and self._is_matrix(quantity) and self.axes[quantity][0] == "example"

    def upright(self, quantity: str) -> bool:
        """Whether the vector is written as a column, beside examples that are columns."""
        return self.by_columns and self.axes.get(quantity) == ("unit",)

    def _is_matrix(self, quantity: str) -> bool:
        return len(self.axes.get(quantity, ())) == 2

    def shape(self, quantity: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an array as this notation writes it."""
        return shape[::-1] if self.turned(quantity) else shape

    def prose(self, text: str) -> str:
        """What a sentence says in this notation; other text is left alone."""
        return text.template.format_map(self._words) if isinstance(text, Sentence) else text

    @cached_property
    def _words(self) -> SlotWords:
        return SlotWords((self.notation or NOTATIONS[OWN]).words, Style(names=self.names))

    # Reading

    def read(self, text: str, tokens: "list[Token]") -> "list[Token]":
        """What was typed in this notation as the program's own names: `a¹` or `a1` as `h1`.

        Names that the notation does not use are left alone. Raises LanguageError for a letter that needs
        the number of its layer.
        """
        if not self.notation:
            return tokens
        from backprop_tutor.language.notation_reader import Reader  # only typed text needs it

        return Reader(self.notation, self._letters).read(text, tokens)

    def canonical(self, text: str) -> str:
        """`text` with the program's own names in it: dJ/dW1[1,2] for dC/dw¹[1,2]."""
        if not self.notation:
            return text
        from backprop_tutor.language.tokens import tokenize

        return "".join(token.text for token in self.read(text, tokenize(text)))


CANONICAL = Lettering()
"""The program's own names."""
