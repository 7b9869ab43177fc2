"""Small exercise files to spoil in one place, and the faults that come of it."""

import pytest

from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise.load import loads

NETWORK = """\
title: A network
network:
  layers:
    - {activation: relu, weights: [[1, 0], [-1, 1]]}
    - {activation: linear, weights: [[1, 2]], bias: [0]}
data:
  - {x: [1, 0], t: [2]}
loss: half_mse
learning_rate: 1/10
"""

GRAPH = """\
title: A graph
graph:
  given: {x: -2, y: 5, v: [1, 2], M: [[1, 2], [3, 4]]}
  parameters: {w: -4}
  compute:
    q: x + y
    f: q * w
  loss: f
"""


def spoiled(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def faults_of(text: str | bytes) -> list[str]:
    """Every fault of an exercise that must not be valid, as `line:column: what hint`."""
    with pytest.raises(ExerciseError) as caught:
        loads(text, "f")
    return [fault.located("f").removeprefix("f:").strip() for fault in caught.value.faults]
