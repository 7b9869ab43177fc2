"""The verdict on a whole array, from those on its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backprop_tutor.grading import messages
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.compare import Closeness
from backprop_tutor.grading.elements import Index
from backprop_tutor.grading.verdict import Verdict

__all__ = ["TRANSPOSED", "summed_up", "told_of_transpose"]

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
    """The `entries` of a square matrix, the wrong ones told so where it is the right one transposed."""
    shape = book.solution.shapes[quantity]
    is_square = len(shape) == 2 and shape[0] == shape[1] > 1 and len(entries) == shape[0] * shape[1]
    if not is_square or not any(entry.verdict == "wrong" for entry in entries.values()):
        return dict(entries)
    for index, entry in entries.items():
        turned = quantity, index[::-1]
        if entry.number is None or book.closeness(turned, entry.number) is not Closeness.RIGHT:
            return dict(entries)
    message = messages.exchanged(book.said(quantity))
    return {
        index: replace(entry, message=message, misconceptions=(TRANSPOSED,), ambiguous=False)
        if entry.verdict == "wrong"
        else entry
        for index, entry in entries.items()
    }
