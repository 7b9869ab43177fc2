"""The notations beside one another, one line each."""

from typing import Any

from backprop_tutor.language import (
    NOTATIONS,
    Call,
    Expr,
    Lettering,
    Notation,
    Sym,
    display_width,
    matmul,
    padded,
    sub,
    to_text,
    transpose,
)
from backprop_tutor.render.style import style_for

__all__ = ["notation_lines", "notations_json"]

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
LEFT_OUT_FIRST = ("rate", "delta", "gradient", "target", "output")  # where the line is too narrow


def notation_lines(encoding: str | None, width: int) -> list[str]:
    """A heading and a line for each notation: a network of two layers in its letters."""
    rows = [_row(notation, encoding) for notation in NOTATIONS.values()]
    heads = list(rows[0])
    for head in LEFT_OUT_FIRST:
        if _line_width(rows, heads, 1) > width:
            heads.remove(head)
    gap = "  " if _line_width(rows, heads, 2) <= width else " "
    sizes = _sizes(rows, heads)
    lines = [{head: head for head in heads}, *rows]
    return [gap.join(padded(line[h], sizes[h]) for h in heads).rstrip() for line in lines]


def _row(notation: Notation, encoding: str | None) -> dict[str, str]:
    letters = Lettering(notation, LAYERS, AXES)
    style = style_for(encoding, notation=letters)
    net = Call("eq", (Sym("net1"), letters.whole(_net(), "net1")))
    residual = letters.rewrite(Call("neg", (sub(Sym("t"), Sym("z")),)))
    row = {"notation": notation.name, "net": to_text(net, style)}
    row |= {head: to_text(Sym(name), style) for head, name in QUANTITIES.items()}
    return row | {"error": to_text(residual, style)}


def _net() -> Expr:
    return matmul(Sym("x"), transpose(Sym("W1")))


def _sizes(rows: list[dict[str, str]], heads: list[str]) -> dict[str, int]:
    return {head: max(display_width(text) for text in [head, *(row[head] for row in rows)]) for head in heads}


def _line_width(rows: list[dict[str, str]], heads: list[str], gap: int) -> int:
    return sum(_sizes(rows, heads).values()) + gap * (len(heads) - 1)


def notations_json() -> list[dict[str, Any]]:
    """The table: every notation with its letters and conventions."""
    return [
        {
            "name": notation.name,
            "source": notation.source,
            "letters": _row(notation, "utf-8"),
            "layer": notation.layer,
            "examples": "rows" if notation.rows else "columns",
            "residual": notation.residual,
        }
        for notation in NOTATIONS.values()
    ]
