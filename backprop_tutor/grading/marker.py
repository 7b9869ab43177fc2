"""Marks answers of one exercise, one at a time, against what was answered before."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import BackpropTutorError, LanguageError
from backprop_tutor.grading import messages
from backprop_tutor.grading.answer import Answer, is_blank, read_answer
from backprop_tutor.grading.compare import Closeness, compare
from backprop_tutor.grading.elements import Elements
from backprop_tutor.grading.formula import Formulas, FormulaVerdict
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.selection import asked
from backprop_tutor.grading.shapes import Fit, fit
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.language.clean import clean
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough import Solution

__all__ = ["History", "Marker"]

History = Mapping[str, Verdict]
"""The verdicts so far, by the name of the element."""

_NOTHING: History = {}
MAX_GIVEN = 300


class Marker:
    """Marks answers to `solution`'s exercise. `asked_names` are the elements that are asked at all
    (default: the exercise's own): a student may have used their own value of any other.

    What is worked out for one answer is kept for the next.
    """

    def __init__(
        self,
        solution: Solution,
        asked_names: Iterable[str] | None = None,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.solution = solution
        self.aliases = aliases or {}
        self.elements = Elements(solution)
        self.formulas = Formulas(solution)
        self._asked_names = asked_names
        self._truths: dict[str, tuple[Array, Array | None]] = {}

    @cached_property
    def asked_names(self) -> frozenset[str]:
        if self._asked_names is not None:
            return frozenset(self._asked_names)
        return frozenset(name for question in asked(self.solution) for name in question.elements)

    def truth(self, quantity: str) -> tuple[Array, Array | None]:
        """The right values of `quantity`, in floats and in fractions."""
        if quantity not in self._truths:
            self._truths[quantity] = self.solution.value(quantity), self.solution.exact(quantity)
        return self._truths[quantity]

    def mark(self, name: str, text: str, history: History = _NOTHING) -> Verdict:
        """The verdict on `text` as the answer to the element or array called `name`.

        Raises UsageError for an unknown name, and nothing for any text.
        """
        quantity, indices, single = self.elements.find(name)
        given = clean(text)
        given = given if len(given) <= MAX_GIVEN else given[:MAX_GIVEN] + "…"
        if is_blank(text):
            return Verdict(name, given, "blank", message="Not answered.")
        try:
            answer = read_answer(text, self.solution, name, self.aliases)
        except LanguageError as error:
            return Verdict(name, given, "invalid", message=_said(error), place=(error.start, error.end))
        except (BackpropTutorError, RecursionError) as error:
            return Verdict(name, given, "invalid", message=str(error)[:MAX_GIVEN])
        if single:
            return self._element(name, quantity, indices[0], given, answer, history)
        return self._array(name, quantity, indices, given, answer, history)

    # One element

    def _element(
        self,
        name: str,
        quantity: str,
        index: tuple[int, ...],
        given: str,
        answer: Answer,
        history: History,
    ) -> Verdict:
        if answer.kind == "array" and len(answer.entries) == 1:
            answer = answer.entries[0]
        if answer.kind == "array":
            return Verdict(
                name, given, "invalid", answer.echo, message=f"{name} is one number, not an array."
            )
        if answer.formula is not None:
            return self._formula(name, quantity, index, given, answer, answer.formula, history)
        assert answer.number is not None
        return self._number(name, quantity, index, given, answer.echo, answer.number, history)

    def _number(
        self,
        name: str,
        quantity: str,
        index: tuple[int, ...],
        given: str,
        echo: str,
        number: Number,
        history: History,
    ) -> Verdict:
        closeness = self.closeness(quantity, index, number)
        if closeness is Closeness.RIGHT:
            return Verdict(name, given, "correct", echo, message="Right.", number=number)
        if closeness is Closeness.ROUNDED:
            message = messages.rounded_too_early(number)
            return Verdict(name, given, "wrong", echo, message=message, number=number, rounded=True)
        return Verdict(name, given, "wrong", echo, message="", number=number)

    def closeness(self, quantity: str, index: tuple[int, ...], number: Number) -> Closeness:
        floats, exact = self.truth(quantity)
        value = None if exact is None else exact[index]
        return compare(number, float(floats[index]), value, self.solution.exercise.tolerance)

    def _formula(
        self,
        name: str,
        quantity: str,
        index: tuple[int, ...],
        given: str,
        answer: Answer,
        formula: Expr,
        history: History,
    ) -> Verdict:
        formula = self.formulas.prepared(formula)
        try:
            value = self.formulas.value(formula)
        except BackpropTutorError as error:
            return Verdict(name, given, "invalid", answer.echo, message=_said(error))
        if value.shape:
            what = f"{name} is one number, but this formula gives an array of shape {value.shape}."
            return Verdict(name, given, "invalid", answer.echo, message=what)
        if not np.isfinite(value):
            message = "This formula has no finite value at this exercise's numbers."
            return Verdict(name, given, "invalid", answer.echo, message=message)
        number = Number(float(value))
        match self.formulas.judge(formula, quantity, index):
            case FormulaVerdict.RIGHT:
                return Verdict(name, given, "correct", answer.echo, message="Right.", number=number)
            case FormulaVerdict.NUMBER_ONLY:
                return Verdict(name, given, "wrong", answer.echo, message=messages.NUMBER_ONLY, number=number)
            case FormulaVerdict.UNDECIDED:
                message = messages.UNDECIDED
                return Verdict(name, given, "undecided", answer.echo, message=message, number=number)
            case _:
                return self._number(name, quantity, index, given, answer.echo, number, history)

    # A whole array

    def _array(
        self,
        name: str,
        quantity: str,
        indices: list[tuple[int, ...]],
        given: str,
        answer: Answer,
        history: History,
    ) -> Verdict:
        if answer.formula is not None:
            return self._whole_formula(name, quantity, indices, given, answer, answer.formula)
        shape = self.solution.shapes[quantity]
        if answer.kind == "array" and len(indices) == len(list(np.ndindex(shape))):
            found = fit(answer.shape, shape, batched=quantity in self.elements.batched)
        else:
            found = Fit.FITS if len(answer.entries) == len(indices) else Fit.WRONG
        if found is Fit.TRANSPOSED:
            message = messages.transposed(name, answer.shape, shape)
            return Verdict(name, given, "wrong", answer.echo, message=message)
        if found is Fit.WRONG:
            message = messages.wrong_shape(name, answer.shape, shape, quantity in self.elements.batched)
            return Verdict(name, given, "invalid", answer.echo, message=message)
        entries = []
        for index, entry in zip(indices, answer.entries, strict=True):
            element = self.elements.name(quantity, index)
            entries.append(self._element(element, quantity, index, entry.echo, entry, history))
        return _summed_up(name, given, answer.echo, tuple(entries))

    def _whole_formula(
        self,
        name: str,
        quantity: str,
        indices: list[tuple[int, ...]],
        given: str,
        answer: Answer,
        formula: Expr,
    ) -> Verdict:
        formula = self.formulas.prepared(formula)
        try:
            value = np.squeeze(self.formulas.value(formula))
        except BackpropTutorError as error:
            return Verdict(name, given, "invalid", answer.echo, message=_said(error))
        truth = self.truth(quantity)[0]
        if value.shape != np.squeeze(truth).shape or len(indices) != truth.size:
            message = messages.wrong_shape(name, value.shape, truth.shape, quantity in self.elements.batched)
            return Verdict(name, given, "invalid", answer.echo, message=message)
        verdict, message = {
            FormulaVerdict.RIGHT: ("correct", "Right."),
            FormulaVerdict.NUMBER_ONLY: ("wrong", messages.NUMBER_ONLY),
            FormulaVerdict.UNDECIDED: ("undecided", messages.UNDECIDED),
            FormulaVerdict.WRONG: ("wrong", "This formula gives another array."),
        }[self.formulas.judge(formula, quantity, None)]
        numbers = value.reshape(truth.shape)
        entries = tuple(
            Verdict(element, given, verdict, answer.echo, number=Number(float(numbers[index])))  # type: ignore[arg-type]
            for index, element in self.elements.names(quantity).items()
        )
        return Verdict(name, given, verdict, answer.echo, message=message, entries=entries)  # type: ignore[arg-type]


def _said(error: BackpropTutorError) -> str:
    return f"{error.what} {error.hint}".strip()


def _summed_up(name: str, given: str, echo: str, entries: tuple[Verdict, ...]) -> Verdict:
    """The verdict on an array: as good as its worst entry."""
    order = ("wrong", "invalid", "undecided", "blank", "follow-through", "correct")
    worst = min(entries, key=lambda entry: order.index(entry.verdict))
    ids = tuple(dict.fromkeys(id_ for entry in entries for id_ in entry.misconceptions))
    message = messages.of_entries(entries)
    return Verdict(
        name,
        given,
        worst.verdict,
        echo,
        ids,
        any(entry.ambiguous for entry in entries),
        message,
        origin=worst.origin,
        rounded=worst.rounded,
        entries=entries,
    )
