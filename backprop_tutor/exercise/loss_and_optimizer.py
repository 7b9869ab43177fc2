"""The loss and the update rule that an exercise asks for, with their settings filled in."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from backprop_tutor.engine import ops
from backprop_tutor.engine.optimizers import EXTRAS, MAXIMIZE
from backprop_tutor.engine.setting import Setting
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.exercise.schema import LOSSES, OPTIMIZER_SETTINGS, ExerciseFile, LossForm, OptimizerForm
from backprop_tutor.language.counted import many

__all__ = ["choose_loss", "choose_optimizer", "choose_rates"]


def choose_loss(said: str | LossForm, report: FaultReport) -> tuple[str, dict[str, Fraction]]:
    """The op and its options, with a fault in `report` for a setting that the loss does not have."""
    name, settings = _with_settings("loss", said, LOSSES, report, leave_out=tuple(ops.LOSS_WORDS))
    words = {} if isinstance(said, str) else said.said(ops.LOSS_WORDS)
    for word in sorted(words):
        try:
            name = ops.loss_of(name, {word: words[word]})
        except UsageError as error:
            report.add(("loss", word), f"{error.what}.", error.hint)
    return name, settings


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
    name, chosen = _with_settings("optimizer", said, OPTIMIZER_SETTINGS, report, leave_out=extras)
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


def _with_settings(
    key: str,
    said: str | LossForm | OptimizerForm,
    table: Mapping[str, Mapping[str, Setting]],
    report: FaultReport,
    leave_out: Collection[str] = (),
) -> tuple[str, dict[str, Fraction]]:
    """The name that the file has at `key`, and every setting of what it names, said or not.

    `table` has the settings of each by name; other keys are left out. A setting that this one does not
    have is a fault in `report`.
    """
    name = said if isinstance(said, str) else said.name
    given = (
        {}
        if isinstance(said, str)
        else said.said(other for other in said.keys if other not in ("name", *leave_out))
    )
    known = table[name]
    for setting in (other for other in given if other not in known):
        takes = f"It takes {', '.join(known)}." if known else "It takes no settings."
        report.add((key, setting), f"`{setting}` is no setting of {name}.", takes, key=True)
    return name, {setting: given.get(setting, about.default) for setting, about in known.items()}
