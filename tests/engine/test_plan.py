"""What a pass in floats looks at is enough: no fault is lost, wherever it arises."""

import random

import numpy as np
import pytest
from graphs import network
from numpy.typing import NDArray
from op_cases import FIRST_ORDER, Case
from random_graphs import RandomGraph

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import backward, float_gradients, float_pass, forward, numbers
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.ops.derivatives import CHAIN
from backprop_tutor.engine.plan import plan_of
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import EvaluationError

FAULTS = (np.nan, np.inf, -np.inf)
LARGE = (  # what a library of matrix products may do in another way
    Case("matmul", ((64, 48), (48, 80))),
    Case("matmul", ((64, 48), (48,))),
    Case("linear", ((64, 48), (80, 48), (80,))),
)


@pytest.mark.parametrize("case", [case for case in FIRST_ORDER if case.entry.carries], ids=str)
@pytest.mark.parametrize("zero", [False, True])
def test_what_is_said_to_carry_does(case: Case, zero: bool) -> None:
    inputs = [array * (not zero) for array in case.inputs()]
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for slot, array in enumerate(inputs):
            for fault in FAULTS:
                spoilt = [*inputs[:slot], planted(array, fault, rng), *inputs[slot + 1 :]]
                assert_spoilt(case.entry.forward(FLOAT64, *spoilt, **case.params))


@pytest.mark.parametrize(
    "case", [c for c in FIRST_ORDER if c.entry.carries or c.entry.is_elementwise], ids=str
)
def test_and_so_do_its_gradients(case: Case) -> None:
    inputs = case.inputs()
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        y = FLOAT64.finish(case.entry.forward(FLOAT64, *inputs, **case.params))
        for slot, array in enumerate(inputs):
            for fault in FAULTS:
                g = planted(rng.uniform(-2, 2, y.shape), fault, rng)
                rule = case.entry.vjp(slot, fits=array.shape == y.shape)
                assert_spoilt(rule(FLOAT64, g, y, *inputs, **case.params))


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_a_product_with_zeros_carries_too(case: Case) -> None:
    sizes = [np.zeros(shape) for shape in case.shapes]
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for slot, array in enumerate(sizes):
            for fault in FAULTS:
                spoilt = [*sizes[:slot], planted(array, fault, rng), *sizes[slot + 1 :]]
                y = case.entry.forward(FLOAT64, *spoilt, **case.params)
                assert_spoilt(y)
                assert_spoilt(
                    case.entry.vjp(slot)(FLOAT64, planted(np.zeros(np.shape(y)), fault, rng), y, *sizes)
                )


def planted(array: NDArray[np.float64], fault: float, rng: np.random.Generator) -> NDArray[np.float64]:
    spoilt = np.array(array)
    spoilt.flat[rng.integers(spoilt.size)] = fault
    return spoilt


def assert_spoilt(array: NDArray[np.float64]) -> None:
    assert not np.isfinite(array).all()


@pytest.mark.parametrize("seed", range(150))
def test_a_fault_is_found_where_it_is_first(seed: int) -> None:
    chance = random.Random(seed)
    names = [
        name
        for name, op in ops.TABLE.items()
        if not (op.over or op.across or op.numbers is not None or name == CHAIN)
    ]
    grown = RandomGraph(chance.choice, names, 12)
    graph, leaves = grown.graph, dict(grown.leaves)
    spoilt = chance.choice(list(leaves))
    size = 10.0 ** chance.choice((20, 160, 300, 308))
    leaves[spoilt] = leaves[spoilt] * size
    assert_named(graph, leaves)


@pytest.mark.parametrize("seed", range(20))
def test_and_in_a_large_network(seed: int) -> None:
    graph, leaves = network([40, 60, 30, 20], "sigmoid", "sse", examples=50)
    chance = random.Random(seed)
    spoilt = leaves[chance.choice(list(leaves))]
    spoilt.flat[chance.randrange(spoilt.size)] *= 10.0 ** chance.choice((150, 160, 300, 308))
    assert_named(graph, leaves)


def assert_named(graph: Graph, leaves: dict[str, NDArray[np.float64]]) -> None:
    """Held against a look at every array."""
    with np.errstate(all="ignore"):
        values = forward(graph, FLOAT64, numbers(graph, FLOAT64, leaves))
        gradients = backward(graph, FLOAT64, values)
    faults = [name for name in graph.nodes if not np.isfinite(values[name]).all()]
    if faults:
        with pytest.raises(EvaluationError) as caught:
            float_pass(graph, leaves)
        first = faults[0] if graph.nodes[faults[0]].op else graph.consumers[faults[0]][0][0]
        assert caught.value.step == first
        return
    assert float_pass(graph, leaves).keys() == values.keys()
    faults = [name for name, gradient in gradients.items() if not np.isfinite(gradient).all()]
    if faults:
        with pytest.raises(EvaluationError) as caught:
            float_gradients(graph, values)
        assert caught.value.step == f"d{graph.loss}/d{faults[0]}"
    else:
        assert float_gradients(graph, values).keys() == gradients.keys()


def test_a_step_of_a_network_is_looked_at_once() -> None:
    graph, _ = network([3, 4, 2], "tanh", "mse", examples=2)
    plan = plan_of(graph)
    assert plan.watched == ["net1", "J"]
    assert plan.way(graph).watched == ["b2", "W2", "b1", "W1"]
