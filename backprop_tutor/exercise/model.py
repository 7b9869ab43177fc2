"""A loaded exercise: the graph, its leaves' values, and how it is to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.optimizers import EXTRAS, MAXIMIZE, PLAIN
from backprop_tutor.exercise.precision import USUAL, Precision
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.shown import Shown

__all__ = [
    "Ask",
    "Exercise",
    "KeptArray",
    "LayerInfo",
    "OptimizerChoice",
    "QuantityVariation",
    "Variant",
    "described",
]


class OptimizerChoice(NamedTuple):
    """The update rule: one of `engine.OPTIMIZERS`, with every setting it takes by its key in files."""

    name: str = PLAIN
    settings: Mapping[str, Fraction] = {}  # never changed; a mappingproxy would not pickle


class Ask(NamedTuple):
    """A quantity asked, element by element, whole, or by its formula; `by` is None where the exercise leaves
    it open. `only` the tutor asks some things of a person at a terminal, as it does formulas."""

    quantity: str
    by: Literal["element", "whole", "formula"] | None = None
    only: Literal["tutor"] | None = None

    @property
    def of_a_person(self) -> bool:
        """Whether it is asked on no sheet and of no file of answers."""
        return self.only == "tutor" or self.by == "formula"


class QuantityVariation(NamedTuple):
    """How one quantity varies: by `choices`, or between two ends in `integers` or `fractions`."""

    kind: Literal["choices", "integers", "fractions"]
    numbers: tuple[Fraction, ...]
    denominators: tuple[int, ...] = ()


class Variant(NamedTuple):
    """Which version an exercise is: `of` what exercise, and an id that stands for its numbers."""

    of: str
    id: str


class KeptArray(NamedTuple):
    """Where an array is kept: in a .npz file under the name `array` (the only one where there is no name), or
    in some `columns` of a .csv file, as the exercise says it."""

    path: Path
    array: str | None = None
    columns: tuple[Fraction | str, ...] | None = None


class LayerInfo(NamedTuple):
    """One layer of a network, for drawings: what `kind` it is ("" of a feed-forward one), the shape of what
    comes out for one example, and the kind of the block that it lies in.
    """

    units: int
    activation: str
    bias: bool
    kind: str = ""
    shape: tuple[int, ...] = ()
    block: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Exercise(Shown):
    """One exercise.

    `values` holds each leaf (given or parameter) by name: an object array of Fraction, exact as the
    file spells it, or float64 where it came from a file of floats. `layers` is None for a graph. The
    learning rate is None where no update is asked, and the first where there is one an update: these are the
    `learning_rates`. `precision` is what
    a decimal answer needs.
    A version that `variants` drew has the `name` of its exercise and a `variant`. `further` are the
    derivatives that it asks beside those of the loss: `d2J/dw1 dw2`, `dp/ds`. `kept` says of the leaves that
    lie in a file beside the exercise where.
    """

    name: str
    title: str
    graph: Graph
    values: Mapping[str, Numbers]
    description: str = ""
    topics: tuple[str, ...] = ()
    level: Literal["beginner", "intermediate", "advanced"] | None = None
    learning_rate: Fraction | None = None
    learning_rates: tuple[Fraction, ...] = ()
    optimizer: OptimizerChoice = field(default_factory=OptimizerChoice)
    steps: int = 1
    ask: tuple[Ask, ...] = ()
    further: tuple[str, ...] = ()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    precision: Precision = USUAL
    notation: str | None = None
    variants: Mapping[str, QuantityVariation] = field(default_factory=dict)
    marks: Mapping[str, Fraction] = field(default_factory=dict)
    follow_through: Fraction = Fraction(1)
    layers: tuple[LayerInfo, ...] | None = None
    variant: Variant | None = None
    path: Path | None = None
    kept: Mapping[str, KeptArray] = field(default_factory=dict)

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """The learning rates: none, one for all updates, or one each."""
        return self.learning_rates or (() if self.learning_rate is None else (self.learning_rate,))

    @property
    def is_feed_forward(self) -> bool:
        """Whether it is a network of weights, biases and activations only."""
        return self.layers is not None and not any(layer.kind or layer.block for layer in self.layers)

    @property
    def update(self) -> str:
        """The update rule in words: sgd, learning rate 1/10."""
        name, settings = self.optimizer
        extras = [MAXIMIZE] if MAXIMIZE in settings else []
        extras += [f"{key} {settings[key]}" for key in EXTRAS if key in settings]
        rule = f"{name} ({', '.join(extras)})" if extras else name
        if len(self.learning_rates) > 1:
            return f"{rule}, learning rates {', '.join(map(str, self.learning_rates))}"
        return f"{rule}, learning rate {self.learning_rate}"

    @property
    def rounding(self) -> str:
        """How many digits an answer needs, as it is said wherever answers are asked."""
        return self.precision.rule(updated=self.learning_rate is not None)


def described(description: str, variant: Variant | None) -> str:
    """The task as a version gives it: the numbers in its text may be those of the exercise, and that is
    said first."""
    if variant is None:
        return description
    note = f"This is version {variant.id}: where a number in this text differs, that of the version holds."
    return f"{note}\n{description}" if description else note
