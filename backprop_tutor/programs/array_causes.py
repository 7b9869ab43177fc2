"""Why a whole array is wrong: the slips whose result it is, and whether only one of them can be meant."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from math import prod
from time import process_time

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.cause import Cause, Found
from backprop_tutor.grading.misconceptions.table import COVERS
from backprop_tutor.grading.points import Point, base_point, random_points
from backprop_tutor.grading.slip_pool import Slip
from backprop_tutor.language import Style
from backprop_tutor.programs.array_step import ArrayStep
from backprop_tutor.programs.closeness import EXACT, same
from backprop_tutor.programs.whole_slips import WholeSlip, WholeSlips
from backprop_tutor.programs.wrong_array import WrongArray
from backprop_tutor.walkthrough import Solution

__all__ = ["ArrayCauses"]

PATIENCE = 0.3  # seconds in which further and further sorts of slips are looked at, for one array
ENDURANCE = 0.5  # seconds for all arrays of a program that no slip explains
LEAST = 0.02  # seconds for each of them
MOST_SIMPLE = 1_000  # numbers of an array whose agreement with an edit may be a chance
MOST_PAIRED = 50_000  # numbers of an array for which two slips at once are looked at
_CERTAIN = 0.02  # coincidences that may be expected where one slip is called the cause
_MOST_CAUSES = 4
_MOST_NUMBERS = 12  # that are looked at for how simple they are
_DENOMINATORS = range(1, 33)

Stage = Callable[[ArrayStep], Iterator[WholeSlip]]


class ArrayCauses:
    """Looks for causes; what is worked out for one array is kept for the next."""

    def __init__(self, solution: Solution, style: Style) -> None:
        self.solution, self.style = solution, style
        self.slips = WholeSlips(solution)
        self._spent = 0.0

    def begin(self) -> None:
        """One more program: what the last one took is forgotten."""
        self._spent = 0.0

    def of(self, wrong: WrongArray, step: ArrayStep, changed: Mapping[str, Array]) -> Found:
        """The causes, the most usual first; `changed` are data and parameters that the program changed."""
        started = process_time()
        for stage in self._stages(wrong, step, changed):
            end = started + max(min(PATIENCE, ENDURANCE - self._spent), LEAST)
            found = self._looked_at(stage, wrong, step, end)
            if found and (stage != self.slips.listed or found.certain):
                return found
            if process_time() > end:
                break
        self._spent += process_time() - started
        return Found()

    def _stages(self, wrong: WrongArray, step: ArrayStep, changed: Mapping[str, Array]) -> Iterator[Stage]:
        """The sorts of slips, the most usual and the quickest first."""
        yield lambda s: self.slips.reshaped(s, wrong.array.shape)
        yield self.slips.listed
        yield lambda s: self.slips.from_changed(s, changed)
        yield from [self.slips.scaled, self.slips.single][:: -1 if wrong.array.size <= MOST_SIMPLE else 1]
        yield self.slips.before
        if wrong.array.size <= MOST_PAIRED:
            yield lambda s: self._times_constants(wrong, s)
            yield self.slips.pairs

    def _looked_at(self, stage: Stage, wrong: WrongArray, step: ArrayStep, end: float) -> Found | None:
        """What of a sort of slips gives the array, as far as there is time for."""
        hits: list[Slip] = []
        ranks: list[int] = []
        for slip, array in stage(step):
            if process_time() > end and not hits:
                break
            if not wrong.admits(slip) or array.shape != wrong.array.shape:
                continue
            ranks.append(slip.rank)
            is_right = same(array, step.right, EXACT, wrong.floor)
            if not is_right and same(wrong.array, array, wrong.tolerance, wrong.floor):
                hits.append(slip)
        if not hits:
            return None
        hits = self._likely(hits, wrong)
        causes = self._merged(stage, step, hits)
        as_usual = sum(rank <= hits[0].rank for rank in ranks)
        chance = 0.0 if wrong.shows(hits[0]) else as_usual * _coincidence(wrong.array, step.right)
        return Found(tuple(causes)[:_MOST_CAUSES], len(causes) == 1 and chance <= _CERTAIN)

    def _likely(self, hits: list[Slip], wrong: WrongArray) -> list[Slip]:
        """The usual ones first; a change in place where the program shows one, or nothing else fits."""
        in_place = [slip for slip in hits if "changed-in-place" in slip.ids]
        if wrong.changes and in_place:
            return in_place[:1]
        kept = [slip for slip in hits if slip not in in_place] or in_place
        cut = [slip for slip in kept if "decimals-cut" in slip.ids]
        if cut and wrong.whole_numbers:
            return cut[:1]
        return sorted([slip for slip in kept if slip not in cut] or kept, key=lambda slip: slip.rank)

    def _merged(self, stage: Stage, step: ArrayStep, hits: list[Slip]) -> list[Cause]:
        """The causes that differ: what comes to the same with other numbers too is one cause."""
        causes: list[tuple[Cause, Array | None]] = []
        elsewhere = self._elsewhere(stage, step, hits) if len(hits) > 1 else {}
        for slip in hits:
            says = slip.text(self.style).replace("∂", "d")  # as names are typed in code
            cause = Cause(slip.ids, says, slip.place)
            value = elsewhere.get(_key(slip))
            known = next((k for k, (c, v) in enumerate(causes) if _alike(c, v, cause, value)), None)
            if known is None:
                causes.append((cause, value))
                continue
            first, kept = causes[known]
            if slip.ids[0] in COVERS[first.ids[0]]:
                causes[known] = first._replace(ids=tuple(dict.fromkeys(first.ids + slip.ids))), kept
        return [cause for cause, _ in causes]

    def _elsewhere(self, stage: Stage, step: ArrayStep, hits: Iterable[Slip]) -> dict[object, Array]:
        """What the same slips give in the exercise with other numbers."""
        wanted = set(map(_key, hits))
        other = ArrayStep(step.ledger, step.quantity, self._point.quantities, step.absent)
        found: dict[object, Array] = {}
        for slip, array in stage(other):
            if _key(slip) in wanted:
                found.setdefault(_key(slip), array)
        return found

    @cached_property
    def _point(self) -> Point:
        base = base_point(self.solution, self.solution.exercise.values)
        return random_points(base, base.leaves.keys(), count=1)[0]

    def _times_constants(self, wrong: WrongArray, step: ArrayStep) -> Iterator[WholeSlip]:
        """A slip and a constant at once: the one that brings it nearest to the wrong array."""
        constants = self.slips.constants(step)
        for slip, array in self.slips.single(step):
            size = float(np.vdot(array, array))
            if array.shape != wrong.array.shape or not np.isfinite(size) or not size:
                continue
            factor = float(np.vdot(array, wrong.array)) / size
            for constant in constants:
                if abs(constant.value - factor) <= 1e-3 * abs(factor) and not set(constant.ids) & set(
                    slip.ids
                ):
                    both = Slip(constant.ids, ((constant.says, ()),), slip.place).along_with(slip)
                    yield WholeSlip(both, array * constant.value)


def _key(slip: Slip) -> object:
    return slip.ids, slip.says, slip.place


def _alike(known: Cause, value: Array | None, cause: Cause, other: Array | None) -> bool:
    """Whether two causes are one thing in other words, or as good as."""
    if set(cause.ids) <= set(known.ids) and cause.place == known.place:
        return True
    return value is not None and other is not None and same(value, other, 1e-9)


def _coincidence(wrong: Array, right: Array | None) -> float:
    """How likely an arbitrary array, of numbers as simple as these, is the result of a given slip."""
    if right is None or right.shape != wrong.shape:
        return 1e-3 if wrong.size > 1 else 0.1
    differ = np.flatnonzero((wrong != right).ravel())[: 50 * _MOST_NUMBERS]
    numbers = {*zip(*(array.ravel()[differ].astype(float).tolist() for array in (wrong, right)), strict=True)}
    shares = _simplicity(*np.array([*numbers]).reshape(-1, 2).T)
    return float(prod(sorted(shares.tolist())[:_MOST_NUMBERS]))


def _simplicity(numbers: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of its range that the numbers as coarse as each are apart: 1/4 for a small whole one."""
    with np.errstate(all="ignore"):
        spread = 4 * np.maximum(np.maximum(np.abs(numbers), np.abs(right)), 1e-300)
        scaled = np.multiply.outer(np.array(_DENOMINATORS, dtype=float), numbers)
        whole = np.abs(scaled - np.rint(scaled)) < 1e-9 * np.maximum(1.0, np.abs(scaled))
        coarse = np.array(_DENOMINATORS)[whole.argmax(axis=0)]
        share = np.where(whole.any(axis=0), np.minimum(1.0, 1 / coarse / spread), 1e-6)
    return np.where(np.isfinite(spread), share, 0.1)
