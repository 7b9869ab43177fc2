"""A number that an exercise may set: of an activation or of an optimizer."""

from fractions import Fraction
from typing import NamedTuple

__all__ = ["Setting"]


class Setting(NamedTuple):
    """`says` what the number is, for people; formulas call it by its `letter`.

    A `share` is how much is kept of what went before, from 0 to below 1. Any other setting is above 0.
    """

    default: Fraction
    says: str = ""
    letter: str = ""
    share: bool = False
