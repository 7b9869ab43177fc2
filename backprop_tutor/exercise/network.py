"""The layer form: a network -> the computation graph with the names that students use."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder
from backprop_tutor.engine.systems.base import Shape
from backprop_tutor.errors import ShapeError
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.labels import Labels
from backprop_tutor.exercise.layer_arrays import LayerArray, Tie, is_weights, ties
from backprop_tutor.exercise.layer_kind import (
    ACTIVATIONS,
    SETTINGS,
    BlockKind,
    Flow,
    LayerCheck,
    LayerKind,
    Misfit,
)
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.placed_layers import PlacedLayer, placed, placed_leaves
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.regularization import Penalty
from backprop_tutor.exercise.schema import Regularization
from backprop_tutor.language.counted import many
from backprop_tutor.language.step_index import without_step

__all__ = ["build_network"]

_TARGET_AXES = ((), ("unit",), ("row", "unit"), ("channel", "row", "column"))

Loss = tuple[str, Mapping[str, Fraction]]


def build_network(
    layers: Sequence[LayerKind],
    loss: Loss,
    relu_at_zero: Fraction,
    labels: Labels,
    regularization: Regularization | None,
    report: FaultReport,
    max_elements: int,
) -> tuple[Graph | None, tuple[LayerInfo, ...]]:
    """The graph of `z = layers(x)` and `J = loss(z, t)`, or None with the faults in `report`.

    `loss` is its op with its options. The values of `labels` are `x` (examples, …), `t` (examples, …), `W1`
    (units, inputs), `b1` (units,), …; `t` may be classes. Data and targets get the axes that they lack: of
    one channel, or of one number a step.
    """
    before = len(report.faults)
    tops, leaves = placed(layers), placed_leaves(layers)
    tied = ties(leaves, report)
    if len(report.faults) > before:
        return None, ()
    plan = _Plan(tops, {name: leaf for name, (_, leaf) in leaves.items()}, tied, labels, loss[0], report)
    _check_settings(tops, loss[0], report)
    plan.check()
    if len(report.faults) > before:
        return None, ()
    builder = GraphBuilder(max_elements=max_elements)
    net = Assembler(builder, plan.leaves, tied, labels.values, relu_at_zero, report)
    try:
        net.data("x", plan.every[0].layer.data_axes(labels.values["x"].ndim - 1))
        net.data("t", _TARGET_AXES[labels.values["t"].ndim - 1])
        output = _layers(net, plan)
        penalty = Penalty(regularization, "J", (), report)
        _loss(net, output, loss, penalty)
        own = [name for name in leaves if name in builder.nodes and name not in tied]
        weights = [name for name in own if is_weights(name)]
        biases = [name for name in own if name not in weights and builder.nodes[name].role == "parameter"]
        penalty.add(builder, [*weights, *biases], weights)
        graph = builder.build("J", net.sources) if "J" in builder.nodes else None
    except ShapeError as error:
        report.add(net.place, f"{error.what}.", error.hint)
        return None, ()
    return graph, tuple(plan.infos)


def _check_settings(tops: Sequence[PlacedLayer], loss: str, report: FaultReport) -> None:
    every = [one for top in tops for one in top.all]
    for one in every:
        word = one.layer.applies
        for key in one.layer.said(SETTINGS) if word else ():
            if key not in ACTIVATIONS[word]:
                owners = " and ".join(word for word, settings in ACTIVATIONS.items() if key in settings)
                report.add(
                    (*one.place, key), f"`{key}` belongs to {owners}, not to {word}.", "Remove it.", key=True
                )
    rule, last = ops.get(loss).loss, every[-1]
    word = last.layer.applies
    wanted, is_across = rule.outputs if rule else "numbers", ops.activations()[word].across if word else ""
    fitting = [word for word, op in ops.activations().items() if op.across == wanted]
    is_said = word and not last.layer.is_recurrent
    place = (*last.place, *(("activation",) if is_said else ()))
    if wanted == "logits" and is_across:
        name, words = ops.loss_words(loss)
        what = f"{name} from {words['from']} needs scores of the last layer, not {word} of them."
        report.add(place, what, "Write `activation: linear`.")
    elif fitting and word not in fitting:
        what = f"{loss} needs {' or '.join(fitting)} in the last layer, not {word or last.layer.kind}."
        report.add(place, what, f"Write `activation: {fitting[0]}`, or choose another loss.")


class _Plan:
    """What goes through the layers, in shapes of one example."""

    def __init__(
        self,
        tops: Sequence[PlacedLayer],
        leaves: Mapping[str, LayerArray],
        tied: Mapping[str, Tie],
        labels: Labels,
        loss: str,
        report: FaultReport,
    ) -> None:
        self.tops, self.leaves, self.labels, self.report = tops, leaves, labels, report
        self.loss = ops.get(loss).loss
        self.values = {**labels.values, **{name: tie.of(labels.values) for name, tie in tied.items()}}
        for name, leaf in leaves.items():
            if leaf.array is None:
                self.put(name, np.full(self.values[leaf.like].shape[:1], Fraction(0), dtype=object))
        self.every = [one for top in tops for one in top.all]
        self.infos: list[LayerInfo] = []
        self.last_only = False
        """Whether only the last step goes on after the last recurrent layer."""

    def check(self) -> None:
        plain = all(not one.layer.kind for one in self.every)
        if plain:
            self.spread((self.values[f"W{len(self.every)}"].shape or (1,))[:1])
        x, t = self.values["x"], self.values["t"]
        for name, array in (("x", x), ("t", t)):
            if plain and array.ndim != 2:
                what = f"{name} has shape {array.shape}, but it needs two axes: (examples, numbers of each)."
                self.report.add(("data", name), what, f"Write one row an example: {name}: [[1, 0], [0, 1]].")
                return
        if not x.ndim or not t.ndim:
            self.report.add(("data",), "x and t need an axis of examples.", "Write one row an example.")
            return
        if len(x) != len(t):
            self.report.add(("data", "t"), f"t has {many(len(t), 'row')}, but x has {many(len(x), 'row')}.",
                            "Give one row of each an example.")  # fmt: skip
        if plain and self.turned():
            return
        shape = self.every[0].layer.read(x.shape[1:], self.values)
        self.put("x", x.reshape((len(x), *shape)))
        try:
            flow = self.flow(self.tops, Flow(shape))
        except Misfit:
            return
        self.targets(flow)

    def flow(self, layers: Sequence[PlacedLayer], flow: Flow, block: str = "") -> Flow:
        for one in layers:
            check = LayerCheck(one.number, one.place, self.leaves, self.values, self.report)
            if isinstance(one.layer, BlockKind):
                flow = one.layer.close(check, flow, self.flow(one.inside, flow, one.layer.kind))
            else:
                flow = one.layer.flow(check, flow)
                self.infos.append(one.layer.info(flow)._replace(block=block))
        return flow

    def put(self, name: str, array: Numbers) -> None:
        """Data in the shape that it is meant to have, or zeros that a file leaves out."""
        self.labels.values[name] = self.values[name] = array

    def spread(self, output: Shape) -> None:
        """Targets that are classes as shares, one a unit of the last layer."""
        classes, t = output[-1], self.values["t"]
        if self.loss is None or not self.loss.adds_up or classes == 1:
            return
        if t.ndim == 2 and t.shape[1] == 1:
            self.put("t", t := t[:, 0])
        is_shares = t.shape[1:] == (classes,) and all(total == 1 for total in t.sum(axis=-1))
        if t.shape[1:] in ((), output[:-1]) and not is_shares:
            self.labels.spread("t", classes)
            self.values["t"] = self.labels.values["t"]

    def targets(self, flow: Flow) -> None:
        """The targets are like the outputs, or like the last step's."""
        self.spread(flow.shape)
        t = self.values["t"]
        shape, last = t.shape[1:], flow.shape[1:]
        ways = {flow.shape: flow.shape} | ({last: last} if flow.in_steps else {})
        if flow.in_steps and last == (1,):
            ways.setdefault(flow.shape[:1], flow.shape)  # one number a step
        if shape in ways:
            self.put("t", t.reshape((len(t), *ways[shape])))
            self.last_only = ways[shape] != flow.shape
            return
        wanted = (len(self.values["x"]), *flow.shape)
        if len(flow.shape) == 1 and t.ndim == 2:
            self.report.add(
                ("data", "t"),
                f"t has {many(t.shape[1], 'number')} an example (shape {t.shape}), but the last layer has "
                f"{many(flow.shape[0], 'unit')}: the shape must be {wanted}.",
                "Give each example one target a unit of the last layer.",
            )
            return
        also = f", or {(len(t), *last)} for the last step's output" if flow.in_steps else ""
        self.report.add(
            ("data", "t"),
            f"t has shape {t.shape}, but the last layer gives {wanted}: the shape must be {wanted}{also}.",
            "The targets have the shape of the outputs.",
        )

    def turned(self) -> bool:
        """Whether weights have to be transposed for everything to fit, which becomes a fault."""
        turned = _turned(len(self.every), self.values)
        if turned:
            some = len(turned) < len(self.every)
            first, which = turned[0], " and ".join(map(str, turned)) if some else ""
            shape = self.values[f"W{first}"].shape
            self.report.add(
                (*self.every[first - 1].place, "weights"),
                f"the weights{f' of layer {which}' if which else ''} look transposed: they have one row an "
                f"input and one column a unit (layer {first}: {shape}).",
                f"Turn {'them' if len(turned) > 1 else 'the matrix'} round: one row a unit, one column an "
                f"input (layer {first}: {shape[::-1]}).",
            )
        return bool(turned)


