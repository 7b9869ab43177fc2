"""A derivation on a terminal: equals signs below one another, the rule of each line at the right."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backprop_tutor.language import Call, Style, Sym, display_width, to_stacked, to_text, wrap
from backprop_tutor.render.blocks import Derivation, Line, Reasoned

__all__ = ["Derivations"]

STACKED_FROM = 100  # columns; below, fractions with a bar of their own take too many lines
INDENT = 2
SHRINKS = 4  # times that a formula may be narrower with bars than on one line


class _Formula(NamedTuple):
    """`= …` in rows, the equals sign in the row `axis`, the rule beside the row `place` if it `fits`."""

    line: Reasoned
    rule: Text
    rows: list[str]
    axis: int
    place: int
    fits: bool


class Derivations:
    """Draws derivations in `width` columns; `text` makes a text of a line of pieces in a role."""

    def __init__(self, style: Style, width: int, text: Callable[[Line, str], Text]) -> None:
        self.style = style
        self.width = width
        self.text = text

    def draw(self, derivation: Derivation) -> Iterator[RenderableType]:
        """The left side before the first equals sign where all rules have room beside their formulas, else
        above them."""
        lines = list(self._readable(derivation.lines))
        left = " " * INDENT + to_text(derivation.left, self.style)
        lead = display_width(left)
        formulas = self._formulas(lines, lead, beside=True)
        if formulas is None:
            yield self._asked(left)
            left, lead = "", 2 * INDENT
            formulas = self._formulas(lines, lead) or []
        for place, formula in enumerate(formulas):
            yield from self._drawn(formula, lead, "" if place else left)

    def _readable(self, lines: Iterable[Reasoned]) -> Iterator[tuple[Reasoned, str]]:
        """The lines as text, without those that are written as the line above."""
        before = None
        for line in lines:
            text = to_text(line.expr, self.style)
            if text != before:
                yield line, text
            before = text

    def _formulas(
        self, lines: list[tuple[Reasoned, str]], lead: int, *, beside: bool = False
    ) -> list[_Formula] | None:
        """The lines behind `lead` columns; None where rules are to stand `beside` and one has no room."""
        formulas = []
        for line, text in lines:
            formula = self._formula(line, text, lead)
            if beside and not formula.fits:
                return None
            formulas.append(formula)
        return formulas

    def _formula(self, line: Reasoned, text: str, lead: int) -> _Formula:
        rule = self.text(line.rule, "rule")
        rows, axis = self._right_side(line, text, self.width - lead)
        place = axis or len(rows) - 1  # beside a stacked formula, or at the end of a broken one
        fits = lead + display_width(rows[place].rstrip()) + 2 + rule.cell_len <= self.width
        return _Formula(line, rule, rows, axis, place, fits)

    def _right_side(self, line: Reasoned, text: str, room: int) -> tuple[list[str], int]:
        if self.width >= STACKED_FROM and not line.about and display_width(text) <= SHRINKS * room:
            rows = to_stacked(Call("eq", (Sym(""), line.expr)), self.style)
            if len(rows) > 1 and max(map(display_width, rows)) <= room:
                return rows, next(k for k, row in enumerate(rows) if row.startswith(" = "))
        about = "≈" if self.style.glyphs.scripts else "~"
        first, *others = wrap(text, room - 3, indent="  ")
        return [f" {about if line.about else '='} {first}", *(f"   {other}" for other in others)], 0

    def _drawn(self, formula: _Formula, lead: int, left: str) -> Iterator[RenderableType]:
        line, rule, rows, axis, place, fits = formula
        texts = [Text(" " * lead + row, no_wrap=True, overflow="ignore") for row in rows]
        if left:
            texts[axis] = self._asked(left).append(Text(rows[axis]))
        if fits:
            yield from texts[:place]
            grid = Table.grid(expand=True)
            grid.add_column(no_wrap=True)
            grid.add_column(no_wrap=True, justify="right")
            grid.add_row(texts[place], rule)
            yield grid
            yield from texts[place + 1 :]
        else:
            yield from texts
            rule.justify = "right"
            yield Padding(rule, (0, 0, 0, INDENT))
        if line.remark:
            yield Padding(self.text(line.remark, "quiet"), (0, 0, 0, lead + 3))

    def _asked(self, left: str) -> Text:
        return Text(no_wrap=True, overflow="ignore").append(self.text((), "asked").append(left))
