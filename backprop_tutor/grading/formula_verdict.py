"""The verdict on a formula: right as a formula, right by its number alone, or wrong for a reason."""

import re
from dataclasses import replace
from itertools import islice

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.grading import messages
from backprop_tutor.grading.array_answer import TRANSPOSED, Fit, fit, summed_up
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.cause import Found
from backprop_tutor.grading.diagnosis import formula_causes
from backprop_tutor.grading.elements import Element, Part
from backprop_tutor.grading.formula_judge import FormulaVerdict
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.number_verdict import number_verdict
from backprop_tutor.grading.verdict import Judgement, Verdict
from backprop_tutor.language.expr import Call, Expr, children, leaves, name_of, transpose

__all__ = ["array_formula_verdict", "formula_verdict"]

LOOKED_INTO = 4  # wrong entries of an array that a cause has to explain

_RIGHT = (FormulaVerdict.RIGHT, FormulaVerdict.RIGHT_HERE)
_OF: dict[FormulaVerdict, tuple[Judgement, str]] = {
    FormulaVerdict.RIGHT: ("correct", messages.RIGHT),
    FormulaVerdict.RIGHT_HERE: ("correct", messages.RIGHT_HERE),
    FormulaVerdict.NUMBER_ONLY: ("wrong", messages.NUMBER_ONLY),
    FormulaVerdict.UNDECIDED: ("undecided", messages.UNDECIDED),
    FormulaVerdict.WRONG: ("wrong", messages.OTHER_ARRAY),
}


def formula_verdict(
    book: Book, place: Element, given: str, echo: str, formula: Expr, history: History
) -> Verdict:
    """The verdict on `formula` as the answer to the element at `place`, after the answers of `history`.

    One that gives the whole array is taken for its element.
    """
    quantity, index = place
    name, formulas = book.elements.name(*place), book.formulas
    formula = formulas.prepared(formula)
    array, at = formulas.laid_out(formula, quantity), list(book.elements.names(quantity)).index(index)
    if array is not formula and formulas.judge(array, quantity, None)[at] in _RIGHT:
        formula = array
    try:
        value = formulas.value(formula)
        _check_order(book, formula, quantity)
    except BackpropTutorError as error:
        return _without_value(name, given, echo, error)
    whole = bool(value.shape) and _fits(book, quantity, value) is Fit.FITS
    if value.shape and not whole:
        message = messages.not_one_number(book.said(name), value.shape)
        return Verdict(name, given, "invalid", echo, message=message)
    number = float(value.reshape(book.solution.shapes[quantity])[index] if whole else value)
    if not np.isfinite(number):
        return Verdict(name, given, "invalid", echo, message=messages.NO_VALUE)
    if whole:
        judged = formulas.judge(formula, quantity, None)[at]
    else:
        [judged] = formulas.judge(formula, quantity, index)
    if judged is FormulaVerdict.WRONG:
        return number_verdict(book, place, given, echo, Number(number), history, formula)
    verdict, message = _OF[judged]
    return Verdict(name, given, verdict, echo, message=message, number=Number(number))


def array_formula_verdict(
    book: Book, part: Part, given: str, echo: str, formula: Expr, by_columns: bool
) -> Verdict:
    """The verdict on `formula` as the answer to a whole quantity, entry by entry. `by_columns` says that
    its shape is spoken of with examples as columns."""
    quantity, formulas = part.quantity, book.formulas
    formula = formulas.laid_out(formulas.prepared(formula), quantity)
    shape = book.solution.shapes[quantity]
    try:
        value = formulas.value(formula)
        _check_order(book, formula, quantity)
    except BackpropTutorError as error:
        return _without_value(quantity, given, echo, error)
    fitted = Fit.WRONG if part.indices is not None else _fits(book, quantity, value)
    name = book.said(quantity)
    if fitted is Fit.WRONG:
        batched = quantity in formulas.solution.batched
        message = messages.wrong_shape(name, value.shape, shape, batched, by_columns)
        if _by_entries(formula, book):
            message = f"{message} {messages.BY_ENTRIES}"
        return Verdict(quantity, given, "invalid", echo, message=message)
    if fitted is Fit.TRANSPOSED:
        message = messages.transposed(name, value.shape, shape, by_columns)
        return Verdict(quantity, given, "wrong", echo, (TRANSPOSED,), message=message)
    judged = formulas.judge(formula, quantity, None)
    wrong, message = _wrong(book, quantity, echo, formula, judged)
    names = book.elements.names(quantity).values()
    entries = []
    for element, verdict, number in zip(names, judged, value.flat, strict=True):
        judgement, said = _OF[verdict]
        entry = Verdict(element, given, judgement, echo, message=said, number=Number(float(number)))
        is_wrong = verdict is FormulaVerdict.WRONG
        entries.append(replace(entry, misconceptions=wrong, message=message) if is_wrong else entry)
    alike = len(set(judged)) == 1 or message == messages.exchanged(name)
    return summed_up(book, quantity, given, echo, entries, (message or entries[0].message) if alike else "")


def _by_entries(formula: Expr, book: Book) -> bool:
    """Whether whole arrays are multiplied entry by entry in it."""
    if isinstance(formula, Call) and formula.name == "mul":
        shapes = book.solution.shapes
        return sum(any(shapes.get(name_of(leaf)) for leaf in leaves(arg)) for arg in formula.args) > 1
    return any(_by_entries(part, book) for part in children(formula))


def _check_order(book: Book, formula: Expr, quantity: str) -> None:
    """Raise UsageError for a formula that uses what the quantity asked is there to find."""
    if later := book.formulas.circular(formula, quantity):
        error = UsageError(messages.circular(book.said(later), book.said(quantity)))
        error.where = book.said(later)
        raise error


def _without_value(name: str, given: str, echo: str, error: BackpropTutorError) -> Verdict:
    """The verdict that marks the quantity to blame, or the whole formula."""
    typed = r"\s*".join(map(re.escape, error.where.replace(" ", "")))
    found = re.search(typed, given) if typed else None
    place = found.span() if found else (len(given) - len(given.lstrip()), len(given.rstrip()))
    return Verdict(name, given, "invalid", echo, message=messages.of_error(error), place=place)


def _fits(book: Book, quantity: str, value: Array) -> Fit:
    """Single examples and single numbers have lost their axes, as on paper."""
    return fit(np.squeeze(value).shape, np.squeeze(np.empty(book.solution.shapes[quantity])).shape)


def _wrong(
    book: Book, quantity: str, echo: str, formula: Expr, judged: list[FormulaVerdict]
) -> tuple[tuple[str, ...], str]:
    """The misconceptions that explain every wrong entry, and what is said of them."""
    if FormulaVerdict.WRONG not in judged:
        return (), ""
    shape = book.solution.shapes[quantity]
    if len(shape) == 2 and shape[0] == shape[1]:
        turned = book.formulas.judge(transpose(formula), quantity, None)
        if all(verdict in _RIGHT for verdict in turned):
            return (TRANSPOSED,), messages.exchanged(book.said(quantity))
    places = [(quantity, index) for index in book.elements.names(quantity)]
    wrong = [place for place, v in zip(places, judged, strict=True) if v is FormulaVerdict.WRONG]
    first, *others = (formula_causes(book, place, formula) for place in islice(wrong, LOOKED_INTO))
    causes = tuple(cause for cause in first.causes if all(cause in found.causes for found in others))
    if not causes:
        return (), messages.OTHER_ARRAY
    found = Found(causes, len(causes) == 1)
    return found.ids, messages.explained(echo, quantity, quantity, "", found, book.said)
