"""What a marker keeps of earlier sheets and other versions changes nothing in what it says of a sheet."""

import random

import numpy as np
import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.grading.selection import asked
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.sheet_file import read_sheet
from backprop_tutor.homework.versions import Versions

SHEETS = 10


def sheet(solution: Solution, chance: random.Random) -> str:
    """Answers of a student who makes a slip or two, goes on from them, and rounds."""
    ledger, known, lines = solution.ledger, dict(solution.values), ["answers:"]
    elements = {q.quantity: list[tuple[str, tuple[int, ...]]]() for q in asked(solution)}
    for question in asked(solution):
        elements[question.quantity] += zip(question.elements, question.indices, strict=True)
    dirty = set[str]()
    for quantity in ledger.needs:
        value = np.array(known[quantity], dtype=float)
        if not dirty.isdisjoint(ledger.needs[quantity]):
            value = np.array(ledger.compute(quantity, known), dtype=float)
            dirty.add(quantity)
        for name, index in elements.get(quantity, ()):
            if chance.random() < 0.1:
                value[index] *= chance.choice((-1, 2, 0.5))
                dirty.add(quantity)
            value[index] = float(f"{value[index]:.4g}")
            lines.append(f'  "{name}": {value[index]}')
        known[quantity] = value
    return "\n".join(lines)


@pytest.mark.parametrize("name", ["exercise1", "exercise3", "linear-regression"])
def test_sheets_marked_by_one_marker_get_what_they_get_from_their_own(name: str) -> None:
    solution, chance = solve(load(name)), random.Random(name)
    sheets = [read_sheet(sheet(solution, chance), "s.yaml") for _ in range(SHEETS)]
    shared = SheetMarker(solution)
    together = [shared.mark(one).document() for one in sheets + sheets]
    alone = [SheetMarker(solve(load(name))).mark(one).document() for one in sheets]
    assert together == alone + alone
    assert {answer["verdict"] for one in alone for answer in one["answers"]} >= {"correct", "wrong"}


@pytest.mark.parametrize("name", ["exercise1", "exercise3"])
def test_a_version_is_marked_like_another_as_by_itself(name: str) -> None:
    versions, chance = Versions(load(name), 3), random.Random(name)
    common = SheetMarker(solve(load(name)))
    for number in range(1, SHEETS // 2):
        version = solve(versions.redraw("s", number))
        one = read_sheet(sheet(version, chance), "s.yaml")
        alone = SheetMarker(solve(versions.redraw("s", number))).mark(one).document()
        assert SheetMarker(version, like=common).mark(one).document() == alone
