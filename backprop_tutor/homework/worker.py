"""One sheet -> its record: what a worker process of a class's marking does."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.sheet import SheetError
from backprop_tutor.homework.sheet_file import read_sheet
from backprop_tutor.homework.sheet_record import SheetRecord, record_of, refused
from backprop_tutor.homework.versions import Versions
from backprop_tutor.walkthrough import Solution

__all__ = ["Job", "Plan", "make_marker"]

TOO_LARGE = "it is too large to mark"
FRESH = 500  # sheets after which what was worked out is dropped: memory stays flat


@dataclass(frozen=True, slots=True)
class Plan:
    """What all sheets of a class have in common; `seed` is None where there are no versions."""

    exercise: Exercise
    follow_through: Fraction | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet. `head` is what its line of details says of it first; `draws` leads to its `version`."""

    head: dict[str, Any]
    name: str
    source: bytes
    version: str = ""
    draws: int = 0


def make_marker(plan: Plan) -> Callable[[Job], SheetRecord]:
    """The function that marks one sheet and gives its record; it raises nothing."""
    versions = None if plan.seed is None else Versions(plan.exercise, plan.seed)
    kept: list[SheetMarker] = []
    done = 0

    def marking_of(job: Job) -> SheetMarker:
        nonlocal done
        done += 1
        if not kept or done % FRESH == 0:
            kept[:] = [SheetMarker(Solution(plan.exercise), plan.follow_through)]
        if versions is None or not job.draws:
            return kept[0]
        version = versions.redraw(job.head["student"], job.draws)
        if version.variant is None or version.variant.id != job.version:
            raise UsageError("the roster's versions were made with another seed or exercise")
        return SheetMarker(Solution(version), plan.follow_through, like=kept[0])

    def mark(job: Job) -> SheetRecord:
        try:
            sheet = read_sheet(job.source, job.name)
        except SheetError as error:
            return refused(job.head, f"{_reasons(error)}. {error.faults[0].hint}".strip(), is_sheet=False)
        except (MemoryError, RecursionError):
            return refused(job.head, TOO_LARGE)
        try:
            marking = marking_of(job)
            marked = marking.mark(sheet, job.name)
        except SheetError as error:
            return refused(job.head, _reasons(error))
        except BackpropTutorError as error:
            return refused(job.head, str(error))
        except (MemoryError, RecursionError):
            return refused(job.head, TOO_LARGE)
        except Exception as error:  # one sheet must not stop a class; the next call tries it again
            head = {key: value for key, value in job.head.items() if key != "digest"}
            return refused(head, f"an internal error ({type(error).__name__})")
        if not any(row.line for row in marked.rows):
            return refused(job.head, "it answers nothing that the exercise asks", is_sheet=False)
        document = job.head | {"status": "marked", "reason": ""} | marked.document()
        return record_of(document, marking.checker.quantity_of)

    return mark


def _reasons(error: SheetError) -> str:
    """What is wrong, once for all lines on which it is."""
    lines: dict[str, list[str]] = {}
    for fault in error.faults:
        lines.setdefault(fault.what.removesuffix("."), []).extend([str(fault.line)] if fault.line else [])
    return "; ".join(f"{_on(numbers)}{what}" for what, numbers in list(lines.items())[:3])


def _on(lines: list[str]) -> str:
    shown = ", ".join(lines[:3]) + (", …" if len(lines) > 3 else "")
    return f"line{'s' * (len(lines) > 1)} {shown}: " if lines else ""
