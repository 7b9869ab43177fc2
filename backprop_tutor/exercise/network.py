"""The layer form: a feed-forward network -> the computation graph with the names that students use."""

from collections.abc import Mapping
from fractions import Fraction

from backprop_tutor.engine.graph import Graph, GraphBuilder, Param, Role
from backprop_tutor.errors import ShapeError
from backprop_tutor.exercise.arrays import Numbers
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.report import Report
from backprop_tutor.exercise.schema import Layer

__all__ = ["build_network"]

Values = Mapping[str, Numbers]


def build_network(
    layers: list[Layer], loss: str, relu_at_zero: Fraction, values: Values, report: Report, max_elements: int
) -> tuple[Graph | None, tuple[LayerInfo, ...]]:
    """The graph of `z = layers(x)` and `J = loss(z, t)`, or None with the faults in `report`.

    `values` holds `x` (examples, inputs), `t` (examples, units), `W1` (units, inputs), `b1` (units,), ….
    """
    before = len(report.faults)
    _check_settings(layers, loss, report)
    _check_shapes(layers, values, report)
    if len(report.faults) > before:
        return None, ()
    builder = GraphBuilder(max_elements=max_elements)
    try:
        graph = _Assembly(builder, values).assemble(layers, loss, relu_at_zero)
    except ShapeError as error:
        report.add(("network",), f"{error.what}.", error.hint)
        return None, ()
    infos = [
        LayerInfo(values[f"W{number}"].shape[0], layer.activation, f"b{number}" in values)
        for number, layer in enumerate(layers, 1)
    ]
    return graph, tuple(infos)


def _check_settings(layers: list[Layer], loss: str, report: Report) -> None:
    for index, layer in enumerate(layers):
        for key, owner in (("slope", "leaky_relu"), ("alpha", "elu")):
            if getattr(layer, key) is not None and layer.activation != owner:
                path = ("network", "layers", index, key)
                report.add(
                    path, f"`{key}` belongs to {owner}, not to {layer.activation}.", "Remove it.", key=True
                )
    if loss == "cross_entropy" and layers[-1].activation != "softmax":
        report.add(
            ("network", "layers", len(layers) - 1, "activation"),
            f"cross_entropy needs softmax in the last layer, not {layers[-1].activation}.",
            "Write `activation: softmax`, or choose another loss.",
        )


def _check_shapes(layers: list[Layer], values: Values, report: Report) -> None:
    x, t = values["x"], values["t"]
    for name, array in (("x", x), ("t", t)):
        if array.ndim != 2:
            what = f"{name} has shape {_shape(array)}, but it needs two axes: (examples, numbers of each)."
            report.add(("data", name), what, f"Write one row an example: {name}: [[1, 0], [0, 1]].")
    if x.ndim != 2 or t.ndim != 2:
        return
    if len(x) != len(t):
        report.add(("data", "t"), f"t has {_many(len(t), 'row')}, but x has {_many(len(x), 'row')}.",
                   "Give one row of each an example.")  # fmt: skip
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
            have = _many(before, "input" if number == 1 else "unit")
            report.add(
                (*place, "weights"),
                f"layer {number}: weights have {_many(columns, 'column')} (shape {_shape(weights)}), "
                f"but {source} {'have' if number == 1 else 'has'} {have}: "
                f"the shape must be ({units}, {before}).",
                "A row holds the weights of one unit, one for each input to it.",
            )
        bias = values.get(f"b{number}")
        if bias is not None and bias.shape != (units,):
            report.add(
                (*place, "bias"),
                f"layer {number}: the bias has shape {_shape(bias)}, but the layer has "
                f"{_many(units, 'unit')} (weights {_shape(weights)}): the shape must be ({units},).",
                "Write one number a unit, as in [0, 1/2].",
            )
        before, source = units, f"layer {number}"
    if t.shape[1] != before:
        report.add(
            ("data", "t"),
            f"t has {_many(t.shape[1], 'number')} an example (shape {_shape(t)}), but the last layer has "
            f"{_many(before, 'unit')}: the shape must be ({len(x)}, {before}).",
            "Give each example one target a unit of the last layer.",
        )


def _shape(array: Numbers) -> str:
    return str(array.shape)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


class _Assembly:
    def __init__(self, builder: GraphBuilder, values: Values) -> None:
        self.builder = builder
        self.values = values

    def assemble(self, layers: list[Layer], loss: str, relu_at_zero: Fraction) -> Graph:
        self.leaf("x", ("example", "input"))
        self.leaf("t", ("example", "unit"))
        signal = "x"
        for number, layer in enumerate(layers, 1):
            name = "z" if number == len(layers) else f"h{number}"
            signal = self.layer(number, layer, signal, name, relu_at_zero)
        return self.builder.build(self.builder.apply("J", loss, (signal, "t")))

    def layer(self, number: int, layer: Layer, signal: str, name: str, relu_at_zero: Fraction) -> str:
        parents = [signal, self.leaf(f"W{number}", ("unit", "input"))]
        if f"b{number}" in self.values:
            parents.append(self.leaf(f"b{number}", ("unit",)))
        axes = ("example", "unit")
        net = self.builder.apply(f"net{number}", "linear", tuple(parents), axes=axes)
        op = "identity" if layer.activation == "linear" else layer.activation
        return self.builder.apply(name, op, (net,), _params(layer, relu_at_zero), axes)

    def leaf(self, name: str, axes: tuple[str, ...]) -> str:
        role: Role = "given" if name in ("x", "t") else "parameter"
        return self.builder.leaf(name, role, self.values[name].shape, axes)


def _params(layer: Layer, relu_at_zero: Fraction) -> dict[str, Param]:
    match layer.activation:
        case "relu":
            return {"at_zero": relu_at_zero} if relu_at_zero else {}
        case "leaky_relu":
            return {"slope": layer.slope or Fraction(1, 100)}
        case "elu":
            return {"alpha": layer.alpha or Fraction(1)}
        case "softmax":
            return {"axis": 2}
        case _:
            return {}
