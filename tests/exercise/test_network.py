from fractions import Fraction

import pytest
from sample_files import NETWORK, faults_of, spoiled

from backprop_tutor.engine.graph import Node
from backprop_tutor.exercise.load import loads
from backprop_tutor.exercise.model import LayerInfo


def nodes(*changes: tuple[str, str]) -> dict[str, Node]:
    return loads(spoiled(NETWORK, *changes)).graph.nodes


def test_a_network_becomes_the_graph_with_the_names_that_students_use() -> None:
    exercise = loads(NETWORK)
    described = {
        node.name: (node.role, node.op, node.parents, node.shape, node.axes)
        for node in exercise.graph.nodes.values()
    }
    assert described == {
        "x": ("given", "", (), (1, 2), ("example", "input")),
        "t": ("given", "", (), (1, 1), ("example", "unit")),
        "W1": ("parameter", "", (), (2, 2), ("unit", "input")),
        "net1": ("forward", "linear", ("x", "W1"), (1, 2), ("example", "unit")),
        "h1": ("forward", "relu", ("net1",), (1, 2), ("example", "unit")),
        "W2": ("parameter", "", (), (1, 2), ("unit", "input")),
        "b2": ("parameter", "", (), (1,), ("unit",)),
        "net2": ("forward", "linear", ("h1", "W2", "b2"), (1, 1), ("example", "unit")),
        "z": ("forward", "identity", ("net2",), (1, 1), ("example", "unit")),
        "J": ("loss", "half_mse", ("z", "t"), (), ()),
    }
    assert exercise.graph.loss == "J"
    assert exercise.layers == (LayerInfo(2, "relu", False), LayerInfo(1, "linear", True))
    assert exercise.values["W1"].tolist() == [[1, 0], [-1, 1]]
    assert exercise.values["b2"].dtype == object
    assert exercise.learning_rate == Fraction(1, 10)


@pytest.mark.parametrize(
    ("layer", "op", "params"),
    [
        ("relu", "relu", {}),
        ("leaky_relu", "leaky_relu", {"slope": Fraction(1, 100)}),
        ("leaky_relu, slope: 1/10", "leaky_relu", {"slope": Fraction(1, 10)}),
        ("elu", "elu", {"alpha": 1}),
        ("elu, alpha: 2", "elu", {"alpha": 2}),
        ("softmax", "softmax", {"axis": 2}),
        ("linear", "identity", {}),
        ("softplus", "softplus", {}),
        ("sigmoid", "sigmoid", {}),
        ("tanh", "tanh", {}),
        ("silu", "silu", {}),
        ("gelu", "gelu", {}),
    ],
)
def test_each_activation_is_an_op_with_its_settings(layer: str, op: str, params: dict[str, object]) -> None:
    node = nodes(("relu", layer))["h1"]
    assert (node.op, node.params) == (op, params)


def test_the_derivative_of_relu_at_zero_is_set_where_it_is_not_zero() -> None:
    assert nodes(("loss:", "relu_at_zero: 1/2\nloss:"))["h1"].params == {"at_zero": Fraction(1, 2)}
    assert nodes(("loss:", "relu_at_zero: 0\nloss:"))["h1"].params == {}


def test_data_may_be_columns() -> None:
    exercise = loads(spoiled(NETWORK, ("  - {x: [1, 0], t: [2]}", "  x: [[1, 0], [2, 3]]\n  t: [[1], [2]]")))
    assert exercise.graph.nodes["net1"].shape == (2, 2)


def test_lone_numbers_serve_a_network_of_one_input_and_output() -> None:
    changed = (("[[1, 0], [-1, 1]]", "[[1], [2]]"), ("x: [1, 0], t: [2]", "x: 3, t: 2"))
    assert nodes(*changed)["x"].shape == (1, 1)


