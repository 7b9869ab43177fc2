"""Penalties on weights, tied and frozen layers, one bias for all units: against PyTorch, and faults."""

from typing import Any

import numpy as np
import pytest

from backprop_tutor import Solution, loads, solve
from backprop_tutor.errors import ExerciseError
from backprop_tutor.walkthrough.derivation import FORMS, explain

TIED = """
title: A tied autoencoder
network:
  layers:
    - {activation: sigmoid, weights: [[1, 0, 1/2], [-1, 1, 2]], bias: 0.35}
    - {activation: linear, weights: {tied: W1.T}, bias: [0, 0, 1/2]}
data:
  - {x: [1, 0, 1], t: [1, 0, 1]}
  - {x: [1, 1, 1], t: [2, 1, 0]}
loss: half_mse
regularization: {l2: 1/10, factor: 1/2}
learning_rate: 1/10
"""
PARTS = ("W1", "b1", "b2")


def trained(task: Solution, penalty: Any) -> dict[str, Any]:
    """The loss and its gradients by PyTorch."""
    torch = pytest.importorskip("torch")
    values = {k: torch.tensor(v.astype(float), dtype=torch.float64) for k, v in task.exercise.values.items()}
    for name in PARTS:
        values[name].requires_grad_()
    h = torch.sigmoid(values["x"] @ values["W1"].T + values["b1"])
    z = h @ values["W1"] + values["b2"]
    J = ((values["t"] - z) ** 2).sum() / 4 + penalty(values)
    J.backward()
    return {"J": J.item(), **{name: values[name].grad.numpy() for name in PARTS}}


@pytest.mark.parametrize(
    ("said", "penalty"),
    [
        ("{l2: 1/10, factor: 1/2}", lambda v: 0.05 * (v["W1"] ** 2).sum()),
        ("{l2: 1/10}", lambda v: 0.1 * (v["W1"] ** 2).sum()),
        ("{l1: 1/4}", lambda v: 0.25 * v["W1"].abs().sum()),
        ("{l2: 1/3, of: [W1, b2, b1]}", lambda v: sum((v[n] ** 2).sum() for n in PARTS) / 3),
    ],
)
def test_tied_layers_with_penalties_agree_with_pytorch(said: str, penalty: Any) -> None:
    solution = solve(loads(TIED.replace("{l2: 1/10, factor: 1/2}", said)))
    right = trained(solution, penalty)
    np.testing.assert_allclose(solution.loss, right["J"], rtol=1e-12)
    for name in PARTS:
        np.testing.assert_allclose(solution.value(f"dJ/d{name}"), right[name], rtol=1e-9)
        assert solution.confirm(f"dJ/d{name}") is not None
    assert "W2_new" not in solution.quantities


@pytest.mark.parametrize("quantity", ["dJ/dW1", "dJ/dW2", "dJ/db1", "dJ/dnet1"])
def test_tied_layers_are_explained(quantity: str) -> None:
    explanation = explain(solve(loads(TIED)), quantity)
    for form in FORMS:
        sections = explanation.form(form).sections
        assert all(line.verified is True for section in sections for line in section.lines)


def test_a_frozen_layer_is_neither_asked_nor_updated() -> None:
    frozen = TIED.replace("bias: 0.35", "bias: 0.35, trainable: false").replace(
        "{tied: W1.T}", "[[1, -1], [0, 1], [1/2, 2]]"
    )
    solution = solve(loads(frozen))
    right = solve(loads(frozen.replace(", trainable: false", "")))
    assert "W1_new" not in solution.quantities
    assert "dJ/dW1" not in solution.steps
    np.testing.assert_array_equal(solution.value("dJ/dW1"), right.value("dJ/dW1"))
    np.testing.assert_array_equal(solution.value("W2_new"), right.value("W2_new"))
    assert solution.step("dJ/dW1") is not None


def test_a_graph_with_a_penalty() -> None:
    text = """
title: A graph
graph:
  given: {x: [1, 2], t: 3}
  parameters: {w: [1/2, -1], b: 1/4}
  compute: {z: w @ x + b, J: (z - t) ** 2}
  loss: J
regularization: {l2: 1/3}
"""
    solution = solve(loads(text))
    assert solution.exact("J_penalty") == pytest.approx(5 / 12)
    np.testing.assert_allclose(
        solution.value("dJ/dw"), 2 * -4.25 * np.array([1, 2]) + 2 / 3 * np.array([0.5, -1])
    )
    assert solution.value("dJ/db") == -8.5
    explanation = explain(solution, "dJ/dw")
    assert explanation.index.sections[-1].lines[-1].verified is True


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{tied: W1.T}", "{tied: W1}", "look transposed"),
        (
            "{tied: W1.T}",
            "{tied: W2}",
            "6:44: layer 2: W2 are no weights of another layer's own. There are W1.",
        ),
        ("{tied: W1.T}", "{tied: V}", "6:44"),
        ("bias: 0.35", "bias: [1, 2, 3]", "the shape must be (2,)"),
        ("factor: 1/2}", "l1: 1}", "either `l2` or `l1`"),
        ("factor: 1/2}", "of: [W1, W3]}", "`W3` is no parameter. There are W1, b1, b2."),
        ("factor: 1/2}", "factor: -1}", "-1 is out of range"),
        ("bias: 0.35", "trainable: 0", "true or false is expected here"),
    ],
)
def test_faults(old: str, new: str, said: str) -> None:
    with pytest.raises(ExerciseError) as error:
        loads(TIED.replace(old, new))
    assert said in str(error.value)
