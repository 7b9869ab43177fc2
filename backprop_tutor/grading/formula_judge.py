"""Is a typed formula right? Tested at random values of the quantities that it uses."""

from contextlib import suppress
from enum import Enum
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.grading.points import Point, base_point, random_points
from backprop_tutor.language.expr import (
    Call,
    Expr,
    Item,
    Num,
    Slice,
    Sym,
    add,
    leaves,
    name_of,
    rewrite,
    transpose,
)
from backprop_tutor.walkthrough import Solution

__all__ = ["FormulaJudge", "FormulaVerdict"]

_AGREE = 1e-7
_ENOUGH = 3  # points with a finite value


class FormulaVerdict(Enum):
    RIGHT = "right"
    RIGHT_HERE = "right as long as no unit switches on or off"
    NUMBER_ONLY = "right at this exercise's numbers only"
    WRONG = "wrong"
    UNDECIDED = "undecided"


class FormulaJudge:
    """Judges formulas in the quantities of one solution."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._points: dict[tuple[frozenset[str], bool], list[Point]] = {}

    @cached_property
    def base(self) -> Point:
        return base_point(self.solution, self.solution.exercise.values)

    def prepared(self, formula: Expr) -> Expr:
        """`formula` with δ as the gradient it stands for, and functions with the exercise's settings."""
        return rewrite(formula, self._prepare)

    def laid_out(self, formula: Expr, quantity: str) -> Expr:
        """The prepared `formula` as it gives an array in the shape of `quantity`: as on paper, or with the
        axes of a single example and of a single number, as a row in (∂J/∂net1)ᵀ @ x, as a column in
        ∂J/∂net1 @ xᵀ."""
        readings = (formula, *(rewrite(formula, axes) for axes in (self._as_rows, self._as_columns)))
        return next((reading for reading in readings if self._fits(reading, quantity)), formula)

    def _fits(self, formula: Expr, quantity: str) -> bool:
        shape = np.squeeze(self.base.quantities[quantity]).shape
        try:
            return bool(np.squeeze(self.value(formula)).shape == shape)
        except BackpropTutorError:
            return False

    def _as_rows(self, part: Expr) -> Expr | None:
        match part:
            case Sym(name) if name in self.solution.shapes:
                return Item(part, (Slice(),) * len(self.solution.shapes[name]))
            case Item():
                return part
            case _:
                return None

    def _as_columns(self, part: Expr) -> Expr | None:
        row = self._as_rows(part)
        is_example = isinstance(part, Sym) and part.name in self.solution.batched
        return transpose(row) if row is not None and is_example else row

    def circular(self, formula: Expr, quantity: str, *, itself: bool = False) -> str:
        """A name in the prepared `formula` that comes only after `quantity` in the walkthrough (or is
        `itself` that quantity): what is worked out from a quantity cannot be used to find it. Empty where
        there is none."""
        order = self.solution.order
        names = (name_of(leaf) for leaf in leaves(formula))
        return next((name for name in names if order.get(name, -1) >= order[quantity] + (not itself)), "")

    def alike(self, formula: Expr, other: Expr) -> bool:
        """Whether two prepared formulas for one number agree at other numbers than the exercise's, too."""
        for point in self.points(add(formula, other)):
            with suppress(BackpropTutorError):
                a, b = (formula_value(f, point.quantities, self.solution.batched) for f in (formula, other))
                if not np.allclose(a, b, rtol=_AGREE, atol=1e-6 * _AGREE, equal_nan=True):
                    return False
        return True

    def value(self, formula: Expr) -> Array:
        """Its value at the exercise's numbers. Raises BackpropTutorError where it has none."""
        return formula_value(formula, self.base.quantities, self.solution.batched)

    def judge(self, formula: Expr, quantity: str, index: tuple[int, ...] | None) -> list[FormulaVerdict]:
        """Whether the prepared `formula` gives the element at `index` of `quantity`, or (None) each of its
        elements, one verdict an element."""
        wrong = self._differs(formula, quantity, index, self.base)
        if wrong is None or wrong.all():
            size = 1 if index is not None else prod(self.solution.shapes[quantity])
            return [FormulaVerdict.WRONG] * size
        elsewhere = self._all_differ(formula, quantity, index, self.points(formula))
        beyond = self._all_differ(formula, quantity, index, self.points(formula, any_side=True))

        def verdict(i: int) -> FormulaVerdict:
            if wrong.flat[i]:
                return FormulaVerdict.WRONG
            if any(there.flat[i] for there in elsewhere):
                return FormulaVerdict.NUMBER_ONLY
            if len(elsewhere) < _ENOUGH:
                return FormulaVerdict.UNDECIDED
            here = any(there.flat[i] for there in beyond)
            return FormulaVerdict.RIGHT_HERE if here else FormulaVerdict.RIGHT

        return [verdict(i) for i in range(wrong.size)]

    def _all_differ(
        self, formula: Expr, quantity: str, index: tuple[int, ...] | None, points: list[Point]
    ) -> list[Array]:
        found = (self._differs(formula, quantity, index, point) for point in points)
        return [differs for differs in found if differs is not None]

    def _differs(
        self, formula: Expr, quantity: str, index: tuple[int, ...] | None, at: Point
    ) -> Array | None:
        """Which elements differ; None where one of the two sides has no finite value there."""
        known = at.quantities
        try:
            value = np.squeeze(formula_value(formula, known, self.solution.batched))
            truth = np.squeeze(known[quantity] if index is None else known[quantity][index])
        except BackpropTutorError:
            return None
        if truth.shape != value.shape:
            return np.ones(truth.shape, dtype=bool)
        if not (np.isfinite(truth).all() and np.isfinite(value).all()):
            return None
        size = np.max(np.abs(truth), initial=0.0) + 1e-6
        return np.asarray(np.abs(truth - value) > _AGREE * size)

    def points(self, formula: Expr, *, any_side: bool = False) -> list[Point]:
        """The exercise with other values of every leaf that a quantity in `formula` depends on; none with
        `any_side` where there is no kink that has sides."""
        graph = self.solution.graph
        used: set[str] = set()
        for name in {name_of(leaf) for leaf in leaves(formula)} & self.solution.shapes.keys():
            used |= graph.upstream(name) if name in graph.nodes else graph.nodes.keys()
        varied = frozenset(used & self.base.leaves.keys())
        if any_side and not self.base.pattern:
            return []
        if (varied, any_side) not in self._points:
            found = random_points(self.base, varied, any_side=any_side)
            self._points[varied, any_side] = found
        return self._points[varied, any_side]

    def _prepare(self, part: Expr) -> Expr | None:
        match part:
            case Sym(name):
                return Sym(self.solution.canonical(name))
            case Item(Sym(name), index, example):
                return Item(Sym(self.solution.canonical(name)), index, example)
            case Call(name, args, ()) if settings := self._settings(name.rstrip("'")):
                return Call(name, tuple(self.prepared(arg) for arg in args), settings)
            case _:
                return None

    def _settings(self, function: str) -> tuple[tuple[str, Expr], ...]:
        """The slope, say, that the exercise's leaky ReLU has: all of its kind share it, or none is taken."""
        found = {
            tuple((key, Num(value)) for key, value in node.params.items() if isinstance(value, Fraction))
            for node in self.solution.graph.nodes.values()
            if node.op == function
        }
        return found.pop() if len(found) == 1 else ()
