"""Losses as files and formulas say them, against PyTorch; classes as targets; penalties; tied layers."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor import Solution, loads, solve
from backprop_tutor.errors import ExerciseError

NETWORK = """
title: One layer
network:
  layers:
    - {{activation: {activation}, weights: [[1/2, -1/4], [1, 3/4], [-1, 1/3]], bias: [1/10, -1/5, 0]}}
data:
  x: {x}
  t: {t}
loss: {loss}
"""
X = [[1.5, 2], [0.5, -1]]
W, B = [[0.5, -0.25], [1, 0.75], [-1, 1 / 3]], [0.1, -0.2, 0]
CLASSES = [3, 1]
NUMBERS = [[1, 0, 2], [0, 3, -1]]
SHARES = [[0.5, 0.25, 0.25], [0, 1, 0]]
LABELS = [[1, 0, 1], [0, 0.5, 1]]

Make = Callable[[Any, Any, str], Any]  # of PyTorch's functional, the outputs and the targets


def divergence(F: Any, z: Any, t: Any, reduction: str) -> Any:
    total = F.kl_div(z.log(), t, reduction="sum")  # its mean warns of itself
    return total if reduction == "sum" else total / t.numel()


CASES: dict[str, tuple[str, Any, Make, int]] = {
    "hinge": ("linear", CLASSES, lambda F, z, t, **k: 3 * F.multi_margin_loss(z, t - 1, **k), 1),
    "huber": ("linear", NUMBERS, lambda F, z, t, **k: F.huber_loss(z, t, **k), 3),
    "mae": ("linear", NUMBERS, lambda F, z, t, **k: F.l1_loss(z, t, **k), 3),
    "mse": ("linear", NUMBERS, lambda F, z, t, **k: F.mse_loss(z, t, **k), 3),
    "kl": ("softmax", SHARES, lambda F, z, t, **k: divergence(F, z, t, **k), 3),
    "nll": ("log_softmax", CLASSES, lambda F, z, t, **k: F.nll_loss(z, t - 1, **k), 1),
    "cross_entropy": ("softmax", CLASSES, lambda F, z, t, **k: F.nll_loss(z.log(), t - 1, **k), 1),
    "cross_entropy, from: logits": (
        "linear",
        CLASSES,
        lambda F, z, t, **k: F.cross_entropy(z, t - 1, **k),
        1,
    ),
    "bce": ("sigmoid", LABELS, lambda F, z, t, **k: F.binary_cross_entropy(z, t, **k), 3),
    "bce, from: logits": (
        "linear",
        LABELS,
        lambda F, z, t, **k: F.binary_cross_entropy_with_logits(z, t, **k),
        3,
    ),
}


def solved(loss: str, activation: str, t: Any) -> Solution:
    return solve(loads(NETWORK.format(loss=loss, activation=activation, t=t, x=X)))


@pytest.mark.parametrize("reduction", ["", "examples", "elements", "sum"])
@pytest.mark.parametrize("name", CASES)
def test_losses_and_reductions_agree_with_pytorch(name: str, reduction: str) -> None:
    torch = pytest.importorskip("torch")
    activation, t, make, outputs = CASES[name]
    solution = solved(f"{{name: {name}{', reduction: ' * bool(reduction)}{reduction}}}", activation, t)
    weights = torch.tensor(W, dtype=torch.float64, requires_grad=True)
    net = torch.tensor(X, dtype=torch.float64) @ weights.T + torch.tensor(B, dtype=torch.float64)
    z = {
        "linear": lambda: net,
        "softmax": lambda: net.softmax(1),
        "log_softmax": lambda: net.log_softmax(1),
        "sigmoid": lambda: net.sigmoid(),
    }[activation]()
    targets = torch.tensor(t) if outputs == 1 else torch.tensor(t, dtype=torch.float64)
    J = make(torch.nn.functional, z, targets, reduction="sum" if reduction == "sum" else "mean")
    if reduction in ("", "examples"):
        J = J * outputs  # PyTorch's mean is one over the elements
    J.backward()
    np.testing.assert_allclose(solution.loss, J.item(), rtol=1e-12)
    np.testing.assert_allclose(solution.value("dJ/dW1"), weights.grad.numpy(), rtol=1e-9, atol=1e-12)
    for gradient in ("dJ/dz", "dJ/dW1", "dJ/dt"):
        confirmed = solution.confirm(gradient)
        assert confirmed is not None


@settings(max_examples=30, deadline=None)
@given(
    st.fractions(Fraction(1, 4), 3, max_denominator=8), st.lists(st.integers(-9, 9), min_size=6, max_size=6)
)
def test_huber_has_the_delta_that_is_given(delta: Fraction, drawn: list[int]) -> None:
    torch = pytest.importorskip("torch")
    t = [drawn[:3], drawn[3:]]
    solution = solved(f"{{name: huber, delta: {delta}, reduction: sum}}", "linear", t)
    z = torch.tensor(solution.value("z"), dtype=torch.float64)
    right = torch.nn.functional.huber_loss(
        z, torch.tensor(t, dtype=torch.float64), reduction="sum", delta=float(delta)
    )
    np.testing.assert_allclose(solution.loss, right.item(), rtol=1e-12)


def test_logits_far_out_overflow_nowhere() -> None:
    text = NETWORK.format(
        loss="{name: cross_entropy, from: logits}", activation="linear", t=CLASSES, x=[[3000, 1], [9, 9]]
    )
    solution = solve(loads(text))
    np.testing.assert_allclose(
        solution.loss, (6000.2 + 1 / 3 + 2.5 + 6.75 + 1 - 0.2 - 2.25 - 0.1 - 1 / 3 - 0.35) / 2, atol=1e3
    )
    assert np.isfinite(solution.value("dJ/dW1")).all()


def test_losses_without_exponentials_stay_fractions() -> None:
    for loss, t in (("hinge", CLASSES), ("mae", NUMBERS), ("{name: huber, delta: 1/2}", NUMBERS)):
        solution = solved(loss, "linear", t)
        assert solution.exact("J") is not None
        assert solution.exact("dJ/dW1") is not None


def test_hinge_by_hand() -> None:
    solution = solved("hinge", "linear", CLASSES)
    # z(1) = (7/20, 14/5, -5/6), z(2) = (3/5, -9/20, -5/6); wrong scores above the right one's less 1
    margins = Fraction(7, 20) + Fraction(5, 6) + 1 + Fraction(14, 5) + Fraction(5, 6) + 1
    assert solution.exact("J").item() == margins / 2  # type: ignore[union-attr]
    assert solution.exact("dJ/dz").tolist() == [  # type: ignore[union-attr]
        [Fraction(1, 2), Fraction(1, 2), -1],
        [0, 0, 0],
    ]


GRAPH = """
title: A graph with classes
graph:
  given: {{x: [[1, 2], [0, 1]], t: {t}}}
  parameters: {{W: [[1/5, -3/10, 1/2], [-1/2, 7/10, -1/5]]}}
  compute: {{z: x @ W, L: "{loss}"}}
  loss: L
