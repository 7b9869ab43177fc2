"""Which numbers are right, as data for a page or a notebook that marks answers by itself.

The rule is the grader's: of the decimals with so many places, those from one to another are right. What is
written out is unreadable to the eye; it is no secret from somebody who runs the page's own code.
"""

import json
import math
from base64 import b64encode
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256

from backprop_tutor.grading.compare import Closeness
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.follow_through import rounded
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number

__all__ = ["right_numbers", "salt_of", "sealed"]

MOST = 12  # significant digits that an answer is compared to
WIDE = 1000  # units
TINY = 20  # places in which 0 is told from what rounding leaves over


def salt_of(name: str, title: str) -> str:
    """The same for the same exercise, so that exporting twice gives the same file."""
    return sha256(f"{name}\n{title}".encode()).hexdigest()[:16]


def sealed(salt: str, name: str, text: str) -> str:
    """`text` as letters that say nothing to a reader; `name` and `salt` open it."""
    data = text.encode()
    blocks = (sha256(f"{salt}|{name}|{number}".encode()).digest() for number in range(len(data) // 32 + 1))
    return b64encode(bytes(a ^ b for a, b in zip(data, b"".join(blocks), strict=False))).decode()


def right_numbers(history: History, place: Element) -> str:
    """The right answers to the element at `place` after the answers of `history`, as JSON.

    `exact` is the fraction that the value is, or null: a fraction has to be that one. `places` is the first
    number of places after the point for which `right` has the least and the largest right number, in units
    of the last place; each further pair is for one place more. A decimal is looked up with the places that
    it has beside zeros at its end; one with more places than there are pairs is rounded to the last.
    """
    book = history.book
    value, exact = book.right(place), book.truth(place[0])[1]
    fraction = None if exact is None else Fraction(exact[place[1]])
    decimals, grain = book.precision.decimals, book.precision.grain(value)
    if value == 0:
        first = last = TINY
    else:
        first = round(-math.log10(grain))
        last = max(first, MOST - 1 - math.floor(math.log10(abs(value))))
    if decimals is not None:
        first = decimals
    pairs: list[tuple[int, int] | None] = []
    while not pairs or (first + len(pairs) <= last and not _is_wide(pairs[-1])):
        pairs.append(_bounds(history, place, value, first + len(pairs), padded=not pairs))
    return json.dumps(
        {
            "exact": None if fraction is None else str(fraction),
            "places": first,
            "right": [pair and [str(units) for units in pair] for pair in pairs],
        },
        separators=(",", ":"),
    )


def _bounds(
    history: History, place: Element, value: float, places: int, *, padded: bool
) -> tuple[int, int] | None:
    """The least and the largest right number with so many places, None where there is none; or with fewer,
    where zeros are `padded`."""
    book, right = history.book, Closeness.RIGHT
    unit = Fraction(10) ** -places

    def is_right(multiple: int) -> bool:
        exact = multiple * unit
        number = Number(float(exact), exact, float(unit), len(str(abs(multiple))))
        return right in (book.closeness(place, number), rounded(book, place, number, history))

    nearest = round(Fraction(value) / unit)
    near = next((n for n in (nearest, nearest - 1, nearest + 1) if is_right(n)), None)
    return None if near is None else (_last(is_right, near, -1, padded), _last(is_right, near, 1, padded))


def _is_wide(pair: tuple[int, int] | None) -> bool:
    """Whether a further place would make no difference."""
    return pair is not None and pair[1] - pair[0] > WIDE


def _last(is_right: Callable[[int], bool], near: int, step: int, padded: bool) -> int:
    """The last right multiple on one side of a right one. Those that end in 0 have fewer places, and do not
    count unless they are `padded`."""

    def at(distance: int) -> bool:
        multiple = near + step * distance
        return is_right(multiple if padded or multiple % 10 else multiple + step)

    beyond = 1
    while at(beyond):
        beyond *= 2
    right = beyond // 2
    while beyond - right > 1:
        middle = (right + beyond) // 2
        right, beyond = (middle, beyond) if at(middle) else (right, middle)
    return near + step * right
