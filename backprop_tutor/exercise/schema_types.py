"""The kinds of value that an exercise file's keys hold, as annotated types for pydantic.

A validator that refuses raises `refusal(...)`; `schema_faults` turns it into located faults.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PlainValidator, Tag
from pydantic import WithJsonSchema as JsonSchema
from pydantic_core import PydanticCustomError

from backprop_tutor.exercise.arrays import Problem, describe, rectangle, why_not_a_number

__all__ = [
    "Array",
    "ArrayFile",
    "AtZero",
    "Formula",
    "Model",
    "Number",
    "Positive",
    "Share",
    "Steps",
    "Texts",
    "Whole",
    "chosen_by",
    "refusal",
]

FRACTION = {"type": "string", "pattern": r"^[-+]?[0-9]+/[0-9]*[1-9][0-9]*$"}
NUMBER: dict[str, Any] = {"anyOf": [{"type": "number"}, FRACTION]}
MAX_STEPS = 1_000


class Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)


def refusal(*problems: Problem) -> PydanticCustomError:
    return PydanticCustomError("refusal", "refused", {"problems": problems})


def chosen_by(test: Callable[[Any], bool], yes: str, no: str) -> Discriminator:
    """Choose between the two tagged types of a union: `yes` where `test(value)` holds."""
    return Discriminator(lambda value: yes if test(value) else no)


def _number(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    raise refusal(Problem(*why_not_a_number(value)))


def _bounded(test: Callable[[Fraction], bool], wanted: str) -> Callable[[object], Fraction]:
    def check(value: object) -> Fraction:
        number = _number(value)
        if not test(number):
            raise refusal(Problem(f"{number} is out of range.", f"Write {wanted}."))
        return number

    return check


def _whole(value: object) -> int:
    number = _number(value)
    if number.denominator != 1 or abs(number) > 1_000_000:
        raise refusal(Problem(f"{number} is not a whole number within a million."))
    return int(number)


def _steps(value: object) -> int:
    number = _number(value)
    if number.denominator != 1 or not 1 <= number <= MAX_STEPS:
        raise refusal(Problem(f"{number} is out of range.", f"Write a whole number from 1 to {MAX_STEPS:,}."))
    return int(number)


def _numbers(value: object) -> NDArray[Any]:
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
            Problem("a formula is expected here, not a list.", "Put an array under `given` or `parameters`.")
        )
    raise refusal(Problem(f"a formula such as x + y is expected here, not {describe(value)}."))


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


Number = Annotated[Fraction, PlainValidator(_number), JsonSchema(NUMBER)]
Positive = Annotated[
    Fraction, PlainValidator(_bounded(lambda n: n > 0, "a number above 0")), JsonSchema(NUMBER)
]
Share = Annotated[
    Fraction, PlainValidator(_bounded(lambda n: 0 <= n <= 1, "a number from 0 to 1")), JsonSchema(NUMBER)
]
AtZero = Annotated[
    Fraction,
    PlainValidator(_bounded(lambda n: n in (0, Fraction(1, 2), 1), "0, 1/2 or 1")),
    JsonSchema({"enum": [0, 0.5, 1, "1/2"]}),
]
Whole = Annotated[int, PlainValidator(_whole), JsonSchema({"type": "integer"})]
Steps = Annotated[
    int, PlainValidator(_steps), JsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_STEPS})
]
Formula = Annotated[
    str, PlainValidator(_formula), JsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]})
]
Texts = Annotated[
    list[str],
    BeforeValidator(_texts),
    JsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class ArrayFile(Model):
    """An array kept in a file beside the exercise."""

    file: str = Field(description="A .npz or .csv file beside the exercise, such as digits.npz.")
    array: str | None = Field(None, description="The name of the array in a .npz file.")
    columns: Annotated[
        list[Any] | None,
        JsonSchema({"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}),
    ] = Field(None, description="Of a .csv file: [first, last] column, from 1, or names in its header.")


_Inline = Annotated[
    Any,
    PlainValidator(_numbers),
    JsonSchema({"nested": "Numbers"}),
]
Array = Annotated[
    Annotated[_Inline, Tag("<numbers>")] | Annotated[ArrayFile, Tag("<file>")],
    chosen_by(lambda value: isinstance(value, dict | ArrayFile), "<file>", "<numbers>"),
]
