"""The update step: how each optimizer turns a gradient into a new weight.

Like the ops, the rules are written once in the array namespace, so they are computed in floats and in
fractions and printed as formulas. An optimizer is one entry of `OPTIMIZERS`; the formulas are those of
the PyTorch documentation (sign and bias correction conventions included). What any of them may be given
besides, such as clipping, is one entry of `EXTRAS`.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from backprop_tutor.engine.setting import Setting
from backprop_tutor.engine.systems.base import Array

__all__ = [
    "EXTRAS",
    "MAXIMIZE",
    "OPTIMIZERS",
    "PLAIN",
    "Extra",
    "Optimizer",
    "UpdateEquation",
    "optimizer_with",
]

Terms = Mapping[str, Array]


class UpdateEquation(NamedTuple):
    """One line of the update: `target` is `W_new`, or a helper such as `v_new` that later lines use.

    One that is `overall` is worked out once, from the gradients of all parameters: its `g` is their list.
    What one that `prepares` gives is the gradient from there on. `climbing` is the rule, and what is said of
    it, where J is maximised, if these are others.
    """

    target: str
    rule: str
    says: str
    formula: Callable[[Any, Terms], Array]
    overall: bool = False
    prepares: bool = False
    climbing: tuple[str, str] | None = None


class Optimizer(NamedTuple):
    """`settings` by their keys in files; `state` names what is kept between steps and starts at 0.

    The terms a formula may use: `W` (the parameter), `g` (its gradient, as the extras leave it), `η`, `k`
    (the step's number), the letters of the settings, the state, and the targets of earlier equations. The
    last gives `W_new`, by `_moved`. One that `maximizes` climbs.
    """

    name: str
    equations: tuple[UpdateEquation, ...]
    settings: Mapping[str, Setting]
    state: tuple[str, ...] = ()
    maximizes: bool = False


class Extra(NamedTuple):
    """What any optimizer may be given: a setting, and what it does with the gradient `g` before the rule.
    With the number `off` it would do nothing."""

    setting: Setting
    off: float
    equations: tuple[UpdateEquation, ...]


NO_LIMIT = 1e300
MAXIMIZE = "maximize"  # of an optimizer: climb instead of descending


def _moved(xp: Any, q: Terms, step: Array, start: Array | None = None) -> Array:
    """The parameter after the `step`: against the gradient, or along it where J is maximised."""
    old = q["W"] if start is None else start
    return old + q["η"] * step if MAXIMIZE in q else old - q["η"] * step


def _norm(xp: Any, q: Terms) -> Array:
    squares = (xp.power(g, 2) for g in q["g"])
    return xp.sqrt(reduce(add, (xp.sum(square, tuple(range(square.ndim))) for square in squares)))


def _decayed(xp: Any, q: Terms) -> Array:
    """The gradient of J and λ/2 Σ W²; where J is maximised, less that of the decay."""
    return q["g"] - q["λ"] * q["W"] if MAXIMIZE in q else q["g"] + q["λ"] * q["W"]


EXTRAS = {
    "clip_norm": Extra(
        Setting(Fraction(1), "the largest norm of all gradients together", letter="κ"),
        NO_LIMIT,
        (
            UpdateEquation(
                "norm",
                "norm of all gradients",
                "The root of the sum of all squared entries of all parameters' gradients.",
                _norm,
                overall=True,
            ),
            UpdateEquation(
                "clipped",
                "gradient clipped by its norm",
                "Where the norm is over κ, every gradient is multiplied by κ/norm; else nothing happens.",
                lambda xp, q: q["κ"] / xp.call("max", q["norm"], q["κ"]) * q["g"],
                prepares=True,
            ),
        ),
    ),
    "clip_value": Extra(
        Setting(Fraction(1), "the largest size of a gradient's entry", letter="κ"),
        NO_LIMIT,
        (
            UpdateEquation(
                "clipped",
                "gradient clipped by value",
                "Entries beyond -κ and κ are set to these.",
                lambda xp, q: xp.call("max", -q["κ"], xp.call("min", q["κ"], q["g"])),
                prepares=True,
            ),
        ),
    ),
    "weight_decay": Extra(
        Setting(Fraction(1, 100), "what pulls the weights towards 0", letter="λ"),
        0,
        (
            UpdateEquation(
                "decayed",
                "gradient with weight decay",
                "λ times the old weight pulls it towards 0, as the penalty λ/2 Σ W² in the loss would.",
                _decayed,
                prepares=True,
            ),
        ),
    ),
}
"""By their keys in files, in the order in which they act."""


def optimizer_with(name: str, settings: Mapping[str, Fraction]) -> Optimizer:
    """The optimizer with the equations of the extras among its `settings`."""
    optimizer = OPTIMIZERS[name]
    chosen = [extra for key, extra in EXTRAS.items() if key in settings and key not in optimizer.settings]
    before = tuple(equation for extra in chosen for equation in extra.equations)
    more = {key: extra.setting for key, extra in EXTRAS.items() if extra in chosen}
    *helpers, last = optimizer.equations
    if MAXIMIZE in settings:
        rule, says = last.climbing or (last.rule, last.says)
        last = last._replace(rule=rule, says=f"{says} {_ASCENT}")
    return optimizer._replace(
        equations=(*before, *helpers, last),
        settings={**optimizer.settings, **more},
        maximizes=MAXIMIZE in settings,
    )


_ASCENT = "J is to become large, so the step is added."
_VELOCITY_STEP = "The step goes along the velocity."
_RATE = "by the learning rate {η}; every gradient was taken at the old weights."
_MOMENTUM = {"momentum": Setting(Fraction(9, 10), letter="μ", share=True)}
_VELOCITY = UpdateEquation(
    "v_new",
    "velocity",
    "The velocity keeps the share μ of its old value and adds the gradient.",
    lambda xp, q: q["μ"] * q["v"] + q["g"],
)

_EPSILON = Setting(Fraction(1, 10**8), letter="ε")
_BETAS = {
    "beta1": Setting(Fraction(9, 10), letter="β1", share=True),
    "beta2": Setting(Fraction(999, 1000), letter="β2", share=True),
    "epsilon": _EPSILON,
}
_CORRECTION = "The running mean started at 0; this takes that start out again."
_CORRECTED = "The step is the corrected mean over the root of the corrected mean square."
_MOMENTS = (
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
        _CORRECTION,
        lambda xp, q: q["m_new"] / (1 - xp.power(q["β1"], q["k"])),
    ),
    UpdateEquation(
        "vhat",
        "bias correction",
        _CORRECTION,
        lambda xp, q: q["v_new"] / (1 - xp.power(q["β2"], q["k"])),
    ),
)
_MEAN_SQUARE = UpdateEquation(
    "v_new",
    "mean square",
    "A running mean of the squared gradient.",
    lambda xp, q: q["ρ"] * q["v"] + (1 - q["ρ"]) * xp.power(q["g"], 2),
)


def _adam_step(xp: Any, q: Terms) -> Array:
    return q["mhat"] / (xp.sqrt(q["vhat"]) + q["ε"])


OPTIMIZERS = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "sgd",
            (
                UpdateEquation(
                    "W_new",
                    "gradient descent",
                    f"Against the gradient, {_RATE}",
                    lambda xp, q: _moved(xp, q, q["g"]),
                    climbing=("gradient ascent", f"Along the gradient, {_RATE}"),
                ),
            ),
            {},
        ),
        Optimizer(
            "momentum",
            (
                _VELOCITY,
                UpdateEquation(
                    "W_new",
                    "gradient descent with momentum",
                    _VELOCITY_STEP,
                    lambda xp, q: _moved(xp, q, q["v_new"]),
                    climbing=("gradient ascent with momentum", _VELOCITY_STEP),
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
                    lambda xp, q: _moved(xp, q, q["g"] + q["μ"] * q["v_new"]),
                ),
            ),
            _MOMENTUM,
            ("v",),
        ),
        Optimizer(
            "adam",
            (
                *_MOMENTS,
                UpdateEquation("W_new", "Adam", _CORRECTED, lambda xp, q: _moved(xp, q, _adam_step(xp, q))),
            ),
            _BETAS,
            ("m", "v"),
        ),
        Optimizer(
            "adamw",
            (
                *_MOMENTS,
                UpdateEquation(
                    "W_new",
                    "AdamW",
                    "The old weight shrinks by the share ηλ, apart from the gradient; then Adam's step.",
                    lambda xp, q: _moved(xp, q, _adam_step(xp, q), (1 - q["η"] * q["λ"]) * q["W"]),
                ),
            ),
            {
                **_BETAS,
                "weight_decay": Setting(Fraction(1, 100), "what pulls the weights towards 0", letter="λ"),
            },
            ("m", "v"),
        ),
        Optimizer(
            "rmsprop",
            (
                _MEAN_SQUARE,
                UpdateEquation(
                    "W_new",
                    "RMSProp",
                    "The step is the gradient over the root of its mean square.",
                    lambda xp, q: _moved(xp, q, q["g"] / (xp.sqrt(q["v_new"]) + q["ε"])),
                ),
            ),
            {"rho": Setting(Fraction(99, 100), letter="ρ", share=True), "epsilon": _EPSILON},
            ("v",),
        ),
        Optimizer(
            "adagrad",
            (
                UpdateEquation(
                    "v_new",
                    "sum of squares",
                    "All squared gradients so far, added up.",
                    lambda xp, q: q["v"] + xp.power(q["g"], 2),
                ),
                UpdateEquation(
                    "W_new",
                    "Adagrad",
                    "The step is the gradient over the root of the sum of its squares.",
                    lambda xp, q: _moved(xp, q, q["g"] / (xp.sqrt(q["v_new"]) + q["ε"])),
                ),
            ),
            {"epsilon": Setting(Fraction(1, 10**10), letter="ε")},
            ("v",),
        ),
        Optimizer(
            "adadelta",
            (
                _MEAN_SQUARE,
                UpdateEquation(
                    "step",
                    "step in the weight's own unit",
                    "The gradient, times the root mean square of earlier steps over that of the gradients.",
                    lambda xp, q: xp.sqrt(q["u"] + q["ε"]) / xp.sqrt(q["v_new"] + q["ε"]) * q["g"],
                ),
                UpdateEquation(
                    "u_new",
                    "mean squared step",
                    "A running mean of the squared step.",
                    lambda xp, q: q["ρ"] * q["u"] + (1 - q["ρ"]) * xp.power(q["step"], 2),
                ),
                UpdateEquation(
                    "W_new",
                    "Adadelta",
                    "The step, times the learning rate.",
                    lambda xp, q: _moved(xp, q, q["step"]),
                ),
            ),
            {
                "rho": Setting(Fraction(9, 10), letter="ρ", share=True),
                "epsilon": Setting(Fraction(1, 10**6), letter="ε"),
            },
            ("v", "u"),
        ),
    )
}
PLAIN = "sgd"  # the rule of an exercise that names none
