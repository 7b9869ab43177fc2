"""Models to prove things on: made when they are needed, kept for all proofs about one graph."""

from collections.abc import Iterator, Mapping

from backprop_tutor.walkthrough.derivation.definitions import Definitions
from backprop_tutor.walkthrough.derivation.random_model import Programs, RandomModel

__all__ = ["DRAWS", "Bench"]

DRAWS = 8  # independent draws that every proof is made on
SPARE = 8  # further ones, for those in which something is divided by zero


class Bench:
    """The rows of the nodes in `targets` add up to 1; `sizes` are small ones unless they are given."""

    def __init__(
        self,
        definitions: Definitions,
        targets: frozenset[str] = frozenset(),
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        self.definitions = definitions
        self._programs = Programs(definitions)
        self._targets, self._sizes = targets, sizes
        self._made: list[RandomModel | None] = []

    def models(self) -> Iterator[RandomModel]:
        """Models in which every element has a value, DRAWS and some spare ones."""
        for draw in range(DRAWS + SPARE):
            if draw == len(self._made):
                try:
                    self._made.append(RandomModel(self._programs, draw, self._targets, self._sizes))
                except ZeroDivisionError:
                    self._made.append(None)
            model = self._made[draw]
            if model is not None:
                yield model
