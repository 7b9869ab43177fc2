"""The update rule that an exercise asks for, with its settings filled in."""

from fractions import Fraction

from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.exercise.report import Report
from backprop_tutor.exercise.schema import ExerciseFile, OptimizerForm

__all__ = ["choose_optimizer"]

_MOMENTUM = {"momentum": Fraction(9, 10)}
DEFAULTS: dict[str, dict[str, Fraction]] = {
    "sgd": {},
    "momentum": _MOMENTUM,
    "nesterov": _MOMENTUM,
    "adam": {"beta1": Fraction(9, 10), "beta2": Fraction(999, 1000), "epsilon": Fraction(1, 10**8)},
}


def choose_optimizer(file: ExerciseFile, report: Report) -> OptimizerChoice:
    """The choice, with a fault in `report` for a setting that the rule does not have."""
    if isinstance(file.optimizer, str):
        name, given = file.optimizer, {}
    else:
        name = file.optimizer.name
        settings = {key: getattr(file.optimizer, key) for key in OptimizerForm.keys if key != "name"}
        given = {key: value for key, value in settings.items() if value is not None}
    defaults = DEFAULTS[name]
    for key, value in given.items():
        if key not in defaults:
            takes = f"It takes {', '.join(defaults)}." if defaults else "It takes no settings."
            report.add(("optimizer", key), f"`{key}` is no setting of {name}.", takes, key=True)
        elif key != "epsilon" and value == 1:
            report.add(
                ("optimizer", key), f"{key} is 1: nothing would ever be forgotten.", "Write less than 1."
            )
    if file.learning_rate is None:
        for key in ("optimizer", "steps"):
            if (key,) in report.document.keys:
                report.add((key,), f"`{key}` needs a learning rate.", "Add `learning_rate: 1/10`.", key=True)
    return OptimizerChoice(name, {**defaults, **given})
