"""What marking needs to know of one exercise; each part is worked out once, when it is first needed."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.grading.candidates import Candidates
from backprop_tutor.grading.compare import Closeness, compare, compare_update
from backprop_tutor.grading.editor import Editor
from backprop_tutor.grading.elements import Element, Elements, Index, Workbook
from backprop_tutor.grading.formula_judge import FormulaJudge
from backprop_tutor.grading.kept_verdicts import KeptVerdicts
from backprop_tutor.grading.number import Number
from backprop_tutor.grading.points import Point, each_random_point
from backprop_tutor.grading.selection import asked
from backprop_tutor.grading.slips import Slips
from backprop_tutor.language import Style
from backprop_tutor.walkthrough import Solution

__all__ = ["Book"]

NOISE = 1e-13  # of the largest number that a step starts from


class Book:
    """`asked` are the elements that are asked at all (default: the exercise's own): a student's work on
    any other is not seen. `style` is how what is said of answers writes formulas, and names, which are
    `typed` as answers are, dJ/dW1[1,2], or else written as in formulas, ∂J/∂W1[1,2]. `like` is the book of
    another version of the exercise, whose names, formulas and wrong formulas are the same ones."""

    def __init__(
        self,
        solution: Solution,
        asked: Iterable[str] | None = None,
        style: Style | None = None,
        *,
        typed: bool = True,
        like: "Book | None" = None,
    ) -> None:
        self.solution = solution
        self.style = style or Style()
        self._of_names = self.style.upright if typed else self.style
        self.ledger = solution.ledger
        self.formulas = FormulaJudge(solution)
        self.slips = Slips(solution.ledger)
        self.precision = solution.exercise.precision
        self.kept = KeptVerdicts()
        self._candidates: dict[Point, Candidates] = {}
        self._points: list[Point] = []
        self._asked = asked
        self.elements: Elements = like.elements if like else Elements(solution)
        self.workbook: Workbook = like.workbook if like else Workbook(solution, self.style)
        self.editor: Editor = like.editor if like else Editor(self.workbook, lambda: self.answered)
        self._said: dict[str, str] = like._said if like else {}
        self._reach: dict[str, float] = {}
        self._truths: dict[str, tuple[Array, Array | None]] = {}

    @cached_property
    def asked(self) -> frozenset[str]:
        if self._asked is not None:
            return frozenset(self._asked)
        return frozenset(name for question in asked(self.solution) for name in question.elements)

    @cached_property
    def asked_of(self) -> dict[str, list[Index]]:
        """The indices of the elements asked, by quantity."""
        found: dict[str, list[Index]] = {}
        for name in self.asked:
            place = self.elements.place(name)
            if place:
                found.setdefault(place[0], []).append(place[1])
        return found

    @cached_property
    def answered(self) -> frozenset[str]:
        """The quantities every element of which is asked."""
        shapes = self.solution.shapes
        return frozenset(q for q, indices in self.asked_of.items() if len(indices) == prod(shapes[q]))

    @cached_property
    def candidates(self) -> Candidates:
        """What misconceptions give at the exercise's own numbers."""
        return Candidates(self.slips, self.editor, self.solution.values)

    @property
    def elsewhere(self) -> Iterator[Point]:
        """The exercise with other numbers: what coincides there too is the same thing in other words."""
        yield from self._points
        for point in self._more_points:
            self._points.append(point)
            yield point

    @cached_property
    def _more_points(self) -> Iterator[Point]:
        """Those that nobody asked for so far."""
        base = self.formulas.base
        return each_random_point(base, base.leaves.keys())

    def candidates_at(self, point: Point) -> Candidates:
        """What they give at other numbers."""
        if point not in self._candidates:
            self._candidates[point] = Candidates(self.slips, self.editor, point.quantities)
        return self._candidates[point]

    def truth(self, quantity: str) -> tuple[Array, Array | None]:
        """The right values of `quantity`, in floats and in fractions."""
        if quantity not in self._truths:
            self._truths[quantity] = self.solution.value(quantity), self.solution.exact(quantity)
        return self._truths[quantity]

    def said(self, name: str) -> str:
        """The name of a quantity or of an element in a sentence."""
        if name and name not in self._said:
            self._said[name] = self.elements.written(name, self._of_names)
        return self._said.get(name, "")

    def right(self, place: Element) -> float:
        return float(self.truth(place[0])[0][place[1]])

    def closeness(self, place: Element, number: Number) -> Closeness:
        """How near `number` is to the right value at `place`."""
        quantity, index = place
        floats, exact = self.truth(quantity)
        if floats[index] == 0 and self.is_noise(quantity, number):
            return Closeness.RIGHT
        fraction = None if exact is None else exact[index]
        return self.compared(place, number, float(floats[index]), self.solution.values, exact=fraction)

    def compared(
        self,
        place: Element,
        number: Number,
        value: float,
        known: Mapping[str, Array],
        reach: float = 0.0,
        exact: Fraction | None = None,
    ) -> Closeness:
        """How near `number` is to what the right method makes of `known` values: to a `value` or one within
        `reach` of it. A new weight is judged by its step from the old one."""
        quantity, index = place
        old = self.ledger.old(quantity)
        if not old:
            return compare(number, value, exact, self.precision, reach)
        before = float(known[old][index])
        is_given = old in self.solution.graph.nodes
        return compare_update(
            number, value, before, exact, self.precision, reach=reach, old_is_rounded=not is_given
        )

    def is_noise(self, quantity: str, number: Number) -> bool:
        """Whether `number` is as little as floating point leaves over where `quantity` is 0."""
        if quantity not in self._reach:
            needs, base = self.ledger.needs.get(quantity, ()), self.solution.values
            sizes = (float(np.max(np.abs(base[name]))) for name in needs if name in base)
            self._reach[quantity] = max(sizes, default=0.0)
        return abs(number.value) <= NOISE * self._reach[quantity]
