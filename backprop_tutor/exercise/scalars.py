"""The text of a plain YAML scalar -> null, true, false, an exact number, or text (YAML 1.2 core)."""

import re
from fractions import Fraction

from backprop_tutor.engine.infinity import MINUS_INFINITY

__all__ = ["MAX_DIGITS", "MAX_EXPONENT", "Scalar", "read_number", "read_scalar"]

Scalar = None | bool | Fraction | str

MAX_DIGITS = 1_000
MAX_EXPONENT = 400

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([-+]?[0-9]+))?")
_FRACTION = re.compile(r"([-+]?[0-9]+)/([0-9]+)")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MINUS_INFINITY = re.compile(r"-\.?(?:inf|Inf|INF)")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar. Raises ValueError, in plain words, for a number out of bounds."""
    if text in _WORDS:
        return _WORDS[text]
    number = read_number(text)
    return text if number is None else number


def read_number(text: str) -> Fraction | None:
    """The number that `text` spells, exactly, or None. Raises ValueError for one out of bounds."""
    if text.isalpha():
        return None
    if _INTEGER.fullmatch(text) and len(text) < 300:
        return Fraction(int(text))
    ratio = _FRACTION.fullmatch(text)
    decimal = _DECIMAL.fullmatch(text)
    if _MINUS_INFINITY.fullmatch(text):
        return MINUS_INFINITY
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    if not ratio and not decimal:
        return None
    digits = sum(character.isdigit() for character in text)
    if digits > MAX_DIGITS:
        raise ValueError(f"a number of {digits:,} digits is too long; the limit is {MAX_DIGITS:,}")
    if ratio and int(ratio[2]) == 0:
        raise ValueError(f"{text} divides by zero")
    if decimal and decimal[1] and abs(int(decimal[1])) > MAX_EXPONENT:
        raise ValueError(f"{text} has an exponent beyond {MAX_EXPONENT}")
    return _representable(Fraction(text), text)


def _representable(number: Fraction, text: str) -> Fraction:
    """`number`, unless floating point cannot hold it: every exercise is also solved in decimals."""
    shown = text if len(text) <= 24 else f"{text[:12]}…{text[-6:]}"
    try:
        near = float(number)
    except OverflowError:
        raise ValueError(f"{shown} is too large; the limit is about 1.8e308") from None
    if near == 0 and number != 0:
        raise ValueError(f"{shown} is too close to zero; the limit is about 5e-324")
    return number
