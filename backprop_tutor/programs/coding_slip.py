"""One slip of array code, and what it gives."""

from collections.abc import Iterator
from typing import NamedTuple

from backprop_tutor.engine.systems.base import Array

__all__ = ["CodingSlip", "CodingSlips", "made"]


class CodingSlip(NamedTuple):
    """The id of a misconception, what was done (with quantities in slots), and what that gives."""

    id: str
    says: str
    array: Array


CodingSlips = Iterator[CodingSlip]


def made(id_: str, says: str, array: Array | None) -> CodingSlips:
    if array is not None:
        yield CodingSlip(id_, says, array)
