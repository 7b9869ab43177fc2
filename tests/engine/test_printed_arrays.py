"""Printed formulas of whole arrays, of random graphs of every op: NumPy makes those very arrays of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy_text import numpy_value
from random_graphs import RandomGraph
from references import AUTOGRAD

from backprop_tutor.engine.expression import FORMULA_FUNCTIONS, evaluate, index_of_item
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import ASCII, Style, parse, to_text
from backprop_tutor.language.expr import Sym
from backprop_tutor.walkthrough import Solution, Step, Workings, gradient_step

NAMES = tuple(sorted(AUTOGRAD))
STYLE = Style(glyphs=ASCII)


def solved(graph: Graph, leaves: dict[str, Any]) -> Solution:
    return Solution(Exercise("random", "random", graph, leaves))


def printed(solution: Solution) -> dict[str, str]:
    """The formula of each quantity, of every gradient too."""
    graph, workings = solution.graph, Workings(solution)
    steps: dict[str, Step] = dict(solution.steps)
    for name in graph.upstream(graph.loss) - {graph.loss}:
        if graph.nodes[name].role != "constant":
            step = gradient_step(solution.ledger, name)
            steps.setdefault(step.quantity, step)
    forms = {name: workings.form(step) for name, step in steps.items()}
    return {name: to_text(form, STYLE) for name, form in forms.items() if form is not None}


@pytest.mark.parametrize(
    "text",
    [
        "exp(A)/sum(exp(A), axis=2, keepdims=1)",
        "max(A, axis=1, keepdims=1) - min(A)",
        "reshape(sum(A, axis=2), 2, 1)*A",
        "broadcast(u[1], 2, 3)",
        "outer(sum(A, axis=2), u)",
        "swapaxes(T, 2, 3) @ A",
        "place(u[2:3], A[2,1:2]) + place(u, A[1]) + A[:,2:2]",
    ],
)
def test_what_is_printed_is_read_back(text: str) -> None:
    rng = np.random.default_rng(1)
    arrays = {"A": rng.uniform(size=(2, 3)), "u": rng.uniform(size=3), "T": rng.uniform(size=(2, 2, 3))}

    def lookup(leaf: Any) -> Any:
        if isinstance(leaf, Sym):
            return arrays[leaf.name]
        return FLOAT64.index(arrays[leaf.base.name], index_of_item(leaf.index))

    expr = parse(text, functions=FORMULA_FUNCTIONS, names=arrays)
    found, value = evaluate(expr, FLOAT64, lookup), numpy_value(text, arrays)
    assert found.shape == value.shape
    assert_allclose(found, value)
    assert to_text(expr, STYLE) == text


def assert_numpy_agrees(solution: Solution) -> None:
    quantities = {to_text(Sym(name), STYLE): solution.value(name) for name in solution.shapes}
    for name, text in printed(solution).items():
        step = solution.steps.get(name) or gradient_step(
            solution.ledger, name.removeprefix(solution.gradient_prefix)
        )
        known = quantities | {letter: np.asarray(float(n)) for letter, n in step.numbers.items()}
        found, value = numpy_value(text, known), np.asarray(solution.value(name))
        assert found.shape == value.shape, f"{name} = {text}"
        assert_allclose(found, value, rtol=1e-9, atol=1e-9, err_msg=f"{name} = {text}")


def seeded(seed: int) -> RandomGraph:
    rng = np.random.default_rng(seed)
    return RandomGraph(lambda options: options[rng.integers(len(options))], NAMES, 40)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs(seed: int) -> None:
    made = seeded(seed)
    assert_numpy_agrees(solved(made.graph, made.leaves))


@given(st.data())
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_graphs_that_hypothesis_makes(data: st.DataObject) -> None:
    made = RandomGraph(
        lambda options: data.draw(st.sampled_from(options)), NAMES, data.draw(st.integers(1, 12))
    )
    assert_numpy_agrees(solved(made.graph, made.leaves))