def _turned(layers: int, values: Mapping[str, Numbers]) -> list[int]:
    """The layers whose weights have to be transposed for everything to fit: as few as will do, none where it
    fits as it is or would not even then."""
    ways: dict[int, list[int]] = {values["x"].shape[1]: []}  # by the units so far
    for number in range(1, layers + 1):
        weights, bias = values[f"W{number}"], values.get(f"b{number}")
        if weights.ndim != 2:
            return []
        onward: dict[int, list[int]] = {}
        for before, turned in ways.items():
            for shape, more in ((weights.shape, []), (weights.shape[::-1], [number])):
                fits = shape[1] == before and (bias is None or bias.shape in (shape[:1], ()))
                if fits and (shape[0] not in onward or len(onward[shape[0]]) > len(turned + more)):
                    onward[shape[0]] = turned + more
        ways = onward
    return ways.get(values["t"].shape[1], [])


def _layers(net: Assembler, plan: _Plan) -> Signal:
    """The output z of all layers, one a step where the targets are."""
    last = plan.tops[-1]
    ends = [top for top in plan.tops if top.is_recurrent][-1:] if plan.last_only else []
    signal = Signal(("x",), net.axes_of("x"))
    for top in plan.tops:
        name = "z" if top is last and top not in ends else _name(top)
        signal = _layer(net, top, signal, name)
        if top in ends:
            signal = Signal(signal.nodes[-1:], signal.axes)
    if without_step(signal.nodes[0]) == "z":
        return signal
    return net.each(
        signal, signal.axes, lambda node, at: net.apply(at("z"), "identity", (node,), axes=signal.axes)
    )


