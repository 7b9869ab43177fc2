"""Breaking a printed formula into lines, only where a reader would."""

import re
from bisect import bisect_left
from itertools import accumulate, islice, pairwise

from backprop_tutor.language.clean import display_width

__all__ = ["LOOSE", "TIGHT", "breakable", "wrap"]

# At a space before an operator, after a comma, after · or *; not after an operator, a Σ or a ∂/∂w.
_BREAK = re.compile(r"(?<![-+=@⊙<>≥≤·*/]) +(?=\S)|(?<=·)(?=\S)|(?<=[^*]\*)(?=[^* ])")
LOOSE, TIGHT = 16, 12  # columns that the longest piece between two breaks takes, where there are enough
_BINDS = re.compile(r"(?:Σ_(?:\{[^{}]*\}|\w+)|(?:∂/∂|\bd/d)\S+)$")
_LONGEST = 48  # columns of what binds that are looked at


def breakable(text: str, glue: str, mark: str, piece: int = LOOSE) -> str:
    """`text` for a library that breaks lines at white space only: `glue` for the spaces at which no line may
    be broken, and `mark`, a white space without width, where one may be and no space stands.

    Brackets are broken only where the pieces would be longer than `piece` without.
    """
    if len(text) <= piece:
        return text.replace(" ", glue)
    found = _breaks(text)
    outside = -1

    def places_at(depth: int) -> list[int]:
        return [place for place, inside in found if inside <= depth]

    def is_enough(depth: int) -> bool:
        ends = [0, *places_at(depth), len(text)]
        return max(end - start for start, end in pairwise(ends)) <= piece

    depths = [outside, *sorted({depth for _, depth in found})]
    enough = bisect_left(depths[:-1], True, key=is_enough)
    places = set(places_at(depths[enough]))
    parts = []
    for place, sign in enumerate(text):
        if place in places and text[place - 1] != " ":
            parts.append(mark)
        parts.append(glue if sign == " " and place + 1 not in places else sign)
    return "".join(parts)


def wrap(text: str, width: int, indent: str = "    ") -> list[str]:
    """`text` in lines of at most `width` columns, the later ones after `indent`.

    Breaks outside brackets come first, unless they leave more than half of the line empty. A line
    never breaks inside a number or a name: one that is longer than `width` sticks out. The time is in
    proportion to the length of `text`.
    """
    breaks = _breaks(text)
    columns = {sign: display_width(sign) for sign in set(text)}
    widths = [0, *accumulate(map(columns.__getitem__, text))]  # of what stands before each place
    lines, start, lead, first = [], 0, "", 0
    while widths[-1] - widths[start] > width - len(lead):
        while first < len(breaks) and breaks[first][0] <= start:
            first += 1
        cut = _cut(text, start, breaks, first, widths, width - len(lead))
        if cut is None:
            break
        lines.append(lead + text[start:cut].rstrip())
        start, lead = cut, indent
    return [*lines, lead + text[start:]]


def _cut(
    text: str, start: int, breaks: list[tuple[int, int]], first: int, widths: list[int], room: int
) -> int | None:
    """Where the line from `start` ends: the last of the outermost breaks that fill it well."""
    fitting, full = [], []
    for place, depth in islice(breaks, first, None):
        end = place - (text[place - 1] == " ")  # the space at the end of a line takes no room
        if widths[end] - widths[start] > room:
            break
        fitting.append((place, depth))
        if widths[place] - widths[start] > room // 2:
            full.append((place, depth))
    if not fitting:
        return breaks[first][0] if first < len(breaks) else None
    cut, _ = min(full or fitting[-1:], key=lambda found: (found[1], -found[0]))
    return cut


def _breaks(text: str) -> list[tuple[int, int]]:
    """Where a line may end, with how deep inside that is: in brackets, and in a product of a sum."""
    found, depth, seen = [], 0, 0
    for match in _BREAK.finditer(text):
        between = text[seen : match.start()]
        depth += sum(map(between.count, "([")) - sum(map(between.count, ")]"))
        seen = match.start()
        if not _BINDS.search(text, max(0, seen - _LONGEST), seen):
            found.append((match.end(), 2 * depth + (not match[0])))  # a product has no space at its sign
    return found
