"""An array typed as an answer: whether its shape fits, and the verdict on it from those on its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum

from backprop_tutor.grading import messages
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.compare import Closeness
from backprop_tutor.grading.elements import Index
from backprop_tutor.grading.verdict import Verdict

__all__ = ["TRANSPOSED", "Fit", "fit", "summed_up", "told_of_transpose"]


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


TRANSPOSED = "transposed"  # the misconception

WORST_FIRST = ("wrong", "invalid", "undecided", "blank", "follow-through", "correct")


def summed_up(
    book: Book, name: str, given: str, echo: str, entries: Sequence[Verdict], message: str = ""
) -> Verdict:
    """The verdict on an array: as good as its worst entry."""
    worst = min(entries, key=lambda entry: WORST_FIRST.index(entry.verdict))
    return Verdict(
        name,
        given,
        worst.verdict,
        echo,
        tuple(dict.fromkeys(id_ for entry in entries for id_ in entry.misconceptions)),
        any(entry.ambiguous for entry in entries),
        message or messages.of_entries(entries, book.said),
        origin=worst.origin,
        rounded=worst.rounded,
        entries=tuple(entries),
    )


def told_of_transpose(book: Book, quantity: str, entries: Mapping[Index, Verdict]) -> dict[Index, Verdict]:
    """The `entries` of a matrix, the wrong ones told so where it is the right one transposed: as far as it
    is known, and in two places at least where not all of it is."""
    shape = book.solution.shapes[quantity]
    given = {i: (v, v.number) for i, v in entries.items() if v.number and _is_mirrored(i, shape)}
    wrong = [index for index, (entry, _) in given.items() if entry.verdict == "wrong"]
    is_whole_square = len(shape) == 2 and shape[0] == shape[1] and len(given) == shape[0] * shape[1]
    if len(wrong) < (1 if is_whole_square else 2):
        return dict(entries)
    for index, (_, number) in given.items():
        if book.closeness((quantity, index[::-1]), number) is not Closeness.RIGHT:
            return dict(entries)
    message = messages.exchanged(book.said(quantity))
    told = dict(entries)
    for index in wrong:
        told[index] = replace(told[index], message=message, misconceptions=(TRANSPOSED,), ambiguous=False)
    return told


def _is_mirrored(index: Index, shape: tuple[int, ...]) -> bool:
    """Whether the transpose of a matrix of this shape has an element at this index as well."""
    return len(shape) == 2 and index[1] < shape[0] and index[0] < shape[1]
