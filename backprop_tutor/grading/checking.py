"""Checks a whole set of answers in walkthrough order, each after the ones before it; `check` is the
library's call for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading import messages
from backprop_tutor.grading.answer import is_blank
from backprop_tutor.grading.array_answer import TRANSPOSED, Fit, fit, told_of_transpose
from backprop_tutor.grading.history import History
from backprop_tutor.grading.marker import Marker
from backprop_tutor.grading.nested_answers import Given, arranged, as_text
from backprop_tutor.grading.selection import AskedQuantity, asked
from backprop_tutor.grading.verdict import Judgement, Problem, Result, Verdict
from backprop_tutor.language import CANONICAL, Lettering, Style
from backprop_tutor.language.clean import clean
from backprop_tutor.walkthrough import Solution, solve

__all__ = ["Checker", "check", "checker_of"]

Index = tuple[int, ...]
Mark = Callable[[str, str], Verdict]  # an element or an array, and what was typed for it

MAX_SHOWN = 60
MOST_KEPT = 8
MOST_PROBLEMS = 20


class Checker:
    """Checks sets of answers to one exercise; what is worked out for one set is kept for the next, and what
    does not depend on the numbers also for another version of it, whose checker is made `like` this one."""

    def __init__(
        self,
        solution: Solution,
        *,
        follow_through: Fraction | None = None,
        style: Style | None = None,
        like: "Checker | None" = None,
    ) -> None:
        self.solution = solution
        self.questions = asked(solution, elements=like.marker.book.elements if like else None)
        names = [name for question in self.questions for name in question.elements]
        self.marker: Marker = Marker(solution, names, style, like=like.marker if like else None)
        self.own_weights = self.marker.book.elements.respelled(solution.exercise.marks)
        self.share = solution.exercise.follow_through if follow_through is None else follow_through
        self.weights = tuple(self._weight(q, name) for q in self.questions for name in q.elements)
        self.out_of = float(sum(self.weights))
        self.names = {*solution.shapes, *(name for question in self.questions for name in question.elements)}
        self.quantity_of = {name: q.quantity for q in self.questions for name in q.elements}

    def check(self, answers: Mapping[str, Any], lettering: Lettering = CANONICAL) -> Result:
        """The verdicts and marks of `answers`: by quantity (`dJ/dW1`, nested lists in its shape or one
        text) or by element (`dJ/dW1[1,2]`). Names may be those of the notation `lettering`; examples are
        rows in any. No answers raise anything."""
        problems: list[Problem] = []
        by_quantity, by_element = self._sorted(answers, lettering, problems)
        history = History(self.marker.book)
        mark = partial(self.marker.mark, history=history, lettering=lettering.by_rows())
        for quantity, questions in groupby(self.questions, lambda question: question.quantity):
            whole, found = by_quantity.get(quantity), list[Verdict]()
            indices = list[Index]()
            for question in questions:
                found += self._verdicts(question, whole, by_element, mark, problems)
                indices += question.indices
            told = told_of_transpose(self.marker.book, quantity, dict(zip(indices, found, strict=True)))
            history.add(told.values())
        verdicts = tuple(history.verdicts.values())
        marks = tuple(self._mark(v, weight) for v, weight in zip(verdicts, self.weights, strict=True))
        name = self.solution.exercise.name
        return Result(name, verdicts, marks, self.weights, self.out_of, tuple(dict.fromkeys(problems)))

    def _sorted(
        self, answers: Mapping[str, Any], lettering: Lettering, problems: list[Problem]
    ) -> tuple[dict[str, Given], dict[str, Given]]:
        """The answers to whole quantities and to single elements; names that are neither are problems."""
        by_quantity: dict[str, Given] = {}
        by_element: dict[str, Given] = {}
        elements = self.marker.book.elements
        for key, value in _items(answers, problems):
            name = elements.canonical(key, lettering)
            if len(problems) >= MOST_PROBLEMS and name not in self.names:
                continue  # without a search for near names
            try:
                part = elements.find(name)
            except UsageError as error:
                problems.append(Problem(clean(name)[:MAX_SHOWN], str(error)))
                continue
            if part.single and name != part.quantity:
                given = arranged(value)
                if given.shape is not None or not is_blank(given.text):  # else the whole may answer it
                    by_element[elements.name(*part.single)] = given
            elif part.single or part.indices is None:
                by_quantity[part.quantity] = arranged(value)
            else:
                problems.append(Problem(name, "Answer a whole quantity, or one element of it."))
        return by_quantity, by_element

    def _verdicts(
        self,
        question: AskedQuantity,
        whole: Given | None,
        by_element: Mapping[str, Given],
        mark: Mark,
        problems: list[Problem],
    ) -> list[Verdict]:
        """One verdict an element of `question`; an element answered by itself counts before the whole."""
        if whole is not None and whole.shape is None:
            found = self._of_text(question, whole.text, mark)
        else:
            found = self._of_cells(question, whole, mark, problems)
        alone = [by_element.get(name) for name in question.elements]
        return [
            verdict if given is None else self._of_element(verdict.quantity, given, mark)
            for verdict, given in zip(found, alone, strict=True)
        ]

    def _of_cells(
        self, question: AskedQuantity, whole: Given | None, mark: Mark, problems: list[Problem]
    ) -> list[Verdict]:
        """The verdicts on an array that was given as nested lists, or not at all."""
        cells, judgement, fault = self._cells(question.quantity, whole)
        if whole is not None and fault:
            problems.append(Problem(question.quantity, fault))
            slips = (TRANSPOSED,) if judgement == "wrong" else ()
            verdict = Verdict("", whole.written, judgement, misconceptions=slips, message=fault)
            return [replace(verdict, quantity=name) for name in question.elements]
        texts = [cells.get(index, "") for index in question.indices]
        return [
            mark(name, text) if text else Verdict(name, "", "blank", message=messages.BLANK)
            for name, text in zip(question.elements, texts, strict=True)
        ]

    def _of_element(self, name: str, given: Given, mark: Mark) -> Verdict:
        if given.shape is not None:
            message = messages.not_an_array(self.marker.book.said(name))
            return Verdict(name, given.written, "invalid", message=message)
        return mark(name, given.text)

    def _of_text(self, question: AskedQuantity, text: str, mark: Mark) -> list[Verdict]:
        """The verdicts on an array that was typed in one piece."""
        verdict = mark(question.quantity, text)
        found = {element.quantity: element for element in verdict.elements()}
        return [found.get(name) or replace(verdict, quantity=name) for name in question.elements]

    def _cells(self, quantity: str, whole: Given | None) -> tuple[dict[Index, str], Judgement, str]:
        """The texts by index, or what is said of all of them where the shape is wrong."""
        if whole is None:
            return {}, "blank", ""
        shape, batched = self.solution.shapes[quantity], quantity in self.solution.batched
        said = self.marker.book.said(quantity)
        if whole.fault:
            return {}, "invalid", f"{said}: {whole.fault}."
        match fit(whole.shape or (), shape, batched=batched):
            case Fit.TRANSPOSED:
                return {}, "wrong", messages.transposed(said, whole.shape or (), shape)
            case Fit.WRONG:
                return {}, "invalid", messages.wrong_shape(said, whole.shape or (), shape, batched)
            case _:
                return dict(zip(np.ndindex(shape), whole.cells.values(), strict=True)), "invalid", ""

    def _weight(self, question: AskedQuantity, name: str) -> Fraction:
        """What an element counts: its own weight, its quantity's, or 1."""
        return self.own_weights.get(name, self.own_weights.get(question.quantity, Fraction(1)))

    def _mark(self, verdict: Verdict, weight: Fraction) -> Fraction:
        if verdict.verdict == "follow-through":
            return weight * self.share
        return weight if verdict.verdict == "correct" else Fraction(0)


