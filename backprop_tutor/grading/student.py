"""The student's own values: what they answered earlier, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.elements import Elements, Index
from backprop_tutor.grading.number import LEAST_DIGITS
from backprop_tutor.grading.rules import Rules
from backprop_tutor.grading.verdict import Verdict

__all__ = ["Student", "student_values"]


@dataclass(frozen=True)
class Student:
    """`known` holds every quantity before `quantity` as this student has it; `changed` the names of those
    that differ from the right values; `origin` the first element that was answered wrong."""

    known: Mapping[str, Array]
    changed: frozenset[str]
    origin: str


def student_values(
    rules: Rules,
    elements: Elements,
    quantity: str,
    history: Mapping[str, Verdict],
    asked: Mapping[str, Sequence[Index]],
    *,
    rounded: bool = False,
    fresh: bool = False,
    shift: float = 0.0,
) -> Student | None:
    """The values that a student works out `quantity` from, None where all of them are the right ones.

    A wrong value that was answered is used as it is, a right one as the true value (or, with `rounded`,
    as it was written). The true value stands in for what was `asked` and not answered with a number.
    What was not asked at all follows from the rest; `fresh` as in `Rules.compute`. `shift` moves wrong
    decimals by that many units of their last digit, up and down in turn: they may have been rounded.
    """
    ancestors = rules.ancestors(quantity)
    relevant = set(ancestors)
    own: dict[str, list[tuple[Index, float]]] = {}
    right: dict[str, list[Index]] = {}
    origin = ""
    for name, verdict in history.items():
        place = elements.place(name) if verdict.number is not None else None
        if verdict.number is None or place is None or place[0] not in relevant:
            continue
        right.setdefault(place[0], []).append(place[1])
        if verdict.verdict != "correct" or rounded:
            given = verdict.number.value
            if verdict.verdict != "correct" and verdict.number.digits >= LEAST_DIGITS:
                shift = -shift
                given += shift * verdict.number.unit
            own.setdefault(place[0], []).append((place[1], given))
        if not origin and verdict.verdict == "wrong":
            origin = name
    if not own:
        return None
    known, changed = dict(rules.base), set[str]()
    with np.errstate(all="ignore"):
        for name in ancestors:
            stands = len(asked.get(name, ())) == known[name].size or changed.isdisjoint(rules.needs[name])
            if stands and name not in own:
                continue
            value = np.array(known[name] if stands else rules.compute(name, known, fresh=fresh), dtype=float)
            for index in (*asked.get(name, ()), *right.get(name, ())):
                value[index] = rules.base[name][index]
            for index, number in own.get(name, ()):
                value[index] = number
            known[name] = value
            changed.add(name)
    return Student(known, frozenset(changed), origin)
