"""When two arrays count as the same, and where they differ."""

import numpy as np

from backprop_tutor.engine.infinity import MINUS_INFINITY
from backprop_tutor.engine.systems.base import Array

__all__ = ["EXACT", "off", "same", "tolerance_of"]

EXACT = 1e-6  # of the largest number of the array
_ROUGH = {"float32": 1e-3, "bfloat16": 3e-2, "float16": 1e-2}  # the first whose name is in that of the kind
_HIDDEN = float(MINUS_INFINITY) / 2  # what stands for -inf in a mask
_LOW = -1e6  # what does in a program
_GLANCE = 256  # numbers that tell most arrays apart


def tolerance_of(dtype: str) -> float:
    """What an array of this kind may be off, as a share of its largest number."""
    return next((share for kind, share in _ROUGH.items() if kind in dtype), EXACT)


def off(given: Array, right: Array, tolerance: float, floor: float = 0.0) -> Array:
    """Where two arrays of one shape differ by more than `tolerance` times the largest number of `right`, or
    than `floor`. What is not finite has to be the same."""
    hidden = right <= _HIDDEN
    finite = np.isfinite(right) & ~hidden
    scale = float(np.max(np.abs(right), where=finite, initial=0.0))
    with np.errstate(all="ignore"):
        near = np.abs(given - right) <= max(tolerance * scale, floor)
    alike = (given == right) | (np.isnan(given) & np.isnan(right)) | (hidden & (given <= _LOW))
    return np.asarray(~np.where(finite, near, alike))


def same(given: Array, right: Array | None, tolerance: float = EXACT, floor: float = 0.0) -> bool:
    """Whether they have one shape and differ nowhere."""
    if right is None or given.shape != right.shape:
        return False
    if given is right:
        return True
    with np.errstate(all="ignore"):
        scale = float(max(right.max(initial=0.0), -right.min(initial=0.0)))
        if scale < -_HIDDEN:  # all is finite, as it mostly is
            most = max(tolerance * scale, floor)
            step = max(given.size // _GLANCE, 1)  # most arrays differ in what is seen at a glance
            glance = np.abs(given.ravel()[::step] - right.ravel()[::step])
            return not (glance > most).any() and bool((np.abs(given - right) <= most).all())
    return not off(given, right, tolerance, floor).any()
