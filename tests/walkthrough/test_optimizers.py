"""Every optimizer, with all that may be given to any, against PyTorch over several updates."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor import loads, solve
from backprop_tutor.errors import ExerciseError

FILE = """
title: A network and its updates
network:
  layers:
    - {{activation: tanh, weights: {W1}, bias: [1/10, -1/5]}}
    - {{activation: linear, weights: [[1, -2]], bias: [1/2]}}
data:
  - {{x: [1, 2], t: [3]}}
  - {{x: [-1, 1], t: [1]}}
loss: mse
learning_rate: {rate}
optimizer: {optimizer}
steps: {steps}
"""
EXTRAS = {
    "": {},
    "weight_decay: 1/5": {"weight_decay": 0.2},
    "maximize: true": {"maximize": True},
    "maximize: true, weight_decay: 1/5": {"maximize": True, "weight_decay": 0.2},
}
CASES = {
    "sgd": ("SGD", "", {}),
    "momentum": ("SGD", "momentum: 1/2", {"momentum": 0.5}),
    "nesterov": ("SGD", "momentum: 1/2", {"momentum": 0.5, "nesterov": True}),
    "adam": ("Adam", "", {}),
    "adamw": ("AdamW", "", {}),
    "rmsprop": ("RMSprop", "", {}),
    "adagrad": ("Adagrad", "", {}),
    "adadelta": ("Adadelta", "", {}),
}
NAMES = ("W1", "b1", "W2", "b2")


def exercise(optimizer: str, steps: int = 3, rate: str = "1/10", W1: object = "[[1, 0], [-1, 1/2]]") -> str:
    return FILE.format(optimizer=optimizer, steps=steps, rate=rate, W1=W1)


def trained(text: str, make: Callable[[Any], Any], clip: Callable[[Any], Any] | None = None, rates=()) -> Any:
    """The parameters after the updates of PyTorch."""
    torch = pytest.importorskip("torch")
    task = loads(text)
    values = {k: torch.tensor(v.astype(float), dtype=torch.float64) for k, v in task.values.items()}
    parameters = [values[name].requires_grad_() for name in NAMES]
    optimizer = make(parameters)
    for step in range(task.steps):
        if rates:
            optimizer.param_groups[0]["lr"] = rates[step]
        optimizer.zero_grad()
        h = torch.tanh(values["x"] @ values["W1"].T + values["b1"])
        z = h @ values["W2"].T + values["b2"]
        ((values["t"] - z) ** 2).sum().div(2).backward()
        if clip:
            clip(parameters)
        optimizer.step()
    return {name: values[name].detach().numpy() for name in NAMES}


def compare(text: str, right: dict[str, Any]) -> None:
    solution = solve(loads(text))
    for name in NAMES:
        np.testing.assert_allclose(solution.value(f"{name}_new"), right[name], rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("name", CASES)
def test_several_updates_agree_with_pytorch(name: str, extra: str) -> None:
    torch = pytest.importorskip("torch")
    rule, own, keys = CASES[name]
    said = ", ".join(part for part in (f"name: {name}", own, extra) if part)
    make = lambda p: getattr(torch.optim, rule)(p, lr=0.1, **keys, **EXTRAS[extra])  # noqa: E731
    text = exercise(f"{{{said}}}")
    compare(text, trained(text, make))


@pytest.mark.parametrize("name", ["sgd", "adam"])
@pytest.mark.parametrize("limit", ["1/2", "1000"])
def test_clipping_agrees_with_pytorch(name: str, limit: str) -> None:
    torch = pytest.importorskip("torch")
    rule, _, _ = CASES[name]
    make = lambda p: getattr(torch.optim, rule)(p, lr=0.1)  # noqa: E731
    size = 0.5 if limit == "1/2" else 1000.0
    by_value = exercise(f"{{name: {name}, clip_value: {limit}}}")
    compare(by_value, trained(by_value, make, lambda p: torch.nn.utils.clip_grad_value_(p, size)))

    def clip(parameters: Any) -> None:
        norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
        for p in parameters:
            p.grad.mul_(min(1.0, size / norm))

    by_norm = exercise(f"{{name: {name}, clip_norm: {limit}}}")
    compare(by_norm, trained(by_norm, make, clip))


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(CASES)),
    st.lists(st.integers(-8, 8), min_size=4, max_size=4),
    st.lists(st.integers(1, 9), min_size=2, max_size=3),
)
def test_learning_rates_of_each_update_agree_with_pytorch(
    name: str, drawn: list[int], rates: list[int]
) -> None:
    torch = pytest.importorskip("torch")
    rule, own, keys = CASES[name]
    weights = [[f"{n}/4" for n in drawn[:2]], [f"{n}/4" for n in drawn[2:]]]
    said = "[" + ", ".join(f"{rate}/10" for rate in rates) + "]"
    text = exercise(
        f"{{name: {name}{', ' * bool(own)}{own}}}", len(rates), said, str(weights).replace("'", "")
    )
    make = lambda p: getattr(torch.optim, rule)(p, lr=0.1, **keys)  # noqa: E731
    compare(text, trained(text, make, rates=[rate / 10 for rate in rates]))


def test_the_clipped_update_is_in_the_ledger_with_its_helpers() -> None:
    solution = solve(loads(exercise("{name: sgd, clip_norm: 1, weight_decay: 1/10}", 2)))
    updates = [
        name for name, line in solution.ledger.lines.items() if line.kind == "update" and line.number == 1
    ]
    assert updates[:5] == ["norm_1", "clipped_W1_1", "decayed_W1_1", "W1_new1", "clipped_b1_1"]
    assert set(solution.ledger.lines["norm_1"].needs) == {f"dJ/d{name}" for name in NAMES}
    norm = np.sqrt(sum(np.sum(solution.value(f"dJ/d{name}") ** 2) for name in NAMES))
    np.testing.assert_allclose(solution.value("norm_1"), norm)
    np.testing.assert_allclose(solution.value("clipped_W1_1"), solution.value("dJ/dW1") / norm)


def test_updates_stay_fractions_where_they_can() -> None:
    text = exercise("{name: adagrad, clip_value: 1/4}", 1).replace("tanh", "linear")
    solution = solve(loads(text))
    assert solution.exact("clipped_W1") is not None
    assert solution.exact("W1_new") is not None  # the root of a square


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{name: sgd}", "{name: sgd, clip_norm: 1, clip_value: 1}"), "either by its norm or by value"),
        (("{name: sgd}", "{name: sgd, rho: 1/2}"), "`rho` is no setting of sgd"),
        (("learning_rate: 1/10", "learning_rate: [1/10, 1/20]"), "3 steps, but 2 learning rates"),
        (("learning_rate: 1/10", "learning_rate: [1/10, 0]"), "0 is out of range"),
        (("{name: sgd}", "{name: sgd, maximize: 1}"), "true or false"),
        (("{name: sgd}", "{name: rmsprop, rho: 1}"), "nothing would ever be forgotten"),
    ],
)
def test_faults(change: tuple[str, str], said: str) -> None:
    with pytest.raises(ExerciseError) as error:
        loads(exercise("{name: sgd}").replace(*change))
    assert said in str(error.value)
