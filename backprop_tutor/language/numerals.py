"""Numbers as people write them and as the language does not: what is said of them where they stand."""

import re

from backprop_tutor.errors import LanguageError

__all__ = ["explained", "why_no_number"]

MAX_SHOWN = 24

_EXPONENT = r"(?P<exponent>[eE][-+]?[0-9]+)?"
# Groups of digits: 1,250  1.250.000  1 250  1'250  1_250, also with decimals behind another sign.
_GROUPED = re.compile(
    r"(?<![\w.,])(?P<whole>[1-9][0-9]{0,2}(?P<sign>[,.'_ ])(?:[0-9]{2,3}(?P=sign))*[0-9]{3})(?![0-9])"
    rf"(?:(?!(?P=sign))[.,](?P<places>[0-9]*))?{_EXPONENT}"
)
_COMMA = re.compile(rf"(?<![\w.,])(?P<whole>[0-9]*),(?P<places>[0-9]+){_EXPONENT}")


def why_no_number(numeral: str) -> tuple[str, str]:
    """What is wrong with a text that is one number as people write it, and what would be right; nothing for
    any other text."""
    digits = numeral.removeprefix("-").removeprefix("+")
    found = _GROUPED.fullmatch(digits) or _COMMA.fullmatch(digits)
    return _said(found) if found else ("", "")


def explained(error: LanguageError, plain: str) -> LanguageError:
    """`error`, or what is said of the number that it falls into; `plain` is its text in plain characters."""
    for pattern in (_GROUPED, _COMMA):
        for found in pattern.finditer(plain):
            if error.start < found.end() and error.end > found.start():
                what, hint = _said(found)
                if what:
                    return LanguageError(
                        what, text=error.text, start=found.start(), end=found.end(), hint=hint
                    )
    return error


def _said(found: re.Match[str]) -> tuple[str, str]:
    shown = found[0] if len(found[0]) <= MAX_SHOWN else f"{found[0][:MAX_SHOWN]}…"
    sign, places, exponent = found.groupdict().get("sign"), found["places"], found["exponent"] or ""
    if sign is None:
        what = f"{shown} has a decimal comma; numbers are written with a decimal point."
        return what, f"Write {_short((found['whole'] or '0') + '.' + places + exponent)}."
    plain = found["whole"].replace(sign, "")
    written = f"{plain}.{places}{exponent}" if places else f"{plain}{exponent}"
    is_single = places is None and found["whole"].count(sign) == 1
    if sign == "." and is_single:
        return "", ""  # a decimal
    if sign == "," and is_single:
        point = f"{found['whole'].replace(',', '.')}{exponent}"
        what = f"{shown} can be read in two ways: the comma may separate thousands, or be a decimal comma."
        return what, f"Write {_short(written)} or {_short(point)}."
    return f"{shown} has separators of thousands.", f"Write {_short(written)}."


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
