"""What N counts in a loss, which targets it takes, and where a derivative that does not exist is reported."""

import math

import pytest

from backprop_tutor import solve
from backprop_tutor.errors import EvaluationError, ExerciseError
from backprop_tutor.exercise import loads
from backprop_tutor.exercise.contents import contents

GRAPH = """\
title: A loss
graph:
  given: {y: TARGETS}
  parameters: {z: OUTPUTS}
  compute:
    J: LOSS(z, y)
  loss: J
"""


def graph(loss: str, outputs: str, targets: str) -> str:
    return GRAPH.replace("LOSS", loss).replace("OUTPUTS", outputs).replace("TARGETS", targets)


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "value", "said"),
    [
        (
            "cross_entropy",
            "[1/2, 1/4, 1/4]",
            "[0, 1, 0]",
            math.log(4),
            "N = 1, one for each vector of classes of z",
        ),
        (
            "cross_entropy",
            "[[1/2, 1/2], [1/4, 3/4]]",
            "[[0, 1], [1, 0]]",
            math.log(8) / 2,
            "N = 2, one for each vector of classes of z",
        ),
        (
            "cross_entropy",
            "[[[1/2, 1/2], [1/4, 3/4]], [[1/2, 1/2], [1/2, 1/2]]]",
            "[[[0, 1], [1, 0]], [[0, 1], [0, 1]]]",
            math.log(32) / 4,
            "N = 4, one for each vector of classes of z",
        ),
        (
            "bce",
            "[1/2, 1/4]",
            "[1, 0]",
            (math.log(2) + math.log(4 / 3)) / 2,
            "N = 2, one for each number of z",
        ),
        ("half_mse", "[1, 2, 3]", "[0, 0, 0]", 14 / 6, "N = 3, one for each number of z"),
        ("mse", "[[1, 2], [3, 4]]", "[[0, 0], [0, 0]]", 15, "N = 2, one for each row of z"),
        ("half_sse", "[1, 2, 3]", "[0, 0, 0]", 7, "a sum, divided by no N"),
    ],
)
def test_what_n_counts(loss: str, outputs: str, targets: str, value: float, said: str) -> None:
    exercise = loads(graph(loss, outputs, targets))
    solution = solve(exercise)
    assert solution.loss == pytest.approx(value, rel=1e-14)
    assert f"{loss}: {said}" in contents(exercise)
    assert all(solution.confirm("dJ/dz").checks.values())  # type: ignore[union-attr]


def test_binary_cross_entropy_refuses_targets_that_are_no_shares() -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(graph("bce", "[1/2, 1/2]", "[1/2, 3/2]"), "loss.yaml")
    [fault] = caught.value.faults
    assert (fault.line, fault.column) == (3, 20)
    assert "y[2] = 3/2" in fault.what
    network = """\
title: A network
network:
  layers: [{activation: sigmoid, weights: [[1]]}]
data:
  - {x: [1], t: [1]}
  - {x: [2], t: [-1]}
loss: bce
"""
    with pytest.raises(ExerciseError) as caught:
        loads(network)
    assert [(f.line, f.column) for f in caught.value.faults] == [(6, 18)]


def test_computed_targets_are_looked_at_when_they_are_known() -> None:
    text = graph("bce", "[1/2, 1/2]", "[1/2, 1]").replace("bce(z, y)", "bce(z, y*2)")
    with pytest.raises(EvaluationError, match=r"6:8: J: .*the targets y·2 are not all from 0 to 1"):
        _ = solve(loads(text, "loss.yaml")).loss


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("sqrt(w - 3) + 1", "the derivative of the square root has no finite value"),
        ("(w - 3)**(1/2)", "the derivative of the power has no finite value"),
        ("(w - 3)**(w - 3)", "the derivative of the power has no finite value"),
        ("log(w - 3)", "logarithm of zero or of a negative number"),
        ("1/(w - 3)", "division by zero"),
        ("(w - 3)**(-1)", "division by zero"),
        ("exp(300*w)", "overflow"),
    ],
)
def test_what_does_not_exist_is_said_at_its_formula(formula: str, said: str) -> None:
    text = f"title: At 0\ngraph:\n  parameters: {{w: 3}}\n  compute:\n    f: {formula}\n  loss: f\n"
    with pytest.raises(EvaluationError) as caught:
        solve(loads(text, "zero.yaml")).value("df/dw")
    assert str(caught.value).startswith("zero.yaml:5:8: ")
    assert said in str(caught.value)


def test_a_constant_power_of_zero_has_the_derivative_0() -> None:
    text = "title: At 0\ngraph:\n  parameters: {w: 3}\n  compute:\n    f: (w - 3)**0 + w\n  loss: f\n"
    solution = solve(loads(text))
    assert solution.value("f") == 4
    assert solution.exact("df/dw") == 1
    assert solution.confirm("df/dw").checks == dict.fromkeys(  # type: ignore[union-attr]
        ("forward_mode", "finite_difference", "sympy"), True
    )


def test_minus_infinity_stands_in_given_arrays_only() -> None:
    text = "title: M\ngraph:\n  parameters: {w: [0, -inf]}\n  compute: {f: sum(w)}\n  loss: f\n"
    with pytest.raises(ExerciseError) as caught:
        loads(text)
    assert [(f.line, f.column) for f in caught.value.faults] == [(3, 23)]
    layers = "network:\n  layers: [{activation: relu, weights: [[-.inf]]}]\n"
    with pytest.raises(ExerciseError) as caught:
        loads(f"title: M\n{layers}data: [{{x: [-inf], t: [1]}}]\nloss: mse\n")
    assert [(f.line, f.column) for f in caught.value.faults] == [(3, 42), (4, 13)]
