"""Which answer on a sheet belongs to which element asked; what does not fit is said with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

from backprop_tutor.errors import Fault, UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.marker import Marker
from backprop_tutor.homework.sheet import Cell, Entry, Sheet, SheetError, cells, layout, text_of

__all__ = ["Placed", "check_head", "place"]

MAX_ENTRIES = 10_000


@dataclass(slots=True)
class Placed:
    """Answers by element; whole texts by quantity, where an array's answer has no place an element."""

    elements: dict[str, Cell] = field(default_factory=dict)
    wholes: dict[str, Cell] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def check_head(sheet: Sheet, exercise: Exercise, file: str) -> None:
    """Raise SheetError for a sheet that answers another exercise or another version."""
    if sheet.exercise and sheet.exercise != exercise.name:
        what = f"this sheet answers {sheet.exercise}, not {exercise.name}."
        raise SheetError(
            [Fault(what, "Mark it with its own exercise.", sheet.lines["exercise"], 1)], file=file
        )
    mine = exercise.variant.id if exercise.variant else ""
    if sheet.variant and sheet.variant != mine:
        wanted = f"version {mine}" if mine else "the exercise as published"
        what = f"this sheet is for version {sheet.variant} of {exercise.name}, not for {wanted}."
        raise SheetError([Fault(what, "Mark it with its own version.", sheet.lines["variant"], 1)], file=file)


def place(sheet: Sheet, marker: Marker) -> Placed:
    """Every answer on the sheet at the element that it is for; never raises."""
    placed = Placed(faults=list(sheet.faults))
    if len(sheet.entries) > MAX_ENTRIES:
        placed.faults.append(Fault(f"only the first {MAX_ENTRIES:,} answers were read."))
    for entry in sheet.entries[:MAX_ENTRIES]:
        try:
            quantity, indices, single = marker.book.elements.find(entry.key)
        except UsageError as error:
            what = error.what if error.what.endswith(".") else f"{error.what}."
            placed.faults.append(Fault(f"unknown quantity: {what}", error.hint, entry.line, 1))
            continue
        names = [marker.book.elements.name(quantity, index) for index in indices]
        asked = [name for name in names if name in marker.book.asked]
        if not asked:
            placed.faults.append(Fault(f"{entry.key} is not asked, and gets no marks.", "", entry.line, 1))
        _put(entry, quantity, names, single, marker, placed)
    return placed


def _put(entry: Entry, quantity: str, names: list[str], single: bool, marker: Marker, placed: Placed) -> None:
    again = [name for name in names if name in placed.elements or name in placed.wholes]
    if again:
        placed.faults.append(
            Fault(f"{entry.key} is answered twice.", "The first answer counts.", entry.line, 1)
        )
        return
    shape = marker.solution.shapes[quantity]
    found = layout(entry.value)
    whole = len(names) == prod(shape)
    if found is not None and (
        found in _fitting(shape, quantity, marker) if whole else found == (len(names),)
    ):
        placed.elements |= zip(names, cells(entry.value), strict=True)
    elif single and isinstance(entry.value, Cell):
        placed.elements[names[0]] = entry.value
    elif _all_blank(entry):
        placed.elements |= {name: Cell("", entry.line) for name in names}
    else:
        answer = Cell(text_of(entry.value), entry.line)
        placed.wholes |= dict.fromkeys(names, answer)


def _fitting(shape: tuple[int, ...], quantity: str, marker: Marker) -> Iterator[tuple[int, ...]]:
    """The shapes in which an array can be written: a single example's axis may be left out."""
    yield shape
    if quantity in marker.book.elements.batched and shape[0] == 1:
        yield shape[1:]
        if prod(shape) == 1:
            yield ()


def _all_blank(entry: Entry) -> bool:
    return all(cell.text.strip() in ("", "?") for cell in cells(entry.value))
