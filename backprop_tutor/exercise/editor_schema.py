"""The JSON Schema of an exercise file, from the model that checks it: completion and help in editors."""

from typing import Any

from backprop_tutor.exercise.schema import ExerciseFile
from backprop_tutor.exercise.schema_types import NUMBER

__all__ = ["json_schema"]

_NESTED = {"$ref": "#/$defs/Numbers"}


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) that every valid exercise file meets, with a description a key."""
    schema: dict[str, Any] = _tidy(ExerciseFile.model_json_schema())
    rows = {"type": "array", "minItems": 1, "items": _NESTED}
    schema["$defs"]["Numbers"] = {"anyOf": [*NUMBER["anyOf"], rows]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "oneOf": [{"required": ["network", "data", "loss"]}, {"required": ["graph"]}],
    }


def _tidy(node: Any) -> Any:
    """`node` without generated titles and without the null that stands for a key left out."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "nested" in node:
        return _NESTED
    choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        rest = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
        return _tidy({**choices[0], **rest})
    if choices:
        node = {**node, "anyOf": choices}
    return {
        key: {name: _tidy(value) for name, value in inner.items()}
        if key in ("properties", "$defs")
        else _tidy(inner)
        for key, inner in node.items()
        if not (key == "title" and isinstance(inner, str)) and not (key == "default" and inner is None)
    }
