"""Wires on a grid of characters: which way each place leads, and the sign that is drawn for it."""

from collections import defaultdict
from collections.abc import Iterable

__all__ = ["Wires"]

LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
LIGHT = " ───│┘└┴│┐┌┬│┤├┼"  # by the sum of the ways
HEAVY = " ━━━┃┛┗┻┃┓┏┳┃┫┣╋"
ASCII_LIGHT = " ---|+++|+++|+++"
ASCII_HEAVY = " ===############"


class Wires:
    """Wires by `bundle`: those of one bundle join where they meet, those of two cross."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._heavy: set[tuple[int, int, str]] = set()

    def across(self, bundle: str, row: int, start: int, end: int, *, heavy: bool = False) -> None:
        """From the column `start` to the column `end`."""
        for x in range(start, end + 1):
            ways = (LEFT if x > start else 0) | (RIGHT if x < end else 0)
            self._put(bundle, row, x, ways, heavy)

    def down(self, bundle: str, column: int, rows: Iterable[int], *, heavy: bool = False) -> None:
        """Through all of the `rows`."""
        reached = sorted(rows)
        for y in range(reached[0], reached[-1] + 1):
            ways = (UP if y > reached[0] else 0) | (DOWN if y < reached[-1] else 0)
            self._put(bundle, y, column, ways, heavy)

    def _put(self, bundle: str, row: int, column: int, ways: int, heavy: bool) -> None:
        self._places[row, column][bundle] |= ways
        if heavy:
            self._heavy.add((row, column, bundle))

    def drawn(self, *, ascii_only: bool) -> dict[tuple[int, int], tuple[str, bool]]:
        """The sign at every (row, column), and whether it is part of a heavy wire."""
        light, bold = (ASCII_LIGHT, ASCII_HEAVY) if ascii_only else (LIGHT, HEAVY)
        found = {}
        for (row, column), bundles in self._places.items():
            seen = self._visible(bundles)
            heavy = any((row, column, bundle) in self._heavy for bundle in seen)
            ways = 0
            for bundle in seen:
                ways |= bundles[bundle]
            found[row, column] = ((bold if heavy else light)[ways], heavy)
        return found

    def _visible(self, bundles: dict[str, int]) -> list[str]:
        """Where one wire only runs across and another only down, the one across passes behind."""
        upright = [b for b, ways in bundles.items() if ways & (UP | DOWN)]
        if not upright or any(bundles[b] & (LEFT | RIGHT) for b in upright):
            return list(bundles)
        return upright
