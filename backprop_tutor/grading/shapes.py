"""Does a typed array have the shape that was asked for?"""

from enum import Enum

__all__ = ["Fit", "fit"]


class Fit(Enum):
    FITS = "fits"
    TRANSPOSED = "transposed"
    WRONG = "wrong"


def fit(given: tuple[int, ...], wanted: tuple[int, ...], *, batched: bool = False) -> Fit:
    """How an array of shape `given` fits one of shape `wanted`, whose first axis is the example where it
    is `batched`. A vector may be typed as a row or as a column; a single example needs no axis."""
    if given == wanted or (not wanted and set(given) == {1}):
        return Fit.FITS
    inner = wanted[1:] if batched and wanted[:1] == (1,) else wanted
    if len(inner) == 1 and given in (inner, (*inner, 1), (1, *inner)):
        return Fit.FITS
    if given == inner or (len(wanted) == 2 and 1 in wanted and given == (max(wanted),)):
        return Fit.FITS
    return Fit.TRANSPOSED if len(given) == 2 and given == wanted[::-1] else Fit.WRONG
