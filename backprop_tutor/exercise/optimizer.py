"""The update rule that an exercise asks for, with its settings filled in."""

from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.exercise.named import named_with_settings
from backprop_tutor.exercise.schema import OPTIMIZER_SETTINGS, ExerciseFile

__all__ = ["choose_optimizer"]


def choose_optimizer(file: ExerciseFile, report: FaultReport) -> OptimizerChoice:
    """The choice, with a fault in `report` for a setting that the rule does not have."""
    name, chosen = named_with_settings("optimizer", file.optimizer, OPTIMIZER_SETTINGS, report)
    for key, value in chosen.items():
        if OPTIMIZER_SETTINGS[name][key].share and value == 1:
            report.add(
                ("optimizer", key), f"{key} is 1: nothing would ever be forgotten.", "Write less than 1."
            )
    if file.learning_rate is None:
        for key in ("optimizer", "steps"):
            if (key,) in report.document.keys:
                report.add((key,), f"`{key}` needs a learning rate.", "Add `learning_rate: 1/10`.", key=True)
    return OptimizerChoice(name, chosen)
