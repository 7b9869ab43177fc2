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

_ROUNDED = 1e-3  # relative: what the rounding of the values that were written down may cost


def values_of(
    book: Book,
    quantity: str,
    history: History,
    *,
    rounded: bool = False,
    stand_in: bool = True,
    fresh: bool = False,
) -> Student | None:
    """The student's values before `quantity`, None where they are the right ones. The true value stands
    in for what was asked and not answered, unless `stand_in` is False: then it follows from the rest."""
    if quantity not in book.rules.needs:
        return None
    asked = book.asked_of if stand_in else {}
    return student_values(book.rules, book.elements, quantity, history, asked, rounded=rounded, fresh=fresh)


def follows(book: Book, place: Element, number: Number, history: History, student: Student) -> bool:
    """Whether the right method gives `number` from the student's values."""
    if _gives(book, place, number, student):
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
    quantity, index = place
    with np.errstate(all="ignore"):
        expected = float(book.rules.compute(quantity, student.known, fresh=fresh)[index])
    if not np.isfinite(expected):
        return False
    if compare(number, expected, None, book.solution.exercise.tolerance) is Closeness.RIGHT:
        return True
    if abs(number.value - expected) <= 1e-9 * abs(expected):
        return True
    return number.digits >= LEAST_DIGITS and abs(number.value - expected) <= _ROUNDED * abs(expected)


def trivial_zero(book: Book, place: Element, student: Student) -> str:
    """The name of a wrong zero among the student's values that kills every term, so that there was
    nothing to work out; empty where there is none."""
    quantity, index = place
    node = book.solution.graph.nodes.get(quantity)
    if node and len(node.parents) == 1:  # an activation of a net that is 0 has been worked out
        return ""
    if float(book.rules.compute(quantity, student.known)[index]) != 0:
        return ""
    for name, at in book.workbook.used(*place):
        if name in student.changed and float(student.known[name][at]) == 0 != float(
            book.rules.base[name][at]
        ):
            return book.elements.name(name, at)
    return ""


def origin_of(book: Book, place: Element, history: History, student: Student) -> str:
    """The element in which the slip was made that the step at `place` carries on."""
    used = [history.get(book.elements.name(*element)) for element in book.workbook.used(*place)]
    made = [verdict.quantity for verdict in used if verdict and verdict.verdict == "wrong"]
    carried = [verdict.origin for verdict in used if verdict and verdict.origin]
    return next(iter((*made, *carried)), student.origin)
