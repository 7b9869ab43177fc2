"""What a caller gives as an answer (nested lists, text, numbers) -> the texts to mark, by index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from backprop_tutor.language.clean import clean

__all__ = ["Given", "arranged", "as_text"]


MAX_DEPTH = 8
MAX_CELLS = 100_000
MAX_WRITTEN = 300


@dataclass(frozen=True, slots=True)
class Given:
    """The cells of an array by zero-based index, or one text (shape None). `fault` is what keeps it from
    being read as either, and `value` the whole as it was given."""

    shape: tuple[int, ...] | None
    cells: dict[tuple[int, ...], str]
    text: str = ""
    fault: str = ""
    value: Any = None

    @property
    def written(self) -> str:
        """The array as it would be typed, or its beginning."""
        try:
            text = clean("".join(islice(_tokens(self.value, MAX_DEPTH), MAX_WRITTEN)))
        except Exception:  # an object of the caller's, whose methods may do anything
            return f"({type(self.value).__name__})"
        return text if len(text) <= MAX_WRITTEN else f"{text[:MAX_WRITTEN]}…"


def as_text(value: Any) -> str:
    """One cell as it would be typed; nothing for None. Never raises, whatever the object does."""
    if value is None:
        return ""
    try:
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, bool | int | Fraction):
            return str(value)
        return repr(float(value))
    except Exception:  # an object of the caller's, whose methods may do anything
        return f"({type(value).__name__})"


def arranged(value: Any) -> Given:
    """`value` as one text, or as cells in a rectangle. Never raises."""
    try:
        return _arranged(value)
    except Exception:  # as above
        return Given(None, {}, f"({type(value).__name__})")


def _arranged(value: Any) -> Given:
    value = value.tolist() if hasattr(value, "tolist") else value
    if not _is_list(value):
        return Given(None, {}, as_text(value))
    shape = _shape(value)
    cells: dict[tuple[int, ...], str] = {}
    try:
        for index, cell in _cells(value, (), shape):
            cells[index] = as_text(cell)
            if len(cells) > MAX_CELLS:
                raise ValueError(f"it has more than {MAX_CELLS:,} entries")
    except ValueError as error:
        return Given(shape, {}, fault=str(error), value=value)
    return Given(shape, cells, value=value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _shape(value: Any) -> tuple[int, ...]:
    """The shape by its first entries."""
    shape: list[int] = []
    while _is_list(value) and len(shape) < MAX_DEPTH:
        shape.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(shape)


def _cells(
    value: Any, index: tuple[int, ...], shape: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Any]]:
    if not shape:
        if _is_list(value):
            raise ValueError("it is nested too deeply, or unevenly")
        yield index, value
        return
    if not _is_list(value) or len(value) != shape[0]:
        raise ValueError("its rows have different lengths")
    for i, entry in enumerate(value):
        yield from _cells(entry, (*index, i), shape[1:])


def _tokens(value: Any, depth: int) -> Iterator[str]:
    if not _is_list(value) or not depth:
        yield as_text(value)
        return
    yield "["
    for i, entry in enumerate(value):
        yield ", " * (i > 0)
        yield from _tokens(entry, depth - 1)
    yield "]"
