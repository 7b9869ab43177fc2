"""Marks one answer against what was answered before; `mark` is the library's call for it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from backprop_tutor.engine.infinity import is_infinite
from backprop_tutor.errors import BackpropTutorError, LanguageError
from backprop_tutor.grading import messages
from backprop_tutor.grading.answer import Answer, is_blank, read_answer
from backprop_tutor.grading.array_answer import TRANSPOSED, Fit, fit, summed_up, told_of_transpose
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.elements import Element, Part
from backprop_tutor.grading.formula_verdict import array_formula_verdict, formula_verdict
from backprop_tutor.grading.history import History
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.number_verdict import number_verdict
from backprop_tutor.grading.pasted import without_hidden
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.language import CANONICAL, Lettering, Style
from backprop_tutor.language.clean import clean
from backprop_tutor.walkthrough import Solution

__all__ = ["Marker", "mark", "marker_of"]

MAX_GIVEN = 300
MINUS_INFINITY = ("-inf", "-.inf", "-infinity", "-∞")  # as a masked score is answered


class Marker:
    """Marks answers to `solution`'s exercise. `asked` are the elements that are asked at all (default:
    the exercise's own): a student may have used their own value of any other. Messages and echoes have the
    letters of `style`, and name gradients as they are `typed`, dJ/dW1, or else as formulas do; names in
    verdicts are always the program's own.

    What is worked out for one answer is kept for the next, and what does not depend on the numbers also for
    another version of the exercise, whose marker is made `like` this one.
    """

    def __init__(
        self,
        solution: Solution,
        asked: Iterable[str] | None = None,
        style: Style | None = None,
        *,
        typed: bool = True,
        like: "Marker | None" = None,
    ) -> None:
        self.solution = solution
        self.book: Book = Book(solution, asked, style, typed=typed, like=like.book if like else None)

    def mark(
        self,
        name: str,
        text: str,
        history: Mapping[str, Verdict] | History,
        lettering: Lettering = CANONICAL,
    ) -> Verdict:
        """The verdict on `text`, read in the notation `lettering`, as the answer to the element or array
        called `name`, after the verdicts of `history`, by element; those on other elements of the same
        quantity make no difference.

        Raises UsageError for an unknown name, and nothing for any text.
        """
        history = history if isinstance(history, History) else History(self.book, history.values())
        with np.errstate(all="ignore"):  # a student's number may be as large as it likes
            return self._mark(name, text, history, lettering)

    def _mark(self, name: str, text: str, history: History, lettering: Lettering) -> Verdict:
        elements = self.book.elements
        part = elements.find(name)
        name = elements.name(*part.single) if part.single else name
        text = without_hidden(text)
        given = clean(text)
        given = given if len(given) <= MAX_GIVEN else given[:MAX_GIVEN] + "…"
        if is_blank(text):
            return Verdict(name, given, "blank", message=messages.BLANK)
        if (
            part.single
            and text.strip().lower() in MINUS_INFINITY
            and is_infinite(self.book.right(part.single))
        ):
            right = Number(self.book.right(part.single))
            return Verdict(name, given, "correct", echo="-inf", message=messages.RIGHT, number=right)
        try:
            answer = read_answer(text, self.solution, name, lettering, self.book.style)
        except LanguageError as error:
            return Verdict(
                name, given, "invalid", message=messages.of_error(error), place=(error.start, error.end)
            )
        except (BackpropTutorError, RecursionError) as error:
            return Verdict(name, given, "invalid", message=str(error)[:MAX_GIVEN])
        if part.single:
            return self._element(part.single, given, answer, history)
        if answer.formula is not None:
            turned = lettering.turned(part.quantity)
            return array_formula_verdict(self.book, part, given, answer.echo, answer.formula, turned)
        return self._array(name, part, given, answer, history, lettering)

    def _element(self, place: Element, given: str, answer: Answer, history: History) -> Verdict:
        quantity, index = place
        name = self.book.elements.name(*place)
        shape, batched = self.solution.shapes[quantity], quantity in self.solution.batched
        if answer.kind == "array" and len(answer.entries) == 1:
            answer = answer.entries[0]
        elif answer.kind == "array" and fit(answer.shape, shape, batched=batched) is Fit.FITS:
            answer = answer.entries[int(np.ravel_multi_index(index, shape))]  # the whole for its element
        elif answer.kind == "array" and batched and fit(answer.shape, shape[1:]) is Fit.FITS:
            answer = answer.entries[int(np.ravel_multi_index(index[1:], shape[1:]))]  # its example's
        if answer.kind == "array":
            said = self.book.said(name)
            return Verdict(name, given, "invalid", answer.echo, message=messages.not_an_array(said))
        if answer.formula is not None:
            verdict = formula_verdict(self.book, place, given, answer.echo, answer.formula, history)
            return self._with_convention(place, verdict)
        assert answer.number is not None
        return self._with_convention(
            place, number_verdict(self.book, place, given, answer.echo, answer.number, history)
        )

    def _with_convention(self, place: Element, verdict: Verdict) -> Verdict:
        """A wrong derivative taken on a kink is told what is assumed there."""
        convention = self.solution.convention(*place) if verdict.verdict == "wrong" else ""
        return replace(verdict, message=f"{verdict.message} {convention}") if convention else verdict

    def _array(
        self,
        name: str,
        part: Part,
        given: str,
        answer: Answer,
        history: History,
        lettering: Lettering,
    ) -> Verdict:
        quantity, indices = part
        shape, batched = self.solution.shapes[quantity], quantity in self.solution.batched
        said = self.book.said(name)
        if indices is None:
            found = fit(answer.shape, shape, batched=batched)
        else:
            found = Fit.FITS if len(answer.entries) == len(indices) else Fit.WRONG
        if found is Fit.TRANSPOSED:
            message = messages.transposed(said, answer.shape, shape, lettering.turned(quantity))
            return Verdict(name, given, "wrong", answer.echo, (TRANSPOSED,), message=message)
        if found is Fit.WRONG:
            message = messages.wrong_shape(said, answer.shape, shape, batched, lettering.turned(quantity))
            return Verdict(name, given, "invalid", answer.echo, message=message)
        entries = {
            index: self._element((quantity, index), entry.echo, entry, history)
            for index, entry in zip(indices or np.ndindex(shape), answer.entries, strict=True)
        }
        told = told_of_transpose(self.book, quantity, entries)
        message = messages.exchanged(self.book.said(quantity)) if told != entries else ""
        return summed_up(self.book, name, given, answer.echo, list(told.values()), message)


@lru_cache(maxsize=8)
def marker_of(solution: Solution) -> Marker:
    """The marker of `solution`; what it works out is kept for the next answer."""
    return Marker(solution)


def mark(
    solution: Solution, quantity: str, text: str, history: Mapping[str, Verdict] | None = None
) -> Verdict:
    """The verdict on `text` as the answer to `quantity`, an element (`net1[2]`) or a whole array.

    `history` holds the student's earlier verdicts by element name (`{v.quantity: v for v in
    verdict.elements()}` of each): an answer that is right but for an earlier slip is a follow-through.
    Raises UsageError for an unknown quantity; no text raises anything.
    """
    return marker_of(solution).mark(quantity, text, history or {})