WEIGHTS = "[[1, 0], [-1, 1]]"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            WEIGHTS,
            "[[1, 0, 2], [-1, 1, 3]]",
            "4:35: layer 1: weights have 3 columns (shape (2, 3)), but the "
            "examples have 2 inputs: the shape must be (2, 2).",
        ),
        (
            "[[1, 2]]",
            "[[1, 2, 3]]",
            "5:37: layer 2: weights have 3 columns (shape (1, 3)), but layer 1 has "
            "2 units: the shape must be (1, 2).",
        ),
        ("[[1, 2]]", "[1, 2]", "5:37: layer 2: weights have shape (2,), but they need two axes."),
        ("bias: [0]", "bias: [0, 1]", "5:53: layer 2: the bias has shape (2,), but the layer has 1 unit"),
        ("bias: [0]", "bias: [[0]]", "5:53: layer 2: the bias has shape (1, 1)"),
        (
            "t: [2]",
            "t: [2, 3]",
            "7:3: t has 2 numbers an example (shape (1, 2)), but the last layer has 1 unit",
        ),
        (
            "t: [2]}",
            "t: [2]}\n  - {x: [1], t: [2]}",
            "8:9: example 2: x has 1 number, but in example 1 it has 2",
        ),
        (
            "t: [2]}",
            "t: [2]}\n  - {x: 1, t: [2]}",
            "8:9: example 2: x has 1 number, but in example 1 it has 2",
        ),
        ("x: [1, 0]", "x: [[1, 0]]", "7:9: example 1: x has shape (1, 2), but it is one list of numbers."),
        (WEIGHTS, "[[1, 0], [-1]]", "4:44: row 2 has 1 number, but row 1 has 2 numbers."),
        (
            "  - {x: [1, 0], t: [2]}",
            "  x: [1, 0]\n  t: [[1]]",
            "7:6: x has shape (2,), but it needs two axes",
        ),
        ("  - {x: [1, 0], t: [2]}", "  x: [[1, 0]]\n  t: [[1], [2]]", "8:6: t has 2 rows, but x has 1 row."),
        ("half_mse", "cross_entropy", "5:20: cross_entropy needs softmax in the last layer, not linear."),
        ("linear", "linear, slope: 1", "5:28: `slope` belongs to leaky_relu, not to linear."),
        ("relu", "relu, alpha: 1", "4:26: `alpha` belongs to elu, not to relu."),
    ],
)
def test_what_does_not_fit_is_told_with_both_shapes(old: str, new: str, fault: str) -> None:
    faults = faults_of(spoiled(NETWORK, (old, new)))
    assert any(fault in line for line in faults), faults


def test_every_layer_that_does_not_fit_is_told() -> None:
    assert len(faults_of(spoiled(NETWORK, (WEIGHTS, "[[1, 2, 3], [4, 5, 6]]"), ("[[1, 2]]", "[[1]]")))) == 2


WIDE = """\
title: t
network:
  layers:
    - {activation: relu, weights: [[1, 2], [3, 4], [5, 6]], bias: [0, 0, 1]}
    - {activation: relu, weights: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
    - {activation: linear, weights: [[1, 2, 3]], bias: [0]}
data:
  - {x: [1, 2], t: [1]}
loss: mse
"""
FIRST, LAST = ("[[1, 2], [3, 4], [5, 6]]", "[[1, 3, 5], [2, 4, 6]]"), ("[[1, 2, 3]]", "[[1], [2], [3]]")


@pytest.mark.parametrize(
    ("turned", "line", "said"),
    [
        ((FIRST, LAST), 4, "the weights of layer 1 and 3 look transposed"),
        ((FIRST,), 4, "the weights of layer 1 look transposed"),
        ((LAST,), 6, "the weights of layer 3 look transposed"),
    ],
)
def test_weights_with_a_row_an_input_are_one_fault(
    turned: tuple[tuple[str, str], ...], line: int, said: str
) -> None:
    assert loads(WIDE).graph.nodes["W1"].shape == (3, 2)
    [fault] = faults_of(spoiled(WIDE, *turned))
    assert fault.startswith(f"{line}:")
    assert said in fault
    assert "one row a unit, one column an input" in fault


def test_a_network_may_be_a_thousand_layers_deep() -> None:
    layer = "    - {activation: tanh, weights: [[1, 0], [0, 1]]}\n"
    graph = loads(
        spoiled(NETWORK, ("    - {activation: linear", layer * 1_000 + "    - {activation: linear"))
    ).graph
    assert len(graph.nodes) > 3_000


def test_the_number_of_elements_is_limited_and_the_limit_can_be_raised() -> None:
    from backprop_tutor.errors import ExerciseError

    with pytest.raises(ExerciseError, match="the limit is 10"):
        loads(NETWORK, max_elements=10)
    assert loads(NETWORK, max_elements=20)
