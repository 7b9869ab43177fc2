"""What a search for causes looks among: wrong results by element, and what was done to get them."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.misconceptions.table import RANK
from backprop_tutor.language import Style, to_text
from backprop_tutor.language.expr import Expr

__all__ = ["Pool", "Slip"]

Index = tuple[int, ...]


class Slip(NamedTuple):
    """What was done in the step of `place` (empty: in every step): the misconceptions' `ids`, more than one
    where several things were done at once, and words with a slot for each of `parts`. `inherited`: it was
    done in an earlier step, and came with the gradient."""

    ids: tuple[str, ...]
    says: tuple[tuple[str, tuple[Expr, ...]], ...]
    place: str
    inherited: bool = False

    @property
    def rank(self) -> int:
        """The more usual a slip, the smaller."""
        return max(RANK[id_] for id_ in self.ids)

    def text(self, style: Style) -> str:
        """What was done, with names and formulas as `style` writes them."""
        done = (
            says.format(*(to_text(part, style) for part in parts)) if parts else style.prose(says)
            for says, parts in self.says
        )
        return ", and ".join(done)


class Pool:
    """Slips, and what each of them gives at an index of the quantity."""

    def __init__(self, slips: Iterable[Slip], values: Callable[[Index], Array]) -> None:
        self.slips = list(slips)
        self.values = lru_cache(maxsize=1_000)(values)


EMPTY = Pool((), lambda _: np.empty(0))
