"""What every reading of an explanation shares: titles, equations, notes and marks."""

from backprop_tutor.language import Style, Sym, to_text
from backprop_tutor.language.deltas import delta_of, net_of
from backprop_tutor.walkthrough.derivation import FORMS, Line, Note

__all__ = [
    "PARTS",
    "TITLES",
    "note_text",
    "relation",
    "rule_parts",
    "rule_text",
]

PARTS = (*FORMS, "paths")
TITLES = {
    "index": "Index form",
    "scalar": "Scalar form",
    "matrix": "Matrix form",
    "numbers": "Numbers",
    "paths": "Paths",
}


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
