"""Which gradients a version must not have at zero."""

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.homework.demands import asked_gradients

GRAPH = """
title: Names with a delta in them
graph:
  given: {x: 2}
  parameters: {w: 3, mydelta: 1}
  compute: {net1: w*x + mydelta, f: net1**2}
  loss: f
"""
EVERY = ["df/dnet1", "df/dmydelta", "df/dnet1_1", "df/dw"]


@pytest.mark.parametrize(
    ("ask", "gradients"),
    [
        ("[df/dmydelta, f]", ["df/dmydelta"]),
        ("[delta1]", ["df/dnet1"]),
        ("[δ1, df/dw]", ["df/dnet1", "df/dw"]),
        ("[f]", EVERY),
        ("key", EVERY),
    ],
)
def test_the_gradients_asked_are_found_by_their_names(ask: str, gradients: list[str]) -> None:
    found = asked_gradients(solve(loads(f"{GRAPH}ask: {ask}\n")))
    assert found == gradients
