"""An explanation's blocks as a fragment of LaTeX: one `align*` a derivation, the rule at the right of a line.

Where lines are long, the formulas stand in boxes of text, in which TeX breaks them itself.
"""

from collections.abc import Iterable, Iterator

from backprop_tutor.language import Expr, Style, display_width, latex_words, to_latex, to_text
from backprop_tutor.language.latex import breakable_brackets
from backprop_tutor.render.blocks import (
    Block,
    Derivation,
    Heading,
    Line,
    Prose,
    Reasoned,
    Table,
    Words,
    line_text,
)

__all__ = ["LatexFragment"]

LINE = 58  # columns of an article, with the rule


class LatexFragment:
    r"""Gives out lines for a document with `\usepackage{amsmath,amssymb}`, and nothing of ours in it."""

    def __init__(self, style: Style) -> None:
        self.style = style

    def paint(self, blocks: Iterable[Block]) -> Iterator[str]:
        yield r"% Needs \usepackage{amsmath,amssymb}."
        yield r"\allowdisplaybreaks"
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(line):
                yield rf"\paragraph{{{self._words(line)}}}"
            case Derivation():
                yield from self._derivation(block)
            case Prose(line, "remark"):
                yield rf"\noindent {self._words(line)}\par"
            case Prose(line, ""):
                yield from self._listed([line])
            case Table():
                facts = (fact for row in block.every_row for fact in row.facts)
                yield from self._listed([block.title, *facts])

    def _listed(self, lines: Iterable[Line]) -> Iterator[str]:
        """Items, with places to break a product at."""
        yield r"\begin{itemize}\raggedright"
        for line in lines:
            item = _words(line_text(line, self.style).strip())
            yield r"\item " + item.replace(r"{\cdot}", r"{\cdot}\allowbreak{}")
        yield r"\end{itemize}"

    def _derivation(self, derivation: Derivation) -> Iterator[str]:
        lines, before = list[tuple[Expr | None, Reasoned]](), None
        for line in derivation.lines:
            text = to_text(line.expr, self.style)
            if text != before:
                lines.append((None if before else derivation.left, line))
            before = text
        written = self._aligned if all(self._width(*line) <= LINE for line in lines) else self._broken
        yield r"\begin{align*}"
        yield " \\\\\n".join(row for line in lines for row in written(*line))
        yield r"\end{align*}"

    def _width(self, left: Expr | None, line: Reasoned) -> int:
        """Of a line in columns of text, which is about what it takes in print; fractions take less."""
        sides = [to_text(side, self.style) for side in (left, line.expr) if side is not None]
        beside = (line_text(said, self.style) for said in (line.rule, line.remark))  # they share a column
        return sum(map(display_width, sides)) + max(map(display_width, beside))

    def _aligned(self, left: Expr | None, line: Reasoned) -> Iterator[str]:
        sides = rf"{self._maths(left)} &{_relation(line)} {self._maths(line.expr)}"
        yield rf"{sides} && \text{{{self._rule(line)}}}"
        if line.remark:
            yield rf"&\phantom{{{{}}={{}}}} && \text{{{self._words(line.remark)}}}"

    def _broken(self, left: Expr | None, line: Reasoned) -> Iterator[str]:
        """The formula in a box of text, with brackets that may be broken in, and the rule behind it."""
        formula = breakable_brackets(self._maths(line.expr))
        words = [rf"$\displaystyle {formula}$", rf"\quad {self._rule(line)}"]
        if line.remark:
            words.append(rf"\quad({self._words(line.remark)})")
        box = rf"\parbox[t]{{0.82\linewidth}}{{\raggedright {' '.join(words)}}}"
        yield rf"{self._maths(left)} &{_relation(line)} {box}"

    def _maths(self, expr: Expr | None) -> str:
        return "" if expr is None else to_latex(expr, self.style)

    def _rule(self, line: Reasoned) -> str:
        return "".join(
            _words(piece.text) if isinstance(piece, Words) else f"${self._maths(piece.expr)}$"
            for piece in line.rule
        )

    def _words(self, line: Line) -> str:
        return _words(line_text(line, self.style))


def _relation(line: Reasoned) -> str:
    return r"\approx" if line.about else "="


def _words(text: str) -> str:
    """Words, of which a fragment cannot know whether the document has signs for all: "?" for the others."""
    return "".join(c if c.isascii() else "?" for c in latex_words(text))
