"""What stands for -inf in a mask: a number that stays finite in sums, and whose exponential is 0."""

from fractions import Fraction

__all__ = ["MINUS_INFINITY", "is_infinite"]

MINUS_INFINITY = Fraction(-(10**100))


def is_infinite(value: float | Fraction) -> bool:
    """Whether `value` is -inf, or comes of it: a score with the mask added."""
    return abs(value - MINUS_INFINITY) <= -MINUS_INFINITY / 10**9
