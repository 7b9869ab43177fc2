"""Checks a document against the model and says every fault in plain words, at its place."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeVar

from pydantic_core import ValidationError

from backprop_tutor.engine import ops
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.rectangles import describe
from backprop_tutor.exercise.schema import LAYER, ExerciseFile, checked
from backprop_tutor.exercise.schema_types import Key, Model
from backprop_tutor.exercise.yaml_reader import Path

__all__ = ["checked_model", "nearest", "validate"]

M = TypeVar("M", bound=Model)

# What people call things elsewhere.
SYNONYMS = {
    "lr": "learning_rate", "eta": "learning_rate", "rate": "learning_rate", "inputs": "x", "targets": "t",
    "y": "t", "target": "t", "input": "x", "w": "weights", "b": "bias", "biases": "bias", "name": "title",
    "easy": "beginner", "medium": "intermediate", "hard": "advanced",
} | {
    spelling.lower(): word
    for word, op in ops.activations().items()
    for spelling in (op.name, *op.aliases, *(op.activation.elsewhere if op.activation else ()))
} | {
    spelling: name
    for name, op in ops.losses().items()
    for spelling in (op.loss.elsewhere if op.loss else ())
}  # fmt: skip

_NOUNS = {"activation": "an activation", "loss": "a loss", "level": "a level", "notation": "a notation",
          "optimizer": "an optimizer", "by": "a way to ask"}  # fmt: skip

_WANTED = {
    "string_type": ("a text is expected here, not {found}.", "Put it in quotes if it is a text."),
    "list_type": ("a list is expected here, not {found}.", "Write [ … ], or one item a line after a dash."),
    "dict_type": ("a mapping is expected here, not {found}.", "Write `key: value` lines under it."),
    "bool_type": ("true or false is expected here, not {found}.", ""),
    "model_type": ("a mapping is expected here, not {found}.", "Write `key: value` lines under it."),
    "string_too_short": ("this text is empty.", ""),
}

_PATTERNS = {
    "id": ("this is no id of a version.", "`backprop-tutor variants` writes them."),
    "tied": ("these are no weights of a layer.", "Write W1, or W1.T for them turned round."),
}

_MISSING = {
    "title": "Add a line such as `title: Two-layer ReLU network`.",
    "weights": "Add them, one row a unit, as in [[1, 0], [-1, 1]].",
    "activation": "Add one, such as relu, sigmoid or linear.",
    "layers": "Add `layers:` with one item a layer.",
    "compute": "Add `compute:` with formulas such as q: x + y.",
    "loss": "Add `loss:` with the name of the computed scalar to differentiate.",
    "x": "Add the inputs, as in x: [1, 0].",
    "t": "Add the targets, as in t: [2].",
}


def nearest(word: str, choices: Mapping[str, object] | list[str]) -> str:
    """ "Did you mean …?", or the choices where they are few, or nothing."""
    lowered = {choice.lower(): choice for choice in choices}
    known = SYNONYMS.get(word.lower())
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    if known in lowered.values():
        return f"Did you mean `{known}`?"
    if close:
        return f"Did you mean `{lowered[close[0]]}`?"
    return f"It can be {', '.join(choices)}." if 0 < len(lowered) <= 12 else ""


def validate(report: FaultReport) -> ExerciseFile | None:
    """The checked file, or None with every fault in `report`."""
    data = report.document.data
    if not isinstance(data, dict):
        if data is not None or not report.faults:
            report.add((), f"an exercise is a mapping of keys, not {describe(data)}.", _MISSING["title"])
        return None
    before = len(report.faults)
    misplaced = _form_faults(data, report)
    rest = {key: data[key] for key in data if key not in misplaced}
    file = checked_model(rest, checked, ExerciseFile, report)
    return file if len(report.faults) == before else None


def checked_model(
    data: dict[str, Any], check: Callable[[object], M], model: type[M], report: FaultReport
) -> M | None:
    """What `check` makes of `data`, which is to be a `model`; or None, with every fault in `report`."""
    before = len(report.faults)
    _empty_faults(data, (), report)
    try:
        file = check(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _add(dict(detail), model, report)
        return None
    return file if len(report.faults) == before else None


def _empty_faults(value: object, path: Path, report: FaultReport) -> None:
    """A key without a value is a mistake, never a way to say "none"."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if inner is None:
                hint = "Write one, or remove the key."
                if key.isdecimal():
                    hint = "Between { } a comma ends an entry: write decimals with a point, as in 0.5."
                elif path == ("graph", "compute"):
                    hint = "Between { } a comma ends an entry: put a formula that has one in quotes."
                report.add_only((*path, key), f"`{key}` has no value.", hint)
            _empty_faults(inner, (*path, key), report)
    elif isinstance(value, list) and not isinstance(value[0] if value else None, Fraction):
        for index, inner in enumerate(value):
            _empty_faults(inner, (*path, index), report)


