"""An answer sheet as it was handed in: the answers as texts, each with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backprop_tutor.errors import ExerciseError, Fault
from backprop_tutor.language import clean

__all__ = ["AnswerText", "Sheet", "SheetEntry", "SheetError", "Value", "cells", "layout", "text_of"]

HEAD = ("exercise", "variant", "notation", "student", "name")  # what a sheet says about itself
MAX_FAULTS = 20
MAX_KEY = 100


class SheetError(ExerciseError):
    """A sheet that cannot be marked at all."""

    title = "The sheet is not valid"


@dataclass(frozen=True, slots=True)
class AnswerText:
    """One answer, as typed."""

    text: str
    line: int


Value = AnswerText | list["Value"]


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """What stands under one quantity: a text, or lists of them."""

    key: str
    value: Value
    line: int


@dataclass(slots=True)
class Sheet:
    """`exercise`, `variant` and `notation` are empty where the sheet does not say; `lines` tells where it
    says them; `typed` holds answers as they were typed, by line and by what they are read as, where those
    differ."""

    exercise: str = ""
    variant: str = ""
    notation: str = ""
    entries: list[SheetEntry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    typed: dict[tuple[int, str], str] = field(default_factory=dict)

    def head(self, key: str, text: str, line: int) -> None:
        """Take in what the sheet says about itself; keys that a marker has no use for are left alone."""
        if key in HEAD[:3]:
            setattr(self, key, clean(text).strip())
            self.lines[key] = line


def layout(value: Value) -> tuple[int, ...] | None:
    """The shape of nested lists: () for a text, None where the rows differ."""
    if isinstance(value, AnswerText):
        return ()
    shapes = {layout(item) for item in value}
    if len(shapes) != 1 or None in shapes:
        return None if value else (0,)
    return (len(value), *(shapes.pop() or ()))


def cells(value: Value) -> Iterator[AnswerText]:
    """The texts, row by row."""
    if isinstance(value, AnswerText):
        yield value
    else:
        for item in value:
            yield from cells(item)


def text_of(value: Value) -> str:
    """The value as one text: `[[1, 0], [-1, 1]]`."""
    return value.text if isinstance(value, AnswerText) else f"[{', '.join(map(text_of, value))}]"