def _items(answers: Any, problems: list[Problem]) -> list[tuple[str, Any]]:
    """The names and values in whatever was given as answers."""
    try:
        return [(as_text(name), value) for name, value in answers.items()]
    except Exception:  # no mapping, or one of the caller's whose methods may do anything
        problems.append(Problem("answers", "Give a mapping of quantities to answers."))
        return []


_checkers: list[Checker] = []


def check(exercise: Exercise, answers: Mapping[str, Any]) -> Result:
    """Marks a whole set of answers in walkthrough order, each after the ones before it.

    `answers` gives quantities (`{"dJ/dW1": [["-1", "1/2"], [0, 0]], "J": 0.5}`: nested lists of texts or
    numbers, or one text) or single elements (`"dJ/dW1[1,2]"`). The result holds a verdict an element
    asked, and the score. No answers raise anything; an exercise whose arithmetic fails raises
    EvaluationError.
    """
    return checker_of(exercise).check(answers)


def checker_of(exercise: Exercise) -> Checker:
    """The checker of `exercise`; what it works out is kept for the next set of answers."""
    for checker in _checkers:
        if checker.solution.exercise is exercise:
            return checker
    _checkers.append(Checker(solve(exercise)))
    del _checkers[:-MOST_KEPT]
    return _checkers[-1]
