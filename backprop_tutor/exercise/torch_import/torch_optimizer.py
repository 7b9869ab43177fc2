"""A PyTorch optimizer as the `optimizer` and `learning_rate` of an exercise."""

from collections.abc import Mapping
from typing import Any

from backprop_tutor.errors import UsageError

__all__ = ["update_of"]

NAMES = {
    "SGD": ("sgd", {}),
    "Adam": ("adam", {"eps": "epsilon"}),
    "AdamW": ("adamw", {"eps": "epsilon"}),
    "RMSprop": ("rmsprop", {"alpha": "rho", "eps": "epsilon"}),
    "Adagrad": ("adagrad", {"eps": "epsilon"}),
    "Adadelta": ("adadelta", {"rho": "rho", "eps": "epsilon"}),
}
REFUSED = ("dampening", "amsgrad", "centered", "lr_decay", "initial_accumulator_value")


def update_of(optimizer: Any, learning_rate: Any) -> dict[str, Any]:
    """The keys of an exercise file. Raises UsageError for what it has no counterpart of."""
    if optimizer is None:
        return {} if learning_rate is None else {"learning_rate": learning_rate}
    kind = type(optimizer).__name__
    if kind not in NAMES:
        raise UsageError(
            f"the optimizer {kind} has no counterpart here.", hint=f"There are {', '.join(NAMES)}."
        )
    groups = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
    if any(group != groups[0] for group in groups):
        raise UsageError(
            "the optimizer has groups of parameters with settings of their own.", hint="Use one group."
        )
    return _settings(kind, groups[0], learning_rate)


def _settings(kind: str, group: Mapping[str, Any], learning_rate: Any) -> dict[str, Any]:
    odd = [key for key in REFUSED if group.get(key)]
    if kind == "RMSprop" and group.get("momentum"):
        odd.append("momentum")
    if odd:
        raise UsageError(f"{kind} with {' and '.join(odd)} has no counterpart here.", hint="Leave it out.")
    name, keys = NAMES[kind]
    settings = {ours: float(group[theirs]) for theirs, ours in keys.items()}
    if kind == "SGD" and group["momentum"]:
        name = "nesterov" if group["nesterov"] else "momentum"
        settings["momentum"] = float(group["momentum"])
    if "betas" in group:
        settings |= {"beta1": float(group["betas"][0]), "beta2": float(group["betas"][1])}
    if group.get("weight_decay"):
        decoupled = group.get("decoupled_weight_decay", kind == "AdamW")
        name = "adamw" if decoupled else name
        settings["weight_decay"] = float(group["weight_decay"])
    elif kind == "AdamW":
        name = "adam"
    chosen: dict[str, Any] = {"name": name, **settings}
    if group.get("maximize"):
        chosen["maximize"] = True
    rate = float(group["lr"]) if learning_rate is None else learning_rate
    return {"learning_rate": rate, "optimizer": chosen if len(chosen) > 1 else name}
