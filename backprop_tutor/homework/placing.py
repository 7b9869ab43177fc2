"""The answers on a sheet as the checker takes them, and where on the sheet each element was answered."""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from backprop_tutor.errors import Fault, UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.answer import is_blank
from backprop_tutor.grading.array_answer import Fit, fit
from backprop_tutor.grading.checking import Checker
from backprop_tutor.grading.elements import Part
from backprop_tutor.homework.sheet import (
    MAX_FAULTS,
    AnswerText,
    Sheet,
    SheetEntry,
    SheetError,
    Value,
    cells,
    layout,
)
from backprop_tutor.language import Lettering
from backprop_tutor.walkthrough import lettering_of

__all__ = ["Placed", "check_head", "letters_of", "place"]

MAX_ENTRIES = 10_000


@dataclass(slots=True)
class Placed:
    """`answers` by quantity or element, `lines` by element; `faults` say what has no place.

    `answered` are the elements that hold more than a blank.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def letters_of(sheet: Sheet, exercise: Exercise, otherwise: Lettering, file: str) -> Lettering:
    """The notation that the sheet says it is in, or else another. Raises SheetError for an unknown one."""
    if not sheet.notation:
        return otherwise
    try:
        return lettering_of(exercise, sheet.notation)
    except UsageError as error:
        raise SheetError([Fault(error.what, error.hint, sheet.lines["notation"], 1)], file=file) from None


def check_head(sheet: Sheet, exercise: Exercise, file: str) -> None:
    """Raise SheetError for a sheet that answers another exercise or another version.

    The sheet of a version names it, so one that names the exercise alone answers it as published.
    """
    if sheet.exercise and sheet.exercise != exercise.name:
        what = f"this sheet answers {sheet.exercise}, not {exercise.name}."
        fault = Fault(what, "Mark it with its own exercise.", sheet.lines["exercise"], 1)
        raise SheetError([fault], file=file)
    mine = exercise.variant.id if exercise.variant else ""
    if sheet.variant and sheet.variant != mine:
        wanted = f"version {mine}" if mine else "the exercise as published"
        what = f"this sheet is for version {sheet.variant} of {exercise.name}, not for {wanted}."
        raise SheetError([Fault(what, "Mark it with its own version.", sheet.lines["variant"], 1)], file=file)
    if sheet.exercise and mine and not sheet.variant:
        what = f"this sheet is for {exercise.name} as published, not for version {mine}."
        hint = f"If its line `variant: {mine}` was lost, put it back."
        raise SheetError([Fault(what, hint, sheet.lines["exercise"], 1)], file=file)


def place(sheet: Sheet, checker: Checker, lettering: Lettering) -> Placed:
    """Every answer on the sheet, its names read in a notation, in its place; never raises."""
    placed = Placed(faults=list(sheet.faults))
    variant = checker.solution.exercise.variant
    if variant and not sheet.variant:
        placed.faults.append(Fault(f"the sheet does not say its version; marked as version {variant.id}."))
    if len(sheet.entries) > MAX_ENTRIES:
        placed.faults.append(Fault(f"only the first {MAX_ENTRIES:,} answers were read."))
    for entry in sheet.entries[:MAX_ENTRIES]:
        fault = _put(entry, checker, lettering, placed)
        if fault:
            placed.faults.append(Fault(*fault, entry.line, 1))
    more = len(placed.faults) - MAX_FAULTS
    if more > 0:
        placed.faults[MAX_FAULTS:] = [Fault(f"{more:,} more places on the sheet are not understood either.")]
    return placed


def _put(entry: SheetEntry, checker: Checker, lettering: Lettering, placed: Placed) -> tuple[str, str] | None:
    """Put one answer in its place, or say why it has none."""
    book = checker.marker.book
    name = book.elements.canonical(entry.key, lettering)
    try:
        quantity, indices = _find(name, checker, sure=len(placed.faults) > MAX_FAULTS)
    except UsageError as error:
        return f"unknown quantity: {error.what.rstrip('.')}.", error.hint
    places = book.elements.names(quantity)
    names = list(places.values()) if indices is None else [places[index] for index in indices]
    if book.asked.isdisjoint(names):
        return f"{entry.key} is not asked, and gets no marks.", ""
    whole = len(names) == len(places)
    each = len(names) > 1 and _is_each(entry.value, quantity if whole else "", len(names), checker)
    filled = _filled(names, [cell.text for cell in cells(entry.value)], each=each)
    new = {name: text for name, text in filled.items() if name not in placed.answered}
    key = quantity if whole else name
    if each and (len(new) < len(filled) or key in placed.answers or 1 < len(names) < len(places)):
        placed.answers |= new
    elif len(new) == len(filled):
        placed.answers |= {key: _plain(entry.value)} if filled else {}
    else:
        new = {}
    placed.answered |= new.keys()
    for name in names:
        if name in new or name not in placed.lines:
            placed.lines[name] = entry.line
    return None if new == filled else (f"{entry.key} is answered twice.", "The first answer counts.")


def _find(key: str, checker: Checker, *, sure: bool) -> Part:
    """What `key` names. Where it is `sure` that much is wrong, nothing is made of other spellings."""
    if sure and key.replace(" ", "") not in checker.names:
        raise UsageError(f"{key} is not a quantity of this exercise")
    return checker.marker.book.elements.find(key)


def _is_each(value: Value, quantity: str, count: int, checker: Checker) -> bool:
    """Whether `value` holds one text for each of the `count` elements, those of all `quantity`."""
    shape = layout(value)
    if not quantity or shape is None:
        return shape is not None and prod(shape) == count
    batched = quantity in checker.solution.batched
    return fit(shape, checker.solution.shapes[quantity], batched=batched) is Fit.FITS


def _filled(names: list[str], texts: list[str], *, each: bool) -> dict[str, str]:
    """The elements that get an answer: those whose text is not blank, or all where it is not for `each`."""
    if each:
        return {name: text for name, text in zip(names, texts, strict=True) if not is_blank(text)}
    return {} if all(map(is_blank, texts)) else dict.fromkeys(names, "")


def _plain(value: Value) -> Any:
    return value.text if isinstance(value, AnswerText) else [_plain(item) for item in value]
