"""What stands for -inf in a mask: a number that stays finite in sums, and whose exponential is 0."""

from fractions import Fraction

__all__ = ["MINUS_INFINITY", "is_infinite"]

MINUS_INFINITY = Fraction(-(10**100))
_ROOM = 10**90


def is_infinite(value: float | Fraction) -> bool:
    """Whether `value` is -inf, or comes of it: a score with the mask added."""
    return MINUS_INFINITY - _ROOM <= value <= MINUS_INFINITY + _ROOM
