"""Slips that only layers with steps, windows or constants invite, each named where it was made."""

from textwrap import dedent

import numpy as np
import pytest

from backprop_tutor import loads, solve
from backprop_tutor.grading import Marker

RNN = """
    title: RNN
    network:
      layers:
        - {rnn: tanh, weights: [[1/2], [1/3]], recurrent: [[1/5, 1/2], [1/3, -1/4]]}
        - {activation: linear, weights: [[1, 3/7]]}
    data: [{x: [[1], [2/3], [-1]], t: [2]}]
    loss: half_mse
"""
POOL = """
    title: Pool
    network:
      layers:
        - {pool: max, size: 2}
        - flatten
        - {activation: linear, weights: [[3/7, 5/3]]}
    data: [{x: [[1, 2, 5, 3], [7, 4, 0, 6]], t: [2/3]}]
    loss: half_mse
"""
DROPOUT = """
    title: Dropout
    network:
      layers:
        - {activation: linear, weights: [[3/7, 2], [5, 1/3]]}
        - {dropout: {mask: [1, 0], keep: 2/3}}
        - {activation: linear, weights: [[5/7, 3]]}
    data: [{x: [2, 11], t: [1/3]}]
    loss: half_mse
"""
ATTENTION = """
    title: Attention
    network:
      layers:
        - attention: {query: [[1, 1/3], [0, 1]], key: [[2/7, 1], [1, 3]], value: [[1, 3], [0, 1]]}
    data: [{x: [[1, 2/3], [3/5, 1]], t: [[1, 0], [0, 1]]}]
    loss: half_mse
"""


def slips(text: str, quantity: str, wrong: float) -> tuple[str, ...]:
    solution = solve(loads(dedent(text)))
    return tuple(Marker(solution).mark(quantity, repr(float(wrong)), {}).misconceptions)


def test_the_last_step_taken_for_all() -> None:
    solution = solve(loads(dedent(RNN)))
    last = np.outer(solution.value("dJ/dnet1<3>")[0], solution.value("h1<2>")[0])
    assert "one-step-only" in slips(RNN, "dJ/dU1[1,2]", last[0, 1])


def test_a_pools_gradient_for_every_entry() -> None:
    gradient = solve(loads(dedent(POOL))).value("dJ/dh1")[0, 0, 0, 0]
    assert "gradient-to-all" in slips(POOL, "dJ/dx[1,1,2]", gradient)


def test_what_is_kept_not_divided_by_keep() -> None:
    solution = solve(loads(dedent(DROPOUT)))
    assert "factor-left-out" in slips(DROPOUT, "h2[1]", solution.value("h1")[0, 0])
    assert "factor-left-out" in slips(DROPOUT, "dJ/dh1[1]", solution.value("dJ/dh2")[0, 0])


def test_scores_not_divided_by_the_root_of_d() -> None:
    solution = solve(loads(dedent(ATTENTION)))
    assert "factor-left-out" in slips(ATTENTION, "S1[1,2]", solution.value("S1")[0, 0, 1] * np.sqrt(2))


@pytest.mark.parametrize("text", [RNN, POOL, DROPOUT, ATTENTION])
def test_right_answers_are_right(text: str) -> None:
    solution = solve(loads(dedent(text)))
    marker = Marker(solution)
    for name in solution.graph.parameters:
        index = ",".join("1" for _ in solution.shapes[name])
        value = solution.value(f"dJ/d{name}")[(0,) * len(solution.shapes[name])]
        assert marker.mark(f"dJ/d{name}[{index}]", repr(float(value)), {}).verdict == "correct"
