"""What is forgotten about penalties, decay, clipping and the hinge loss is named."""

from typing import Any

import numpy as np
import pytest

from backprop_tutor import check, loads, solve

FILE = """
title: Two layers
network:
  layers:
    - {{activation: tanh, weights: [[1/2, -1/4], [1, 3/4]], bias: [1/10, -1/5]}}
    - {{activation: linear, weights: [[1, 1/2], [-1/2, 1], [3/4, -1/4]]}}
data:
  - {{x: [3/2, 2], t: 3}}
  - {{x: [1/2, -1], t: 1}}
loss: {loss}
learning_rate: 3/10
{more}
"""


def named(text: str, quantity: str, wrong: Any) -> list[str]:
    answers = {quantity: np.asarray(wrong).tolist()}
    verdicts = check(loads(text), answers).verdicts
    found = [set(v.misconceptions) for v in verdicts if v.verdict == "wrong"]
    return sorted(set.union(*found)) if found else []


def test_the_hinge_losss_right_class() -> None:
    text = FILE.format(loss="hinge", more="ask: [dJ/dz]")
    solution = solve(loads(text))
    wrong = np.where(solution.exercise.values["t"] == 1, 0, solution.value("dJ/dz"))
    assert "hinge-label-forgotten" in named(text, "dJ/dz", wrong)


@pytest.mark.parametrize(
    ("loss", "more", "quantity", "make", "name"),
    [
        ("hinge", "regularization: {l2: 1/7}", "J", lambda v: v("J_data"), "penalty-forgotten"),
        (
            "hinge",
            "regularization: {l2: 1/7}",
            "dJ/dW1",
            lambda v: v("dJ/dW1") - 2 / 7 * v("W1"),
            "penalty-forgotten",
        ),
        (
            "hinge",
            "regularization: {l2: 1/7, factor: 1/3}",
            "dJ/dW2",
            lambda v: v("dJ/dW2") - 1 / 21 * v("W2"),
            "penalty-factor",
        ),
        (
            "hinge",
            "optimizer: {name: sgd, clip_norm: 1/10}",
            "clipped_W1",
            lambda v: v("dJ/dW1"),
            "clip-not-applied",
        ),
        (
            "{name: cross_entropy, from: logits}",
            "optimizer: {name: sgd, clip_value: 1/20}",
            "clipped_W1",
            lambda v: v("dJ/dW1"),
            "clip-not-applied",
        ),
        (
            "hinge",
            "optimizer: {name: momentum, weight_decay: 1/7}",
            "decayed_W1",
            lambda v: v("dJ/dW1"),
            "weight-decay-forgotten",
        ),
        (
            "hinge",
            "optimizer: {name: adamw, weight_decay: 1/7}",
            "W1_new",
            lambda v: v("W1_new") + 3 / 70 * v("W1"),
            "weight-decay-forgotten",
        ),
        (
            "hinge",
            "optimizer: {name: sgd, maximize: true}",
            "W1_new",
            lambda v: v("W1") - 0.3 * v("dJ/dW1"),
            "descent-not-ascent",
        ),
    ],
)
def test_what_is_forgotten(loss: str, more: str, quantity: str, make: Any, name: str) -> None:
    text = FILE.format(loss=loss, more=f"{more}\nask: [{quantity}]")
    wrong = make(solve(loads(text)).value)
    assert name in named(text, quantity, wrong)
