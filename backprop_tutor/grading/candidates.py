"""What every misconception would have given for a quantity: near its own step, or further back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.exercise.ledger import Known
from backprop_tutor.grading.editor import Editor
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.misconceptions.context import WrongResult
from backprop_tutor.grading.misconceptions.table import Misconception
from backprop_tutor.grading.slip_pool import Slip, SlipPool
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


def _slip(misconception: Misconception, variant: WrongResult, place: str) -> Slip:
    return Slip((misconception.id,), ((variant.says, ()),), place, variant.inherited)


def _pool(found: Sequence[Found]) -> SlipPool:
    arrays = [values for _, values in found]
    return SlipPool(
        [slip for slip, _ in found], lambda index: np.array([v[index] for v in arrays], dtype=float)
    )


class Candidates:
    """Candidates at the `known` values of every quantity, worked out once, or at a student's."""

    def __init__(self, slips: Slips, editor: Editor, known: Known) -> None:
        self.slips, self.ledger, self.editor = slips, slips.ledger, editor
        self.known = known
        self._right: Pools = {}
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
        with np.errstate(all="ignore"):
            for misconception, variant in self.slips.wrong(quantity, known):
                yield _slip(misconception, variant, quantity), np.asarray(variant.value)

    def _propagated(self, quantity: str, places: frozenset[str], known: Known) -> Iterator[Found]:
        if not places or not self.small:
            return
        order = [name for name in self.ledger.ancestors(quantity) if name in places]
        budget = MOST_STEPS
        with np.errstate(all="ignore"):
            for place in reversed(order):
                for misconception, variant in self.slips.wrong(place, known):
                    for fresh in _FRESH.get(misconception.id, (False,)):
                        values, cost = self._carried(quantity, place, variant.value, known, fresh=fresh)
                        yield _slip(misconception, variant, place), values
                        budget -= cost
                    if budget < 0:
                        return
            for misconception, variant, done in self._kinds([*order, quantity], known):
                for fresh in _FRESH.get(misconception.id, (False,)):
                    key = variant.key
                    values = self._everywhere(quantity, places, misconception, key, known, fresh=fresh)
                    yield _slip(misconception, variant, "")._replace(places=done), values

    def _carried(
        self, quantity: str, place: str, value: Array, known: Known, *, fresh: bool
    ) -> tuple[Array, int]:
        """What `quantity` is if `place` has this value, and how many steps that took."""
        values, dirty = {**known, place: value}, {place}
        for name in self.ledger.ancestors(quantity):
            if name not in dirty and not dirty.isdisjoint(self.ledger.needs[name]):
                values[name] = self.ledger.compute(name, values, fresh=fresh)
                dirty.add(name)
        return np.asarray(self.ledger.compute(quantity, values, fresh=fresh)), len(dirty)

    def _kinds(
        self, places: Iterable[str], known: Known
    ) -> Iterator[tuple[Misconception, WrongResult, frozenset[str]]]:
        """Each thing that is done wrong in at least two of the steps, and in which."""
        seen: dict[tuple[str, str], tuple[Misconception, WrongResult, set[str]]] = {}
        for place in places:
            for misconception, variant in self.slips.wrong(place, known):
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
