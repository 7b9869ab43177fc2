import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from kind_files import EVERY, text
from sample_files import GRAPH, NETWORK, spoiled

from backprop_tutor import loads
from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise.catalogue import find, shipped_names
from backprop_tutor.exercise.editor_schema import json_schema
from backprop_tutor.exercise.template import STARTER
from backprop_tutor.exercise.yaml_reader import read

SCHEMA = json_schema()
KEYWORDS = {
    *("$schema", "$defs", "$ref", "title", "description", "default", "type", "enum", "const", "pattern"),
    *("anyOf", "oneOf", "properties", "required", "additionalProperties", "items", "minItems", "maxItems"),
    *("minLength", "minimum", "maximum", "exclusiveMinimum", "minProperties", "propertyNames", "not"),
}
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
}


def number_or_text(text: str) -> Any:
    """What an editor's YAML reader makes of an unquoted scalar: a fraction is text to it."""
    try:
        return json.loads(text.removeprefix("+"))
    except json.JSONDecodeError:
        return text


def refusals(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Why `value` does not meet `schema`: as much of draft 2020-12 as the schema uses."""
    assert schema.keys() <= KEYWORDS, schema.keys() - KEYWORDS
    if "$ref" in schema:
        yield from refusals(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], at)
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    fits = (isinstance(value, TYPES[t]) and isinstance(value, bool) == (t == "boolean") for t in types)
    if types and not any(fits):
        yield f"{at}: not {types}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: not in {schema['enum']}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{at}: not {schema['pattern']}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        above = value > schema.get("exclusiveMinimum", value - 1)
        if not (above and schema.get("minimum", value) <= value <= schema.get("maximum", value)):
            yield f"{at}: out of range"
    if "anyOf" in schema and all(any(refusals(value, choice, at)) for choice in schema["anyOf"]):
        yield f"{at}: none of the choices"
    if "oneOf" in schema and sum(not any(refusals(value, choice, at)) for choice in schema["oneOf"]) != 1:
        yield f"{at}: not one of the choices"
    if "not" in schema and not any(refusals(value, schema["not"], at)):
        yield f"{at}: what must not be"
    if isinstance(value, dict):
        yield from (f"{at}: lacks {key}" for key in schema.get("required", ()) if key not in value)
        for key, inner in value.items():
            yield from refusals(key, schema.get("propertyNames", {}), f"{at}: the name {key}")
            rule = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            yield from [f"{at}: unknown {key}"] if rule is False else refusals(inner, rule, f"{at}.{key}")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for index, inner in enumerate(value):
            yield from refusals(inner, schema.get("items", {}), f"{at}[{index}]")


def refused(text: str | bytes) -> list[str]:
    return list(refusals(read(text, scalar=number_or_text).data, SCHEMA))


@pytest.mark.parametrize("name", shipped_names())
def test_the_schema_accepts_every_shipped_exercise(name: str) -> None:
    assert refused(find(name).read_bytes()) == []


@pytest.mark.parametrize("name", EVERY)
def test_it_accepts_every_kind_of_layer(name: str) -> None:
    assert refused(text(*EVERY[name])) == []


@pytest.mark.parametrize("text", [STARTER, NETWORK, GRAPH, NETWORK + "data2: 1\n"])
def test_it_accepts_what_the_program_accepts(text: str) -> None:
    assert bool(refused(text)) == ("data2" in text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("relu", "rleu"),
        ("title: A network", "titel: A network"),
        ("[[1, 2]]", "[[1, x]]"),
        ("[[1, 2]]", "[]"),
        ("1/10", "1/0"),
        ("half_mse", "mxe"),
        ("loss: half_mse\n", ""),
        ("learning_rate: 1/10", "steps: 0.5"),
        ("learning_rate: 1/10", "optimizer: {name: adm}"),
        ("learning_rate: 1/10", "graph: {compute: {f: x}, loss: f}"),
        *(("learning_rate: 1/10", f"learning_rate: {rate}") for rate in ("0", "-1", "0/3", "-1/3")),
        ("learning_rate: 1/10", "tolerance: 2"),
        ("learning_rate: 1/10", "digits: 0"),
        ("learning_rate: 1/10", "decimals: 1.5"),
        ("learning_rate: 1/10", "digits: 3\ndecimals: 3"),
        ("learning_rate: 1/10", "follow_through: -1/2"),
    ],
)
def test_it_refuses_what_the_program_refuses(old: str, new: str) -> None:
    text = spoiled(NETWORK, (old, new))
    assert refused(text)
    with pytest.raises(ExerciseError):
        loads(text)


@pytest.mark.parametrize("name", ["[bold]x", "2x", "_x", "a b", "x'", "x-y"])
def test_it_refuses_names_that_cannot_be(name: str) -> None:
    for old, new in (("w: -4", f'"{name}": -4'), ("  q: ", f'  "{name}": ')):
        assert refused(spoiled(GRAPH, (old, new)))


@pytest.mark.parametrize("value", ["1/10", "+1/10", "0.5", "1e-3", "10"])
def test_it_accepts_every_positive_number(value: str) -> None:
    text = spoiled(NETWORK, ("learning_rate: 1/10", f"learning_rate: {value}"))
    assert refused(text) == []
    loads(text)


@pytest.mark.parametrize("name", ["x", "W_1", "η", "ŷ", "x2"])
def test_it_accepts_every_name(name: str) -> None:
    text = f"title: t\ngraph:\n  given: {{{name}: 2}}\n  compute: {{f: {name} * 2}}\n  loss: f\n"
    assert refused(text) == []
    loads(text)


def test_every_key_is_described_for_the_editor() -> None:
    models = {"the file": SCHEMA, **{n: d for n, d in SCHEMA["$defs"].items() if "properties" in d}}
    assert len(models) > 8
    assert [
        (name, key)
        for name, model in models.items()
        for key, rule in model["properties"].items()
        if not rule.get("description")
    ] == []


def test_the_schema_is_plain_json_and_always_the_same() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA == json_schema()
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
