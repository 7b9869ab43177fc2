"""Steps worked out for many sets of numbers at once are what each set gives by itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from backprop_tutor import load, solve
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.many import Many
from backprop_tutor.exercise import loads
from backprop_tutor.exercise.side_by_side import Change, carried_on, computed, each_of

COUNT = 4
EXERCISES = (
    "exercise1",
    "exercise3",
    "leaky-relu",
    "three-hidden",
    "softmax-batch",
    "adam-two-steps",
    "hessian-two-weights",
    "lstm-two-steps",
    "attention-one-head",
    "conv-2d-max-pool",
    "batch-norm-nine-steps",
    "hinge-three-classes",
)


def into_row(row: int, name: str) -> Change:
    """Moves one row of the quantity by as much as its name says."""

    def change(rows: Array) -> Array:
        rows[row] += 0.1 + len(name) / 100
        differs = np.zeros(COUNT, dtype=bool)
        differs[row] = True
        return differs

    return change


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_change_is_carried_on_in_its_own_row(name: str, fresh: bool) -> None:
    solution = solve(load(name))
    ledger, known = solution.ledger, solution.values
    steps = list(ledger.needs)
    moved = {step: row for row, step in enumerate(steps[:: max(len(steps) // 3, 1)][: COUNT - 1])}
    changes = {step: into_row(row, step) for step, row in moved.items()}
    with np.errstate(all="ignore"):
        found = carried_on(ledger, dict.fromkeys(steps, True), known, COUNT, changes, fresh=fresh)
        for step, row in moved.items():
            values, dirty = dict(known), {step}
            values[step] = known[step] + 0.1 + len(step) / 100
            for later in steps[steps.index(step) + 1 :]:
                if not dirty.isdisjoint(ledger.needs[later]):
                    values[later] = ledger.compute(later, values, fresh=fresh)
                    dirty.add(later)
            for later in steps:
                assert_allclose(each_of(found, row)[later], values[later], rtol=1e-12, atol=1e-14)
    untouched = each_of(found, COUNT - 1)
    assert all(np.array_equal(untouched[step], known[step]) for step in steps)


def test_noise_is_taken_for_0_in_each_row() -> None:
    """0.1 w + 0.2 - 0.3 is noise where w is 1, and nowhere else."""
    graph = "graph: {given: {a: 0.1, b: 0.2, c: 0.3}, parameters: {w: 1}, compute: {d: a*w + b - c}, loss: d}"
    ledger = solve(loads(f"title: Noise\n{graph}")).ledger
    known = {"a": np.array(0.1), "b": np.array(0.2), "c": np.array(0.3), "w": Many(np.array([1.0, 2, 1]))}
    for step in ledger.needs:
        if step in ledger.graph.nodes:
            known[step] = Many(computed(ledger, step, known, 3))
    assert known["d"].rows.tolist() == [0, pytest.approx(0.1), 0]
