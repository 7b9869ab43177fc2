"""The ledger: an order in which each quantity follows from those before it, and what it follows from."""

import numpy as np
import pytest

from backprop_tutor import check, load, loads, solve
from backprop_tutor.engine.systems.exact import EXACT
from backprop_tutor.exercise.catalogue import shipped_names

LEFT_OUT = """
title: Two gradients that no parameter needs
graph:
  given: {x: 2}
  parameters: {w: 5}
  compute: {a: x * x, b: 3 * a, J: w * b}
  loss: J
ask: [dJ/da]
"""


@pytest.mark.parametrize("name", shipped_names())
def test_every_quantity_comes_after_what_it_needs(name: str) -> None:
    solution = solve(load(name))
    lines, seen = solution.ledger.lines, set[str]()
    constants = {node.name for node in solution.graph.nodes.values() if node.role == "constant"}
    assert lines.keys() - constants == solution.quantities.keys()
    for quantity, line in lines.items():
        assert seen.issuperset(line.needs), quantity
        seen.add(quantity)


@pytest.mark.parametrize("name", ["exercise1", "mazur", "adam-steps", "softmax-batch"])
def test_every_quantity_follows_from_those_it_needs_alone(name: str) -> None:
    solution = solve(load(name))
    for quantity, line in solution.ledger.lines.items():
        if line.kind != "leaf":
            known = {need: solution.value(need) for need in line.needs}
            found = solution.ledger.compute(quantity, known)
            np.testing.assert_allclose(found, solution.value(quantity), rtol=1e-12, err_msg=quantity)


def test_the_same_in_fractions() -> None:
    solution = solve(load("exercise1"))
    for quantity, line in solution.ledger.lines.items():
        known = {need: solution.exact(need) for need in (*line.needs, *solution.graph.named("given"))}
        if line.kind != "leaf":
            assert np.array_equal(line.compute(EXACT, known), solution.exact(quantity)), quantity


def test_a_gradient_that_the_walkthrough_leaves_out_follows_from_the_one_behind_it() -> None:
    marks = check(loads(LEFT_OUT), {"dJ/da": "3*dJ/db"})
    assert [verdict.verdict for verdict in marks.verdicts] == ["correct"]


def test_what_is_known_is_completed_in_order() -> None:
    ledger = solve(loads(LEFT_OUT)).ledger
    leaves = {"x": np.asarray(3.0), "w": np.asarray(1.0), "3": np.asarray(3.0), "b": np.asarray(10.0)}
    found = ledger.completed(leaves)
    assert {name: float(found[name]) for name in ("a", "J", "dJ/dw", "dJ/da", "dJ/dx")} == {
        "a": 9, "J": 10, "dJ/dw": 10, "dJ/da": 3, "dJ/dx": 18
    }  # fmt: skip
