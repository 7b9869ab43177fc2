"""What every misconception would have given for a quantity: near its own step, or further back."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.exercise.ledger import Known
from backprop_tutor.exercise.side_by_side import Change, carried_on, each_of
from backprop_tutor.grading.editor import Editor
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.misconceptions.context import WrongResult
from backprop_tutor.grading.misconceptions.table import Misconception
from backprop_tutor.grading.slip_pool import Slip, SlipList, SlipPool
from backprop_tutor.grading.slips import Slips
from backprop_tutor.grading.working import Student

__all__ = ["Candidates", "Edits"]

Pools = dict[object, SlipPool]  # by quantity and the places of slips; None: its own

# A derivative after a slip in an activation is taken at net, or written with the wrong h: both are likely.
_FRESH = {"activation-not-applied": (False, True)}

MOST_STEPS = 1_500  # steps that are recomputed to find what slips further back lead to
MOST_ELEMENTS = 20_000  # of all quantities; beyond that, only a quantity's own step is looked at

Edits = Literal["slips", "constants", "composed", "pairs"]  # as the editor makes them
Found = tuple[Slip, Array]  # with what the whole quantity would be


class Made(NamedTuple):
    """A slip, what its own step gives, and whether the derivatives after it are taken `fresh`."""

    slip: Slip
    value: Array
    fresh: bool


def _slip(misconception: Misconception, variant: WrongResult, place: str) -> Slip:
    return Slip((misconception.id,), ((variant.says, ()),), place, variant.inherited)


def _pool(found: Sequence[Found]) -> SlipPool:
    arrays = [values for _, values in found]
    return SlipPool(
        SlipList(slip for slip, _ in found), lambda index: np.array([v[index] for v in arrays], dtype=float)
    )


def _changes(made: Iterable[Made]) -> dict[str, Change]:
    """By step: the results of the slips in it, each into its own row."""
    rows: dict[str, list[tuple[int, Array]]] = {}
    for row, one in enumerate(made):
        rows.setdefault(one.slip.place, []).append((row, one.value))
    return {place: partial(_put, results) for place, results in rows.items()}


def _put(results: list[tuple[int, Array]], rows: Array) -> Array:
    differs = np.zeros(len(rows), dtype=bool)
    for row, value in results:
        rows[row] = value
        differs[row] = True
    return differs


class Candidates:
    """Candidates at the `known` values of every quantity, worked out once, or at a student's."""

    def __init__(self, slips: Slips, editor: Editor, known: Known) -> None:
        self.slips, self.ledger, self.editor = slips, slips.ledger, editor
        self.known = known
        self._right: Pools = {}
        self._wrong_results: dict[str, list[tuple[Misconception, WrongResult]]] = {}
        self._students: WeakKeyDictionary[Student, Pools] = WeakKeyDictionary()
        self.small = slips.graph.size <= MOST_ELEMENTS

    def direct(self, quantity: str, student: Student | None = None) -> SlipPool:
        """What slips in the step of `quantity` itself give."""
        return self._pool(quantity, None, student)

    def section(self, quantity: str, answered: Iterable[str], student: Student | None = None) -> SlipPool:
        """What slips give in the steps between `quantity` and what is `answered` on the way to it."""
        return self._pool(quantity, frozenset(self._between(quantity, set(answered))), student)

    def anywhere(self, quantity: str) -> SlipPool:
        """What slips in all earlier steps give, one by one and in all of them at once."""
        return self._pool(quantity, frozenset(self.ledger.ancestors(quantity)), None)

    def edits(self, kind: Edits, place: Element, student: Student | None = None) -> SlipPool:
        """What edits of the formula of one element give."""
        kept = self._students.setdefault(student, {}) if student else self._right
        if (kind, place) not in kept:
            editor = self.editor
            made = {
                "slips": editor.slips,
                "constants": editor.constants,
                "composed": editor.composed,
                "pairs": editor.pairs,
            }
            with np.errstate(all="ignore"):
                kept[kind, place] = made[kind](place, student.known if student else self.known)
        return kept[kind, place]

    def _pool(self, quantity: str, places: frozenset[str] | None, student: Student | None) -> SlipPool:
        known = student.known if student else self.known
        kept = self._students.setdefault(student, {}) if student else self._right
        if (quantity, places) not in kept:
            found = (
                self._own(quantity, known) if places is None else self._propagated(quantity, places, known)
            )
            kept[quantity, places] = _pool(list(found))
        return kept[quantity, places]

    def _between(self, quantity: str, answered: set[str]) -> Iterator[str]:
        reached = {quantity}
        for name in reversed(self.ledger.ancestors(quantity)):
            if name not in answered and any(name in self.ledger.needs[later] for later in reached):
                reached.add(name)
                yield name

    def _own(self, quantity: str, known: Known) -> Iterator[Found]:
        for misconception, variant in self._wrong(quantity, known):
            yield _slip(misconception, variant, quantity), np.asarray(variant.value)

    def _wrong(self, quantity: str, known: Known) -> list[tuple[Misconception, WrongResult]]:
        """The wrong results of one step, kept where they are those of the right values."""
        with np.errstate(all="ignore"):
            if known is not self.known:
                return list(self.slips.wrong(quantity, known))
            if quantity not in self._wrong_results:
                self._wrong_results[quantity] = list(self.slips.wrong(quantity, known))
        return self._wrong_results[quantity]

    def _propagated(self, quantity: str, places: frozenset[str], known: Known) -> Iterator[Found]:
        if not places or not self.small:
            return
        order = [name for name in self.ledger.ancestors(quantity) if name in places]
        single, all_within = self._single(quantity, order, known)
        yield from self._carried(quantity, single, known)
        if not all_within:
            return
        with np.errstate(all="ignore"):
            for misconception, variant, done in self._kinds([*order, quantity], known):
                for fresh in _FRESH.get(misconception.id, (False,)):
                    key = variant.key
                    values = self._everywhere(quantity, places, misconception, key, known, fresh=fresh)
                    yield _slip(misconception, variant, "")._replace(places=done), values

    def _single(self, quantity: str, order: list[str], known: Known) -> tuple[list[Made], bool]:
        """Each slip in one of the steps, the last ones first, and whether that was all of them."""
        found: list[Made] = []
        budget = MOST_STEPS
        for place in reversed(order):
            steps = self._steps_after(place, quantity)
            for misconception, variant in self._wrong(place, known):
                for fresh in _FRESH.get(misconception.id, (False,)):
                    found.append(Made(_slip(misconception, variant, place), variant.value, fresh))
                    budget -= steps
                if budget < 0:
                    return found, False
        return found, True

    def _steps_after(self, place: str, quantity: str) -> int:
        """How many steps from `place` to `quantity` have another result after a slip in it."""
        reached = {place}
        for name in self.ledger.ancestors(quantity):
            if not reached.isdisjoint(self.ledger.needs[name]):
                reached.add(name)
        return len(reached)

    def _carried(self, quantity: str, made: list[Made], known: Known) -> list[Found]:
        """What `quantity` is after each of these slips."""
        steps = dict.fromkeys((*self.ledger.ancestors(quantity), quantity), True)
        found: list[Found | None] = [None] * len(made)
        for fresh in (False, True):
            which = [k for k, one in enumerate(made) if one.fresh is fresh]
            if which:
                changes = _changes([made[k] for k in which])
                with np.errstate(all="ignore"):
                    values = carried_on(self.ledger, steps, known, len(which), changes, fresh=fresh)
                for row, k in enumerate(which):
                    found[k] = made[k].slip, each_of(values, row)[quantity]
        return [one for one in found if one]

    def _kinds(
        self, places: Iterable[str], known: Known
    ) -> Iterator[tuple[Misconception, WrongResult, frozenset[str]]]:
        """Each thing that is done wrong in at least two of the steps, and in which."""
        seen: dict[tuple[str, str], tuple[Misconception, WrongResult, set[str]]] = {}
        for place in places:
            for misconception, variant in self._wrong(place, known):
                if misconception.everywhere:
                    kind = misconception.id, variant.key
                    seen.setdefault(kind, (misconception, variant, set()))[2].add(place)
        for misconception, variant, done in seen.values():
            if len(done) > 1:
                yield misconception, variant, frozenset(done)

    def _everywhere(
        self,
        quantity: str,
        places: frozenset[str],
        misconception: Misconception,
        key: str,
        known: Known,
        *,
        fresh: bool,
    ) -> Array:
        values, dirty = dict(known), set[str]()
        for name in (*self.ledger.ancestors(quantity), quantity):
            slipped = None
            if name in places or name == quantity:
                slipped = self.slips.slipped(name, values, misconception, key)
            if slipped is not None:
                values[name] = slipped
                dirty.add(name)
            elif not dirty.isdisjoint(self.ledger.needs[name]):
                values[name] = self.ledger.compute(name, values, fresh=fresh)
                dirty.add(name)
        return np.asarray(values[quantity])
