"""The right method on the student's own values: what it gives, and whether that earns credit."""

import numpy as np

from backprop_tutor.grading.book import Book
from backprop_tutor.grading.compare import Closeness, compare
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import LEAST_DIGITS, Number
from backprop_tutor.grading.student import Student

__all__ = ["follows", "origin_of", "trivial_zero"]

_CANCELLED = 0.05  # relative: the most that is put down to rounding
_ROUNDED = 1e-3  # relative: what the rounding of the values that were written down may cost


def follows(book: Book, place: Element, number: Number, history: History, student: Student) -> bool:
    """Whether the right method gives `number` from the student's values."""
    if _gives(book, place, number, student) or _gives_about(book, place, number, history, student):
        return True
    if not student.changed.isdisjoint(book.recompute.activations):
        fresh = history.student(place[0], fresh=True)
        if fresh and _gives(book, place, number, fresh):
            return True
    further = history.student(place[0], stand_in=False)
    return further is not None and _gives(book, place, number, further)


def _gives(book: Book, place: Element, number: Number, student: Student) -> bool:
    expected = float(student.expected[place[1]])
    if not np.isfinite(expected):
        return False
    if expected == 0 and book.is_noise(place[0], number):
        return True
    if compare(number, expected, None, book.solution.exercise.tolerance) is Closeness.RIGHT:
        return True
    if abs(number.value - expected) <= 1e-9 * abs(expected):
        return True
    return number.digits >= LEAST_DIGITS and abs(number.value - expected) <= _ROUNDED * abs(expected)


def _gives_about(book: Book, place: Element, number: Number, history: History, student: Student) -> bool:
    """Whether `number` is what the method gives as far as the digits that were written down can tell:
    where large values nearly cancel, their rounding shows in the first digits of the difference."""
    quantity, index = place
    expected = float(student.expected[index])
    off, size = abs(number.value - expected), max(abs(number.value), abs(expected))
    if not off <= _CANCELLED * size:
        return False
    moved = (history.student(quantity, rounded=True, shift=shift) for shift in (0.0, 0.5, -0.5))
    reach = [abs(float(other.expected[index]) - expected) for other in moved if other]
    if not student.origin:  # nothing was wrong, only rounded
        reach.append(abs(book.right(place) - expected))
    return off <= 2 * max(reach, default=0.0)


def trivial_zero(book: Book, place: Element, student: Student) -> str:
    """The name of a wrong zero among the student's values that kills every term, so that there was
    nothing to work out; empty where there is none."""
    quantity = place[0]
    node = book.solution.graph.nodes.get(quantity)
    if node and len(node.parents) == 1:  # an activation of a net that is 0 has been worked out
        return ""
    if student.expected[place[1]] != 0:
        return ""
    for name, at in book.workbook.used(*place):
        own, right = student.known.get(name), book.recompute.base.get(name)
        if name in student.changed and own is not None and right is not None and own[at] == 0 != right[at]:
            return book.elements.name(name, at)
    return ""


def origin_of(book: Book, place: Element, history: History, student: Student) -> str:
    """The element in which the slip was made that the step at `place` carries on."""
    used = [history.verdicts.get(book.elements.name(*element)) for element in book.workbook.used(*place)]
    made = [v.quantity for v in used if v and v.verdict == "wrong" and v.number is not None]
    carried = [verdict.origin for verdict in used if verdict and verdict.origin]
    return next(iter((*made, *carried)), student.origin)
