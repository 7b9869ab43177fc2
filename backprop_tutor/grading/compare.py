"""Is a number right? A fraction exactly, a decimal to the digits that the exercise asks for."""

from enum import Enum
from fractions import Fraction

from backprop_tutor.exercise.precision import USUAL, Precision
from backprop_tutor.grading.number import Number, finest_place

__all__ = ["Closeness", "compare", "compare_update"]

_NOISE = 1e-12  # of floating point, relative
_SINGLE = 2.0**-23  # of float32
_PROVED = 1e-9  # two formulas for one number agree to this
_NEAR = 0.05  # a rounding that changes more than this is another number


class Closeness(Enum):
    """How near a number is: ROUNDED is right as far as it goes, but with fewer digits than needed; CUT_OFF
    has as many as needed, the last of them not rounded; NEARLY is off in the last digit that is needed;
    OLD is an old weight for the new one, HIDDEN one that the new one is, too, in the digits asked. VAGUE is
    as far off as rounding on the way may bring it, and a slip as well."""

    RIGHT = "right"
    ROUNDED = "rounded too early"
    CUT_OFF = "cut off"
    NEARLY = "nearly"
    OLD = "old"
    HIDDEN = "hidden"
    VAGUE = "vague"
    WRONG = "wrong"


def compare(
    number: Number,
    value: float,
    exact: Fraction | None = None,
    precision: Precision = USUAL,
    reach: float = 0.0,
) -> Closeness:
    """How `number` compares with the true `value`, which is `exact` where it is rational; or with any
    within `reach` of it.

    A fraction has to be exact; where the true value is irrational, to the digits asked. A decimal has to be
    the value rounded (or, with digits to spare, cut off): to its own last place, zeros at the end left
    aside, and at least to the digits asked. It may be off by as much as single precision is.
    """
    if _is_exactly(number, value, exact):
        return Closeness.RIGHT
    if number.unit == 0 and (exact is not None or number.exact is None):  # a fraction, or a formula's value
        is_right = exact is None and _is_within(_PROVED * abs(value), number.value, value)
        return Closeness.RIGHT if is_right else Closeness.WRONG
    if precision.tolerance is not None:
        is_right = _is_within(float(precision.tolerance) * abs(value) + reach, number.value, value)
    else:
        is_right = _is_rounded(number, value, precision, reach)
    return Closeness.RIGHT if is_right else _how_far(number, value, precision)


def compare_update(
    number: Number,
    value: float,
    old: float,
    exact: Fraction | None = None,
    precision: Precision = USUAL,
    *,
    reach: float = 0.0,
    old_is_rounded: bool = False,
) -> Closeness:
    """How `number` compares with a new weight `value`, or with one within `reach` of it, after `old`.

    What counts is the step from the old weight to the new one, which may be far smaller than either: the
    old weight is not right, as it was given or (`old_is_rounded`) as it may have been rounded; a number
    whose step has the digits asked is. Where places after the point are asked, a step below them is none.
    """
    if _is_exactly(number, value, exact):
        return Closeness.RIGHT
    step, half = value - old, precision.grain(value) / 2
    hides = precision.decimals is not None and _is_within(half, old, value)
    if hides and _is_within(half, number.value, value):
        return Closeness.RIGHT
    if _is_within(_last_place(number, value, precision) / 2 if old_is_rounded else 0, number.value, old):
        return Closeness.HIDDEN if _is_within(half + reach, number.value, value) else Closeness.OLD
    if precision.tolerance is None:
        last = min(finest_place(number), precision.grain(step))
        if number.unit and _is_within(last / 2 + reach, number.value, value):
            return Closeness.RIGHT
        return compare(number, value, exact, precision, reach)
    is_right = _is_within(float(precision.tolerance) * abs(step) + reach, number.value, value)
    is_right = is_right or _is_rounded(number, value, precision, reach)
    return Closeness.RIGHT if is_right else _how_far(number, value, precision)


def _last_place(number: Number, value: float, precision: Precision) -> float:
    """The place value of the last digit of `number` that is to be right; what was worked out from decimals is
    as precise as these."""
    return min(max(finest_place(number), number.unit), precision.grain(value))


def _is_rounded(number: Number, value: float, precision: Precision, reach: float) -> bool:
    """Whether `number` is `value`, or one within `reach` of it, rounded to its last place or cut off
    there; or in single precision."""
    last = _last_place(number, abs(value) + reach, precision)
    if _is_within(max(last / 2, _SINGLE * abs(value)) + reach, number.value, value):
        return True
    if last >= precision.grain(value) or number.value * value <= 0:
        return False
    return 0 < abs(value) - abs(number.value) < last - _NOISE * abs(value) + reach


def _is_exactly(number: Number, value: float, exact: Fraction | None) -> bool:
    """To the noise of floating point."""
    if exact is not None and number.exact == exact:
        return True
    return _is_within(0, number.value, value) or (exact is None and abs(value) < _NOISE and number.value == 0)


def _is_within(distance: float, given: float, value: float) -> bool:
    """Whether `given` is no farther than that from `value`, to the noise of floating point: half of a last
    place may be rounded either way."""
    return abs(given - value) <= distance + _NOISE * abs(value)


def _how_far(number: Number, value: float, precision: Precision) -> Closeness:
    """What is to be said of a decimal that is not right."""
    off, grain = abs(number.value - value), precision.grain(value)
    if number.unit > grain and _is_within(number.unit / 2, number.value, value) and off <= _NEAR * abs(value):
        return Closeness.ROUNDED
    if off < grain and 0 < abs(number.value) < abs(value) and finest_place(number) >= grain:
        return Closeness.CUT_OFF
    return Closeness.NEARLY if number.unit <= grain and off < grain else Closeness.WRONG
