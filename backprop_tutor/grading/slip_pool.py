"""What a search for causes looks among: wrong results by element, and what was done to get them."""

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.misconceptions.table import RANK
from backprop_tutor.language import Sentence, Style, to_text
from backprop_tutor.language.expr import Expr

__all__ = ["EMPTY", "Pairs", "Slip", "SlipList", "SlipPool"]

Index = tuple[int, ...]


class Slip(NamedTuple):
    """What was done in the step of `place` (empty: in every step): the misconceptions' `ids`, more than one
    where several things were done at once, and for each the words with the parts that fill their slots.
    `inherited`: it was done in an earlier step, and came with the gradient. `places` are the steps where it
    was done in every one of its kind."""

    ids: tuple[str, ...]
    says: tuple[tuple[str, tuple[Expr, ...]], ...]
    place: str
    inherited: bool = False
    places: frozenset[str] = frozenset()

    @property
    def rank(self) -> int:
        """The more usual a slip, the smaller."""
        return max(RANK[id_] for id_ in self.ids)

    def along_with(self, other: "Slip") -> "Slip":
        """Both done at once."""
        ids = self.ids if self.ids == other.ids else self.ids + other.ids
        return Slip(ids, self.says + other.says, other.place, self.inherited or other.inherited)

    def text(self, style: Style) -> str:
        """What was done, with names and formulas as `style` writes them."""
        done = (
            says.format(*(to_text(part, style) for part in parts)) if parts else style.prose(Sentence(says))
            for says, parts in self.says
        )
        return ", and ".join(done)


class SlipList:
    """Slips in order, with what is asked of all of them."""

    def __init__(self, slips: Iterable[Slip]) -> None:
        self.slips = list(slips)
        self.ranks = np.array([slip.rank for slip in self.slips], dtype=int)

    @cached_property
    def _where(self) -> tuple[list[Slip], Array]:
        """One of those that were made in each place, and which of these each slip is like."""
        kinds = {slip[2:]: slip for slip in reversed(self.slips)}  # where it was done, and whether before
        numbers = {kind: number for number, kind in enumerate(kinds)}
        return list(kinds.values()), np.array([numbers[slip[2:]] for slip in self.slips], dtype=int)

    def which(self, holds: Callable[[Slip], bool]) -> Array:
        """For which slips this holds, which depends on where they were made alone."""
        kinds, each = self._where
        return np.array([holds(slip) for slip in kinds], dtype=bool)[each]


class SlipPool:
    """Slips, and what each of them gives at an index of the quantity."""

    def __init__(self, listed: SlipList, values: Callable[[Index], Array]) -> None:
        self.listed = listed
        self.values = lru_cache(maxsize=1_000)(values)

    @property
    def ranks(self) -> Array:
        return self.listed.ranks

    def __len__(self) -> int:
        return len(self.ranks)

    def slip(self, row: int) -> Slip:
        return self.listed.slips[row]

    def which(self, holds: Callable[[Slip], bool]) -> Array:
        """For which slips this holds, which depends on where they were made alone."""
        return self.listed.which(holds)


class Pairs(SlipPool):
    """Two slips of `singles` at once: those numbered `first` and `second`."""

    def __init__(self, singles: SlipList, first: Array, second: Array, values: Array) -> None:
        super().__init__(singles, lambda _: values)
        self.first, self.second = first, second

    @cached_property
    def ranks(self) -> Array:
        return np.maximum(self.listed.ranks[self.first], self.listed.ranks[self.second])

    def slip(self, row: int) -> Slip:
        return super().slip(self.first[row]).along_with(super().slip(self.second[row]))

    def which(self, holds: Callable[[Slip], bool]) -> Array:
        found = super().which(holds)
        return found[self.first] | found[self.second]


EMPTY = SlipPool(SlipList(()), lambda _: np.empty(0))
