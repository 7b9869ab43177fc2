"""What a page or a notebook needs to know whether an answer is right, without the right value in it.

An answer is salted and hashed, with the digits that were given; the page holds the hashes of right answers.
That keeps values from the eye of a reader, not from somebody who tries all of them out.
"""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256

from backprop_tutor.exercise.precision import USUAL, Precision

__all__ = ["fingerprints", "salt_of", "significant"]

WRITTEN = 3  # significant digits that every text has at least: zeros that were not typed are added
MOST = 12  # that an answer is compared to
LOOSE = 4  # digits of which the last may be off by one where the value is not a fraction
ZERO = 1e-12


def salt_of(name: str, title: str) -> str:
    """The same for the same exercise, so that exporting twice gives the same file."""
    return sha256(f"{name}\n{title}".encode()).hexdigest()[:16]


def significant(value: float | Decimal, digits: int, rounding: str = ROUND_HALF_UP) -> str:
    """`value` rounded, as its digits and an exponent: -0.59327 is `-5933e-1` with four."""
    number = Decimal(value)
    if abs(number) < ZERO:
        return "0"
    exponent = number.adjusted()
    whole = int(number.scaleb(digits - 1 - exponent).to_integral_value(rounding))
    if abs(whole) == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    return f"{whole}e{exponent}"


def fingerprints(
    salt: str,
    name: str,
    value: float,
    exact: Fraction | None,
    precision: Precision = USUAL,
) -> list[str]:
    """The hashes of the answers to `name` that are right, sorted so that their order tells nothing.

    A fraction has to be exact; a decimal rounded to the digits asked or more, or, with digits to spare, cut
    off. A value that is not a fraction may be off by one in its fourth digit, where three are asked: people
    round on the way.
    """
    number = Decimal(value) if exact is None else Decimal(exact.numerator) / Decimal(exact.denominator)
    least = precision.digits
    if precision.decimals is not None:
        nearest = round(number, precision.decimals)
        least = max((nearest or number).adjusted() + 1 + precision.decimals, 0)
        texts = {significant(nearest, max(least, 1))}
    else:
        texts = {significant(number, least)}
    for digits in range(least + 1, MOST + 1):
        texts |= {significant(number, digits), significant(number, digits, ROUND_DOWN)}
    texts = {_padded(text) for text in texts}
    if exact is not None:
        texts.add(f"{exact.numerator}/{exact.denominator}")
    elif abs(number) >= ZERO and precision == USUAL:
        last = Decimal(1).scaleb(number.adjusted() - LOOSE + 1)
        texts |= {significant(number + last, LOOSE), significant(number - last, LOOSE)}
    return sorted(sha256(f"{salt}|{name}|{text}".encode()).hexdigest()[:16] for text in texts)


def _padded(text: str) -> str:
    """With the zeros at the end that may go unwritten."""
    digits, sign, exponent = text.partition("e")
    return digits.ljust(WRITTEN + digits.startswith("-"), "0") + sign + exponent if sign else text
