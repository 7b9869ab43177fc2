"""How a typed text becomes a verdict: the grading for quantities, plain comparison for factors."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backprop_tutor.errors import BackpropTutorError, LanguageError
from backprop_tutor.grading.answer import canonical_answer, read_answer
from backprop_tutor.grading.compare import Closeness, compare
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.grading.history import History
from backprop_tutor.grading.marker import Marker
from backprop_tutor.grading.messages import NUMBER_ONLY, circular, of_error
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.language import CANONICAL, Lettering, Style
from backprop_tutor.language.expr import Expr
from backprop_tutor.tutor.climbing import climbing
from backprop_tutor.tutor.questions import Question, step_of
from backprop_tutor.tutor.state import Try
from backprop_tutor.walkthrough import Solution, Workings

__all__ = ["Judged", "SessionMarker"]

HINT = "A hint shows the next step."
NUMBER = re.compile(r"[-+]?[\d.]+(e[-+]?\d+)?(/\d+)?", re.IGNORECASE)
FORMULA = "The numbers are known: write the formula of the whole array, such as A.T @ B."


class Judged(NamedTuple):
    """What a session is told of one answer."""

    verdict: str
    message: str
    misconceptions: tuple[str, ...] = ()
    ambiguous: bool = False
    echo: str = ""
    place: tuple[int, int] | None = None
    climbs: tuple[str, ...] = ()
    entries: Mapping[str, Try] = {}

    @classmethod
    def of(cls, verdict: Verdict, climbs: tuple[str, ...]) -> "Judged":
        said = verdict.verdict, verdict.message, verdict.misconceptions, verdict.ambiguous
        entries = {entry.quantity: _try(entry) for entry in verdict.entries}
        return cls(*said, verdict.echo, verdict.place, climbs, entries)


def _try(entry: Verdict) -> Try:
    """One element of an array that was typed, as its own answer: the value, where a formula gave it."""
    text = entry.given if entry.number is None or _is_number(entry.given) else repr(entry.number.value)
    return Try(text, entry.verdict, entry.misconceptions, entry.ambiguous)


def _is_number(text: str) -> bool:
    """Whether an entry was typed as a number, and not as a formula."""
    return NUMBER.fullmatch("".join(text.split())) is not None


def _hinting(verdict: Verdict) -> Verdict:
    """The verdict with a word on hints, where nothing explains what is wrong."""
    is_unexplained = verdict.verdict == "wrong" and not (verdict.misconceptions or verdict.rounded)
    return replace(verdict, message=f"{verdict.message} {HINT}") if is_unexplained else verdict


class SessionMarker:
    """Marks the answers of one session, which asks `questions`.

    The history that the marker needs holds verdicts; a session holds texts, which outlive a process. What
    was typed before is read again once. What is typed now is in the notation `lettering`, what was typed
    before in the program's own names.
    """

    def __init__(
        self,
        solution: Solution,
        questions: Iterable[Question],
        lettering: Lettering = CANONICAL,
        style: Style | None = None,
    ) -> None:
        self.solution, self.lettering, self.style = solution, lettering, style
        elements = [name for question in questions for name in question.elements]
        self.marker = Marker(solution, elements, style, typed=False)
        self._known: dict[tuple[str, str], Verdict] = {}

    def __call__(self, question: Question, text: str, history: Mapping[str, str]) -> Judged:
        verdict = self._verdict(question, text, history)
        return Judged.of(verdict, climbing(verdict, self.solution, self.marker.book.said))

    def _verdict(self, question: Question, text: str, history: Mapping[str, str]) -> Verdict:
        if question.factor is not None and question.part != "upstream":
            return self._factor(question, question.factor, text, history)
        if question.part == "formula":
            return self._formula(question, text, history)
        target = question.target if question.part == "value" else question.name_text
        verdicts = self._verdicts(history)
        if question.part == "value" and question.place is not None and question.size > 1 and "[" in text:
            whole = self.marker.mark(question.quantity, text, verdicts, self.lettering)
            if whole.entries:
                self._known |= {(entry.quantity, _try(entry).text): entry for entry in whole.entries}
                return _hinting(whole)
        verdict = self.marker.mark(target, text, verdicts, self.lettering)
        self._known[target, self.kept(question, text)] = verdict
        return _hinting(verdict)

    def _formula(self, question: Question, text: str, history: Mapping[str, str]) -> Verdict:
        """The formula of a whole array, judged as a formula: its numbers are no answer."""
        verdict = self.marker.mark(question.quantity, text, self._verdicts(history), self.lettering)
        numbers = [entry.given for entry in verdict.elements() if _is_number(entry.given)]
        if numbers and verdict.verdict != "invalid":
            return replace(verdict, verdict="invalid", misconceptions=(), message=FORMULA, entries=())
        return replace(verdict, entries=())

    def kept(self, question: Question, text: str) -> str:
        """The answer as it is saved: in the program's own names."""
        return canonical_answer(text, self.solution, self._asked(question), self.lettering)

    def _asked(self, question: Question) -> str:
        return question.quantity if question.part == "formula" else question.target

    def _verdicts(self, history: Mapping[str, str]) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        for target, text in history.items():
            if (target, text) not in self._known:
                self._known[target, text] = self.marker.mark(target, text, {})
            found |= {part.quantity: part for part in self._known[target, text].elements()}
        return found

    def _factor(self, question: Question, factor: Expr, text: str, history: Mapping[str, str]) -> Verdict:
        """A local derivative or a product: a number, or a formula."""
        target, book = question.target, self.marker.book
        step = step_of(self.solution, question.quantity)
        value, exact = Workings(self.solution).value_of(step, factor)
        try:
            answer = read_answer(text, self.solution, "", self.lettering, self.style)
        except LanguageError as error:
            message = of_error(error)
            return Verdict(target, text, "invalid", message=message, place=(error.start, error.end))
        formula = None if answer.formula is None else book.formulas.prepared(answer.formula)
        if formula and (later := book.formulas.circular(formula, question.quantity, itself=True)):
            message = circular(book.said(later), "what is asked")
            return Verdict(target, text, "invalid", answer.echo, message=message)
        number = answer.number if formula is None else self._number(formula)
        if number is None:
            message = "One number is asked here, or a formula for it."
            return Verdict(target, text, "invalid", answer.echo, message=message)
        closeness = compare(number, value, exact, self.solution.exercise.precision)
        if formula and closeness is Closeness.RIGHT:
            is_right = book.formulas.alike(formula, book.formulas.prepared(factor))
            message = "" if is_right else NUMBER_ONLY
        else:
            is_right = closeness is Closeness.RIGHT or self._follows(question, factor, number, history)
            message = "" if is_right else "It is right as far as it goes, but rounded too early."
        if closeness is Closeness.WRONG and not is_right:
            message = "Take one factor alone: not yet its product with the others."
        return Verdict(target, text, "correct" if is_right else "wrong", answer.echo, message=message)

    def _follows(self, question: Question, factor: Expr, number: Number, history: Mapping[str, str]) -> bool:
        """Whether a factor is right with the values that were answered before it."""
        book = self.marker.book
        prepared, batched = book.formulas.prepared(factor), self.solution.batched
        numbers = step_of(self.solution, question.quantity).numbers
        letters = {letter: np.asarray(float(value)) for letter, value in numbers.items()}
        before = History(book, self._verdicts(history).values())
        working = before.working(
            question.quantity, result=lambda known: formula_value(prepared, {**letters, **known}, batched)
        )
        if working is None:
            return False
        precision = self.solution.exercise.precision
        return any(
            compare(number, float(result), None, precision, float(working.reach)) is Closeness.RIGHT
            for result in working.results
        )

    def _number(self, formula: Expr) -> Number | None:
        """The value of a formula, None where it is not one number."""
        try:
            value = self.marker.book.formulas.value(formula)
        except BackpropTutorError:
            return None
        return None if value.shape else Number(float(value))
