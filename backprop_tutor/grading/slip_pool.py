"""What a search for causes looks among: wrong results by element, and what was done to get them."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.misconceptions.table import RANK
from backprop_tutor.language import Sentence, Style, to_text
from backprop_tutor.language.expr import Expr

__all__ = ["EMPTY", "Pairs", "Slip", "SlipPool"]

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


class SlipPool:
    """Slips, and what each of them gives at an index of the quantity."""

    def __init__(self, slips: Iterable[Slip], values: Callable[[Index], Array]) -> None:
        self.slips = list(slips)
        self.values = lru_cache(maxsize=1_000)(values)
        self.ranks = np.array([slip.rank for slip in self.slips], dtype=int)

    def __len__(self) -> int:
        return len(self.ranks)

    def slip(self, row: int) -> Slip:
        return self.slips[row]

    def which(self, holds: Callable[[Slip], bool]) -> Array:
        """For which slips this holds, which depends on where they were made alone."""
        kinds = {slip[2:]: slip for slip in self.slips}  # where it was done, and whether before
        truths = {kind: holds(slip) for kind, slip in kinds.items()}
        return np.array([truths[slip[2:]] for slip in self.slips], dtype=bool)


class Pairs(SlipPool):
    """Two slips of `singles` at once: those numbered `first` and `second`."""

    def __init__(self, singles: Sequence[Slip], first: Array, second: Array, values: Array) -> None:
        super().__init__(singles, lambda _: values)
        self.first, self.second = first, second
        self.ranks = np.maximum(self.ranks[first], self.ranks[second])

    def slip(self, row: int) -> Slip:
        first: Slip = self.slips[self.first[row]]
        return first.along_with(self.slips[self.second[row]])

    def which(self, holds: Callable[[Slip], bool]) -> Array:
        found = super().which(holds)
        return found[self.first] | found[self.second]


EMPTY = SlipPool((), lambda _: np.empty(0))
