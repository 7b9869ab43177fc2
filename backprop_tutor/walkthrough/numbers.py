"""How a number is written: a short fraction, or a decimal with as many digits as can be checked by hand."""

from decimal import Decimal, localcontext
from fractions import Fraction

from backprop_tutor.engine.infinity import is_infinite

__all__ = ["DEFAULT_PRECISION", "decimal", "fraction", "in_full", "is_terminating", "written"]

DEFAULT_PRECISION = 6  # significant digits
MAX_DIGITS = 20_000  # of a number in full
MAX_FRACTION = 9  # characters; beyond that a decimal is easier to work with


def decimal(value: float | Fraction, precision: int = DEFAULT_PRECISION) -> str:
    """`value` to `precision` significant digits, without trailing zeros: 0.593270, -1, 1.5e-07."""
    if is_infinite(value):
        return "-inf"
    text = f"{float(value):.{precision}g}"
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        whole = int(exponent)
        if 0 <= whole <= 15:
            return str(round(float(value)))
        return f"{_trimmed(mantissa)}e{whole}"
    return "0" if text in ("-0", "0") else _trimmed(text)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def fraction(value: Fraction) -> str:
    """`value` as a fraction in lowest terms: -1/2, 11/10, 3."""
    return str(value)


def is_terminating(value: Fraction) -> bool:
    """Whether `value` has a finite decimal expansion."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def in_full(value: float, exact: Fraction | None) -> str:
    """The number with all of its digits; a fraction only where no decimal is it."""
    if is_infinite(value):
        return "-inf"
    if exact is None:
        return repr(float(value)).removesuffix(".0")
    if not is_terminating(exact):
        return fraction(exact)
    with localcontext(prec=MAX_DIGITS):
        number = Decimal(exact.numerator) / Decimal(exact.denominator)
        short = str(number.normalize()).lower().replace("e+", "e")
    return min(format(number, "f"), short, key=len)


def written(
    value: float, exact: Fraction | None, precision: int = DEFAULT_PRECISION, fractions: bool = True
) -> str:
    """The number as it stands in a formula: the fraction where it is short and wanted, else the decimal."""
    if exact is None or is_infinite(value):
        return decimal(value, precision)
    text = fraction(exact)
    is_wanted = len(text) <= MAX_FRACTION and (fractions or not is_terminating(exact))
    return text if is_wanted else decimal(exact, precision)
