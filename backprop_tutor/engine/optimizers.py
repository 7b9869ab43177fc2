"""The update step: how each optimizer turns a gradient into a new weight.

Like the ops, the rules are written once in the array namespace, so they are computed in floats and in
fractions and printed as formulas. An optimizer is one entry of `OPTIMIZERS`; the formulas are those of
the PyTorch documentation (sign and bias correction conventions included).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from backprop_tutor.engine.setting import Setting
from backprop_tutor.engine.systems.base import Array

__all__ = ["OPTIMIZERS", "PLAIN", "Optimizer", "UpdateEquation"]

Terms = Mapping[str, Array]


class UpdateEquation(NamedTuple):
    """One line of the update: `target` is `W_new`, or a helper such as `v_new` that later lines use."""

    target: str
    rule: str
    says: str
    formula: Callable[[Any, Terms], Array]


class Optimizer(NamedTuple):
    """`settings` by their keys in files; `state` names what is kept between steps and starts at 0.

    The terms a formula may use: `W` (the parameter), `g` (its gradient), `η`, `k` (the step's number), the
    letters of the settings, the state, and the targets of earlier equations. The last gives `W_new`.
    """

    name: str
    equations: tuple[UpdateEquation, ...]
    settings: Mapping[str, Setting]
    state: tuple[str, ...] = ()


_DESCENT = "Against the gradient, by the learning rate {η}; every gradient was taken at the old weights."
_MOMENTUM = {"momentum": Setting(Fraction(9, 10), letter="μ", share=True)}
_VELOCITY = UpdateEquation(
    "v_new",
    "velocity",
    "The velocity keeps the share μ of its old value and adds the gradient.",
    lambda xp, q: q["μ"] * q["v"] + q["g"],
)

OPTIMIZERS = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "sgd",
            (UpdateEquation("W_new", "gradient descent", _DESCENT, lambda xp, q: q["W"] - q["η"] * q["g"]),),
            {},
        ),
        Optimizer(
            "momentum",
            (
                _VELOCITY,
                UpdateEquation(
                    "W_new",
                    "gradient descent with momentum",
                    "The step goes along the velocity.",
                    lambda xp, q: q["W"] - q["η"] * q["v_new"],
                ),
            ),
            _MOMENTUM,
            ("v",),
        ),
        Optimizer(
            "nesterov",
            (
                _VELOCITY,
                UpdateEquation(
                    "W_new",
                    "Nesterov's accelerated gradient",
                    "The step looks ahead: the gradient plus the share μ of the new velocity.",
                    lambda xp, q: q["W"] - q["η"] * (q["g"] + q["μ"] * q["v_new"]),
                ),
            ),
            _MOMENTUM,
            ("v",),
        ),
        Optimizer(
            "adam",
            (
                UpdateEquation(
                    "m_new",
                    "first moment",
                    "A running mean of the gradient.",
                    lambda xp, q: q["β1"] * q["m"] + (1 - q["β1"]) * q["g"],
                ),
                UpdateEquation(
                    "v_new",
                    "second moment",
                    "A running mean of the squared gradient.",
                    lambda xp, q: q["β2"] * q["v"] + (1 - q["β2"]) * xp.power(q["g"], 2),
                ),
                UpdateEquation(
                    "mhat",
                    "bias correction",
                    "The running mean started at 0; this takes that start out again.",
                    lambda xp, q: q["m_new"] / (1 - xp.power(q["β1"], q["k"])),
                ),
                UpdateEquation(
                    "vhat",
                    "bias correction",
                    "The running mean started at 0; this takes that start out again.",
                    lambda xp, q: q["v_new"] / (1 - xp.power(q["β2"], q["k"])),
                ),
                UpdateEquation(
                    "W_new",
                    "Adam",
                    "The step is the corrected mean over the root of the corrected mean square.",
                    lambda xp, q: q["W"] - q["η"] * (q["mhat"] / (xp.sqrt(q["vhat"]) + q["ε"])),
                ),
            ),
            {
                "beta1": Setting(Fraction(9, 10), letter="β1", share=True),
                "beta2": Setting(Fraction(999, 1000), letter="β2", share=True),
                "epsilon": Setting(Fraction(1, 10**8), letter="ε"),
            },
            ("m", "v"),
        ),
    )
}
PLAIN = next(iter(OPTIMIZERS))  # the rule of an exercise that names none
