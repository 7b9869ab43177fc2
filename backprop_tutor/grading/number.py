"""A number as it was given: its value, exactly where it has one, and how precisely it was written."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from backprop_tutor.engine.systems.exact import MAX_BITS
from backprop_tutor.language.expr import Call, Expr, Num, leaves
from backprop_tutor.language.tokens import MAX_EXPONENT

__all__ = ["LEAST_DIGITS", "Number", "exact_value", "finest_place", "last_place", "number_of", "plain_number"]

LEAST_DIGITS = 3  # significant ones that make a rounded decimal precise enough
_MOST_PLACES = 400

_PLAIN = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_RATIO = re.compile(r"([-+]?[0-9]{1,15})/([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Number:
    """`unit` is the place value of the last digit of a decimal (1/100 for 0.50, 1 for 7), 0 for a
    fraction and for what was computed; `digits` are a decimal's significant digits. `exact` is None
    where the value is irrational."""

    value: float
    exact: Fraction | None = None
    unit: float = 0.0
    digits: int = 0

    @classmethod
    def of(cls, value: Fraction) -> "Number":
        """A number without a written form. Raises OverflowError beyond floating point."""
        return cls(float(value), value)


def plain_number(text: str) -> Number | None:
    """The number that plain ASCII text such as `-0.5`, `3` or `-1/3` spells; None for anything else."""
    if _PLAIN.fullmatch(text):
        return _decimal(text, negative=False)
    ratio = _RATIO.fullmatch(text)
    return Number.of(Fraction(int(ratio[1]), int(ratio[2]))) if ratio and int(ratio[2]) else None


def number_of(expr: Expr) -> Number | None:
    """The number that an expression without quantities and functions says, None where it is not
    rational, too long, or divides by zero."""
    literal, negative = _without_power(expr), False
    while isinstance(literal, Call) and literal.name == "neg":
        literal, negative = literal.args[0], not negative
    if isinstance(literal, Num):
        return _decimal(literal.text or str(literal.value), negative=negative)
    value = exact_value(expr)
    if value is None:
        return None
    try:
        number = Number.of(value)
    except OverflowError:
        return None
    if any(isinstance(leaf, Num) and leaf.text for leaf in leaves(expr)):  # worked out from decimals
        return Number(number.value, value, last_place(number.value), LEAST_DIGITS)
    return number


def _without_power(expr: Expr) -> Expr:
    """`1.2e-3` for `1.2·10^-3`, which is as precise as its digits say."""
    match expr:
        case Call("mul", (Call("neg", (inner,)), power)):
            return Call("neg", (_without_power(Call("mul", (inner, power))),))
        case Call("mul", (Num(mantissa, text), Call("pow", (Num(base), exponent)))) if base == 10:
            power_of_ten = exact_value(exponent)
            if power_of_ten in range(-MAX_EXPONENT, MAX_EXPONENT + 1) and "e" not in text.lower():
                return Num(mantissa, f"{text or mantissa}e{power_of_ten}")
    return expr


def exact_value(expr: Expr) -> Fraction | None:
    """Arithmetic on literal numbers, bounded before it is done; None for anything else."""
    match expr:
        case Num(value):
            return value
        case Call("neg", (a,)):
            inner = exact_value(a)
            return None if inner is None else -inner
        case Call("add" | "sub" | "mul" | "div" | "pow" as name, args):
            total: Fraction | None = exact_value(args[0])
            for arg in args[1:]:
                term = exact_value(arg)
                total = None if total is None or term is None else _combine(name, total, term)
            return total
        case _:
            return None


def _combine(name: str, a: Fraction, b: Fraction) -> Fraction | None:
    match name:
        case "add":
            result = a + b
        case "sub":
            result = a - b
        case "mul":
            result = a * b
        case "div":
            if b == 0:
                return None
            result = a / b
        case _:
            if b.denominator != 1 or abs(b.numerator) * _bits(a) > MAX_BITS or (a == 0 and b < 0):
                return None
            result = a ** int(b)
    return result if _bits(result) <= 2 * MAX_BITS else None


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _decimal(text: str, *, negative: bool) -> Number | None:
    mantissa, _, exponent = text.lower().lstrip("+-").partition("e")
    whole, _, places = mantissa.partition(".")
    digits = (whole + places).lstrip("0")
    exact = Fraction(text)
    try:
        value = float(exact)
        unit = 10.0 ** (int(exponent or 0) - len(places))
    except OverflowError:
        return None
    return Number(-value if negative else value, -exact if negative else exact, unit, len(digits))


def finest_place(number: Number) -> float:
    """The place value of the last digit that is not 0: 100 for 12300 however it is written, 0 for what is
    no decimal, infinity for 0."""
    if number.exact is None or number.value == 0:
        return 0.0 if number.exact is None else math.inf
    above, below = number.exact.numerator, number.exact.denominator
    place = 0
    while below % 10 == 0:
        below, place = below // 10, place - 1
    for prime, other in ((2, 5), (5, 2)):  # the rest of 2s or of 5s, one place each
        while below % prime == 0:
            below, above, place = below // prime, above * other, place - 1
    if below > 1 or place < -_MOST_PLACES:
        return 0.0
    while above % 10 == 0:
        above, place = above // 10, place + 1
    return 10.0**place


def last_place(value: float) -> float:
    """The place value of the last of the digits that a decimal needs at least."""
    return 10.0 ** (math.floor(math.log10(abs(value))) - LEAST_DIGITS + 1) if value else 0.0
