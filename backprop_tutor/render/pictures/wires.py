"""Wires on a grid of characters: which way each place leads, and the sign that is drawn for it."""

from collections import defaultdict
from collections.abc import Iterable

__all__ = ["Wires", "straight"]

LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
LIGHT = " ───│┘└┴│┐┌┬│┤├┼"  # by the sum of the ways
HEAVY = " ━━━┃┛┗┻┃┓┏┳┃┫┣╋"
DASHED = " ╍╍╍╏┛┗┻╏┓┏┳╏┫┣╋"
ASCII_LIGHT = " ---|+++|+++|+++"
ASCII_HEAVY = " ===############"
ASCII_DASHED = " ~~~############"


def straight(role: str, *, ascii_only: bool) -> str:
    """The sign of a wire that runs across."""
    return _signs(role, ascii_only=ascii_only)[LEFT | RIGHT]


def _signs(role: str, *, ascii_only: bool) -> str:
    """The signs of a wire of this role; one without is off the path."""
    if not role:
        return ASCII_LIGHT if ascii_only else LIGHT
    if role == "local":
        return ASCII_DASHED if ascii_only else DASHED
    return ASCII_HEAVY if ascii_only else HEAVY


class Wires:
    """Wires by `bundle`: those of one bundle join where they meet, those of two cross."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._roles: dict[tuple[int, int, str], str] = {}

    def across(self, bundle: str, row: int, start: int, end: int, role: str = "") -> None:
        """From the column `start` to the column `end`."""
        for x in range(start, end + 1):
            ways = (LEFT if x > start else 0) | (RIGHT if x < end else 0)
            self._put(bundle, row, x, ways, role)

    def down(self, bundle: str, column: int, rows: Iterable[int], role: str = "") -> None:
        """Through all of the `rows`."""
        reached = sorted(rows)
        for y in range(reached[0], reached[-1] + 1):
            ways = (UP if y > reached[0] else 0) | (DOWN if y < reached[-1] else 0)
            self._put(bundle, y, column, ways, role)

    def _put(self, bundle: str, row: int, column: int, ways: int, role: str) -> None:
        self._places[row, column][bundle] |= ways
        if role:
            self._roles[row, column, bundle] = role

    def drawn(self, *, ascii_only: bool) -> dict[tuple[int, int], tuple[str, str]]:
        """The sign at every (row, column), and the role of its wire."""
        found = {}
        for (row, column), bundles in self._places.items():
            seen = self._visible(bundles)
            role = next(filter(None, (self._roles.get((row, column, bundle)) for bundle in seen)), "")
            ways = 0
            for bundle in seen:
                ways |= bundles[bundle]
            found[row, column] = (_signs(role, ascii_only=ascii_only)[ways], role)
        return found

    def _visible(self, bundles: dict[str, int]) -> list[str]:
        """Where one wire only runs across and another only down, the one across passes behind."""
        upright = [b for b, ways in bundles.items() if ways & (UP | DOWN)]
        if not upright or any(bundles[b] & (LEFT | RIGHT) for b in upright):
            return list(bundles)
        return upright
