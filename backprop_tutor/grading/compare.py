"""Is a number right? Fractions exactly, decimals to the digits that were given."""

from enum import Enum
from fractions import Fraction

from backprop_tutor.grading.number import LEAST_DIGITS, Number, last_place

__all__ = ["Closeness", "agrees", "compare"]

_NOISE = 1e-12  # of floating point, relative
_PROVED = 1e-9  # two formulas for one number agree to this
_LEAST = 5e-4  # what three significant digits say for certain
_NEAR = 0.05  # a rounding that changes more than this is another number


class Closeness(Enum):
    """How near a number is: ROUNDED is right as far as it goes, but with fewer digits than needed; CUT_OFF
    has as many as needed, the last of them not rounded; NEARLY agrees in its first digits and not in its
    last."""

    RIGHT = "right"
    ROUNDED = "rounded too early"
    CUT_OFF = "cut off"
    NEARLY = "nearly"
    WRONG = "wrong"


def compare(
    number: Number, value: float, exact: Fraction | None = None, tolerance: Fraction | None = None
) -> Closeness:
    """How `number` compares with the true `value`, which is `exact` where it is rational.

    A fraction has to be exact; where the true value is irrational, to three significant digits. A
    decimal has to be the value rounded to the digits given, at least three significant (or cut off, if
    there are more); zeros at the end may go unwritten, and one that says the value exactly may have
    fewer digits. `tolerance` is a relative error that replaces the rule for decimals.
    """
    given = number.value
    if exact is not None and number.exact == exact:
        return Closeness.RIGHT
    off = abs(given - value)
    if off <= _NOISE * abs(value) or (exact is None and abs(value) < _NOISE and given == 0):
        return Closeness.RIGHT
    if number.unit == 0:
        if exact is None and off <= (_PROVED if number.exact is None else _LEAST) * abs(value):
            return Closeness.RIGHT
        return Closeness.WRONG
    if tolerance is not None:
        return Closeness.RIGHT if off <= float(tolerance) * abs(value) else Closeness.WRONG
    if number.digits < LEAST_DIGITS and value and off <= last_place(value) / 2:
        return Closeness.RIGHT  # 2.2 for 2.1992: its third digit is a 0 that was not written
    if agrees(number, value):
        if number.digits >= LEAST_DIGITS:
            return Closeness.RIGHT
        return Closeness.ROUNDED if off <= _NEAR * abs(value) else Closeness.WRONG
    if number.digits == LEAST_DIGITS and abs(given) < abs(value) and off < number.unit:
        return Closeness.CUT_OFF
    if number.digits > LEAST_DIGITS and off <= 2 * _LEAST * abs(value):
        return Closeness.NEARLY
    return Closeness.WRONG


def agrees(number: Number, value: float) -> bool:
    """Whether the digits given are those of `value`: rounded, or, where there are enough, cut off."""
    off = abs(number.value - value)
    noise = _NOISE * abs(value)
    if off <= number.unit / 2 + noise:
        return True
    cut_off = number.digits > LEAST_DIGITS and 0 < abs(number.value) < abs(value)
    return cut_off and number.value * value > 0 and off < number.unit - noise
