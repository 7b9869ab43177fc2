"""What is said of a program's arrays, in one to three sentences."""

from collections.abc import Callable, Sequence

import numpy as np

from backprop_tutor.engine.systems.base import Array, Shape
from backprop_tutor.grading.cause import Found
from backprop_tutor.grading.messages import doubt, unexplained

__all__ = [
    "BLANK",
    "RIGHT",
    "carried",
    "explained",
    "not_finite",
    "shapes",
    "unnamed",
    "unreadable",
    "updated_in_place",
]

BLANK = "Not set yet."
RIGHT = "Right."
NEARLY = 1e-2

Said = Callable[[str], str]


def carried(origin: str) -> str:
    return f"Right from your own arrays; the slip was in {origin}."


def updated_in_place(parameter: str, name: str) -> str:
    return f"Not set yet: your {parameter} was changed in its place. Put the new one into {name}."


def shapes(given: Shape, wanted: Shape) -> str:
    """Both shapes, as NumPy writes them."""
    return f"Its shape is {given}, where {wanted} belongs."


def unreadable(variable: str, fault: str) -> str:
    return f"{variable} cannot be read: {fault}."


def explained(variable: str, name: str, quantity: str, found: Found, said: Said) -> str:
    """`dW1 is dJ/dW1 with the factor 1/N = 1/3 left out.`"""
    first = found.causes[0]
    where = "" if first.place in (quantity, "") else f", in {said(first.place)}"
    what = "what comes out" if variable == name else name
    sentence = f"{variable} {'is' if found.certain else 'may be'} {what} with {first.says}{where}."
    return sentence + doubt(found, "the same numbers come", "so simple numbers come")


def not_finite(given: Array) -> str:
    bad = int((~np.isfinite(given)).sum())
    what = "nan" if np.isnan(given).any() else "inf"
    count = "It is" if given.size == 1 else f"{bad:,} of {given.size:,} numbers are"
    return f"{count} {what}: an overflow, a division by 0 or a logarithm of 0."


def unnamed(given: Array, right: Array | None, before: Sequence[str]) -> str:
    """Where no slip is found: how far it is off, and what is right already."""
    if right is not None and right.shape == given.shape:
        scale = float(np.max(np.abs(right), initial=0.0))
        gap = float(np.max(np.abs(given - right), initial=0.0))
        if scale and np.isfinite(gap) and gap <= NEARLY * scale:
            return (
                f"It is off by {gap / scale:.1g} of its largest number: too much for rounding. "
                "Look for an epsilon, or a constant that was rounded."
            )
    if not before:
        return "No usual slip gives these numbers."
    return f"No usual slip gives these numbers. {unexplained(before)}"
