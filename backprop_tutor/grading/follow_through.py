"""The right method on the student's own values: what it gives, and whether that earns credit."""

from collections.abc import Mapping

import numpy as np

from backprop_tutor.grading.book import Book
from backprop_tutor.grading.compare import Closeness, compare
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.number import LEAST_DIGITS, Number
from backprop_tutor.grading.student import Student, student_values
from backprop_tutor.grading.verdict import Verdict

__all__ = ["History", "follows", "origin_of", "trivial_zero", "values_of"]

History = Mapping[str, Verdict]
"""The verdicts so far, by the name of the element."""

_CANCELLED = 0.05  # relative: the most that is put down to rounding
_ROUNDED = 1e-3  # relative: what the rounding of the values that were written down may cost


def values_of(
    book: Book,
    quantity: str,
    history: History,
    *,
    rounded: bool = False,
    stand_in: bool = True,
    fresh: bool = False,
    shift: float = 0.0,
) -> Student | None:
    """The student's values before `quantity`, None where they are the right ones. The true value stands
    in for what was asked and not answered, unless `stand_in` is False: then it follows from the rest."""
    if quantity not in book.rules.needs:
        return None
    asked = book.asked_of if stand_in else {}
    return student_values(
        book.rules, book.elements, quantity, history, asked, rounded=rounded, fresh=fresh, shift=shift
    )


def follows(book: Book, place: Element, number: Number, history: History, student: Student) -> bool:
    """Whether the right method gives `number` from the student's values."""
    if _gives(book, place, number, student) or _gives_about(book, place, number, history, student):
        return True
    if not student.changed.isdisjoint(book.rules.activations):
        fresh = values_of(book, place[0], history, fresh=True)
        if fresh and _gives(book, place, number, fresh, fresh=True):
            return True
    if all(name in history and history[name].number is not None for name in book.asked):
        return False
    further = values_of(book, place[0], history, stand_in=False)
    return further is not None and _gives(book, place, number, further)


def _gives(book: Book, place: Element, number: Number, student: Student, *, fresh: bool = False) -> bool:
    expected = _expected(book, place, student, fresh=fresh)
    if not np.isfinite(expected):
        return False
    if compare(number, expected, None, book.solution.exercise.tolerance) is Closeness.RIGHT:
        return True
    if abs(number.value - expected) <= 1e-9 * abs(expected):
        return True
    return number.digits >= LEAST_DIGITS and abs(number.value - expected) <= _ROUNDED * abs(expected)


def _gives_about(book: Book, place: Element, number: Number, history: History, student: Student) -> bool:
    """Whether `number` is what the method gives as far as the digits that were written down can tell:
    where large values nearly cancel, their rounding shows in the first digits of the difference."""
    expected = _expected(book, place, student)
    off, size = abs(number.value - expected), max(abs(number.value), abs(expected))
    if not off <= _CANCELLED * size:
        return False
    moved = (values_of(book, place[0], history, rounded=True, shift=shift) for shift in (0.0, 0.5, -0.5))
    reach = [abs(_expected(book, place, other) - expected) for other in moved if other]
    if not student.origin:  # nothing was wrong, only rounded
        reach.append(abs(book.right(place) - expected))
    return off <= 2 * max(reach, default=0.0)


def _expected(book: Book, place: Element, student: Student, *, fresh: bool = False) -> float:
    quantity, index = place
    with np.errstate(all="ignore"):
        return float(book.rules.compute(quantity, student.known, fresh=fresh)[index])


def trivial_zero(book: Book, place: Element, student: Student) -> str:
    """The name of a wrong zero among the student's values that kills every term, so that there was
    nothing to work out; empty where there is none."""
    quantity = place[0]
    node = book.solution.graph.nodes.get(quantity)
    if node and len(node.parents) == 1:  # an activation of a net that is 0 has been worked out
        return ""
    if _expected(book, place, student) != 0:
        return ""
    for name, at in book.workbook.used(*place):
        own, right = student.known.get(name), book.rules.base.get(name)
        if name in student.changed and own is not None and right is not None and own[at] == 0 != right[at]:
            return book.elements.name(name, at)
    return ""


def origin_of(book: Book, place: Element, history: History, student: Student) -> str:
    """The element in which the slip was made that the step at `place` carries on."""
    used = [history.get(book.elements.name(*element)) for element in book.workbook.used(*place)]
    made = [verdict.quantity for verdict in used if verdict and verdict.verdict == "wrong"]
    carried = [verdict.origin for verdict in used if verdict and verdict.origin]
    return next(iter((*made, *carried)), student.origin)
