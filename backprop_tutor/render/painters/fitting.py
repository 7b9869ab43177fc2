"""How wide the columns of a table on a terminal are, and what gives way where they have no room."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from backprop_tutor.render.blocks import Column, Table

__all__ = [
    "BREAK",
    "GAP",
    "Fitted",
    "Flow",
    "Measured",
    "Shown",
    "frame",
    "heights",
    "joined",
    "longest",
    "longest_word",
    "widths",
    "with_quiet_below",
    "without_a_spare",
]

BREAK = "\x1f"  # a break where there is no space
GAP = 2  # between the columns of a table without borders
Flow = Callable[[int], Text]  # a text whose words are at most so many columns long, where it has the breaks
Shown = tuple[Column, Flow, list[Flow]]  # a column, its title, its cells


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
            cells = [_below(*pair) for pair in zip(above, cells, strict=True)]
            column, head = before, title
        kept.append((column, head, cells))
    return kept if len(kept) < len(shown) else []


def _below(above: Flow, below: Flow) -> Flow:
    return lambda most: joined(filter(None, (above(most), below(most))))


def frame(table: Table, columns: int, *, framed: bool) -> int:
    """What the borders and the space beside them take; not `framed`, a table has lines between rows only."""
    if not table.borders:
        return GAP * columns
    if not framed:
        return columns - 1
    return 3 * columns + (1 if table.edges else -3)


def longest(column: Iterable[Text]) -> int:
    """The columns that its longest line takes."""
    return max((cell_len(line) for text in column for line in text.plain.split("\n")), default=1) or 1


def longest_word(column: Iterable[Text]) -> int:
    return max((cell_len(word) for text in column for word in text.plain.split()), default=1)


class Measured:
    """The `texts` of one column from its title on, measured once for all the widths that are tried; a column
    of prose is `at_least` so wide, unless its longest line is shorter."""

    def __init__(self, texts: Sequence[Text], at_least: int = 0) -> None:
        self.texts = texts
        self._lines = [text.plain.split("\n") for text in texts]
        lines = [line for of_text in self._lines for line in of_text]
        self.longest = max(map(cell_len, lines), default=1) or 1
        words = (cell_len(word) for line in lines for word in line.split())
        self.least = max(*words, min(at_least, self.longest), 1)

    def heights(self, width: int) -> list[int]:
        """How many lines each text takes."""
        if width >= self.longest:
            return list(map(len, self._lines))
        return [sum(_filled(line, width) for line in lines) for lines in self._lines]


class Fitted(NamedTuple):
    """Columns and their widths, with a frame around them or without. The rows take `lines`, of which `extra`
    are only there because something is broken."""

    shown: Sequence[Shown]
    widths: list[int]
    columns: list[Measured]
    framed: bool
    lines: int
    extra: int


def widths(columns: Sequence[Measured], room: int) -> Iterator[list[int]]:
    """How wide each column may be, of `room` together: what its longest word needs, and then what its longest
    line does, the longest first, the shortest first, or each in proportion; none where the words have no
    room."""
    least = [column.least for column in columns]
    need, left = [column.longest - column.least for column in columns], room - sum(least)
    if left < 0:
        return
    if sum(need) <= left:
        yield [column.longest for column in columns]
        return
    ways = []
    for order in (by_need := sorted(range(len(need)), key=lambda k: -need[k])), by_need[::-1]:
        found, rest = [*least], left
        for place in order:
            taken = min(need[place], rest)
            found[place] += taken
            rest -= taken
        ways.append(found)
    ways.append([word + left * wanted // sum(need) for word, wanted in zip(least, need, strict=True)])
    yield from (way for place, way in enumerate(ways) if way not in ways[:place])


def heights(columns: Sequence[Measured], found: Sequence[int]) -> list[int]:
    """How many lines each row takes in columns so wide."""
    tall = [column.heights(width) for column, width in zip(columns, found, strict=True)]
    return list(map(max, *tall)) if len(tall) > 1 else tall[0]


def _filled(line: str, width: int) -> int:
    """How many lines of `width` the words of `line` fill."""
    if cell_len(line) <= width:
        return 1
    lines, filled = 1, 0
    for word in line.replace(BREAK, f"{BREAK} ").split(" "):
        columns = cell_len(word)
        if filled and filled + columns > width:
            lines, filled = lines + 1, 0
        filled += columns + (not word.endswith(BREAK))
    return lines
