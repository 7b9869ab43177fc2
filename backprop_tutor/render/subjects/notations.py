"""The notations beside one another, as blocks and as JSON: a network of two layers in the letters of each."""

from collections.abc import Iterator
from typing import Any

from backprop_tutor.language import (
    NOTATIONS,
    Call,
    Expr,
    Lettering,
    Notation,
    Sym,
    matmul,
    sub,
    to_text,
    transpose,
)
from backprop_tutor.render.blocks import Block, Column, Prose, Row, Table, Words, cell
from backprop_tutor.render.screen_style import style_for

__all__ = ["notation_blocks", "notations_json"]

LAYERS = 2
AXES = {"x": ("example", "input"), "W1": ("unit", "input"), "net1": ("example", "unit")}
QUANTITIES = {
    "act.": "h1",
    "output": "z",
    "target": "t",
    "loss": "J",
    "gradient": "dJ/dW1",
    "delta": "delta2",
    "rate": "η",
}
WHOLE = 40  # no formula is broken
SPARE = ("act.", "output", "target", "gradient", "delta", "rate")  # left out where there is no room


def notation_blocks(encoding: str | None) -> Iterator[Block]:
    """A table with a row for each, in the signs that `encoding` has."""
    rows = [_letters(notation, encoding) for notation in NOTATIONS.values()]
    columns = tuple(
        Column(cell(head), "asked" if head == "notation" else "", spare=head in SPARE, least=WHOLE)
        for head in rows[0]
    )
    lines = (Row(tuple(cell(text) for text in row.values()), cell(_fact(**row))) for row in rows)
    yield Table(columns, tuple(lines), borders=False)
    yield Prose(())
    yield Prose((Words("Use one with --notation NAME, or for good"),))
    yield Prose((Words("with the setting BACKPROP_TUTOR_NOTATION=NAME."),))


def _fact(notation: str, **letters: str) -> str:
    return f"{notation}  {'; '.join(f'{head}: {text}' for head, text in letters.items())}"


def _letters(notation: Notation, encoding: str | None) -> dict[str, str]:
    letters = Lettering(notation, LAYERS, AXES)
    style = style_for(encoding, notation=letters)
    net = Call("eq", (Sym("net1"), letters.whole(_net(), "net1")))
    residual = letters.rewrite(Call("neg", (sub(Sym("t"), Sym("z")),)))
    row = {"notation": notation.name, "net": to_text(net, style)}
    row |= {head: to_text(Sym(name), style) for head, name in QUANTITIES.items()}
    return row | {"error": to_text(residual, style)}


def _net() -> Expr:
    return matmul(Sym("x"), transpose(Sym("W1")))


def notations_json() -> list[dict[str, Any]]:
    """The table: every notation with its letters and conventions."""
    return [
        {
            "name": notation.name,
            "source": notation.source,
            "letters": _letters(notation, "utf-8"),
            "layer": notation.layer,
            "examples": "rows" if notation.rows else "columns",
            "residual": notation.residual,
        }
        for notation in NOTATIONS.values()
    ]
