"""Rounding noise: numbers that are 0 as far as floating point can tell, such as ln(e^0.3) - 0.3.

Monte Carlo arithmetic (D. S. Parker, 1997): a step is repeated with its inputs moved by far more than their
last digit. What its result moves by, scaled down to that digit, is the noise in it.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from backprop_tutor.engine.systems.base import Array

__all__ = ["may_be_noise", "moved", "settled"]

FAINT = 1e-11  # of the largest input: only what is smaller is looked at
JITTER = 2.0**-30
NOISE = 32 * 2.0**-53 / JITTER  # of what the jitter moves: some units in the last place
RUNS = 3  # by chance a single one may move too little

Inputs = Mapping[str, Array]


def settled(value: Array, inputs: Inputs, again: Callable[[Inputs], Array]) -> tuple[Array, Array | None]:
    """`value` = again(inputs) with 0 in place of noise, and where that was; None where it was nowhere."""
    size = np.abs(value)
    least = size.min(where=size > 0, initial=np.inf)
    reach = max((np.abs(x).max(initial=0.0) for x in inputs.values()), default=0.0)
    if not (least < FAINT * reach and math.isfinite(reach)):
        return value, None
    faint = (size < FAINT * reach) & (size > 0)
    with np.errstate(all="ignore"):
        runs = [again(moved(inputs, run)) for run in range(1, RUNS + 1)]
        noise = faint & (size <= NOISE * np.max([np.abs(run - value) for run in runs], axis=0))
    return (np.where(noise, 0.0, value), noise) if noise.any() else (value, None)


def may_be_noise(rows: Array, inputs: Sequence[Array]) -> Array:
    """Which rows of a result, (count, *shape), hold numbers that are to be looked at; the `inputs` have as
    many rows, or one."""
    size = np.abs(rows.reshape(len(rows), -1))
    least = size.min(axis=1, where=size > 0, initial=np.inf)
    reach = np.zeros(1)
    for x in inputs:
        reach = np.maximum(reach, np.abs(x.reshape(len(x), -1)).max(axis=1, initial=0.0))
    return (least < FAINT * reach) & np.isfinite(reach)


def moved(inputs: Inputs, run: int, jitter: float = JITTER) -> dict[str, Array]:
    """The inputs, each number moved by its own share of the jitter: two Weyl sequences say by how much."""
    elsewhere, start = {}, 7 * run
    for name, array in inputs.items():
        k = np.arange(start, start + np.size(array)).reshape(np.shape(array))
        start += np.size(array)
        share = 0.5 + k * np.sqrt(3) % 0.5
        elsewhere[name] = array * (1 + jitter * share * np.where(k * np.sqrt(2) % 1 < 0.5, -1.0, 1.0))
    return elsewhere
