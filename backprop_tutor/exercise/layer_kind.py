"""What a kind of layer says of itself: its leaves, the shapes that it takes and gives, and its nodes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import core_schema as core

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import key, one_of, settings
from backprop_tutor.exercise.yaml_reader import Path
from backprop_tutor.language.counted import many

__all__ = [
    "ACTIVATIONS",
    "ANY_LAYER",
    "SETTINGS",
    "BlockKind",
    "Flow",
    "LayerCheck",
    "LayerKind",
    "Misfit",
    "activation",
]

ACTIVATIONS = {word: op.activation.settings for word, op in ops.activations().items() if op.activation}
SETTINGS = settings(ACTIVATIONS)
"""Keys of a layer that are settings of its activation."""

ANY_LAYER = core.definition_reference_schema("AnyLayer")
"""Where a layer of any kind may stand."""


def activation(says: str, *default: str) -> Any:
    return key(one_of(ACTIVATIONS), says, *default)


class Misfit(Exception):  # noqa: N818 - what follows cannot be looked at; the fault is in the report
    """An array from which no layer can go on."""


class Flow(NamedTuple):
    """What flows into a layer: its shape of one example, from where, and whether it comes step by step, or in
    channels before the places of an image."""

    shape: Shape
    source: str = "the examples have"
    noun: str = "input"
    in_steps: bool = False
    channels: bool = False

    def after(
        self, number: int, shape: Shape, *, in_steps: bool | None = None, channels: bool | None = None
    ) -> "Flow":
        """What comes out of a layer: rows of units, or `channels` of places."""
        return Flow(
            shape,
            f"layer {number} has",
            "unit",
            self.in_steps if in_steps is None else in_steps,
            self.channels if channels is None else channels,
        )


class LayerCheck:
    """Looks at the arrays of one layer; what does not fit becomes a fault at its place."""

    def __init__(
        self,
        number: int,
        place: Path,
        leaves: Mapping[str, LayerArray],
        values: Mapping[str, Numbers],
        report: FaultReport,
    ) -> None:
        self.number, self.place, self.leaves, self.values, self.report = number, place, leaves, values, report

    @property
    def examples(self) -> int:
        return len(self.values["x"])

    def shape(self, name: str) -> Shape:
        shape: Shape = self.values[name].shape
        return shape

    def fault(self, keys: Path, what: str, hint: str, *, key: bool = False) -> None:
        self.report.add((*self.place, *keys), f"layer {self.number}: {what}", hint, key=key)

    def matrix(self, name: str, noun: str, hint: str, axes: Sequence[int] = (2,)) -> Shape:
        """The shape of a leaf that has so many axes. Raises Misfit."""
        shape = self.shape(name)
        if len(shape) not in axes:
            wanted = " or ".join(WORDS[n] for n in axes)
            self.fault(
                self.leaves[name].keys,
                f"{noun} have shape {shape}, but they need {wanted} axes.",
                hint,
            )
            raise Misfit
        return shape

    def weights(self, name: str, noun: str, flow: Flow) -> Shape:
        """The shape of a matrix with a row a unit and a column an input. Raises Misfit."""
        shape = self.matrix(name, noun, "Write one row a unit: [[1, 0], [-1, 1]].")
        units, columns = shape
        if columns != flow.shape[-1]:
            self.fault(
                self.leaves[name].keys,
                f"{noun} have {many(columns, 'column')} (shape {shape}), "
                f"but {flow.source} {many(flow.shape[-1], flow.noun)}: "
                f"the shape must be ({units}, {flow.shape[-1]}).",
                "A row holds the weights of one unit, one for each input to it.",
            )
        return shape

    def fits(self, name: str, noun: str, shape: Shape, because: str, hint: str) -> None:
        """A leaf, if the layer has it, has this shape."""
        if name in self.values and self.shape(name) != shape:
            self.fault(
                self.leaves[name].keys,
                f"{noun} has shape {self.shape(name)}, but {because}: the shape must be {shape}.",
                hint,
            )

    def units(self, name: str, noun: str, weights: Shape, said: str = "weights") -> None:
        """A bias has one number a unit, or one that all share."""
        if name in self.values and self.shape(name) != ():
            because = f"the layer has {many(weights[0], 'unit')} ({said} {weights})"
            hint = "Write one number a unit, as in [0, 1/2], or one that all share, as in 1/2."
            self.fits(name, noun, weights[:1], because, hint)

    def axes(self, flow: Flow, wanted: Sequence[int], layout: str) -> None:
        """What flows in has so many axes. Raises Misfit."""
        if len(flow.shape) not in wanted:
            what = f"it takes {layout}, but {flow.source} the shape {flow.shape}."
            self.fault((), what, "Another layer must stand before it, or other data.")
            raise Misfit


WORDS = ("no", "one", "two", "three", "four")


class LayerKind:
    """A kind of layer. Beside this it is a `Model` with its keys in a file."""

    __slots__ = ()

    kind = ""  # the key by which it is known; none of a feed-forward layer
    is_recurrent = False
    trainable = True

    def said(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of those of these keys that the file has."""
        raise NotImplementedError

    def leaves(self, n: int) -> Iterator[LayerArray]:
        """The arrays of layer `n`."""
        yield from ()

    def read(self, shape: Shape, values: Mapping[str, Numbers]) -> Shape:
        """The shape of an example's data, where this layer is the first: 28×28 is one channel."""
        return shape or (1,)

    def data_axes(self, count: int) -> tuple[str, ...]:
        """What the axes of an example's data are, of which there are so many."""
        return ("row", "input")[-count:] if count else ()

    @property
    def applies(self) -> str:
        """The activation that it ends with, if a file can say which."""
        return ""

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        """What comes out, with a fault for what does not fit. Raises Misfit where nothing could follow."""
        raise NotImplementedError

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        """Adds the nodes, the last of them called `name`."""
        raise NotImplementedError

    def info(self, flow: Flow) -> LayerInfo:
        """For drawings, with the shape that comes out."""
        return LayerInfo(flow.shape[-1] if flow.shape else 1, self.kind, bias=False, kind=self.kind)


class BlockKind(LayerKind):
    """A kind that holds layers, which count on as layers; it has no number of its own."""

    __slots__ = ()

    @property
    def inner(self) -> Sequence[LayerKind]:
        raise NotImplementedError

    def close(self, check: LayerCheck, before: Flow, after: Flow) -> Flow:
        """What comes out, of what goes in and what the layers inside give."""
        raise NotImplementedError

    def join(self, net: Assembler, before: Signal, after: Signal, name: str) -> Signal:
        """Adds the node that puts both together."""
        raise NotImplementedError
