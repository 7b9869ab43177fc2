"""How far the rounding of a student's values can move the step that is worked out from them."""

from collections.abc import Iterator, Mapping

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.base import Array, Index
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.grading.number import Number, finest_place
from backprop_tutor.grading.recompute import Recompute
from backprop_tutor.grading.student import Student

__all__ = ["Rounding"]

MOST_STEPS = 4_000  # that are recomputed for one quantity
_SHORT = 1e-9  # of a place value: a number this near to a round one is round

Place = tuple[str, Index]
Fixed = Mapping[str, Mapping[Index, Number | None]]


class Rounding:
    """Bounds by sensitivity: each value that a step depends on is moved by half a unit of the last digit
    that it was, or may have been, written with; the step is recomputed, and the changes added up.

    A value that was answered has the digits it was given with; one that was not may have been rounded, on
    paper, to those that `precision` asks for. Whole numbers and the like, which rounding does not
    change, stay where they are.
    """

    def __init__(self, recompute: Recompute, precision: Precision) -> None:
        self.recompute, self.precision = recompute, precision
        self.signs = (1, -1) if _has_kinks(recompute.graph) else (1,)

    def reach(self, student: Student, fixed: Fixed) -> Array:
        """The most that each element of what `student` works out may be off. `fixed` are the values that
        do not follow from others: the numbers that were answered, and None for what the right value
        stands in for."""
        between = self._between(student, fixed)
        budget = MOST_STEPS
        total = np.zeros_like(student.expected)
        for (name, index), by in self._moved(student, fixed, between):
            changes, cost = self._changes(student, fixed, between, name, index, by)
            total += changes
            budget -= cost
            if budget < 0:
                break
        return total

    def _between(self, student: Student, fixed: Fixed) -> dict[str, bool]:
        """What leads to the quantity from the values that are `fixed`, in order: False for one that is
        itself, True for one that has to be worked out, or part of it."""
        recompute, reached = self.recompute, dict[str, bool]()
        waiting = [student.quantity]
        while waiting:
            for name in recompute.needs[waiting.pop()]:
                if name not in reached and name in recompute.needs:
                    reached[name] = len(fixed.get(name, ())) < recompute.base[name].size
                    waiting += [name] * reached[name]
        return {name: reached[name] for name in recompute.ancestors(student.quantity) if name in reached}

    def _moved(
        self, student: Student, fixed: Fixed, between: Mapping[str, bool]
    ) -> Iterator[tuple[Place, float]]:
        """The places whose values are uncertain, and by how much; what was answered comes first."""
        old = self.recompute.old(student.quantity)
        unseen: list[tuple[Place, float]] = []
        for name in between:
            known = student.known[name]
            true = self.recompute.base[name]
            for index in np.ndindex(known.shape):
                number = fixed.get(name, {}).get(index)
                if name == old and index in fixed.get(name, {}):
                    continue  # a step is judged from the old weight as it was written
                if number is None:
                    unseen.append(((name, index), self._unwritten(name, index, student)))
                else:
                    yield (name, index), self._written(number, float(true[index]))
        yield from unseen

    def _written(self, number: Number, true: float) -> float:
        """Half a unit of the last place of a number that was given; nothing where it is the true one."""
        grain = self.precision.grain(number.value)
        if number.value == true:
            return _half(true, grain)
        return (min(finest_place(number), grain) or grain) / 2

    def _unwritten(self, name: str, index: Index, student: Student) -> float:
        """The same of one that was not: it may have been rounded; a new weight so that its step shows."""
        value, old = float(student.known[name][index]), self.recompute.old(name)
        step = value - float(student.known[old][index]) if old else 0.0
        return _half(value, self.precision.grain(step or value))

    def _changes(
        self,
        student: Student,
        fixed: Fixed,
        between: Mapping[str, bool],
        name: str,
        index: Index,
        by: float,
    ) -> tuple[Array, int]:
        """The most by which the quantity's elements change, and how many steps that took."""
        largest, cost = np.zeros_like(student.expected), 0
        if by == 0:
            return largest, cost
        for sign in self.signs:
            values = dict(student.known)
            values[name] = np.array(values[name], dtype=float)
            values[name][index] += sign * by
            dirty = {name}
            with np.errstate(all="ignore"):
                for later, is_worked_out in between.items():
                    if is_worked_out and later != name and not dirty.isdisjoint(self.recompute.needs[later]):
                        value = np.array(self.recompute.compute(later, values, fresh=student.fresh), float)
                        for place in fixed.get(later, ()):
                            value[place] = student.known[later][place]
                        values[later] = value
                        dirty.add(later)
                moved = self.recompute.compute(student.quantity, values, fresh=student.fresh)
            changes = np.abs(moved - student.expected)
            largest = np.maximum(largest, np.nan_to_num(changes, nan=0.0, posinf=0.0))
            cost += len(dirty)
        return largest, cost


def _half(value: float, grain: float) -> float:
    """Half a unit of the last place that `value` is rounded to, where that changes it."""
    if not np.isfinite(value) or grain == 0 or abs(value / grain - round(value / grain)) < _SHORT:
        return 0.0
    return grain / 2


def _has_kinks(graph: Graph) -> bool:
    return any(node.op and ops.get(node.op).kink is not None for node in graph.nodes.values())