def _name(one: PlacedLayer) -> str:
    """What comes out of a layer, or the sum behind a block."""
    return f"y{one.number}" if one.inside else f"h{one.number}"


def _layer(net: Assembler, one: PlacedLayer, signal: Signal, name: str) -> Signal:
    net.place = one.place
    if not isinstance(one.layer, BlockKind):
        return one.layer.build(net, one.number, signal, name)
    inside = signal
    for inner in one.inside:
        inside = _layer(net, inner, inside, _name(inner))
    net.place = one.place
    return one.layer.join(net, signal, inside, name)


def _loss(net: Assembler, output: Signal, loss: Loss, penalty: Penalty) -> None:
    """J, which is added up over the steps: N counts examples."""
    net.place = ("loss",)
    name, settings = loss
    rule = ops.get(name).loss
    of_rows = rule and rule.adds_up and rule.reduction == "examples" and len(output.axes) > 2
    if not output.in_steps and not of_rows:
        net.apply(penalty.data, name, (*output.nodes, "t"), settings)
        return
    outputs, targets = net.steps(output), net.steps(Signal(("t",), net.axes_of("t")))
    pairs = enumerate(zip(outputs.nodes, targets.nodes, strict=True), 1)
    terms = tuple(net.apply(f"E<{s}>", name, pair, settings) for s, pair in pairs)
    is_mean = rule is not None and rule.reduction == "elements"
    net.apply(penalty.data, ops.STEP_MEAN if is_mean else ops.STEP_SUM, terms)
