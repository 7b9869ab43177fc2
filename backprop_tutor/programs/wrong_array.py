"""A wrong array whose cause is looked for."""

from typing import NamedTuple

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.slip_pool import Slip
from backprop_tutor.programs.closeness import EXACT

__all__ = ["WrongArray"]


class WrongArray(NamedTuple):
    """The wrong array, within whose `tolerance` (and `floor`, where numbers are 0) another is the same one,
    and what else is known of it: whether it is kept in `whole_numbers`, and whether another name for it, or
    a statement, `changes` it."""

    array: Array
    tolerance: float = EXACT
    floor: float = 0.0
    whole_numbers: bool = False
    changes: bool = False

    def shows(self, slip: Slip) -> bool:
        """Whether more is seen of this slip than the numbers that it gives: a shape, a kind, a statement."""
        seen = {"other-shape": True, "decimals-cut": self.whole_numbers, "changed-in-place": self.changes}
        return any(seen.get(id_, False) for id_ in slip.ids)

    def admits(self, slip: Slip) -> bool:
        """Whether what is known of the array leaves this slip possible."""
        if "decimals-cut" in slip.ids:
            return self.whole_numbers or self.array.size > 3
        return True
