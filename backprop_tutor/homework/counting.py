"""Which of a student's files count: the sheets, and of one handed in again the last."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from backprop_tutor.homework.plain_names import TABLES
from backprop_tutor.homework.sheet_record import SheetRecord, superseded
from backprop_tutor.homework.students import HandIn

__all__ = ["counting"]

Pair = tuple[HandIn, SheetRecord]


def counting(pairs: Iterable[Pair]) -> Iterator[tuple[HandIn, SheetRecord, bool]]:
    """Each record, and whether it has a row among the marks: a file that is no sheet has none beside one
    that is. The files of a student come one after the other."""
    for _, group in groupby(pairs, key=lambda pair: pair[0].student):
        yield from _of_one(list(group))


def _of_one(group: list[Pair]) -> Iterator[tuple[HandIn, SheetRecord, bool]]:
    last: dict[str, HandIn] = {}
    for one, record in group:
        if record.status == "marked" and one.sender.turn:
            last[one.sender.piece] = max(
                last.get(one.sender.piece, one), one, key=lambda handed: handed.sender.turn
            )
    shown = [pair for pair in group if pair[1].is_sheet]
    if not shown:  # one stands for all: the one that looks most like a sheet
        shown = [max(group, key=lambda pair: pair[0].file.lower().endswith(TABLES))]
    for one, record in group:
        later = last.get(one.sender.piece)
        if record.status == "marked" and later and one.sender.turn and one.sender.turn < later.sender.turn:
            yield one, superseded(record, later.file), True
        else:
            yield one, record, any(record is kept for _, kept in shown)
