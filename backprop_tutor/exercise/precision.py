"""How precise an answer has to be: the rule that an exercise states, and that every page announces."""

import math
from fractions import Fraction
from typing import NamedTuple

__all__ = ["DIGITS", "MOST_DIGITS", "USUAL", "Precision"]

DIGITS = 3  # significant ones, unless an exercise says otherwise
MOST_DIGITS = 12


class Precision(NamedTuple):
    """A decimal has to be right to so many significant `digits`, or, where they are set, to so many
    `decimals`. `tolerance` is a relative error that is forgiven instead."""

    digits: int = DIGITS
    decimals: int | None = None
    tolerance: Fraction | None = None

    def grain(self, value: float) -> float:
        """The place value of the last digit that `value` needs: 0.001 for 0.14978 and three significant
        digits. No digit of 0 is significant: its place value is 0."""
        if self.decimals is not None:
            return 10.0**-self.decimals
        return 10.0 ** (math.floor(math.log10(abs(value))) - self.digits + 1) if value else 0.0

    @property
    def least(self) -> str:
        """`3 significant digits`, `1 decimal`."""
        if self.decimals is not None:
            return f"{self.decimals} decimal{'s'[: self.decimals != 1]}"
        return f"{self.digits} significant digit{'s'[: self.digits != 1]}"

    def rule(self, *, updated: bool = False) -> str:
        """The rule in a sentence or two; `updated`: parameters are asked after an update."""
        if self.tolerance is not None:
            return f"A decimal may be off by {float(100 * self.tolerance):g}%."
        said = f"Keep at least {self.least} in every step."
        shown = " A new weight needs as many as show that it has changed."
        return said + shown * (updated and self.decimals is None)


USUAL = Precision()
