"""Breaking a printed formula into lines, only where a reader would."""

import re

from backprop_tutor.language.clean import display_width

__all__ = ["wrap"]

# At a space before an operator, after a comma, after · or *; not at the space after an operator or a Σ.
_BREAK = re.compile(r"(?<![-+=@⊙<>≥≤·*/]) +(?=\S)|(?<=·)(?=\S)|(?<=[^*]\*)(?=[^* ])")
_SIGMA = re.compile(r"Σ_(?:\{[^{}]*\}|\w+)$")


def wrap(text: str, width: int, indent: str = "    ") -> list[str]:
    """`text` in lines of at most `width` columns, the later ones after `indent`.

    Breaks outside brackets come first, unless they leave more than half of the line empty. A line
    never breaks inside a number or a name: one that is longer than `width` sticks out.
    """
    breaks = _breaks(text)
    lines, start, lead = [], 0, ""
    while display_width(lead + text[start : start + width + 1]) > width:
        cut = _cut(text, start, breaks, width - display_width(lead))
        if cut is None:
            break
        lines.append(lead + text[start:cut].rstrip())
        start, lead = cut, indent
    return [*lines, lead + text[start:]]


def _cut(text: str, start: int, breaks: list[tuple[int, int]], room: int) -> int | None:
    """Where the line from `start` ends: the last of the outermost breaks that fill it well."""
    ahead = [place for place in breaks if place[0] > start]
    fitting = [place for place in ahead[:room] if display_width(text[start : place[0]].rstrip()) <= room]
    if not fitting:
        return ahead[0][0] if ahead else None
    full = [place for place in fitting if display_width(text[start : place[0]]) > room // 2]
    cut, _ = min(full or fitting[-1:], key=lambda place: (place[1], -place[0]))
    return cut


def _breaks(text: str) -> list[tuple[int, int]]:
    """Where a line may end, with the depth in brackets there."""
    found, depth, seen = [], 0, 0
    for match in _BREAK.finditer(text):
        between = text[seen : match.start()]
        depth += sum(map(between.count, "([")) - sum(map(between.count, ")]"))
        seen = match.start()
        if not _SIGMA.search(text, max(0, seen - 20), seen):
            found.append((match.end(), depth))
    return found
