"""Judges the arrays of a program, each from the program's own earlier ones as they stand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.cause import Found
from backprop_tutor.grading.elements import Elements
from backprop_tutor.language import Sentence, Style
from backprop_tutor.programs import array_wording as wording
from backprop_tutor.programs.array_step import ArrayStep
from backprop_tutor.programs.array_verdict import ArrayVerdict
from backprop_tutor.programs.closeness import EXACT, off, same, tolerance_of
from backprop_tutor.programs.given_array import GivenArray
from backprop_tutor.programs.wrong_entries import where_wrong
from backprop_tutor.walkthrough import Solution

if TYPE_CHECKING:
    from backprop_tutor.programs.array_causes import ArrayCauses

__all__ = ["ArrayJudge", "ProgramArrays"]

NOISE = 1e-13  # of the largest number that a step starts from: what floating point leaves over of 0
MOST_ALTERNATIVES = 4

Changes = Callable[[str], bool]  # whether a statement of the program changes this variable in place


class ProgramArrays(NamedTuple):
    """What a program left: its arrays by quantity, and which of the exercise's own data it changed."""

    arrays: Mapping[str, GivenArray]
    changed: Mapping[str, Array] = {}
    is_changed_in_place: Changes = lambda variable: False


@dataclass
class _Progress:
    """What is known of a program while its arrays are judged in order: the values of every quantity as it has
    them, which of them are wrong or follow from what is (`dirty`), and how rough its numbers are."""

    known: dict[str, Array]
    absent: frozenset[str]
    dirty: set[str]
    wrong: dict[str, ArrayVerdict]
    right: list[str]
    tolerance: float = EXACT


