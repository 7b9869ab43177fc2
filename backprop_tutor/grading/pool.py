"""What a search for causes looks among: wrong results by element, and what was done to get them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.misconceptions.table import Misconception

__all__ = ["Candidate", "Pool"]

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`values` are what the whole quantity would be, had this been done in the step of `place` (empty:
    in every step)."""

    misconception: Misconception
    says: str
    place: str
    values: Array


class Pool:
    """Candidates for one quantity."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.candidates = list(candidates)
        self.at = lru_cache(maxsize=1_000)(self._at)

    def _at(self, index: Index) -> tuple[Array, int]:
        """The candidates' values at `index`, and how many different ones there are."""
        values = np.array([candidate.values[index] for candidate in self.candidates], dtype=float)
        different = set(np.round(values[np.isfinite(values)], 9).tolist())  # np.unique imports numpy.ma: 8 ms
        return values, len(different)
