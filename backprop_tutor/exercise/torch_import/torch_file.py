"""The YAML of an exercise that was read from a PyTorch module."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from backprop_tutor.exercise.torch_import.lowering import Lowering
from backprop_tutor.exercise.torch_import.traced_module import TracedModule
from backprop_tutor.exercise.torch_import.written_formulas import spell

__all__ = ["MAX_WRITTEN", "exercise_text"]

MAX_WRITTEN = 2_000  # numbers that a file still shows; larger arrays go into one beside it


def exercise_text(
    traced: TracedModule, lowered: Lowering, update: Mapping[str, Any], beside: str
) -> tuple[str, dict[str, Any]]:
    """The text, and the arrays that are to stand in the .npz file called `beside` because they are large."""
    large: dict[str, Any] = {}
    total = sum(array.size for array in (*lowered.given.values(), *lowered.parameters.values()))
    lines = [
        f"title: {traced.name} from PyTorch",
        "description: >-",
        *_description(traced, lowered),
        "graph:",
    ]
    for section in ("given", "parameters"):
        arrays: dict[str, Any] = getattr(lowered, section)
        if arrays:
            lines.append(f"  {section}:")
        for name, array in arrays.items():
            said = lowered.called.get(name, name)
            note = f"  # {said}" if said != name else ""
            if total > MAX_WRITTEN and array.size > 1:
                large[name] = array
                lines.append(f"    {_key(name)}: {{file: {beside}, array: {_key(name)}}}{note}")
            elif array.ndim < 2:
                lines.append(f"    {_key(name)}: {_nested(array)}{note}")
            else:
                lines.append(f"    {_key(name)}:{note}")
                lines += [f"      - {_nested(row)}" for row in array]
    if lowered.sequence:
        steps = ", ".join(f"{letter}: {count}" for letter, count in lowered.sequence.items())
        lines.append(f"  sequence: {{{steps}}}")
    lines.append("  compute:")
    lines += [f"    {_key(name)}: {_quoted(spell(expr))}" for name, expr in lowered.compute.items()]
    lines.append("  loss: J")
    lines += [f"{key}: {_setting(value)}" for key, value in update.items()]
    return "\n".join(lines) + "\n", large


def _description(traced: TracedModule, lowered: Lowering) -> list[str]:
    said = [f"The PyTorch module {traced.name} and its loss J, on the data that are given here."]
    renamed = [
        (name, its) for name, its in lowered.called.items() if its != name and name in lowered.parameters
    ]
    if renamed:
        name, its = renamed[0]
        said.append(f"Parameters have the names that they have there, with _ for dots: {name} is {its}.")
    if lowered.counted:
        noun = "count" if len(lowered.counted) > 1 else "counts"
        said.append(f"{' and '.join(lowered.counted)} {noun} from 1, where PyTorch counts from 0.")
    return [f"  {line}" for line in said]


def _key(name: str) -> str:
    return (
        f'"{name}"' if name.lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null") else name
    )


def _quoted(formula: str) -> str:
    needs = formula[:1] in "[{*&!|>'\"%@`#-?" or ": " in formula or " #" in formula or _is_number(formula)
    return f"'{formula}'" if needs else formula


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _nested(values: Any) -> str:
    if values.ndim == 0:
        return _number(float(values))
    return f"[{', '.join(map(_nested, values))}]"


def _number(value: float) -> str:
    """Exactly the number: in full where it is one of single precision, else what reads back as the same."""
    if value == float("-inf"):
        return "-inf"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if float(np.float32(value)) == value and abs(value) > 1e-6:
        return f"{Decimal(value):f}"
    return repr(value)


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_setting(one)}' for key, one in value.items())}}}"
    return (
        str(value).lower()
        if isinstance(value, bool)
        else value
        if isinstance(value, str)
        else _number(float(value))
    )
