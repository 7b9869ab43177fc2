"""One sheet of a class, marked or not: its line of details, and what the table and the report need of it.

It is made where the sheet is marked, so that the process that gathers a class has little to do.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from backprop_tutor.grading.verdict import PASSED

__all__ = ["SUPERSEDED", "SheetRecord", "SlipMet", "read_record", "record_of", "refused", "superseded"]

SUPERSEDED = "superseded"
EMPTY = {"format": 1, "score": 0.0, "answers": [], "faults": []}


class SlipMet(NamedTuple):
    """A misconception met in the answer `given` for an element: `certain`, or one of several that may be."""

    misconception: str
    element: str
    given: str
    certain: bool


class SheetRecord(NamedTuple):
    """`marks` are by quantity; `missed` are the elements not answered right, `slips` what happened in them.
    `is_sheet` is false where no quantity was recognised: the file may be anything."""

    line: str
    student: str
    sheet: str
    status: str
    reason: str
    score: float = 0.0
    marks: Mapping[str, float] = {}
    missed: tuple[str, ...] = ()
    slips: tuple[SlipMet, ...] = ()
    is_sheet: bool = True


def record_of(document: dict[str, Any], quantity_of: Mapping[str, str], line: str = "") -> SheetRecord:
    """The record of a sheet whose details are `document`; `quantity_of` names each element's quantity."""
    marks: dict[str, float] = {}
    missed, slips = [], []
    for answer in document["answers"]:
        element, quantity = answer["quantity"], quantity_of[answer["quantity"]]
        marks[quantity] = marks.get(quantity, 0.0) + answer["marks"]
        if answer["verdict"] not in PASSED:
            cause = next(iter(answer["misconceptions"]), "")
            missed.append(element)
            if cause:
                slips.append(SlipMet(cause, element, answer["given"], not answer["ambiguous"]))
    line = line or json.dumps(document, ensure_ascii=False)
    return SheetRecord(
        line,
        document["student"],
        document["sheet"],
        document["status"],
        document["reason"],
        document["score"],
        marks,
        tuple(missed),
        tuple(slips),
        document.get("is_sheet", True),
    )


def read_record(line: str, quantity_of: Mapping[str, str]) -> SheetRecord:
    """The record of a line of details that an earlier run wrote; a later sheet may replace it or not."""
    document = json.loads(line)
    if document["status"] == SUPERSEDED:
        return record_of({**document, "status": "marked", "reason": ""}, quantity_of)
    return record_of(document, quantity_of, line)


def superseded(record: SheetRecord, later: str) -> SheetRecord:
    """The record of a marked sheet that does not count, since the student handed in another one later."""
    document = json.loads(record.line) | {"status": SUPERSEDED, "reason": f"{later} was handed in later"}
    line = json.dumps(document, ensure_ascii=False)
    return record._replace(line=line, status=SUPERSEDED, reason=document["reason"])


def refused(
    head: Mapping[str, Any], reason: str, *, status: str = "refused", is_sheet: bool = True
) -> SheetRecord:
    """The record of a sheet that was not marked."""
    what = {} if is_sheet else {"is_sheet": False}
    return record_of({**head, "status": status, "reason": reason, **what, **EMPTY}, {})
