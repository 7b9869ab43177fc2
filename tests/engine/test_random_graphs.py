"""Random graphs of every op and random networks: the engine against HIPS autograd and PyTorch, in float64."""

from collections.abc import Mapping
from typing import Any

import autograd
import numpy as np
import pytest
from graphs import network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from random_graphs import RandomGraph
from references import AUTOGRAD, Rules, torch_rules

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import float_gradients, float_pass
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.oracles import confirm

NAMES = tuple(sorted(AUTOGRAD))
ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu", "identity")
Values = Mapping[str, Any]


def seeded(seed: int, size: int = 40) -> RandomGraph:
    rng = np.random.default_rng(seed)
    return RandomGraph(lambda options: options[rng.integers(len(options))], NAMES, size)


def loss_by(rules: Rules, graph: Graph, leaves: Values) -> Any:
    values = dict(leaves)
    for node in graph.nodes.values():
        if node.value is not None:
            values[node.name] = float(node.value)
        elif node.op:
            values[node.name] = rules[node.op](*(values[p] for p in node.parents), **node.params)
    return values[graph.loss]


def assert_autograd_agrees(graph: Graph, leaves: Values) -> None:
    loss, gradients = autograd.value_and_grad(lambda values: loss_by(AUTOGRAD, graph, values))(dict(leaves))
    assert_same(graph, leaves, loss, gradients)


def assert_torch_agrees(graph: Graph, leaves: Values) -> None:
    torch = pytest.importorskip("torch")
    tensors = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in leaves.items()
    }
    loss = loss_by(torch_rules(torch), graph, tensors)
    loss.backward()
    gradients = {name: tensor.grad.numpy() for name, tensor in tensors.items() if tensor.grad is not None}
    assert_same(graph, leaves, loss.item(), gradients)


def assert_same(graph: Graph, leaves: Values, loss: float, gradients: Values) -> None:
    values = float_pass(graph, leaves)
    assert_allclose(values[graph.loss], loss, rtol=1e-9)
    found = float_gradients(graph, values, leaves)
    for name in leaves:
        if name in found:
            assert found[name].shape == graph.nodes[name].shape
            assert_allclose(found[name], gradients[name], rtol=1e-9, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("seed", range(40))
def test_autograd_agrees_on_random_graphs(seed: int) -> None:
    made = seeded(seed)
    assert_autograd_agrees(made.graph, made.leaves)


@pytest.mark.parametrize("seed", range(40))
def test_torch_agrees_on_random_graphs(seed: int) -> None:
    made = seeded(seed)
    assert_torch_agrees(made.graph, made.leaves)


@given(st.data())
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_autograd_agrees_on_graphs_that_hypothesis_makes(data: st.DataObject) -> None:
    made = RandomGraph(
        lambda options: data.draw(st.sampled_from(options)), NAMES, data.draw(st.integers(1, 12))
    )
    assert_autograd_agrees(made.graph, made.leaves)


def test_the_random_graphs_hold_every_op_and_fan_out() -> None:
    graphs = [seeded(seed) for seed in range(40)]
    assert set().union(*(made.used for made in graphs)) == set(AUTOGRAD)
    assert all(any(len(users) > 2 for users in made.graph.consumers.values()) for made in graphs)
    assert set(AUTOGRAD) <= set(ops.TABLE)


@pytest.mark.parametrize("seed", range(8))
def test_the_routes_confirm_the_gradients_of_random_graphs(seed: int) -> None:
    made = seeded(seed, size=12)
    values = float_pass(made.graph, made.leaves)
    gradients = float_gradients(made.graph, values, made.leaves)
    for name in made.leaves:
        if name in gradients:
            found = confirm(made.graph, values, name, gradients[name], ["forward_mode", "finite_difference"])
            assert found.checks["forward_mode"]


NETWORKS = [
    ([2, 2, 1], "half_mse", "identity", 1),
    ([2, 3, 2], "half_sse", "sigmoid", 3),
    ([3, 4, 4, 2], "mse", "tanh", 5),
    ([4, 3, 1], "bce", "sigmoid", 4),
    ([4, 5, 3], "cross_entropy", "softmax", 6),
    ([1, 1, 1, 1, 1], "sse", "identity", 2),
]


@pytest.mark.parametrize("against", [assert_autograd_agrees, assert_torch_agrees])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("sizes", "loss", "last", "examples"), NETWORKS)
def test_networks(
    sizes: list[int], loss: str, last: str, examples: int, activation: str, against: Any
) -> None:
    graph, leaves = network(sizes, activation, loss, examples=examples, last=last, bias=len(sizes) % 2 == 1)
    against(graph, leaves)
