"""The layer form: a feed-forward network -> the computation graph with the names that students use."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder, Param, Role
from backprop_tutor.engine.op import Op
from backprop_tutor.errors import ShapeError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.labels import Labels
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.regularization import Penalty
from backprop_tutor.exercise.schema import ACTIVATIONS, Layer, Regularization, TiedWeights
from backprop_tutor.language.counted import many

__all__ = ["build_network"]

Values = Mapping[str, Numbers]

SETTINGS = dict.fromkeys(key for settings in ACTIVATIONS.values() for key in settings)


def build_network(
    layers: list[Layer],
    loss: tuple[str, Mapping[str, Fraction]],
    relu_at_zero: Fraction,
    labels: Labels,
    regularization: Regularization | None,
    report: FaultReport,
    max_elements: int,
) -> tuple[Graph | None, tuple[LayerInfo, ...]]:
    """The graph of `z = layers(x)` and `J = loss(z, t)`, or None with the faults in `report`.

    `loss` is its op with its options. The values of `labels` are `x` (examples, inputs), `t` (examples,
    units), `W1` (units, inputs), `b1` (units,), …; `t` may be classes.
    """
    before = len(report.faults)
    ties = _ties(layers, report)
    if len(report.faults) > before:
        return None, ()
    values = {**labels.values, **{f"W{n}": tie.of(labels.values) for n, tie in ties.items()}}
    _spread_labels((values[f"W{len(layers)}"].shape or (1,))[0], loss[0], labels)
    values["t"] = labels.values["t"]
    _check_settings(layers, loss[0], report)
    _check_shapes(layers, values, report)
    if len(report.faults) > before:
        return None, ()
    builder = GraphBuilder(max_elements=max_elements)
    try:
        penalty = Penalty(regularization, "J", (), report)
        assembly = _Assembly(builder, values, ties, penalty, report)
        graph = assembly.assemble(layers, loss, relu_at_zero)
    except ShapeError as error:
        report.add(("network",), f"{error.what}.", error.hint)
        return None, ()
    infos = [
        LayerInfo(values[f"W{number}"].shape[0], layer.activation, f"b{number}" in values)
        for number, layer in enumerate(layers, 1)
    ]
    return graph, tuple(infos)


class _Tie(NamedTuple):
    """Weights that are those of layer `number`, or these `turned` round."""

    number: int
    turned: bool

    def of(self, values: Values) -> Numbers:
        weights = values[f"W{self.number}"]
        return weights.T if self.turned else weights

    @property
    def op(self) -> str:
        return "transpose" if self.turned else "identity"


def _ties(layers: list[Layer], report: FaultReport) -> dict[int, _Tie]:
    """By the number of the layer that has none of its own."""
    tied = {
        n: layer.weights.tied for n, layer in enumerate(layers, 1) if isinstance(layer.weights, TiedWeights)
    }
    found = {}
    for number, text in tied.items():
        source = int(text.removesuffix(".T")[1:])
        place = ("network", "layers", number - 1, "weights", "tied")
        own = [f"W{n}" for n, _ in enumerate(layers, 1) if n not in tied]
        if f"W{source}" in own:
            found[number] = _Tie(source, text.endswith(".T"))
        else:
            what = f"layer {number}: W{source} are no weights of another layer's own."
            report.add(
                place, what, f"There are {', '.join(own)}." if own else "Some layer must have weights."
            )
    return found


def _spread_labels(classes: int, loss: str, labels: Labels) -> None:
    """Targets that are classes as shares, one a unit of the last layer."""
    about = ops.get(loss).loss
    if about is None or not about.adds_up or classes == 1:
        return
    t = labels.values["t"]
    if t.ndim == 2 and t.shape[1] == 1:
        labels.values["t"] = t = t[:, 0]
    if t.ndim == 1:
        labels.spread("t", classes)


def _check_settings(layers: list[Layer], loss: str, report: FaultReport) -> None:
    for index, layer in enumerate(layers):
        for key in layer.said(SETTINGS):
            if key not in ACTIVATIONS[layer.activation]:
                owners = " and ".join(word for word, settings in ACTIVATIONS.items() if key in settings)
                report.add(
                    ("network", "layers", index, key),
                    f"`{key}` belongs to {owners}, not to {layer.activation}.",
                    "Remove it.",
                    key=True,
                )
    rule, last = ops.get(loss).loss, layers[-1].activation
    wanted, is_across = rule.outputs if rule else "numbers", ops.activations()[last].across
    fitting = [word for word, op in ops.activations().items() if op.across == wanted]
    place = ("network", "layers", len(layers) - 1, "activation")
    if wanted == "logits" and is_across:
        what = (
            f"{loss.replace('_logits', ' from logits')} needs scores of the last layer, not {last} of them."
        )
        report.add(place, what, "Write `activation: linear`.")
    elif fitting and last not in fitting:
        what = f"{loss} needs {' or '.join(fitting)} in the last layer, not {last}."
        report.add(place, what, f"Write `activation: {fitting[0]}`, or choose another loss.")


def _check_shapes(layers: list[Layer], values: Values, report: FaultReport) -> None:
    x, t = values["x"], values["t"]
    for name, array in (("x", x), ("t", t)):
        if array.ndim != 2:
            what = f"{name} has shape {_shape(array)}, but it needs two axes: (examples, numbers of each)."
            report.add(("data", name), what, f"Write one row an example: {name}: [[1, 0], [0, 1]].")
    if x.ndim != 2 or t.ndim != 2:
        return
    if len(x) != len(t):
        report.add(("data", "t"), f"t has {many(len(t), 'row')}, but x has {many(len(x), 'row')}.",
                   "Give one row of each an example.")  # fmt: skip
    if turned := _turned(layers, values):
        first, which = turned[0], " and ".join(map(str, turned)) if len(turned) < len(layers) else ""
        shape = values[f"W{first}"].shape
        report.add(
            ("network", "layers", first - 1, "weights"),
            f"the weights{f' of layer {which}' if which else ''} look transposed: they have one row an input "
            f"and one column a unit (layer {first}: {shape}).",
            f"Turn {'them' if len(turned) > 1 else 'the matrix'} round: one row a unit, one column an input "
            f"(layer {first}: {shape[::-1]}).",
        )
        return
    before, source = x.shape[1], "the examples"
    for number, _ in enumerate(layers, 1):
        place = ("network", "layers", number - 1)
        weights = values[f"W{number}"]
        if weights.ndim != 2:
            what = f"layer {number}: weights have shape {_shape(weights)}, but they need two axes."
            report.add((*place, "weights"), what, "Write one row a unit: [[1, 0], [-1, 1]].")
            return
        units, columns = weights.shape
        if columns != before:
            have = many(before, "input" if number == 1 else "unit")
            report.add(
                (*place, "weights"),
                f"layer {number}: weights have {many(columns, 'column')} (shape {_shape(weights)}), "
                f"but {source} {'have' if number == 1 else 'has'} {have}: "
                f"the shape must be ({units}, {before}).",
                "A row holds the weights of one unit, one for each input to it.",
            )
        bias = values.get(f"b{number}")
        if bias is not None and bias.shape not in ((units,), ()):
            report.add(
                (*place, "bias"),
                f"layer {number}: the bias has shape {_shape(bias)}, but the layer has "
                f"{many(units, 'unit')} (weights {_shape(weights)}): the shape must be ({units},).",
                "Write one number a unit, as in [0, 1/2], or one that all share, as in 1/2.",
            )
        before, source = units, f"layer {number}"
    if t.shape[1] != before:
        report.add(
            ("data", "t"),
            f"t has {many(t.shape[1], 'number')} an example (shape {_shape(t)}), but the last layer has "
            f"{many(before, 'unit')}: the shape must be ({len(x)}, {before}).",
            "Give each example one target a unit of the last layer.",
        )


def _turned(layers: list[Layer], values: Values) -> list[int]:
    """The layers whose weights have to be transposed for everything to fit: as few as will do, none where it
    fits as it is or would not even then."""
    ways: dict[int, list[int]] = {values["x"].shape[1]: []}  # by the units so far
    for number, _ in enumerate(layers, 1):
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


def _shape(array: Numbers) -> str:
    return str(array.shape)


class _Assembly:
    def __init__(
        self,
        builder: GraphBuilder,
        values: Values,
        ties: Mapping[int, _Tie],
        penalty: Penalty,
        report: FaultReport,
    ) -> None:
        self.builder, self.values, self.ties = builder, values, ties
        self.penalty, self.report = penalty, report
        self.frozen: set[str] = set()

    def assemble(
        self, layers: list[Layer], loss: tuple[str, Mapping[str, Fraction]], relu_at_zero: Fraction
    ) -> Graph | None:
        self.leaf("x", ("example", "input"))
        self.leaf("t", ("example", "unit"))
        signal = "x"
        for number, layer in enumerate(layers, 1):
            self.frozen |= set() if layer.trainable else {f"W{number}", f"b{number}"}
        sources = {"J": self.report.source(("loss",), "J")}
        for number, layer in enumerate(layers, 1):
            name = "z" if number == len(layers) else f"h{number}"
            signal = self.layer(number, layer, signal, name, relu_at_zero)
            for node in (f"W{number}", f"b{number}", f"net{number}", name):
                sources[node] = self.report.source(("network", "layers", number - 1), node)
        name, settings = loss
        self.builder.apply(self.penalty.data, name, (signal, "t"), settings)
        weights = [f"W{number}" for number, _ in enumerate(layers, 1) if number not in self.ties]
        biases = [f"b{number}" for number, _ in enumerate(layers, 1) if f"b{number}" in self.values]
        self.penalty.add(self.builder, [*weights, *biases], weights)
        return self.builder.build("J", sources) if "J" in self.builder.nodes else None

    def layer(self, number: int, layer: Layer, signal: str, name: str, relu_at_zero: Fraction) -> str:
        parents = [signal, self.weights(number)]
        if f"b{number}" in self.values:
            parents.append(self.leaf(f"b{number}", ("unit",)[: self.values[f"b{number}"].ndim]))
        axes = ("example", "unit")
        net = self.builder.apply(f"net{number}", "linear", tuple(parents), axes=axes)
        op = ops.activations()[layer.activation]
        return self.builder.apply(name, op.name, (net,), _params(op, layer, relu_at_zero), axes)

    def weights(self, number: int) -> str:
        name, axes = f"W{number}", ("unit", "input")
        if name in self.builder.nodes:
            return name
        if number not in self.ties:
            return self.leaf(name, axes)
        tie = self.ties[number]
        return self.builder.apply(name, tie.op, (self.weights(tie.number),), axes=axes)

    def leaf(self, name: str, axes: tuple[str, ...]) -> str:
        role: Role = "given" if name in ("x", "t", *self.frozen) else "parameter"
        return self.builder.leaf(name, role, self.values[name].shape, axes)


def _params(op: Op, layer: Layer, relu_at_zero: Fraction) -> dict[str, Param]:
    settings = ACTIVATIONS[layer.activation]
    params: dict[str, Param] = {key: setting.default for key, setting in settings.items()}
    params |= layer.said(settings)
    if relu_at_zero and "at_zero" in op.options:
        params["at_zero"] = relu_at_zero
    if op.across:
        params["axis"] = 2
    return params
