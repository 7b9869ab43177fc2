"""What people write around an answer, as in `J = 0.5`, `≈ 0.5`, `$0.5$`, `approx. 0.5.`, and what is left."""

import re
from collections.abc import Callable
from fractions import Fraction

from backprop_tutor.grading.number import plain_number

__all__ = ["without_surroundings"]

_ABOUT = r"(?:approx(?:imately|\.)?|about|roughly|circa|ca\.)\s+"
_BEFORE = re.compile(rf"\s*(?:[=≈~∼≃≅]\s*)?(?:{_ABOUT})?", re.IGNORECASE)
_AFTER = re.compile(r"(?:\s*(?:\.\.\.|…|[.,;]))?\s*$")
_QUOTES = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("`", "`"), ('"', '"'), ("'", "'"))
_EQUALS = re.compile(r"(?<![<>=!])[=≈∼≃≅](?!=)|(?<=\S)\s*:\s+")
_PLACE = Fraction(99, 100)  # of the last place: what is cut off there is less
ANSWER = "ans"  # as MATLAB calls what it was not told to call otherwise


def without_surroundings(text: str, is_asked: Callable[[str], bool]) -> str:
    """`text` with spaces where something stands around the answer, so that places in it stay what they are.

    `is_asked` says whether a name is that of what is asked: then `name =` stands before the answer. Of one
    number written in two ways, `1/2 = 0.5`, the first is taken if it is the more exact one.
    """
    text = _blanked(text)
    name, found = "", _EQUALS.search(text)
    if found:
        name = text[: found.start()].strip()
    if found and name and (name == ANSWER or is_asked(name)):
        text = _blanked(" " * found.end() + text[found.end() :])
        found = _EQUALS.search(text)
    if found and _is_one_number(text[: found.start()], text[found.end() :]):
        return text[: found.start()] + " " * (len(text) - found.start())
    return text


def _blanked(text: str) -> str:
    """Without what stands at its ends."""
    for opening, closing in _QUOTES:
        inner = text.strip()
        if len(inner) > len(opening + closing) and inner.startswith(opening) and inner.endswith(closing):
            start = text.index(opening)
            stop = text.rindex(closing)
            text = _spaces(_spaces(text, start, start + len(opening)), stop, stop + len(closing))
    before, after = _BEFORE.match(text), _AFTER.search(text)
    start = before.end() if before else 0
    stop = after.start() if after else len(text)
    return _spaces(_spaces(text, 0, start), stop, len(text)) if text[start:stop].strip() else text


def _spaces(text: str, start: int, stop: int) -> str:
    return text[:start] + " " * (stop - start) + text[stop:]


def _is_one_number(left: str, right: str) -> bool:
    """Whether a decimal is the number before it, rounded or cut off."""
    exact, rounded = plain_number(left.strip()), plain_number(right.strip())
    if exact is None or rounded is None or exact.exact is None or rounded.exact is None:
        return False
    return abs(exact.exact - rounded.exact) < _PLACE * Fraction(rounded.unit)
