"""A step worked out from a student's own values, and how far their rounding can move it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.exercise.ledger import Known, Ledger
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.exercise.side_by_side import Change, carried_on, computed, each_of
from backprop_tutor.grading.elements import Index
from backprop_tutor.grading.number import Number, finest_place
from backprop_tutor.walkthrough import Solution

__all__ = ["Fixed", "Result", "Student", "Working"]


@dataclass(frozen=True, eq=False)
class Student:
    """What a student works out `quantity` from.

    `known` holds every quantity before it as this student has it; `changed` the names of those that
    differ from the right values; `origin` the first element that was answered wrong. `fresh` as in
    `Ledger.compute`.
    """

    solution: Solution
    quantity: str
    known: Mapping[str, Array]
    changed: frozenset[str]
    origin: str
    fresh: bool = False

    @cached_property
    def expected(self) -> Array:
        """What the right method gives for `quantity`."""
        with np.errstate(all="ignore"):
            return np.asarray(self.solution.ledger.compute(self.quantity, self.known, fresh=self.fresh))


COVERAGE = 2.0
"""By how much the root of the summed squares is multiplied: 3.5 standard deviations, since a rounding error
is anywhere within its half unit. Of few errors the plain sum is less (JCGM 100:2008, 5.1 and G.2)."""
FEW = 64  # values that are moved one by one; of more, many at once, in directions drawn by lot
DIRECTIONS = 32
GLANCES = 4  # directions that tell what is far beyond reach
AMPLE = 16  # times the largest change in so many directions: by chance all may be small ones
MOST_ELEMENTS = 20_000  # of all quantities; beyond that, nobody rounds on paper what is not asked
JUMP = 3  # times the change to the one side is no curvature but a kink on the other
_SHORT = 1e-9  # of a place value: a number this near to a round one is round

Fixed = Mapping[str, Mapping[Index, Number | None]]
Moves = Mapping[str, Array]  # by how much each value of a quantity is moved
Result = Callable[[Known], Array]


class Working:
    """One step of a `student`: what the right method gives, and how far rounding can move that.

    Each value that it is worked out from is moved by half a unit of the last digit that it was written with,
    the step is recomputed, and the changes are combined as those of independent errors are. `fixed` are the
    values that do not follow from others: the numbers that were answered, and None for what the right value
    stands in for. What was not answered may have been rounded, on paper, to the digits of `precision`; whole
    numbers and the like, which that does not change, stay where they are, and so does all of it
    `as_written`. `result` is what is made of all values, where that is only a part of the step.
    """

    def __init__(
        self,
        student: Student,
        fixed: Fixed,
        precision: Precision,
        result: Result | None = None,
        *,
        only_written: bool = False,
    ) -> None:
        self.student, self.fixed, self.precision = student, fixed, precision
        self.only_written = only_written
        self.ledger: Ledger = student.solution.ledger
        self.result = result
        self.signs = (1, -1) if _has_kinks(self.ledger.graph) else (1,)
        self.is_smooth = len(self.signs) == 1 or student.quantity in self.ledger.graph.nodes

    @cached_property
    def as_written(self) -> "Working":
        """The same with no rounding but that of the numbers that were answered."""
        return Working(self.student, self.fixed, self.precision, self.result, only_written=True)

    @cached_property
    def expected(self) -> Array:
        """What the right method gives."""
        if self.result is None:
            return np.asarray(self.student.expected, dtype=float)
        with np.errstate(all="ignore"):
            return np.asarray(self.result(self.student.known), dtype=float)

    @property
    def reach(self) -> Array:
        """The most that each element of the result may be off."""
        return self._bounds[0]

    @property
    def results(self) -> list[Array]:
        """The result, and those on the other side of a kink that is within the rounding of a value: there
        a gradient takes another value, with nothing in between."""
        return [self.expected, *self._bounds[1]]

    @cached_property
    def _bounds(self) -> tuple[Array, list[Array]]:
        count = sum(map(np.count_nonzero, self._uncertain.values()))
        if not count:
            return np.zeros_like(self.expected), []
        if count > FEW:
            least = np.min(np.abs(self._changes(self._directions(DIRECTIONS))), axis=1)
            return COVERAGE * np.sqrt(np.mean(np.square(least), axis=0)), []
        both = self._changes(self._single_moves())
        least, most = np.min(np.abs(both), axis=1), np.max(np.abs(both), axis=1)
        jumps: list[Array] = []
        if not self.is_smooth:
            at_kinks = (most > JUMP * least).reshape(count, -1).any(axis=1)
            jumps = [self.expected + change for change in both[at_kinks].reshape(-1, *self.expected.shape)]
        changes = most if self.is_smooth else least
        total = np.sum(changes, axis=0)
        return np.minimum(total, COVERAGE * np.sqrt(np.sum(np.square(changes), axis=0))), jumps

    @cached_property
    def ample(self) -> Array:
        """No less than `reach`, nor than the distance to any of the `results`, but for the rarest of chances;
        and quick to find."""
        if sum(map(np.count_nonzero, self._uncertain.values())) <= GLANCES:
            return np.max([self.reach, *(np.abs(result - self.expected) for result in self.results)], axis=0)
        return AMPLE * np.max(np.abs(self._changes(self._directions(GLANCES))), axis=(0, 1))

    def _single_moves(self) -> list[Moves]:
        moves: list[Moves] = []
        for name, halves in self._uncertain.items():
            for place in map(tuple, np.argwhere(halves)):
                move = np.zeros_like(halves)
                move[place] = halves[place]
                moves.append({name: move})
        return moves

    def _directions(self, count: int) -> Sequence[Moves]:
        """All values moved at once, each up or down by lot."""
        halves = self._uncertain
        lots = _lots(count, tuple(half.shape for half in halves.values()))
        return [
            {name: half * up for (name, half), up in zip(halves.items(), signs, strict=True)}
            for signs in lots
        ]

    @cached_property
    def _between(self) -> dict[str, bool]:
        """What leads to the quantity from the values that are fixed, in order: True for one that has to be
        worked out, or part of it."""
        ledger, right, reached = self.ledger, self.student.solution.values, dict[str, bool]()
        waiting = [self.student.quantity]
        while waiting:
            for name in ledger.needs[waiting.pop()]:
                if name not in reached and name in ledger.needs:
                    reached[name] = len(self.fixed.get(name, ())) < right[name].size
                    waiting += [name] * reached[name]
        return {name: reached[name] for name in ledger.ancestors(self.student.quantity) if name in reached}

    @cached_property
    def _uncertain(self) -> dict[str, Array]:
        """Half a unit of the last place of each value that may have been rounded, 0 for the others."""
        found: dict[str, Array] = {}
        for name in self._between:
            halves, is_old = self._unwritten(name), name == self.ledger.old(self.student.quantity)
            for index, number in self.fixed.get(name, {}).items():
                if is_old:  # a step is judged from the old weight as it was written
                    halves[index] = 0
                elif number is not None:
                    halves[index] = self._written(number, name, index)
            if halves.any():
                found[name] = halves
        return found

    def _written(self, number: Number, name: str, index: Index) -> float:
        """Of a number that was given; nothing where it is the true one, and round."""
        grain = self.precision.grain(number.value)
        if number.value == self.student.solution.values[name][index] and grain:
            return 0.0 if _is_round(number.value / grain) else grain / 2
        return (min(finest_place(number), grain) or grain) / 2

    def _unwritten(self, name: str) -> Array:
        """Of values that were not: they may have been rounded; a new weight so that its step shows."""
        known, old = self.student.known, self.ledger.old(name)
        values = np.asarray(known[name], dtype=float)
        if self.only_written or self.ledger.graph.size > MOST_ELEMENTS:
            return np.zeros_like(values)
        sizes = np.abs(values - known[old] if old else values)
        with np.errstate(all="ignore"):
            places = np.floor(np.log10(np.where(sizes > 0, sizes, 1))) - self.precision.digits + 1
            if self.precision.decimals is not None:
                places = np.full_like(values, -self.precision.decimals)
            is_exact = (sizes == 0) | ~np.isfinite(values) | _is_round(values / 10.0**places)
        return np.where(is_exact, 0.0, 10.0**places / 2)

    def _changes(self, moves: Sequence[Moves]) -> Array:
        """By how much the elements of the result change with each of the `moves`; with kinks, also with its
        opposite: (moves, 1 or 2, *shape)."""
        signed = [(move, sign) for move in moves for sign in self.signs]
        count = len(signed) + 1  # in the last one nothing is moved
        known, changes = self.student.known, dict[str, Change]()
        for name in self._between:
            moved = [(k, sign * move[name]) for k, (move, sign) in enumerate(signed) if name in move]
            if moved or name in self.fixed:
                fixed = {index: known[name][index] for index in self.fixed.get(name, ())}
                changes[name] = partial(_put, fixed, moved)
        with np.errstate(all="ignore"):
            fresh = self.student.fresh
            values = carried_on(self.ledger, self._between, known, count, changes, fresh=fresh)
            if self.result is None:
                results = computed(self.ledger, self.student.quantity, values, count, fresh=fresh)
            else:
                results = np.array([self.result(each_of(values, k)) for k in range(count)], dtype=float)
            *moved_on, unmoved = results
            found = [np.where(np.isfinite(result), result - unmoved, 0.0) for result in moved_on]
        return np.reshape(found, (len(moves), len(self.signs), *self.expected.shape))


def _put(fixed: Mapping[Index, float], moved: list[tuple[int, Array]], rows: Array) -> Array:
    """Into rows of a quantity: what stays as it is, and the moves."""
    for index, value in fixed.items():
        rows[:, *index] = value
    differs = np.zeros(len(rows), dtype=bool)
    for k, move in moved:
        rows[k] += move
        differs[k] = True
    return differs


@lru_cache(maxsize=64)
def _lots(count: int, shapes: tuple[tuple[int, ...], ...]) -> list[list[Array]]:
    """So many times, 1 or -1 for every element of arrays of these shapes; always the same ones."""
    random = np.random.default_rng(count)
    return [[random.choice((-1, 1), shape).astype(np.int8) for shape in shapes] for _ in range(count)]


def _is_round(units: Array) -> Any:
    return np.abs(units - np.round(units)) < _SHORT


def _has_kinks(graph: Graph) -> bool:
    return any(node.op and ops.get(node.op).kink is not None for node in graph.nodes.values())
