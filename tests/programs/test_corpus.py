"""Right programs are right, and bugs that were planted in them are found where they were made, and named."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from corpus import BUGS, EXERCISES, RIGHT, Bug, program

from backprop_tutor import load, loads, solve
from backprop_tutor.programs.array_check import ArrayChecker
from backprop_tutor.programs.array_verdict import ArrayResult
from backprop_tutor.programs.assignments import Assignments
from backprop_tutor.render.code.skeleton import skeleton

Changes = tuple[tuple[str, str], ...]

NAMED = 0.97  # of the bugs, at least
FIRST = 0.98


@cache
def checker(name: str) -> tuple[ArrayChecker, str]:
    """The checker of an exercise, and the lines that set its data."""
    text = EXERCISES[name]
    exercise = load(text.split()[1]) if text.startswith("shipped") else loads(text)
    solution = solve(exercise)
    return ArrayChecker(solution), skeleton(solution)[1].code


def space_of(of: str, changes: Changes = (), before: str = "", after: str = "") -> tuple[dict[str, Any], str]:
    """What a program of the corpus leaves, run here, and its text: it is our own."""
    text = f"import numpy as np\n{checker(of)[1]}\n{before}\n{program(of, changes)}\n{after}"
    space: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        exec(compile(text, "program", "exec"), space)
    return space, text


def checked(of: str, changes: Changes = (), before: str = "", after: str = "") -> ArrayResult:
    space, text = space_of(of, changes, before, after)
    return checker(of)[0].check(space, None, Assignments([("program", text)]).changes)


def wrong(result: ArrayResult) -> list[str]:
    return [v.quantity for v in result.verdicts if v.verdict not in ("correct", "follow-through")]


@pytest.mark.parametrize("of", RIGHT)
def test_a_right_program_is_right(of: str) -> None:
    assert wrong(checked(of)) == []
    assert checked(of).all_right


FLOAT32 = """
for name, value in list(globals().items()):
    if isinstance(value, np.ndarray):
        globals()[name] = value.astype(np.float32)
"""


@pytest.mark.parametrize("of", RIGHT)
def test_it_is_right_in_float32(of: str) -> None:
    assert wrong(checked(of, before=FLOAT32)) == []


@pytest.mark.parametrize("of", RIGHT)
def test_it_is_right_as_lists(of: str) -> None:
    lists = (
        "for k, v in list(globals().items()):\n    if isinstance(v, np.ndarray): globals()[k] = v.tolist()\n"
    )
    assert wrong(checked(of, after=lists)) == []


def is_first(bug: Bug, result: ArrayResult) -> bool:
    return wrong(result)[:1] == [bug.first]


def is_named(bug: Bug, result: ArrayResult) -> bool:
    """Whether the first cause that is told is the bug."""
    verdict = next(v for v in result.verdicts if v.quantity == bug.first)
    return verdict.verdict == "wrong" and not set(verdict.misconceptions[:1]).isdisjoint(bug.ids)


def test_planted_bugs_are_found_and_named() -> None:
    results = [(bug, checked(bug.of, bug.changes)) for bug in BUGS]
    missed = [(bug.of, bug.says) for bug, result in results if not is_first(bug, result)]
    unnamed = [(bug.of, bug.says) for bug, result in results if not is_named(bug, result)]
    assert len(BUGS) > 100
    assert len(missed) <= (1 - FIRST) * len(BUGS), missed
    assert len(unnamed) <= (1 - NAMED) * len(BUGS), unnamed


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.of}: {bug.says}")
def test_no_right_array_is_called_wrong(bug: Bug) -> None:
    """What the bug leaves as it is in the right program is right."""
    (mine, _), (right, _) = space_of(bug.of, bug.changes), space_of(bug.of)
    for verdict in checked(bug.of, bug.changes).verdicts:
        name, _, step = verdict.variable.partition("[")
        values = [space[name][int(step[:-1])] if step else space[name] for space in (mine, right)]
        is_same = np.shape(values[0]) == np.shape(values[1]) and np.allclose(*values, rtol=1e-12, atol=1e-14)
        assert (verdict.verdict == "correct") == is_same, verdict
