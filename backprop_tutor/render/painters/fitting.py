"""How wide the columns of a table on a terminal are, and what gives way where they have no room."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from backprop_tutor.render.blocks import Column, Table

__all__ = [
    "GAP",
    "Fitted",
    "Shown",
    "frame",
    "joined",
    "longest",
    "widths",
    "with_quiet_below",
    "without_a_spare",
]

GAP = 2  # between the columns of a table without borders
Shown = tuple[Column, Text, list[Text]]  # a column, its title, its cells


class Fitted(NamedTuple):
    """Columns and their widths, with a frame around them or without."""

    shown: list[Shown]
    widths: list[int]
    framed: bool


def joined(lines: Iterable[Text]) -> Text:
    found = list(lines)
    return found[0] if len(found) == 1 else Text("\n").join(found)


def without_a_spare(shown: Sequence[Shown]) -> list[Shown]:
    """The columns without the last that is spare; nothing where none is."""
    places = [place for place, (column, _, _) in enumerate(shown) if column.spare]
    return [column for place, column in enumerate(shown) if place != places[-1]] if places else []


def with_quiet_below(shown: Sequence[Shown]) -> list[Shown]:
    """The columns without the quiet ones, whose cells stand below those before them; or nothing."""
    kept: list[Shown] = []
    for column, head, cells in shown:
        if column.quiet and kept:
            before, title, above = kept.pop()
            cells = [joined(filter(None, pair)) for pair in zip(above, cells, strict=True)]
            column, head = before, title
        kept.append((column, head, cells))
    return kept if len(kept) < len(shown) else []


def frame(table: Table, columns: int, *, framed: bool) -> int:
    """What the borders and the space beside them take; not `framed`, a table has lines between rows only."""
    if not table.borders:
        return GAP * columns
    if not framed:
        return columns - 1
    return 3 * columns + (1 if table.edges else -3)


def longest(column: Sequence[Text]) -> int:
    """The columns that its longest line takes."""
    return max(1, *(cell_len(line) for text in column for line in text.plain.split("\n")))


def widths(columns: Sequence[Sequence[Text]], at_least: Sequence[int], room: int) -> list[int] | None:
    """How wide each column is, of `room` together: what its longest word needs, and then what its longest
    line does, the longest first; None where there is not room for the words."""
    lines = [[line for text in column for line in text.plain.split("\n")] for column in columns]
    words = [max((cell_len(w) for line in column for w in line.split()), default=1) for column in lines]
    most = [max(1, *map(cell_len, column)) for column in lines]
    found = [max(word, min(least, whole)) for word, least, whole in zip(words, at_least, most, strict=True)]
    left = room - sum(found)
    if left < 0:
        return None
    for place in sorted(range(len(lines)), key=lambda k: found[k] - most[k]):
        taken = min(most[place] - found[place], left)
        found[place] += taken
        left -= taken
    return found
