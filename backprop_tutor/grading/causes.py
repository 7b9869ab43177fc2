"""What explains a wrong answer: of a number by its value, of a formula by its values at other numbers."""

from itertools import islice

import numpy as np

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.diagnosis import Diagnosis, Found
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.points import Point
from backprop_tutor.grading.student import Student
from backprop_tutor.language.expr import Expr

__all__ = ["formula_causes", "number_causes"]

POINTS = 2  # where a formula has to be what a misconception gives
PRECISION = 1e-12  # relative: what a formula is evaluated to


def number_causes(
    book: Book, place: Element, number: Number, history: History, student: Student | None
) -> Found:
    """The causes of a wrong `number`, the most usual first."""
    return Diagnosis(
        book,
        book.candidates,
        place,
        number,
        history.accepted,
        history.answered.keys().isdisjoint(book.recompute.ancestors(place[0])),
        student,
        history.student(place[0], rounded=True),
    ).found()


def formula_causes(book: Book, place: Element, formula: Expr) -> Found:
    """The causes of a wrong `formula`: those that give what it gives at other numbers than the exercise's,
    where nothing coincides by chance."""
    everywhere = (_found_at(book, place, formula, point) for point in book.elsewhere)
    found = list(islice((found for found in everywhere if found is not None), POINTS))
    first, *others = found or [Found()]
    causes = tuple(cause for cause in first.causes if all(cause in other.causes for other in others))
    return Found(causes, len(causes) == 1)


def _found_at(book: Book, place: Element, formula: Expr, point: Point) -> Found | None:
    """None where the formula or the quantity has no finite value there."""
    quantity, index = place
    candidates = book.candidates_at(point)
    truth = candidates.known[quantity]
    try:
        value = formula_value(formula, candidates.known, book.solution.batched)
    except BackpropTutorError:
        return None
    value = value.reshape(()) if value.size == 1 else value.reshape(truth.shape)[index]
    if not (np.isfinite(value) and np.isfinite(truth[index])):
        return None
    number = Number(float(value), unit=abs(float(value)) * PRECISION, digits=12)
    return Diagnosis(book, candidates, place, number, is_formula=True).found()
