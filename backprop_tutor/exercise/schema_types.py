"""The kinds of value that an exercise file's keys hold, as schemas of pydantic's core.

They are written for pydantic-core, the validator inside pydantic. Every command that reads a file pays for
the difference: importing `pydantic.BaseModel` takes 2.6 times as long as the core alone (75 ms for 30), and
30 ms more go into turning such models into these schemas; `Model` below is what that saves.

A validator that refuses raises `refusal(...)`; `schema_faults` turns it into located faults.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple, get_args

from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as core

from backprop_tutor.engine.setting import Setting
from backprop_tutor.exercise.precision import MOST_DIGITS
from backprop_tutor.exercise.rectangles import ArrayProblem, Numbers, describe, rectangle, why_not_a_number

__all__ = [
    "ARRAY",
    "AT_ZERO",
    "DIGITS",
    "EPSILON",
    "FORMULA",
    "FRACTION_JSON",
    "HEADS",
    "MINUTES",
    "NUMBER",
    "NUMBER_JSON",
    "PADDING",
    "POSITIVE",
    "SEQUENCE",
    "SHARE",
    "SIZES",
    "STEPS",
    "TEXT",
    "TIED",
    "TRAINABLE",
    "TRUTH",
    "WEIGHTS",
    "WHOLE",
    "Array",
    "ArrayFile",
    "Model",
    "Sizes",
    "TiedWeights",
    "Weights",
    "chosen",
    "either",
    "key",
    "list_of",
    "lone_word",
    "mapping_of",
    "one_of",
    "settings",
    "word",
]

TIED = r"^[A-Z]+(_[a-z])?[1-9][0-9]*(\.T)?$"
MAX_STEPS = 1_000
MAX_SEQUENCE = 10_000
MAX_MINUTES = 60
FRACTION_JSON = {"type": "string", "pattern": r"^[-+]?[0-9]+/[0-9]*[1-9][0-9]*$"}
NUMBER_JSON: dict[str, Any] = {"anyOf": [{"type": "number"}, FRACTION_JSON]}
# The reader of formulas knows it better.
NAME_PATTERN = r"^[A-Za-z\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*(<[A-Za-z0-9+-]+>)?$"


def _number_json(numerator: str, **bounds: int) -> dict[str, Any]:
    """The JSON Schema of numbers within bounds, and of fractions with a numerator of that pattern."""
    fraction = {"type": "string", "pattern": rf"^\+?{numerator}/[0-9]*[1-9][0-9]*$"}
    return {"anyOf": [{"type": "number", **bounds}, fraction]}


class Key(NamedTuple):
    """One key of a mapping: what it may hold, what it is for, and what it is taken for if left out."""

    schema: CoreSchema
    description: str
    default: object


_REQUIRED = object()


def key(schema: CoreSchema, description: str, default: object = _REQUIRED) -> Any:
    return Key(schema, description, default)


class Model:
    """A mapping with fixed keys, which a subclass lists as `name: type = key(…)`, or takes from a table with
    `also`.

    Validation makes an instance with the values as its attributes. `reference` is the schema that says
    "such a mapping" wherever one may stand.
    """

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    models: ClassVar[dict[str, type["Model"]]] = {}
    keys: ClassVar[dict[str, Key]]
    schema: ClassVar[CoreSchema]
    reference: ClassVar[CoreSchema]

    def __init_subclass__(cls, also: Mapping[str, Key] = {}) -> None:
        cls.keys = {name: value for name, value in vars(cls).items() if isinstance(value, Key)} | dict(also)
        cls.schema = core.model_schema(
            cls,
            core.model_fields_schema({name: _field(key) for name, key in cls.keys.items()}),
            ref=cls.__name__,
            config={"extra_fields_behavior": "forbid"},
        )
        cls.reference = core.definition_reference_schema(cls.__name__)
        Model.models[cls.__name__] = cls

    def said(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of those of these keys that the file has."""
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}


