"""Marks the answers of one exercise, one at a time, against what was answered before."""

from collections.abc import Iterable, Mapping

import numpy as np

from backprop_tutor.errors import BackpropTutorError, LanguageError
from backprop_tutor.grading import messages
from backprop_tutor.grading.answer import Answer, is_blank, read_answer
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.elements import Element, Part
from backprop_tutor.grading.formula import FormulaVerdict
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.number_verdict import number_verdict
from backprop_tutor.grading.shapes import Fit, fit
from backprop_tutor.grading.verdict import Judgement, Verdict
from backprop_tutor.language.clean import clean
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough import Solution

__all__ = ["Marker"]

MAX_GIVEN = 300

_OF_FORMULAS: dict[FormulaVerdict, tuple[Judgement, str]] = {
    FormulaVerdict.RIGHT: ("correct", messages.RIGHT),
    FormulaVerdict.NUMBER_ONLY: ("wrong", messages.NUMBER_ONLY),
    FormulaVerdict.UNDECIDED: ("undecided", messages.UNDECIDED),
    FormulaVerdict.WRONG: ("wrong", messages.OTHER_ARRAY),
}


class Marker:
    """Marks answers to `solution`'s exercise. `asked` are the elements that are asked at all (default:
    the exercise's own): a student may have used their own value of any other.

    What is worked out for one answer is kept for the next.
    """

    def __init__(
        self,
        solution: Solution,
        asked: Iterable[str] | None = None,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.solution = solution
        self.book = Book(solution, asked, aliases)

    def mark(self, name: str, text: str, history: Mapping[str, Verdict] | History) -> Verdict:
        """The verdict on `text` as the answer to the element or array called `name`, after the verdicts
        of `history`, by element; those on other elements of the same quantity make no difference.

        Raises UsageError for an unknown name, and nothing for any text.
        """
        history = history if isinstance(history, History) else History(self.book, history.values())
        elements = self.book.elements
        part = elements.find(name)
        name = elements.name(*part.single) if part.single else name
        given = clean(text)
        given = given if len(given) <= MAX_GIVEN else given[:MAX_GIVEN] + "…"
        if is_blank(text):
            return Verdict(name, given, "blank", message=messages.BLANK)
        try:
            answer = read_answer(text, self.solution, name, self.book.aliases)
        except LanguageError as error:
            return Verdict(name, given, "invalid", message=_said(error), place=(error.start, error.end))
        except (BackpropTutorError, RecursionError) as error:
            return Verdict(name, given, "invalid", message=str(error)[:MAX_GIVEN])
        if part.single:
            return self._element(part.single, given, answer, history)
        if answer.formula is not None:
            return self._whole_formula(name, part, given, answer, answer.formula)
        return self._array(name, part, given, answer, history)

    def _element(self, place: Element, given: str, answer: Answer, history: History) -> Verdict:
        name = self.book.elements.name(*place)
        if answer.kind == "array" and len(answer.entries) == 1:
            answer = answer.entries[0]
        if answer.kind == "array":
            return Verdict(name, given, "invalid", answer.echo, message=messages.not_an_array(name))
        if answer.formula is not None:
            return self._formula(place, given, answer.echo, answer.formula, history)
        assert answer.number is not None
        return number_verdict(self.book, place, given, answer.echo, answer.number, history)

    def _formula(self, place: Element, given: str, echo: str, formula: Expr, history: History) -> Verdict:
        name, formulas = self.book.elements.name(*place), self.book.formulas
        formula = formulas.prepared(formula)
        try:
            value = formulas.value(formula)
        except BackpropTutorError as error:
            return Verdict(name, given, "invalid", echo, message=_said(error))
        if value.shape:
            return Verdict(name, given, "invalid", echo, message=messages.not_one_number(name, value.shape))
        if not np.isfinite(value):
            return Verdict(name, given, "invalid", echo, message=messages.NO_VALUE)
        number = Number(float(value))
        judged = formulas.judge(formula, *place)
        if judged is FormulaVerdict.WRONG:
            return number_verdict(self.book, place, given, echo, number, history)
        verdict, message = _OF_FORMULAS[judged]
        return Verdict(name, given, verdict, echo, message=message, number=number)

    def _array(self, name: str, part: Part, given: str, answer: Answer, history: History) -> Verdict:
        quantity, indices = part
        shape, batched = self.solution.shapes[quantity], quantity in self.book.formulas.batched
        if indices is None:
            found = fit(answer.shape, shape, batched=batched)
        else:
            found = Fit.FITS if len(answer.entries) == len(indices) else Fit.WRONG
        if found is Fit.TRANSPOSED:
            message = messages.transposed(name, answer.shape, shape)
            return Verdict(name, given, "wrong", answer.echo, message=message)
        if found is Fit.WRONG:
            message = messages.wrong_shape(name, answer.shape, shape, batched)
            return Verdict(name, given, "invalid", answer.echo, message=message)
        entries = tuple(
            self._element((quantity, index), entry.echo, entry, history)
            for index, entry in zip(indices or np.ndindex(shape), answer.entries, strict=True)
        )
        return summed_up(name, given, answer.echo, entries)

    def _whole_formula(
        self,
        name: str,
        part: Part,
        given: str,
        answer: Answer,
        formula: Expr,
    ) -> Verdict:
        quantity = part.quantity
        formula = self.book.formulas.prepared(formula)
        try:
            value = np.squeeze(self.book.formulas.value(formula))
        except BackpropTutorError as error:
            return Verdict(name, given, "invalid", answer.echo, message=_said(error))
        truth = self.book.truth(quantity)[0]
        if value.shape != np.squeeze(truth).shape or part.indices is not None:
            batched = quantity in self.book.formulas.batched
            message = messages.wrong_shape(name, value.shape, truth.shape, batched)
            return Verdict(name, given, "invalid", answer.echo, message=message)
        verdict, message = _OF_FORMULAS[self.book.formulas.judge(formula, quantity, None)]
        entries = tuple(
            Verdict(element, given, verdict, answer.echo, message=message, number=Number(float(entry)))
            for element, entry in zip(self.book.elements.names(quantity).values(), value.flat, strict=True)
        )
        return Verdict(name, given, verdict, answer.echo, message=message, entries=entries)


def _said(error: BackpropTutorError) -> str:
    return f"{error.what} {error.hint}".strip()


def summed_up(name: str, given: str, echo: str, entries: tuple[Verdict, ...]) -> Verdict:
    """The verdict on an array: as good as its worst entry."""
    order = ("wrong", "invalid", "undecided", "blank", "follow-through", "correct")
    worst = min(entries, key=lambda entry: order.index(entry.verdict))
    return Verdict(
        name,
        given,
        worst.verdict,
        echo,
        tuple(dict.fromkeys(id_ for entry in entries for id_ in entry.misconceptions)),
        any(entry.ambiguous for entry in entries),
        messages.of_entries(entries),
        origin=worst.origin,
        rounded=worst.rounded,
        entries=entries,
    )
