"""The versions of an exercise as platforms ask them: the task, a place a number, and what slips give."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from html import escape
from math import isfinite
from typing import Any, NamedTuple

from backprop_tutor.grading.checking import Checker
from backprop_tutor.grading.elements import Element
from backprop_tutor.grading.history import History
from backprop_tutor.language import Expr, to_latex, to_text
from backprop_tutor.render.blocks import Block, Heading
from backprop_tutor.render.document import Document
from backprop_tutor.render.painters.html import HtmlPainter
from backprop_tutor.render.selftest import right_numbers

__all__ = [
    "BankQuestion",
    "BankVersion",
    "TypesetHtml",
    "WrongNumber",
    "number_text",
    "typeset",
    "versions_of",
]

MOST_SLIPS = 6  # that one place tells of
MARGIN = 1e-5  # of a tolerance, so that its last number is within it however it is written
APART = 1e-9  # numbers that are nearer to each other, relative to their size, are one
DECIMALS_ONLY = "Answer with decimals such as -0.5 or 1.2e-5, without fractions."


class WrongNumber(NamedTuple):
    """What a usual slip gives, and what to say of it."""

    value: float
    message: str


class BankQuestion(NamedTuple):
    """One number that is asked: its name as text and as LaTeX, the right `value` and how far an answer may be
    off, its share of the marks, and the usual wrong numbers."""

    element: Element
    name: str
    latex: str
    value: float
    exact: Fraction | None
    tolerance: float
    weight: Fraction
    wrong: tuple[WrongNumber, ...]

    @property
    def shown(self) -> str:
        return number_text(self.value)


class BankVersion:
    """One version: `label` tells it from the others."""

    def __init__(self, document: Document, label: str = "") -> None:
        self.document = replace(document, blank=True)
        self.solution, self.exercise = document.solution, document.solution.exercise
        self.checker = Checker(self.solution, style=self.document.style)
        self.label = label or (self.exercise.variant.id if self.exercise.variant else "")

    @property
    def title(self) -> str:
        return f"{self.exercise.title} ({self.label})" if self.label else self.exercise.title

    def statement(self, painter: HtmlPainter) -> str:
        """The task in HTML: the author's words, what is given, every formula, how answers are written."""
        blocks: list[Block] = [b for b in self.document.task.heading() if not isinstance(b, Heading)]
        blocks += self.document.task.statement(how=DECIMALS_ONLY)
        return "\n".join(painter.paint(blocks))

    @cached_property
    def questions(self) -> list[list[BankQuestion]]:
        """By quantity, in walkthrough order."""
        elements = ((asked.quantity, index) for asked in self.checker.questions for index in asked.indices)
        weights = dict(zip(elements, self.checker.weights, strict=True))
        history = History(self.checker.marker.book)
        return [
            [
                self._question((view.step.quantity, index), row.name, weights, history)
                for index, row in zip(view.indices, view.rows, strict=True)
            ]
            for view in self.document.views
        ]

    def _question(
        self, element: Element, name: Expr, weights: Mapping[Element, Fraction], history: History
    ) -> BankQuestion:
        book, style = history.book, self.document.style
        value, exact = book.right(element), book.truth(element[0])[1]
        tolerance = _tolerance(value, json.loads(right_numbers(history, element)))
        if old := book.ledger.old(element[0]):  # nearer to it than to the new value is no step
            step = abs(value - float(self.solution.value(old)[element[1]]))
            tolerance = min(tolerance, step / 2) if step else tolerance
        said = to_text(name, style)
        return BankQuestion(
            element,
            said,
            to_latex(name, style, slashed=True),
            value,
            None if exact is None else Fraction(exact[element[1]]),
            tolerance,
            weights[element],
            tuple(self._wrong(element, said, value, tolerance)),
        )

    def _wrong(self, element: Element, name: str, right: float, tolerance: float) -> Iterator[WrongNumber]:
        """What each usual slip of this step gives, where that tells it from the right number."""
        pool = self.checker.marker.book.candidates.direct(element[0])
        values = pool.values(element[1])
        found: dict[float, list[str]] = {}
        for slip, value in sorted(zip(pool.listed.slips, values, strict=True), key=lambda pair: pair[0].rank):
            number = float(value)
            near = max(tolerance, APART * abs(number))
            if not isfinite(number) or abs(number - right) <= 2 * near:
                continue
            known = next((other for other in found if abs(other - number) <= 2 * near), None)
            texts = found.setdefault(number if known is None else known, [])
            text = slip.text(self.document.style)
            if text not in texts:
                texts.append(text)
        for number, texts in list(found.items())[:MOST_SLIPS]:
            is_cause = "That is" if len(texts) == 1 else "That may be"
            yield WrongNumber(number, f"{is_cause} {name} with {', or with '.join(texts[:2])}.")


def versions_of(documents: Sequence[Document]) -> list[BankVersion]:
    """Labelled by the student whose each is, or by what stands for its numbers."""
    return [BankVersion(document, document.student) for document in documents]


def number_text(value: float) -> str:
    """To twelve significant digits: 0.1, 1e-07, -3."""
    return f"{value:.12g}"


def _tolerance(value: float, right: dict[str, Any]) -> float:
    """How far the right decimals lie from the value, by the grader's own rule, in the digits asked."""
    first, pairs = right["places"], right["right"]
    off = 0.0
    for more, pair in enumerate(pairs):
        for units in pair or ():
            off = max(off, abs(int(units) * 10.0 ** -(first + more) - value))
    return max(off * (1 + MARGIN), 1e-12 * abs(value), 1e-12)


class TypesetHtml(HtmlPainter):
    """HTML whose formulas are LaTeX between \\( and \\), which platforms typeset."""

    def math(self, expr: Expr, role: str = "", *, slashed: bool = False) -> str:
        return typeset(to_latex(expr, self.style, slashed=slashed))


def typeset(latex: str) -> str:
    return rf"\({escape(latex)}\)"
