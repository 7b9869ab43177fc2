"""How formulas look: the glyphs of the ops, in the alphabet that the reader's screen has."""

from functools import partial

from backprop_tutor.language import ASCII, CANONICAL, UNICODE, Glyph, Lettering, Style
from backprop_tutor.language.spelling import spelled

__all__ = ["plain_style", "style_for"]


def style_for(
    encoding: str | None = "utf-8", *, ascii_only: bool = False, notation: Lettering = CANONICAL
) -> Style:
    """The style for an output in `encoding`: Unicode where every sign can be written, else ASCII.

    `notation` gives the letters; `walkthrough.lettering_of` finds them.
    """
    from backprop_tutor.engine import ops

    functions = {op.name: Glyph(op.glyph, op.ascii_glyph, op.latex) for op in ops.TABLE.values()}
    encoding = "ascii" if ascii_only else encoding
    if can_write(encoding):
        return notation.styled(Style(UNICODE, functions))
    return notation.styled(Style(ASCII, functions, spell=partial(spelled, encoding=encoding)))


def plain_style(encoding: str | None = "utf-8") -> Style:
    """The style of an output in `encoding` that holds words and numbers, but no formulas with functions."""
    if can_write(encoding):
        return Style(UNICODE)
    return Style(ASCII, spell=partial(spelled, encoding=encoding))


def can_write(encoding: str | None) -> bool:
    """Whether `encoding` has the signs that formulas and tables are made of."""
    try:
        "∂Σσδη·ᵀ⊙√✓…─→".encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
