"""What the author of a graph wrote, for messages about nodes that carry names of ours."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.language.expr import Expr

__all__ = ["Source", "short_number"]

MAX_FORMULA = 60  # characters of one in a message
MAX_NUMBER = 16


class Source(NamedTuple):
    """Where a node comes from: the author's `name` of the line, and the part of it that the node computes."""

    name: str
    formula: Expr | None = None
    file: str = ""
    line: int = 0
    column: int = 0

    @property
    def text(self) -> str:
        """The formula, or else the name."""
        from backprop_tutor.language import to_text  # only a message needs the printers

        text = to_text(self.formula) if self.formula is not None else self.name
        return text if len(text) <= MAX_FORMULA else f"{text[: MAX_FORMULA - 1]}…"


def short_number(value: Fraction) -> str:
    """`value` as it is, or to a few digits where that would be long: 1e310."""
    text = str(value)
    if len(text) <= MAX_NUMBER:
        return text
    rounded = Decimal(f"{Decimal(value.numerator) / Decimal(value.denominator):.6g}")
    return str(rounded.normalize()).lower().replace("e+", "e")
