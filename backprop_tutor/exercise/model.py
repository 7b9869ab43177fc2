"""A loaded exercise: the graph, its leaves' values, and how it is to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from backprop_tutor.engine.graph import Graph
from backprop_tutor.exercise.arrays import Numbers

__all__ = ["Ask", "Exercise", "LayerInfo", "OptimizerChoice", "Variation"]


class OptimizerChoice(NamedTuple):
    """The update rule: `sgd`, `momentum`, `nesterov` or `adam`, with every setting it takes.

    Settings: `momentum` of momentum and nesterov; `beta1`, `beta2` and `epsilon` of adam.
    """

    name: Literal["sgd", "momentum", "nesterov", "adam"] = "sgd"
    settings: Mapping[str, Fraction] = MappingProxyType({})


class Ask(NamedTuple):
    """A quantity asked, element by element or whole; `by` is None where the exercise leaves it open."""

    quantity: str
    by: Literal["element", "whole"] | None = None


class Variation(NamedTuple):
    """How one quantity varies: by `choices`, or between two ends in `integers` or `fractions`."""

    kind: Literal["choices", "integers", "fractions"]
    numbers: tuple[Fraction, ...]
    denominators: tuple[int, ...] = ()


class LayerInfo(NamedTuple):
    """One layer of a network, for drawings."""

    units: int
    activation: str
    bias: bool


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """One exercise.

    `values` holds each leaf (given or parameter) by name: an object array of Fraction, exact as the
    file spells it, or float64 where it came from a file of floats. `layers` is None for a graph. The
    learning rate is None where no update is asked. `tolerance` is a relative error, None for the default.
    """

    name: str
    title: str
    graph: Graph
    values: Mapping[str, Numbers]
    description: str = ""
    topics: tuple[str, ...] = ()
    level: Literal["beginner", "intermediate", "advanced"] | None = None
    learning_rate: Fraction | None = None
    optimizer: OptimizerChoice = field(default_factory=OptimizerChoice)
    steps: int = 1
    ask: tuple[Ask, ...] = ()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tolerance: Fraction | None = None
    notation: str | None = None
    variants: Mapping[str, Variation] = field(default_factory=dict)
    marks: Mapping[str, Fraction] = field(default_factory=dict)
    follow_through: Fraction = Fraction(1)
    layers: tuple[LayerInfo, ...] | None = None
    path: Path | None = None
