"""Puts the nodes of a network's layers together, one layer after the other."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import GraphBuilder, Param
from backprop_tutor.engine.source import Source
from backprop_tutor.errors import ShapeError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.formula_builder import MAX_NODES
from backprop_tutor.exercise.layer_arrays import LayerArray, Tie
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.yaml_reader import Path
from backprop_tutor.language.step_index import without_step

__all__ = ["Assembler", "Signal"]


_ALL = (None, None)  # a slice


class Signal(NamedTuple):
    """What a layer hands on: one array, or one a step; `axes` are those of each."""

    nodes: tuple[str, ...]
    axes: tuple[str, ...]
    in_steps: bool = False


class Assembler:
    """Adds the nodes of layers to `builder`; each gets its source in the file."""

    def __init__(
        self,
        builder: GraphBuilder,
        leaves: Mapping[str, LayerArray],
        ties: Mapping[str, Tie],
        values: dict[str, Numbers],
        relu_at_zero: Fraction,
        report: FaultReport,
    ) -> None:
        self.builder, self.leaves, self.ties, self.values = builder, leaves, ties, values
        self.relu_at_zero, self.report = relu_at_zero, report
        self.place: Path = ("network",)
        self.sources: dict[str, Source] = {}

    def leaf(self, name: str, axes: tuple[str, ...] = ()) -> str:
        if name in self.builder.nodes:
            return name
        if tie := self.ties.get(name):
            return self.apply(name, tie.op, (self.leaf(tie.source),), axes=self.leaves[name].axes)
        leaf, shape = self.leaves[name], self.values[name].shape
        if leaf.array is not None:
            self.sources[name] = self.report.source((*self.place, *leaf.keys), name)
        most = axes or leaf.axes
        return self.builder.leaf(name, leaf.role, shape, most[len(most) - len(shape) :])

    def data(self, name: str, axes: tuple[str, ...]) -> str:
        """x or t; `axes` are those of an example."""
        self.sources[name] = self.report.source(("data", name), name)
        return self.builder.leaf(name, "given", self.values[name].shape, ("example", *axes))

    def fixed(self, name: str, array: Numbers, axes: tuple[str, ...]) -> str:
        """A given array that no file holds."""
        self.values[name] = array
        return self.builder.leaf(name, "given", array.shape, axes)

    def given(self, *names: str) -> tuple[str, ...]:
        """Those of these leaves that the file has."""
        return tuple(self.leaf(name) for name in names if name in self.leaves)

    def axes_of(self, node: str) -> tuple[str, ...]:
        return self.builder.nodes[node].axes

    def shape(self, node: str) -> tuple[int, ...]:
        return self.builder.nodes[node].shape

    def apply(
        self,
        name: str,
        op: str,
        parents: tuple[str, ...],
        params: Mapping[str, Param] | None = None,
        axes: tuple[str, ...] = (),
    ) -> str:
        """Raises ShapeError, also where there are too many nodes."""
        if len(self.builder.nodes) >= MAX_NODES:
            raise ShapeError(
                f"the network has more than {MAX_NODES:,} nodes, with one or more for each step",
                hint="Take fewer steps.",
            )
        self.sources[name] = self.report.source(self.place, name)
        return self.builder.apply(name, op, parents, params, axes)

    def activation(
        self, name: str, word: str, settings: Mapping[str, Param], net: str, axes: tuple[str, ...]
    ) -> str:
        op = ops.activations()[word]
        params: dict[str, Param] = {}
        if op.activation:
            params |= {key: setting.default for key, setting in op.activation.settings.items()}
            params |= settings
        if self.relu_at_zero and "at_zero" in op.options:
            params["at_zero"] = self.relu_at_zero
        if op.across:
            params["axis"] = len(axes)
        return self.apply(name, op.name, (net,), params, axes)

    def each(
        self, signal: Signal, axes: tuple[str, ...], make: Callable[[str, Callable[[str], str]], str]
    ) -> Signal:
        """What `make` makes of the array, or of that of each step: it is told the node, and how names are
        written there."""
        if not signal.in_steps:
            return Signal((make(signal.nodes[0], str),), axes)
        numbered = enumerate(signal.nodes, 1)
        nodes = tuple(make(node, lambda name, s=s: f"{name}<{s}>") for s, node in numbered)  # type: ignore[misc]
        return Signal(nodes, axes, in_steps=True)

    def steps(self, signal: Signal) -> Signal:
        """The rows of an array one by one: x<1>, x<2>, … of x."""
        if signal.in_steps:
            return signal
        (node,) = signal.nodes
        axes = (signal.axes[0], *signal.axes[2:])
        names = tuple(f"{node}<{s}>" for s in range(1, self.shape(node)[1] + 1))
        for s, name in enumerate(names, 1):
            if name not in self.builder.nodes:
                key: Param = (_ALL, s, *(_ALL for _ in axes[1:]))
                self.apply(name, "index", (node,), {"key": key}, axes)
        return Signal(names, axes, in_steps=True)

    def joined(self, signal: Signal) -> Signal:
        """The steps as the rows of one array."""
        if not signal.in_steps:
            return signal
        name, axes = without_step(signal.nodes[0]), (signal.axes[0], "step", *signal.axes[1:])
        if name not in self.builder.nodes:
            self.apply(name, "step_stack", signal.nodes, axes=axes)
        return Signal((name,), axes)
