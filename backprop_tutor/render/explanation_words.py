"""What every reading of an explanation shares: titles, equations, notes and marks."""

from collections.abc import Iterator
from dataclasses import dataclass

from backprop_tutor.language import Expr, Style, Sym, to_text
from backprop_tutor.language.deltas import delta_of, net_of
from backprop_tutor.render.texts import shape_text
from backprop_tutor.walkthrough.derivation import FORMS, Line, Note, Section

__all__ = [
    "PARTS",
    "TITLES",
    "ShownLine",
    "checked",
    "equations",
    "note_text",
    "relation",
    "rule_parts",
    "rule_text",
    "shapes_text",
]

PARTS = (*FORMS, "paths")
TITLES = {
    "index": "Index form",
    "scalar": "Scalar form",
    "matrix": "Matrix form",
    "numbers": "Numbers",
    "paths": "Paths",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it is shown; `left` goes unsaid where it is that of the line above."""

    left: Expr | None
    expr: Expr
    rule: str
    line: Line


def equations(section: Section, style: Style) -> Iterator[ShownLine]:
    """The lines of a section, without those that a notation writes as the line above."""
    before = None
    for line in section.lines:
        text = to_text(line.expr, style)
        if text != before:
            yield ShownLine(None if before else line.left, line.expr, rule_text(line, style), line)
        before = text


def relation(line: Line, style: Style) -> str:
    """The sign between the two sides of a line."""
    return "=" if not line.about else "≈" if style.glyphs.scripts else "~"


def rule_text(line: Line, style: Style) -> str:
    """The name of a line's rule, the quantity in it as the notation writes it: `definition of δ¹`."""
    words, quantity = rule_parts(line)
    return f"{words} {to_text(quantity, style)}" if quantity else style.prose(words)


def rule_parts(line: Line) -> tuple[str, Sym | None]:
    """`definition of` and δ1, where the rule is about a quantity."""
    words, _, name = line.rule.rpartition(" ")
    if words != "definition of":
        return line.rule, None
    net = net_of(name)
    return words, Sym(delta_of(net) if net else name)


def note_text(note: Note, style: Style) -> str:
    return style.prose(note.text).format(*(to_text(expr, style) for expr in note.quantities))


def shapes_text(line: Line, style: Style) -> str:
    """`δ1ᵀ 2×3, x 3×2`: the factors of a matrix formula with their shapes."""
    return ", ".join(f"{to_text(expr, style)} {shape_text(shape, style)}" for expr, shape in line.shapes)


def checked(sections: tuple[Section, ...]) -> tuple[int, int]:
    """How many lines were proved, and how many there are."""
    lines = [line for section in sections for line in section.lines]
    return sum(line.verified is True for line in lines), len(lines)
