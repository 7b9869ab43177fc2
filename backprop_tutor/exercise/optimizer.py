"""The update rule that an exercise asks for, with its settings filled in."""

from backprop_tutor.engine.optimizers import OPTIMIZERS
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.exercise.schema import ExerciseFile, OptimizerForm

__all__ = ["choose_optimizer"]


def choose_optimizer(file: ExerciseFile, report: FaultReport) -> OptimizerChoice:
    """The choice, with a fault in `report` for a setting that the rule does not have."""
    if isinstance(file.optimizer, str):
        name, given = file.optimizer, {}
    else:
        name = file.optimizer.name
        given = file.optimizer.said(key for key in OptimizerForm.keys if key != "name")
    known = OPTIMIZERS[name].settings
    for key, value in given.items():
        if key not in known:
            takes = f"It takes {', '.join(known)}." if known else "It takes no settings."
            report.add(("optimizer", key), f"`{key}` is no setting of {name}.", takes, key=True)
        elif known[key].share and value == 1:
            report.add(
                ("optimizer", key), f"{key} is 1: nothing would ever be forgotten.", "Write less than 1."
            )
    if file.learning_rate is None:
        for key in ("optimizer", "steps"):
            if (key,) in report.document.keys:
                report.add((key,), f"`{key}` needs a learning rate.", "Add `learning_rate: 1/10`.", key=True)
    return OptimizerChoice(name, {key: setting.default for key, setting in known.items()} | given)