class ArrayJudge:
    """Judges programs for one `solution`; what is worked out for one is kept for the next."""

    def __init__(self, solution: Solution, asked: list[str], style: Style | None = None) -> None:
        self.solution, self.ledger = solution, solution.ledger
        self.asked = frozenset(asked)
        self.style = style or Style()
        self._elements = Elements(solution)

    @cached_property
    def _causes(self) -> "ArrayCauses":
        from backprop_tutor.programs.array_causes import (
            ArrayCauses,  # 40 ms, which a right program does not need
        )

        return ArrayCauses(self.solution, self.style)

    def judge(self, given: ProgramArrays) -> dict[str, ArrayVerdict]:
        """The verdicts by quantity, in walkthrough order: of all that is asked, and of what else there is."""
        found: dict[str, ArrayVerdict] = {}
        present = {q: a for q, a in given.arrays.items() if a.values is not None}
        absent = frozenset(self.ledger.needs) - given.arrays.keys()
        right = self.solution.values
        progress = _Progress(dict(right), absent, set(), {}, [])
        if "_causes" in self.__dict__:
            self._causes.begin()
        with np.errstate(all="ignore"):
            for quantity in self.ledger.needs:
                if quantity in given.arrays:
                    verdict = self._verdict(quantity, given, progress)
                    found[quantity] = verdict
                    self._go_on(quantity, verdict, present.get(quantity), progress)
                    continue
                self._follow(quantity, progress)
                if quantity in self.asked:
                    message = self._not_set(quantity, given, progress)
                    found[quantity] = ArrayVerdict(quantity, "", "blank", message=message)
        return found

    def _not_set(self, quantity: str, given: ProgramArrays, progress: _Progress) -> str:
        """What is said of an array that is not there; a parameter may have been updated in its own place."""
        old = self.ledger.old(quantity)
        if old in given.changed and same(given.changed[old], np.asarray(progress.known[quantity])):
            return wording.updated_in_place(old, quantity)
        return wording.BLANK

    def _follow(self, quantity: str, progress: _Progress) -> None:
        """Of what the program left nothing: what its own earlier arrays lead to."""
        progress.known[quantity] = self.solution.values[quantity]
        if not progress.dirty.isdisjoint(self.ledger.needs[quantity]):
            value = ArrayStep(self.ledger, quantity, progress.known).right
            if value is not None:
                progress.known[quantity] = value
                progress.dirty.add(quantity)

    def _go_on(
        self, quantity: str, verdict: ArrayVerdict, given: GivenArray | None, progress: _Progress
    ) -> None:
        """Take the array as it stands, whatever its shape; one that is right, as the right one."""
        if given is not None:
            progress.tolerance = max(progress.tolerance, tolerance_of(given.dtype))
        if verdict.verdict == "correct" or given is None or given.values is None:
            progress.known[quantity] = self.solution.values[quantity]
            if verdict.verdict == "correct":
                progress.right.append(quantity)
            else:
                progress.wrong[quantity] = verdict
            return
        progress.known[quantity] = given.values
        progress.dirty.add(quantity)
        if verdict.verdict != "follow-through":
            progress.wrong[quantity] = verdict

    def _verdict(self, quantity: str, given: ProgramArrays, progress: _Progress) -> ArrayVerdict:
        array = given.arrays[quantity]
        made = ArrayVerdict(quantity, array.variable, "invalid", array.shape)
        if array.fault:
            return replace(made, message=wording.unreadable(array.variable, array.fault))
        if array.values is None:
            return self._too_large(made, ArrayStep(self.ledger, quantity, progress.known, progress.absent))
        tolerance = max(progress.tolerance, tolerance_of(array.dtype))
        floor = self._floor(quantity, progress, tolerance)
        if self._is_right(quantity, array.values, tolerance, floor):
            return replace(made, verdict="correct", message=wording.RIGHT)
        if self._is_carried(quantity, array.values, tolerance, floor, progress):
            origin = self._origin(quantity, progress)
            if origin is None:  # rough, but right, numbers went into it
                return replace(made, verdict="correct", message=wording.RIGHT)
            if any(name in self.asked for name in self._wrong_before(quantity, progress)):
                said = self._said(origin.quantity)
                return replace(
                    made, verdict="follow-through", message=wording.carried(said), origin=origin.quantity
                )
            return self._through(made, origin)
        return self._wrong(made, given, array, (tolerance, floor), progress)

    def _too_large(self, made: ArrayVerdict, step: ArrayStep) -> ArrayVerdict:
        """Of so many numbers only the shape is looked at."""
        from backprop_tutor.programs.coding_slips import blown_up_to

        shape, wanted = made.shape or (), self.solution.shapes[made.quantity]
        says = str(Sentence(blown_up_to(step, shape)))
        message = f"{wording.shapes(shape, wanted)} It is too large to be looked at."
        message += f" It may come of {says}." if says else ""
        ids = ("broadcast-blow-up",) if says else ()
        return replace(
            made, verdict="wrong", misconceptions=ids, ambiguous=bool(says), message=message,
            entries_wrong=prod(shape),
        )  # fmt: skip

    def _through(self, made: ArrayVerdict, origin: ArrayVerdict) -> ArrayVerdict:
        """Wrong because of an array that is not asked: what was done there is what is to be said."""
        message = f"It follows from your {origin.variable}. {origin.message}"
        return replace(
            made,
            verdict="wrong",
            misconceptions=origin.misconceptions,
            ambiguous=origin.ambiguous,
            entries_wrong=prod(made.shape or ()),
            message=message,
            origin=origin.quantity,
        )

    def _floor(self, quantity: str, progress: _Progress, tolerance: float) -> float:
        """What may be left over where the right value is 0."""
        needs = (progress.known[name] for name in self.ledger.needs[quantity] if name in progress.known)
        sizes = (np.abs(value[np.isfinite(value)]).max(initial=0.0) for value in map(np.asarray, needs))
        reach = max((float(size) for size in sizes if size < 1e50), default=0.0)
        return reach * (NOISE if tolerance == EXACT else 1e-6)

    def _is_right(self, quantity: str, values: Array, tolerance: float, floor: float) -> bool:
        right = np.asarray(self.solution.values[quantity])
        if not same(values, right, tolerance, floor):
            return False
        old = self.ledger.old(quantity)
        if not old:
            return True
        before = np.asarray(self.solution.values[old])  # an update is judged by its step, too
        step = float(np.max(np.abs(right - before), initial=0.0))
        gap = float(np.max(np.abs(values - right), initial=0.0))
        least = tolerance_of("float32") if tolerance == EXACT else 1.0
        return gap <= max(step * least * 50, floor) or step <= floor

    # Follow-through

    def _is_carried(
        self, quantity: str, values: Array, tolerance: float, floor: float, progress: _Progress
    ) -> bool:
        for step, fresh in self._alternatives(quantity, progress):
            expected = step.again({}, fresh=fresh)
            if expected is None:
                continue
            if same(values, expected, tolerance, floor):
                return True
        return self._is_misshapen_only(quantity, values, tolerance, floor, progress)

    def _is_misshapen_only(
        self, quantity: str, values: Array, tolerance: float, floor: float, progress: _Progress
    ) -> bool:
        """Whether it is what NumPy makes of earlier arrays of other shapes than the rules of the ledger are
        written for; or right but for the shape that it has from them."""
        shapes, known = self.solution.shapes, progress.known
        before = [n for n in self.ledger.ancestors(quantity) if np.shape(known[n]) != shapes[n]]
        if not before:
            return False
        as_numpy = self._causes.slips.formulas.right(ArrayStep(self.ledger, quantity, known), {})
        if same(values, as_numpy, tolerance, floor):
            return True
        shaped = {name: self._in_shape(name, np.asarray(known[name])) for name in before}
        expected = self._with(shaped, quantity, progress).right
        if expected is None:
            return False
        turned = expected.T if self._was_transposed(quantity, progress) else np.squeeze(expected)
        mine = values if self._was_transposed(quantity, progress) else np.squeeze(values)
        return same(mine, turned, tolerance, floor)

    def _in_shape(self, name: str, value: Array) -> Array:
        """An array in the shape that it should have, if it is merely transposed or has axes of length 1."""
        shape = self.solution.shapes[name]
        if value.T.shape == shape:
            return value.T
        if np.squeeze(value).shape == np.squeeze(np.empty(shape)).shape:
            return value.reshape(shape)
        return np.asarray(self.solution.values[name])

    def _alternatives(self, quantity: str, progress: _Progress) -> Iterator[tuple[ArrayStep, bool]]:
        """The ways in which a program may go on: from its arrays as they stand; with a derivative at net;
        from one that was changed only after it had been used."""
        ledger, known = self.ledger, progress.known
        yield ArrayStep(ledger, quantity, known), False
        before = self._wrong_before(quantity, progress)
        if not before:
            return
        if not progress.dirty.isdisjoint(ledger.activations):
            yield ArrayStep(ledger, quantity, known), True
        for name in before[-MOST_ALTERNATIVES:]:
            unchanged = ArrayStep(ledger, name, known).right
            if unchanged is not None:
                yield self._with({name: unchanged}, quantity, progress), False

    def _with(self, replaced: Mapping[str, Array], quantity: str, progress: _Progress) -> ArrayStep:
        """The step with some of the program's arrays replaced, and what follows from them without it."""
        values = {**progress.known, **replaced}
        for name in self.ledger.ancestors(quantity):
            if name in progress.absent and not progress.dirty.isdisjoint(self.ledger.needs[name]):
                follows = ArrayStep(self.ledger, name, values).right
                values[name] = values[name] if follows is None else follows
        return ArrayStep(self.ledger, quantity, values)

    def _was_transposed(self, quantity: str, progress: _Progress) -> bool:
        before = set(self.ledger.ancestors(quantity))
        return any(
            "transposed" in verdict.misconceptions
            for name, verdict in progress.wrong.items()
            if name in before
        )

    def _wrong_before(self, quantity: str, progress: _Progress) -> list[str]:
        before = set(self.ledger.ancestors(quantity))
        return [name for name in progress.wrong if name in before]

    def _origin(self, quantity: str, progress: _Progress) -> ArrayVerdict | None:
        names = self._wrong_before(quantity, progress)
        asked = [name for name in names if name in self.asked]
        return progress.wrong[(asked or names)[0]] if names else None

    # What is wrong

    def _wrong(
        self,
        made: ArrayVerdict,
        given: ProgramArrays,
        array: GivenArray,
        tolerances: tuple[float, float],
        progress: _Progress,
    ) -> ArrayVerdict:
        from backprop_tutor.programs.wrong_array import WrongArray

        quantity, values, (tolerance, floor) = made.quantity, array.values, tolerances
        assert values is not None
        right = np.asarray(self.solution.values[quantity])
        step = ArrayStep(self.ledger, quantity, progress.known, progress.absent)
        expected = step.right if step.right is not None else right
        changes = given.is_changed_in_place(array.variable) or self._is_shared(quantity, given)
        at_hand = WrongArray(values, tolerance, floor, array.is_whole_numbers, changes)
        steps = [step] if step.right is not None else []
        if not progress.dirty.isdisjoint(self.ledger.ancestors(quantity)) or not steps:
            steps.append(ArrayStep(self.ledger, quantity, self.solution.values, progress.absent))
        every = (self._causes.of(at_hand, one, given.changed) for one in steps)
        found = next((found for found in every if found.causes), Found())
        fits = values.shape == right.shape
        wrong = off(values, expected, tolerance) if values.shape == expected.shape else np.ones(1, dtype=bool)
        message = " ".join(filter(None, self._sentences(made, array, found, expected, wrong, progress)))
        return replace(
            made,
            verdict="wrong",
            misconceptions=found.ids,
            ambiguous=bool(found.causes) and not found.certain,
            entries_wrong=int(wrong.sum()) if fits and wrong.shape == values.shape else values.size,
            message=message,
        )

    def _sentences(
        self,
        made: ArrayVerdict,
        array: GivenArray,
        found: Found,
        expected: Array,
        wrong: Array,
        progress: _Progress,
    ) -> Iterator[str]:
        quantity, values = made.quantity, array.values
        assert values is not None
        if values.shape != self.solution.shapes[quantity]:
            yield wording.shapes(values.shape, self.solution.shapes[quantity])
        elif not np.isfinite(values).all():
            yield wording.not_finite(values)
        if found.causes:
            yield wording.explained(array.variable, self._said(quantity), quantity, found, self._said)
        if wrong.shape == values.shape:
            yield where_wrong(wrong, self.solution.quantities[quantity], array.variable)
        if not found.causes:
            before = [name for name in self.ledger.needs[quantity] if name in progress.right]
            yield wording.unnamed(values, expected, list(map(self._said, before)))

    def _is_shared(self, quantity: str, given: ProgramArrays) -> bool:
        """Whether the array of another quantity is kept in the same numbers."""
        memory = given.arrays[quantity].memory
        return bool(memory) and any(
            other.memory == memory for name, other in given.arrays.items() if name != quantity
        )

    def _said(self, name: str) -> str:
        """A quantity as it is typed: dJ/dW1."""
        return self._elements.written(name, self.style.upright)
