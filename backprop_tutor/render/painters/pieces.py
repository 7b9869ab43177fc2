"""Words and formulas as texts of Rich, with the breaks at which a line may end."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.style import Style as Look
from rich.text import Text

from backprop_tutor.language import Expr, Style, rewrite, to_text
from backprop_tutor.language.expr import Array, Valued
from backprop_tutor.language.wrapping import LOOSE, breakable
from backprop_tutor.render.blocks import Cell, Line, Maths, Words
from backprop_tutor.render.painters.fitting import BREAK
from backprop_tutor.render.theme import COLOURS, STYLES

__all__ = ["GLUE", "INDENT", "RELATIONS", "Pieces"]

GLUE = "\ue000"  # a space where no line breaks
RELATIONS = ("=", "≈", "~", "→", "->")  # a line is not broken behind one
INDENT = 2
BETWEEN = "   "  # two facts


class Pieces:
    """Makes texts in `style`; what has to be whole, as a matrix has, is made for the `width` there is."""

    @property
    def width(self) -> int:
        raise NotImplementedError

    def __init__(self, style: Style) -> None:
        self.style = style
        self.looks = {role: Look.parse(_look(words)) for role, words in STYLES.items()}
        self._texts: dict[int, tuple[Expr, str]] = {}  # of the block that is shown, by `id`

    def _of(self, role: str) -> Look:
        return self.looks.get(role, Look.null())

    def _piece(self, piece: Words | Maths, most: int = LOOSE) -> str:
        if isinstance(piece, Words):
            text = self.style.spell(piece.text)
            return text.rstrip() + GLUE if text.strip() in RELATIONS else text
        return breakable(self._written(piece.expr), GLUE, BREAK, most)

    def _written(self, expr: Expr) -> str:
        """As text; each is written once, however often it is broken anew."""
        if id(expr) not in self._texts:
            self._texts[id(expr)] = expr, to_text(expr, self.style)
        return self._texts[id(expr)][1]

    def _text(self, line: Line, role: str = "", most: int = LOOSE) -> Text:
        text = Text(style=self._of(role))
        for piece in line:
            text.append(self._piece(piece, most), self._of(piece.role))
        return text

    def _lines(self, shown: Cell, role: str = "", most: int = LOOSE) -> list[Text]:
        """The lines of a cell, a matrix over as many as it has rows, in pieces of `most` columns."""
        found = []
        for line in shown:
            if len(line) == 1 and isinstance(line[0], Maths) and isinstance(line[0].expr, Array):
                found += self._matrix(line[0].expr, role)
            else:
                found.append(self._text(line, role, most))
        return found

    def _matrix(self, expr: Expr, role: str = "") -> list[Text]:
        """A formula of arrays as matrices; without their numbers, or as text, where they have no room."""
        from backprop_tutor.language.stacked import to_matrices

        room = self.width - INDENT
        for shown in (expr, rewrite(expr, _without_numbers)):
            rows = to_matrices(shown, self.style, room)
            if max(map(cell_len, rows)) <= room:
                return [Text(row.replace(" ", GLUE), self._of(role)) for row in rows]
        return [self._text((Maths(rewrite(expr, _symbol)),), role)]

    def _facts(self, items: Iterable[Line]) -> Text:
        return Text(BETWEEN).join(map(self._fact, items))

    def _fact(self, line: Line) -> Text:
        """A line that is broken only where it has no room, and then where a formula may be."""
        texts = [
            self.style.spell(piece.text) if isinstance(piece, Words) else to_text(piece.expr, self.style)
            for piece in line
        ]
        fits = sum(map(cell_len, texts)) <= self.width
        fact = Text()
        for piece, text in zip(line, texts, strict=True):
            kept = text.replace(" ", GLUE) if fits else breakable(text, GLUE, BREAK)
            kept = GLUE + kept[1:] if kept.startswith(" ") else kept
            fact.append(kept, self._of(piece.role))
        return fact

    def _drawn(self, line: Line) -> Text:
        text = Text(no_wrap=True, overflow="crop")
        for piece in line:
            text.append(self._piece(piece).replace(" ", GLUE), self._of(piece.role))
        return text


def _without_numbers(expr: Expr) -> Expr | None:
    return Valued(expr.symbol, None, expr.shape) if isinstance(expr, Valued) else None


def _symbol(expr: Expr) -> Expr | None:
    return expr.symbol if isinstance(expr, Valued) else None


def _look(words: str) -> str:
    return " ".join(COLOURS.get(word, word) for word in words.split())