def _field(key: Key) -> core.ModelField:
    schema = key.schema
    if key.default is not _REQUIRED:
        schema = core.with_default_schema(schema, default=key.default)
    return core.model_field(schema, metadata={"description": key.description})


def either(kind: type, choices: dict[str, CoreSchema]) -> CoreSchema:
    """Two kinds of value, each with its tag: the first where a value is a `kind`, else the second."""
    first, second = choices
    return chosen(lambda value: first if isinstance(value, kind) else second, choices)


def chosen(
    choose: Callable[[Any], str], choices: dict[str, CoreSchema], ref: str | None = None
) -> CoreSchema:
    """Several kinds of value, each with its tag, which `choose` gives."""
    return core.tagged_union_schema(choices, choose, ref=ref)


def word(literal: Any) -> CoreSchema:
    """One of the words of a Literal."""
    return one_of(get_args(literal))


def one_of(words: Iterable[str]) -> CoreSchema:
    return core.literal_schema(list(words))


def lone_word(kinds: Mapping[str, type[Model]]) -> CoreSchema:
    """A word that stands for a model without keys."""

    def check(value: object) -> Model:
        if value in kinds:
            return kinds[str(value)]()
        known = " or ".join(f"`{word}`" for word in kinds)
        raise refusal(
            ArrayProblem(f"{describe(value)} is no layer.", f"A layer is a mapping, or the word {known}.")
        )

    return _checked(check, {"enum": list(kinds)})


def list_of(items: CoreSchema, least: int | None = None, most: int | None = None) -> CoreSchema:
    return core.list_schema(items, min_length=least, max_length=most, strict=True)


def mapping_of(values: CoreSchema, least: int | None = None, *, named: bool = False) -> CoreSchema:
    """`named`: by the names of quantities."""
    return core.dict_schema(NAME if named else TEXT, values, min_length=least, strict=True)


def refusal(*problems: ArrayProblem) -> PydanticCustomError:
    return PydanticCustomError("refusal", "refused", {"problems": problems})


def _checked(check: Callable[[object], object], json: dict[str, Any]) -> CoreSchema:
    """What `check` makes of a value; `json` is its JSON Schema."""
    return core.no_info_plain_validator_function(check, metadata={"json": json})


