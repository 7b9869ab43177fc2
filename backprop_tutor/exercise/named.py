"""What a file names out of a table, an optimizer or a loss, with its settings."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from backprop_tutor.engine.setting import Setting
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.schema import LossForm, OptimizerForm

__all__ = ["named_with_settings"]

Named = LossForm | OptimizerForm


def named_with_settings(
    key: str,
    said: str | Named,
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
