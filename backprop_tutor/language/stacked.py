"""Text over several lines, with fraction bars and the limits of sums, for a wide terminal."""

from backprop_tutor.language.alphabet import superscript
from backprop_tutor.language.boxes import (
    Box,
    beside,
    bracketed,
    facing,
    folded,
    labelled,
    line,
    matrix,
    over,
    raised,
)
from backprop_tutor.language.expr import Array, Expr, Sum, Valued
from backprop_tutor.language.printing import Level, Piece, Printer, matrix_rows
from backprop_tutor.language.style import Style, Written
from backprop_tutor.language.text import (
    derivative_text,
    fraction_text,
    function_glyph,
    signs,
    small_exponent,
    to_text,
    written_text,
)

__all__ = ["to_matrices", "to_stacked"]


def to_stacked(expr: Expr, style: Style | None = None) -> list[str]:
    """The lines of `expr`, without space at their ends."""
    return [row.rstrip() for row in _Stacked(style or Style()).printed(expr).lines]


def to_matrices(expr: Expr, style: Style, width: int) -> list[str]:
    """The lines of a formula of arrays, each between its name and its shape, in at most `width` columns."""
    rows = folded(_Matrices(style).printed(expr), width)
    return [row.rstrip() for box in rows for row in box.lines]


class _Stacked(Printer[Box]):
    barred = True

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.glyphs = style.glyphs
        self.signs = signs(style.glyphs)

    def bar(self, above: Box, below: Box) -> Box:
        """A fraction, its bar a little longer than what it divides."""
        dash = "─" if self.glyphs.scripts else "-"
        return over(above, dash * (max(above.width, below.width) + 2), below)

    def word(self, text: str) -> Box:
        return line(text)

    def number(self, text: str) -> Box:
        if "/" not in text:
            return line(text)
        above, below = text.removeprefix("-").split("/", 1)
        fraction = self.bar(line(above), line(below))
        return beside([line("-"), fraction]) if text.startswith("-") else fraction

    def sign(self, name: str) -> Box:
        return line(self.signs[name])._replace(opens=name not in ("comma", "neg"))

    def row(self, *parts: Box) -> Box:
        return beside(parts or [line("")])

    def fence(self, body: Box) -> Box:
        return bracketed(body, unicode=self.glyphs.scripts)

    def function_name(self, name: str) -> Box:
        return line(function_glyph(name, self.style))

    def quantity(self, written: Written) -> Piece[Box]:
        if written.of:
            return Piece(self.bar(*map(line, fraction_text(written, self.glyphs))), Level.FRACTION)
        text = written_text(written, self.glyphs)
        scripted = written.superscript and not written.plain
        return Piece(line(text), Level.POSTFIX if scripted else Level.ATOM)

    def quotient(self, a: Expr, b: Expr) -> Piece[Box]:
        return Piece(self.bar(self.show(a), self.show(b)), Level.FRACTION)

    def power(self, base: Expr, exponent: Expr) -> Piece[Box]:
        below = self.at(base, Level.ATOM)
        digits = small_exponent(exponent) if self.glyphs.scripts else ""
        if not digits:
            return Piece(raised(below, self.show(exponent)), Level.POWER)
        small = line(superscript(digits))
        beside_top = len(below.lines) > 1
        return Piece(raised(below, small) if beside_top else self.row(below, small), Level.POWER)

    def transposed(self, a: Expr) -> Piece[Box]:
        return Piece(self.row(self.at(a, Level.POSTFIX), line(self.glyphs.transpose)), Level.POSTFIX)

    def total(self, total: Sum) -> Piece[Box]:
        sigma = over(self.show(total.upper), self.glyphs.total, line(f"{total.index}=1"))
        body = self.at(total.body, Level.PRODUCT, last=True)
        return Piece(self.row(sigma, line(" "), body), Level.FRACTION, open=True)

    def cases(self, condition: Expr, a: Expr, b: Expr) -> Piece[Box]:
        parts = [self.at(a, Level.SUM), line(" if "), self.show(condition), line(" else ")]
        return Piece(self.fence(self.row(*parts, self.at(b, Level.SUM))), Level.ATOM)


class _Matrices(_Stacked):
    """Matrices in brackets over several lines; whatever else there is stays on one."""

    barred = False

    def number(self, text: str) -> Box:
        return line(text)

    def row(self, *parts: Box) -> Box:
        """Of a product the inner sizes, which have to agree, stand next to each other."""
        placed = [*parts]
        for place, part in enumerate(parts):
            if part == self.sign("matmul"):
                placed[place - 1], placed[place + 1] = facing(placed[place - 1], placed[place + 1])
        return super().row(*placed)

    def quantity(self, written: Written) -> Piece[Box]:
        if written.of:
            return Piece(line(derivative_text(written, self.glyphs)), Level.FRACTION)
        return super().quantity(written)

    def quotient(self, a: Expr, b: Expr) -> Piece[Box]:
        above, below = self.fit(self.piece(a), Level.PRODUCT), self.at(b, Level.POWER)
        is_flat = len(above.body.lines) == len(below.lines) == 1
        slash = line("/") if is_flat else line(" / ")._replace(opens=True)
        return Piece(self.row(above.body, slash, below), min(above.level, Level.QUOTIENT))

    def power(self, base: Expr, exponent: Expr) -> Piece[Box]:
        if self.glyphs.scripts:
            return super().power(base, exponent)
        parts = self.at(base, Level.ATOM), line(self.glyphs.power), self.at(exponent, Level.POSTFIX)
        return Piece(self.row(*parts), Level.POWER)

    def array(self, items: tuple[Expr, ...]) -> Piece[Box]:
        return Piece(self.literal(Array(items)), Level.ATOM)

    def valued(self, expr: Valued) -> Piece[Box]:
        unicode = self.glyphs.scripts
        sizes = ("×" if unicode else "x").join(map(str, expr.shape))
        body = None if expr.value is None else self.literal(expr.value)
        return Piece(labelled(to_text(expr.symbol, self.style), body, sizes), Level.ATOM)

    def literal(self, value: Expr) -> Box:
        """The numbers of a vector or a matrix; of more axes, as they are typed."""
        items = value.items if isinstance(value, Array) else ()
        rows = matrix_rows(items) or ([items] if not any(isinstance(i, Array) for i in items) else [])
        if not rows or not items:
            return line(to_text(value, self.style))
        texts = [[to_text(entry, self.style) for entry in row] for row in rows]
        return matrix(texts, unicode=self.glyphs.scripts)
