"""What explains a wrong answer: of a number by its value, of a formula by its values at other numbers."""

from itertools import islice

import numpy as np

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.diagnosis import Cause, Diagnosis
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
) -> list[Cause]:
    """The causes of a wrong `number`, the simplest first."""
    quantity, index = place
    return Diagnosis(
        book.candidates,
        quantity,
        index,
        book.right(place),
        number,
        book.answered,
        history.answered.keys().isdisjoint(book.recompute.ancestors(quantity)),
        student,
        lambda own: book.terms(place, own.known if own else None),
        book.style,
    ).causes()


def formula_causes(book: Book, place: Element, formula: Expr) -> list[Cause]:
    """The causes of a wrong `formula`: those that give what it gives at other numbers than the exercise's,
    where nothing coincides by chance."""
    everywhere = (_causes_at(book, place, formula, point) for point in book.formulas.points(formula))
    found = list(islice((causes for causes in everywhere if causes is not None), POINTS))
    first, *others = found or [[]]
    return [cause for cause in first if all(cause in causes for causes in others)]


def _causes_at(book: Book, place: Element, formula: Expr, point: Point) -> list[Cause] | None:
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
    return Diagnosis(
        candidates,
        quantity,
        index,
        float(truth[index]),
        number,
        book.answered,
        False,
        None,
        lambda _: book.terms(place, candidates.known),
        book.style,
    ).causes()
