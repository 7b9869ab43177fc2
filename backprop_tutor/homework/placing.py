"""The answers on a sheet as the checker takes them, and where on the sheet each element was answered."""

from dataclasses import dataclass, field
from typing import Any

from backprop_tutor.errors import Fault, UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.checking import Checker
from backprop_tutor.homework.sheet import Cell, Entry, Sheet, SheetError, Value, cells

__all__ = ["Placed", "check_head", "place"]

MAX_ENTRIES = 10_000


@dataclass(slots=True)
class Placed:
    """`answers` by quantity or element, `lines` by element; `faults` say what has no place."""

    answers: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def check_head(sheet: Sheet, exercise: Exercise, file: str) -> None:
    """Raise SheetError for a sheet that answers another exercise or another version."""
    if sheet.exercise and sheet.exercise != exercise.name:
        what = f"this sheet answers {sheet.exercise}, not {exercise.name}."
        fault = Fault(what, "Mark it with its own exercise.", sheet.lines["exercise"], 1)
        raise SheetError([fault], file=file)
    mine = exercise.variant.id if exercise.variant else ""
    if sheet.variant and sheet.variant != mine:
        wanted = f"version {mine}" if mine else "the exercise as published"
        what = f"this sheet is for version {sheet.variant} of {exercise.name}, not for {wanted}."
        raise SheetError([Fault(what, "Mark it with its own version.", sheet.lines["variant"], 1)], file=file)


def place(sheet: Sheet, checker: Checker) -> Placed:
    """Every answer on the sheet in its place; never raises."""
    placed = Placed(faults=list(sheet.faults))
    if len(sheet.entries) > MAX_ENTRIES:
        placed.faults.append(Fault(f"only the first {MAX_ENTRIES:,} answers were read."))
    for entry in sheet.entries[:MAX_ENTRIES]:
        fault = _put(entry, checker, placed)
        if fault:
            placed.faults.append(Fault(*fault, entry.line, 1))
    return placed


def _put(entry: Entry, checker: Checker, placed: Placed) -> tuple[str, str] | None:
    """Put one answer in its place, or say why it has none."""
    book = checker.marker.book
    try:
        quantity, indices = book.elements.find(entry.key)
    except UsageError as error:
        return f"unknown quantity: {error.what.rstrip('.')}.", error.hint
    places = book.elements.names(quantity)
    names = list(places.values()) if indices is None else [places[index] for index in indices]
    if book.asked.isdisjoint(names):
        return f"{entry.key} is not asked, and gets no marks.", ""
    if not placed.lines.keys().isdisjoint(names):
        return f"{entry.key} is answered twice.", "The first answer counts."
    placed.lines |= dict.fromkeys(names, entry.line)
    if any(cell.text.strip() not in ("", "?") for cell in cells(entry.value)):
        placed.answers[entry.key] = _plain(entry.value)
    return None


def _plain(value: Value) -> Any:
    return value.text if isinstance(value, Cell) else [_plain(item) for item in value]
