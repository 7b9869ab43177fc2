"""The words that every reading of a solution shares: titles of passes, names of quantities, shapes."""

from backprop_tutor.language import ASCII, Style, Sym, to_text

__all__ = ["PHASE_TITLES", "quantity_text", "shape_text", "typed_text"]

PHASE_TITLES = {
    "forward": "Forward pass",
    "loss": "Loss",
    "backward": "Backward pass",
    "update": "Update",
}


def quantity_text(name: str, style: Style) -> str:
    """A quantity's name as formulas write it: ∂J/∂W1."""
    return to_text(Sym(name), style)


def typed_text(name: str, style: Style) -> str:
    """The same as it is typed: dJ/dW1."""
    return quantity_text(name, style._replace(glyphs=ASCII))


def shape_text(shape: tuple[int, ...], style: Style) -> str:
    """`2×3`, or `number` for a scalar."""
    return ("×" if style.glyphs.scripts else "x").join(str(size) for size in shape) or "number"
