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
    """What is to be said of a text that is one number as people write it, and what would be right; nothing
    for any other text."""
    digits = numeral.lstrip("+-")
    found = _GROUPED.fullmatch(digits) or _COMMA.fullmatch(digits)
    return _said(found) if found else ("", "")


def explained(error: LanguageError, plain: str) -> LanguageError:
    """`error`, or what is to be said of the number that it falls into, in its text in `plain` spelling."""
    for pattern in (_GROUPED, _COMMA):
        for found in pattern.finditer(plain):
            start, end = found.span()
            said, hint = _said(found) if error.start < end and error.end > start else ("", "")
            if said:
                what = f"{_short(found[0])} {said}."
                return LanguageError(what, text=error.text, start=start, end=end, hint=hint)
    return error


def _said(found: re.Match[str]) -> tuple[str, str]:
    sign, places, exponent = found.groupdict().get("sign"), found["places"], found["exponent"] or ""
    if sign is None:
        return "has a decimal comma", _write(f"{found['whole'] or 0}.{places}{exponent}")
    whole = found["whole"].replace(sign, "") + (f".{places}" if places else "") + exponent
    if places is not None or found["whole"].count(sign) > 1 or sign not in ",.":
        return "has separators of thousands", _write(whole)
    if sign == ".":
        return "", ""  # a decimal
    either = f"{found['whole'].replace(',', '.')}{exponent}"
    return "has a comma that may part thousands, or be a decimal comma", _write(whole, either)


def _write(*numbers: str) -> str:
    return f"Write {' or '.join(map(_short, numbers))}."


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
