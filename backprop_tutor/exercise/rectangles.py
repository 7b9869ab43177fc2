"""Nested lists of exact numbers -> rectangular arrays of fractions."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.exercise.scalars import read_number
from backprop_tutor.language.numerals import why_no_number

__all__ = ["ArrayProblem", "Numbers", "describe", "rectangle", "size_in_words", "why_not_a_number"]

Numbers = np.ndarray[Any, np.dtype[Any]]  # NDArray[Any], without importing numpy.typing


class ArrayProblem(NamedTuple):
    """What is wrong with a value, `at` a path inside it."""

    what: str
    hint: str = ""
    at: tuple[int | str, ...] = ()


def rectangle(value: object) -> tuple[Numbers | None, list[ArrayProblem]]:
    """The object array of Fraction that `value` (a number, or lists of them) spells, or its problems.

    The shape is that of the nesting; a number has shape (). Every bad entry and ragged row is named.
    """
    flat: list[Fraction] = []
    problems: list[ArrayProblem] = []
    shape = _walk(value, (), flat, problems)
    if problems or shape is None:
        return None, problems
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(shape), []


def _walk(
    value: object, at: tuple[int, ...], flat: list[Fraction], problems: list[ArrayProblem]
) -> tuple[int, ...] | None:
    if isinstance(value, Fraction):
        flat.append(value)
        return ()
    if not isinstance(value, list):
        problems.append(ArrayProblem(*why_not_a_number(value), at))
        return None
    if not value:
        problems.append(
            ArrayProblem("an empty list is not an array.", "Write its numbers, as in [1, 2].", at)
        )
        return None
    shapes = [_walk(item, (*at, index), flat, problems) for index, item in enumerate(value)]
    problems.extend(_ragged(shapes, at))
    return None if shapes[0] is None else (len(value), *shapes[0])


def _ragged(shapes: list[tuple[int, ...] | None], at: tuple[int, ...]) -> Iterator[ArrayProblem]:
    first = shapes[0]
    for index, shape in enumerate(shapes):
        if first is not None and shape is not None and shape != first:
            yield ArrayProblem(
                f"row {index + 1} {size_in_words(shape)}, but row 1 {size_in_words(first)}.",
                "Give every row the same length.",
                (*at, index),
            )


def size_in_words(shape: tuple[int, ...]) -> str:
    match shape:
        case ():
            return "is a single number"
        case (1,):
            return "has 1 number"
        case (count,):
            return f"has {count} numbers"
        case _:
            return "has shape " + " × ".join(map(str, shape))


def describe(value: object) -> str:
    """What a value from a file is, for "expected a list, not …"."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"`{str(value).lower()}`"
        case Fraction():
            return f"the number {value}"
        case str():
            return f"the text `{value if len(value) <= 40 else value[:37] + '…'}`"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "something else"


_THOUSANDS = re.compile(r"[-+]?\d{1,3}( \d{3})+")


def why_not_a_number(value: object) -> tuple[str, str]:
    """What is wrong, and what would be right, where a number was expected and `value` stands."""
    if value is None:
        return "a number is missing here.", "Write one such as 2, 0.5, 1e-3 or 1/3."
    if isinstance(value, str):
        if value.lower() in ("nan", "inf", "-inf", "infinity", "-infinity"):
            return f"`{value}` is not a finite number.", "Write one such as 2, 0.5, 1e-3 or 1/3."
        said, hint = why_no_number(value)
        if said and " " not in value:
            return f"`{value}` {said}.", hint
        if _spells_a_number(value):
            return f"the number {value} is in quotes.", "Remove the quotes."
        plain = value.replace("−", "-")
        parts = plain.split()
        if len(parts) > 1 and all(map(_spells_a_number, parts)) and not _THOUSANDS.fullmatch(plain):
            return f"`{value}` is {len(parts)} numbers: a comma is missing.", f"Write {', '.join(parts)}."
        if _spells_a_number("".join(parts)):
            return f"`{value}` is not a plain number.", f"Write {''.join(parts)}."
    return f"expected a number, not {describe(value)}.", "Write one such as 2, 0.5, 1e-3 or 1/3."


def _spells_a_number(text: str) -> bool:
    try:
        return read_number(text) is not None
    except ValueError:
        return False