def _number(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    raise refusal(ArrayProblem(*why_not_a_number(value)))


def _bounded(test: Callable[[Fraction], bool], wanted: str) -> Callable[[object], Fraction]:
    def check(value: object) -> Fraction:
        number = _number(value)
        if not test(number):
            raise refusal(ArrayProblem(f"{number} is out of range.", f"Write {wanted}."))
        return number

    return check


def _whole(value: object) -> int:
    number = _number(value)
    if number.denominator != 1 or abs(number) > 1_000_000:
        raise refusal(ArrayProblem(f"{number} is not a whole number within a million."))
    return int(number)


def _count(most: int) -> CoreSchema:
    """A whole number from 1 to `most`."""

    def check(value: object) -> int:
        number = _number(value)
        if number.denominator != 1 or not 1 <= number <= most:
            raise refusal(
                ArrayProblem(f"{number} is out of range.", f"Write a whole number from 1 to {most:,}.")
            )
        return int(number)

    return _checked(check, {"type": "integer", "minimum": 1, "maximum": most})


def _sizes(least: int) -> CoreSchema:
    """A whole number from `least`, or a list of them, one an axis."""

    def check(value: object) -> int | tuple[int, ...]:
        numbers = [_number(item) for item in (value if isinstance(value, list) else [value])]
        for number in numbers:
            if number.denominator != 1 or not least <= number <= MAX_SEQUENCE:
                what = f"{number} is out of range."
                raise refusal(
                    ArrayProblem(what, f"Write a whole number from {least}, or one an axis in [ ].")
                )
        return tuple(map(int, numbers)) if isinstance(value, list) else int(numbers[0])

    one = {"type": "integer", "minimum": least}
    return _checked(check, {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})


def _numbers(value: object) -> Numbers:
    array, problems = rectangle(value)
    if array is None:
        raise refusal(*problems)
    return array


def _formula(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, list):
        raise refusal(
            ArrayProblem(
                "a formula is expected here, not a list.", "Put an array under `given` or `parameters`."
            )
        )
    raise refusal(ArrayProblem(f"a formula such as x + y is expected here, not {describe(value)}."))


TEXT = core.str_schema(strict=True)
NAME = core.str_schema(strict=True, metadata={"names": NAME_PATTERN})
NUMBER = _checked(_number, NUMBER_JSON)
POSITIVE = _checked(
    _bounded(lambda n: n > 0, "a number above 0"), _number_json("[0-9]*[1-9][0-9]*", exclusiveMinimum=0)
)
EPSILON = _checked(_bounded(lambda n: n >= 0, "a number from 0"), _number_json("[0-9]+", minimum=0))
SHARE = _checked(
    _bounded(lambda n: 0 <= n <= 1, "a number from 0 to 1"), _number_json("[0-9]+", minimum=0, maximum=1)
)
AT_ZERO = _checked(
    _bounded(lambda n: n in (0, Fraction(1, 2), 1), "0, 1/2 or 1"), {"enum": [0, 0.5, 1, "1/2"]}
)
WHOLE = _checked(_whole, {"type": "integer"})
STEPS = _count(MAX_STEPS)
SEQUENCE = _count(MAX_SEQUENCE)
DIGITS = _count(MOST_DIGITS)
MINUTES = _count(MAX_MINUTES)
HEADS = _count(MAX_STEPS)
SIZES = _sizes(1)
PADDING = _sizes(0)
Sizes = int | tuple[int, ...]
TRUTH = core.bool_schema(strict=True)
FORMULA = _checked(_formula, {"anyOf": [{"type": "string"}, {"type": "number"}]})
_INLINE = _checked(_numbers, {"nested": "Numbers"})
_COLUMNS = core.list_schema(
    strict=True,
    metadata={"json": {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}},
)


def settings(owners: Mapping[str, Mapping[str, Setting]]) -> dict[str, Any]:
    """A key for every setting in a table of them, which tells whose it is."""
    names = dict.fromkeys(name for taken in owners.values() for name in taken)
    return {name: _setting({owner: s[name] for owner, s in owners.items() if name in s}) for name in names}


def _setting(owners: Mapping[str, Setting]) -> Any:
    about = []
    for setting in dict.fromkeys(owners.values()):
        whose = " and ".join(owner for owner, own in owners.items() if own == setting)
        says = f": {setting.says}" if setting.says else ""
        about.append(f"Of {whose}{says}; {_short(setting.default)} if not given.")
    schema = SHARE if all(setting.share for setting in owners.values()) else POSITIVE
    return key(schema, " ".join(about), None)


def _short(number: Fraction) -> str:
    return str(number) if number.denominator < 10_000 else f"{float(number):g}".replace("e-0", "e-")


class ArrayFile(Model):
    """An array kept in a file beside the exercise."""

    file: str = key(TEXT, "A .npz or .csv file beside the exercise, such as digits.npz.")
    array: str | None = key(TEXT, "The name of the array in a .npz file.", None)
    columns: list[Any] | None = key(
        _COLUMNS, "Of a .csv file: [first, last] column, from 1, or names in its header.", None
    )


Array = Numbers | ArrayFile
ARRAY = either(dict, {"<file>": ArrayFile.reference, "<numbers>": _INLINE})


class TiedWeights(Model):
    """Weights that are those of another layer."""

    tied: str = key(core.str_schema(strict=True, pattern=TIED), "Whose they are: W1, or W1.T turned round.")


WEIGHTS = chosen(
    lambda value: "<tied>" if isinstance(value, dict) and "tied" in value else "<array>",
    {"<tied>": TiedWeights.reference, "<array>": ARRAY},
)
"""An array, or the name of another layer's."""

Weights = Array | TiedWeights
TRAINABLE = {
    "trainable": key(
        core.bool_schema(strict=True), "false: its arrays are not updated, nor is their gradient asked.", True
    )
}
"""A key of every layer that has something to learn."""
