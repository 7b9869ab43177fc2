"""Steps of a ledger for many sets of numbers at once: what each set by itself gives, in one go."""

from collections.abc import Callable, Mapping

import numpy as np

from backprop_tutor.engine.noise import may_be_noise
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.many import MANY, Many
from backprop_tutor.exercise.ledger import Known, Ledger

__all__ = ["Change", "carried_on", "computed", "each_of"]

Change = Callable[[Array], Array]
"""Changes rows of a quantity in place, and says in which it did."""


def carried_on(
    ledger: Ledger,
    steps: Mapping[str, bool],
    known: Known,
    count: int,
    changes: Mapping[str, Change],
    *,
    fresh: bool = False,
) -> dict[str, Array | Many]:
    """The `known` values and, as rows, what becomes of them in each of `count` sets: quantities of `steps`,
    in order, have the `changes` made to them, and those marked True follow from what differs before them.
    `fresh` as in `Ledger.compute`."""
    values: dict[str, Array | Many] = dict(known)
    differs: dict[str, Array] = {}
    for name, follows in steps.items():
        before = [differs[need] for need in ledger.needs[name] if need in differs] if follows else []
        if not before and name not in changes:
            continue
        rows = np.repeat(np.asarray(known[name], dtype=float)[np.newaxis], count, axis=0)
        here = np.logical_or.reduce(before) if before else np.zeros(count, dtype=bool)
        if before:
            rows[here] = computed(ledger, name, values, count, fresh=fresh)[here]
        if name in changes:
            here = here | changes[name](rows)
        values[name], differs[name] = Many(rows), here
    return values


def computed(
    ledger: Ledger, quantity: str, known: Mapping[str, Array | Many], count: int, *, fresh: bool = False
) -> Array:
    """`Ledger.compute` for `count` sets, of which some `known` values have a row each: (count, *shape)."""
    line = ledger.lines[quantity]
    if line.by_passes:
        return np.stack([ledger.compute(quantity, each_of(known, k), fresh=fresh) for k in range(count)])
    inputs = {**known, **ledger.afresh(line, known, MANY)} if fresh else known
    found = MANY.finish(line.compute(MANY, inputs))
    rows = np.array(np.broadcast_to(found.rows, (count, *found.shape)), dtype=float)
    needed = [MANY.finish(known[name]).rows for name in line.needs if name in known]
    for k in np.flatnonzero(may_be_noise(rows, needed)).tolist():
        rows[k] = ledger.compute(quantity, each_of(known, k), fresh=fresh)
    return rows


def each_of(known: Mapping[str, Array | Many], k: int) -> dict[str, Array]:
    """The values of set `k`."""
    return {name: x.rows[k] if isinstance(x, Many) else x for name, x in known.items()}
