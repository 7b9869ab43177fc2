"""The update rule that an exercise asks for, with its settings filled in."""

from fractions import Fraction

from backprop_tutor.engine.optimizers import EXTRAS, MAXIMIZE
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.exercise.named import named_with_settings
from backprop_tutor.exercise.schema import OPTIMIZER_SETTINGS, ExerciseFile
from backprop_tutor.language.counted import many

__all__ = ["choose_optimizer", "choose_rates"]


def choose_rates(file: ExerciseFile, report: FaultReport) -> tuple[Fraction, ...]:
    """The learning rates, one for all updates or one each; a list says how many updates there are."""
    if not isinstance(file.learning_rate, list):
        return () if file.learning_rate is None else (file.learning_rate,)
    rates = tuple(file.learning_rate)
    if ("steps",) in report.document.keys and file.steps != len(rates):
        what = f"{many(file.steps, 'step')}, but {many(len(rates), 'learning rate')}."
        report.add(("steps",), what, "Give a learning rate for each, or leave `steps` out.")
    file.steps = len(rates)
    return rates


def choose_optimizer(file: ExerciseFile, report: FaultReport) -> OptimizerChoice:
    """The choice, with a fault in `report` for a setting that the rule does not have."""
    said = file.optimizer
    name = said if isinstance(said, str) else said.name
    extras = [key for key in (*EXTRAS, MAXIMIZE) if key not in OPTIMIZER_SETTINGS[name]]
    name, chosen = named_with_settings("optimizer", said, OPTIMIZER_SETTINGS, report, leave_out=extras)
    for key, value in chosen.items():
        if OPTIMIZER_SETTINGS[name][key].share and value == 1:
            report.add(
                ("optimizer", key), f"{key} is 1: nothing would ever be forgotten.", "Write less than 1."
            )
    if file.learning_rate is None:
        for key in ("optimizer", "steps"):
            if (key,) in report.document.keys:
                report.add((key,), f"`{key}` needs a learning rate.", "Add `learning_rate: 1/10`.", key=True)
    if not isinstance(said, str):
        chosen |= {key: Fraction(value) for key, value in said.said(extras).items() if value}
    if {"clip_norm", "clip_value"} <= chosen.keys():
        what = "a gradient is clipped either by its norm or by value."
        report.add(("optimizer", "clip_value"), what, "Remove one.", key=True)
    return OptimizerChoice(name, chosen)