def _form_faults(data: Mapping[str, Any], report: FaultReport) -> list[str]:
    """Which of the two forms the file has; gives the keys that only the other one has."""
    misplaced: list[str] = []
    if "network" in data and "graph" in data:
        report.add(("graph",), "an exercise has either `network` or `graph`.", "Remove one.", key=True)
    elif "network" in data:
        for key, example in (("data", "  - {x: [1, 0], t: [2]}"), ("loss", "half_mse")):
            if key not in data:
                report.add((), f"the key `{key}` is missing.", f"Add `{key}:` such as {example.strip()}.")
    elif "graph" in data:
        for key, home in (("data", "under `graph: given`"), ("loss", "under `graph: loss`")):
            if key in data:
                report.add(
                    (key,), f"`{key}` belongs to a network.", f"In a graph it stands {home}.", key=True
                )
                misplaced.append(key)
    elif not any(get_close_matches(key, ["network", "graph"], n=1) for key in data):
        report.add((), "the key `network` (or `graph`) is missing.", "Say what is computed.")
    return misplaced


def _add(detail: dict[str, Any], model: type[Model], report: FaultReport) -> None:
    loc: Path = detail["loc"]
    path, _ = _descend(loc, model)
    kind = detail["type"]
    found = describe(detail["input"])
    if kind == "refusal":
        for problem in detail["ctx"]["problems"]:
            report.add((*path, *problem.at), problem.what, problem.hint)
    elif kind == "missing":
        key = str(path[-1])
        report.add(path[:-1], f"the key `{key}` is missing.", _MISSING.get(key, ""))
    elif kind == "extra_forbidden":
        _, keys = _descend(loc[:-1], model)
        hint = nearest(str(path[-1]), keys) or "`backprop-tutor schema` lists the keys."
        report.add(path, f"there is no key `{path[-1]}` here.", hint, key=True)
    elif kind == "literal_error":
        noun = _NOUNS.get(str(path[-2] if path[-1] == "name" else path[-1]), "a word known")
        choices = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        word = detail["input"]
        named = f"`{word}`" if isinstance(word, str) else found
        report.add(path, f"{named} is not {noun}.", nearest(word if isinstance(word, str) else "", choices))
    elif kind in ("too_short", "too_long"):
        wanted = detail["ctx"].get("min_length", detail["ctx"].get("max_length"))
        bound = "at least" if kind == "too_short" else "at most"
        report.add(path, f"{bound} {wanted} item{'s'[: wanted != 1]} must stand here.")
    elif kind == "string_pattern_mismatch":
        report.add(path, *_PATTERNS[str(path[-1])])
    elif path == ("network",) and isinstance(detail["input"], list):
        report.add(path, "`network` is a mapping, not a list.", "Put the list under `layers:` inside it.")
    else:
        what, hint = _WANTED.get(kind, (f"{detail['msg']}.", ""))
        report.add(path, what.format(found=found), hint)


def _descend(loc: Path, model: type[Model]) -> tuple[Path, dict[str, Key]]:
    """The path in the file of pydantic's `loc`, and the keys of the mapping there; the file is a `model`.

    They differ by the tags: the steps by which pydantic chooses between two kinds of value.
    """
    path: Path = ()
    schema: Any = model.reference
    for part in loc:
        if schema["type"] == "definition-ref" and schema["schema_ref"] == LAYER["ref"]:
            schema = LAYER
        if schema["type"] == "tagged-union":
            schema = schema["choices"][part]
            continue
        path = (*path, part)
        match schema["type"]:
            case "definition-ref":
                keys = Model.models[schema["schema_ref"]].keys
                schema = keys[str(part)].schema if part in keys else {"type": "nothing"}
            case "list":
                schema = schema["items_schema"]
            case "dict":
                schema = schema["values_schema"]
    return path, Model.models[schema["schema_ref"]].keys if "schema_ref" in schema else {}
