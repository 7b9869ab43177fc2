"""What a page or a notebook needs to know whether an answer is right, without the right value in it.

An answer is salted and hashed, with the digits that were given; the page holds the hashes of right answers.
That keeps values from the eye of a reader, not from somebody who tries all of them out.
"""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256

__all__ = ["fingerprints", "salt_of", "significant"]

LEAST, MOST = 3, 12  # significant digits that an answer is compared to
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


def fingerprints(salt: str, name: str, value: float, exact: Fraction | None) -> list[str]:
    """The hashes of the answers to `name` that are right, sorted so that their order tells nothing.

    A fraction has to be exact; a decimal rounded, or, with digits to spare, cut off. A value that is not
    a fraction may be off by one in its fourth digit: people round on the way.
    """
    number = Decimal(value) if exact is None else Decimal(exact.numerator) / Decimal(exact.denominator)
    texts = {significant(number, digits) for digits in range(LEAST, MOST + 1)}
    texts |= {significant(number, digits, ROUND_DOWN) for digits in range(LEAST + 1, MOST + 1)}
    if exact is not None:
        texts.add(f"{exact.numerator}/{exact.denominator}")
    elif abs(number) >= ZERO:
        last = Decimal(1).scaleb(number.adjusted() - LOOSE + 1)
        texts |= {significant(number + last, LOOSE), significant(number - last, LOOSE)}
    return sorted(sha256(f"{salt}|{name}|{text}".encode()).hexdigest()[:16] for text in texts)
