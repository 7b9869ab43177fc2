"""Derivations through every kind of layer: each line is proved, and the paths add up to the gradient."""

import pytest
from kind_files import EVERY, text

from backprop_tutor import explain, loads, solve


@pytest.mark.parametrize("name", EVERY)
def test_derivatives_are_derived_and_their_paths_add_up(name: str) -> None:
    solution = solve(loads(text(*EVERY[name])))
    for parameter in solution.graph.parameters:
        quantity = f"dJ/d{parameter}"
        index = ",".join("1" for _ in solution.shapes[quantity])
        explanation = explain(solution, f"{quantity}[{index}]" if index else quantity)
        assert explanation.index.sections or explanation.index.notes
        (paths,) = explanation.paths
        first = solution.value(quantity)[(0,) * len(solution.shapes[quantity])]
        assert paths.total == pytest.approx(first, abs=1e-12)
