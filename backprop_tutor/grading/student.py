"""What a student works a quantity out from, with their own values, and what the right method makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.recompute import Recompute

__all__ = ["Student"]


@dataclass(frozen=True, eq=False)
class Student:
    """What a student works out `quantity` from.

    `known` holds every quantity before it as this student has it; `changed` the names of those that
    differ from the right values; `origin` the first element that was answered wrong. `fresh` as in
    `Recompute.compute`.
    """

    recompute: Recompute
    quantity: str
    known: Mapping[str, Array]
    changed: frozenset[str]
    origin: str
    fresh: bool = False

    @cached_property
    def expected(self) -> Array:
        """What the right method gives for `quantity`."""
        with np.errstate(all="ignore"):
            return np.asarray(self.recompute.compute(self.quantity, self.known, fresh=self.fresh))
