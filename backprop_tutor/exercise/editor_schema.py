"""The JSON Schema of an exercise file, from the model that checks it: completion and help in editors."""

from fractions import Fraction
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from backprop_tutor.exercise.schema import SCHEMA
from backprop_tutor.exercise.schema_types import NUMBER_JSON

__all__ = ["file_schema", "json_schema"]

_NESTED = {"$ref": "#/$defs/Numbers"}


def file_schema(schema: Any) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of files that a `schema` of pydantic's checks."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_tidy(_Generator().generate(schema))}


def json_schema() -> dict[str, Any]:
    """The schema that every valid exercise file meets, with a description a key."""
    schema = file_schema(SCHEMA)
    rows = {"type": "array", "minItems": 1, "items": _NESTED}
    schema["$defs"]["Numbers"] = {"anyOf": [*NUMBER_JSON["anyOf"], {"enum": ["-inf"]}, rows]}
    return {
        **schema,
        "oneOf": [{"required": ["network", "data", "loss"]}, {"required": ["graph"]}],
        "not": {"required": ["digits", "decimals"]},
    }


class _Generator(GenerateJsonSchema):
    """pydantic's generator, with what `schema_types` keeps in the metadata of its own schemas."""

    def generate_inner(self, schema: Any) -> dict[str, Any]:
        json = schema.get("metadata", {}).get("json")
        return dict(json) if json else super().generate_inner(schema)

    def dict_schema(self, schema: Any) -> dict[str, Any]:
        names = schema["keys_schema"].get("metadata", {}).get("names")
        return {**super().dict_schema(schema), **({"propertyNames": {"pattern": names}} if names else {})}

    def model_schema(self, schema: Any) -> dict[str, Any]:
        about = schema["cls"].__doc__
        described = {"description": about} if about else {}
        return {**described, **self.generate_inner(schema["schema"]), "additionalProperties": False}

    def model_field_schema(self, schema: Any) -> dict[str, Any]:
        return {**self.generate_inner(schema["schema"]), **schema["metadata"]}

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Fraction):
            return int(dft) if dft.denominator == 1 else str(dft)
        return super().encode_default(dft)


def _tidy(node: Any) -> Any:
    """`node` without generated titles and without the null that stands for a key left out."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "nested" in node:
        return _NESTED
    return {
        key: {name: _tidy(value) for name, value in inner.items()}
        if key in ("properties", "$defs")
        else _tidy(inner)
        for key, inner in node.items()
        if not (key == "title" and isinstance(inner, str)) and not (key == "default" and inner is None)
    }
