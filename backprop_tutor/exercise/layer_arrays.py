"""The arrays of layers, and those that are another layer's."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from backprop_tutor.engine.graph import Role
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import TIED, Array, TiedWeights
from backprop_tutor.exercise.yaml_reader import Path

__all__ = ["LayerArray", "Tie", "is_weights", "ties"]


class LayerArray(NamedTuple):
    """An array of a layer: its name, what the file has for it at which keys of the layer, and its axes.

    `axes` are the most that it may have: what one example's array has not, all share. What a file leaves out
    (None) is zeros, as many as the array `like` has rows.
    """

    name: str
    array: Array | TiedWeights | None
    keys: Path
    axes: tuple[str, ...]
    role: Role = "parameter"
    like: str = ""


def is_weights(name: str) -> bool:
    """Whether an array is made of weights, and no bias, scale or state."""
    return bool(re.fullmatch(TIED, name))


class Tie(NamedTuple):
    """The array called `source`, or that `turned` round."""

    source: str
    turned: bool

    def of(self, values: Mapping[str, Numbers]) -> Numbers:
        weights = values[self.source]
        return weights.T if self.turned else weights

    @property
    def op(self) -> str:
        return "transpose" if self.turned else "identity"


def ties(leaves: Mapping[str, tuple[Path, LayerArray]], report: FaultReport) -> dict[str, Tie]:
    """By the name of the array that a layer has none of its own for."""
    tied = {name: leaf.array for name, (_, leaf) in leaves.items() if isinstance(leaf.array, TiedWeights)}
    own = [name for name in leaves if name not in tied and is_weights(name)]
    found = {}
    for name, array in tied.items():
        place, leaf = leaves[name]
        source = array.tied.removesuffix(".T")
        if source in own:
            found[name] = Tie(source, array.tied.endswith(".T"))
        else:
            number = name[len(name.rstrip("0123456789")) :]
            what = f"layer {number}: {source} are no weights of another layer's own."
            hint = f"There are {', '.join(own)}." if own else "Some layer must have weights."
            report.add((*place, *leaf.keys, "tied"), what, hint)
    return found