"""


@pytest.mark.parametrize(
    ("formula", "t", "loss"),
    [
        ("cross_entropy(z, t, from=logits)", [2, 3], "{name: cross_entropy, from: logits}"),
        ("hinge(z, t)", [2, 1], "hinge"),
        ("hinge(z, t, reduction=sum)", [2, 1], "{name: hinge, reduction: sum}"),
        (
            "huber(z, t, delta=1/2, reduction=elements)",
            NUMBERS,
            "{name: huber, delta: 1/2, reduction: elements}",
        ),
        ("mae(z, t)", NUMBERS, "mae"),
        ("bce(z, t, from=logits, reduction=sum)", LABELS, "{name: bce, from: logits, reduction: sum}"),
    ],
)
def test_formulas_say_the_same_as_the_key(formula: str, t: Any, loss: str) -> None:
    graph = solve(loads(GRAPH.format(t=t, loss=formula)))
    network = solve(
        loads(
            "title: t\nnetwork:\n  layers: [{activation: linear, "
            "weights: [[1/5, -1/2], [-3/10, 7/10], [1/2, -1/5]]}]\n"
            f"data: {{x: [[1, 2], [0, 1]], t: {t}}}\nloss: {loss}\n"
        )
    )
    np.testing.assert_allclose(graph.loss, network.loss, rtol=1e-12)
    np.testing.assert_allclose(graph.value("dL/dW"), network.value("dJ/dW1").T, rtol=1e-12, atol=1e-15)


def test_a_vector_is_one_example_and_its_class_one_number() -> None:
    graph = "given: {t: 2}, parameters: {s: [1, 3, 2]}, compute: {L: 'hinge(s, t)'}, loss: L"
    solution = solve(loads(f"title: t\ngraph: {{{graph}}}\n"))
    assert solution.exact("L") == 0
    assert solution.value("t").tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (
            NETWORK.format(loss="hinge", activation="linear", x=X, t="[3, 4]"),
            "8:10",
            "the class 4 is out of range",
        ),
        (
            NETWORK.format(loss="hinge", activation="linear", x=X, t="[3/2, 1]"),
            "8:7",
            "3/2 is no whole number",
        ),
        (
            NETWORK.format(loss="hinge", activation="linear", x=X, t="[[1, 1, 0], [0, 0, 1]]"),
            "8:7",
            "not one class",
        ),
        (NETWORK.format(loss="nll", activation="softmax", x=X, t="[1, 2]"), "5:20", "nll needs log_softmax"),
        (
            NETWORK.format(loss="{name: cross_entropy, from: logits}", activation="softmax", x=X, t="[1, 2]"),
            "5:20",
            "needs scores",
        ),
        (
            NETWORK.format(loss="{name: mae, from: logits}", activation="linear", x=X, t=NUMBERS),
            "9:25",
            "no from logits",
        ),
        (
            NETWORK.format(loss="{name: mse, delta: 1}", activation="linear", x=X, t=NUMBERS),
            "9:19",
            "no setting of mse",
        ),
        (GRAPH.format(t="[0, 2]", loss="hinge(z, t)"), "4:36", "the class 0 is out of range"),
        (
            GRAPH.format(t="[1, 2]", loss="hinge(z, t) + sum(t)"),
            "6:26",
            "classes in one formula and numbers in another",
        ),
        (GRAPH.format(t="[1, 2]", loss="mae(z, x, reduction=most)"), "6:26", "mae has no reduction most"),
    ],
)
def test_faults_of_losses(text: str, place: str, said: str) -> None:
    with pytest.raises(ExerciseError) as error:
        loads(text)
    assert said in str(error.value)
    assert f":{place}:" in str(error.value)
