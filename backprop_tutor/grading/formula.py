"""Is a typed formula right? Tested at random values of the quantities that it uses."""

from collections.abc import Iterator
from enum import Enum
from fractions import Fraction
from functools import cached_property

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.grading.points import Point, base_point, random_points
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, leaves, rewrite
from backprop_tutor.walkthrough import Solution

__all__ = ["FormulaVerdict", "Formulas"]

_AGREE = 1e-7
_ENOUGH = 3  # points with a finite value


class FormulaVerdict(Enum):
    RIGHT = "right"
    NUMBER_ONLY = "right at this exercise's numbers only"
    WRONG = "wrong"
    UNDECIDED = "undecided"


class Formulas:
    """Judges formulas in the quantities of one solution."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        graph = solution.graph
        names = [node.name for node in graph.nodes.values() if node.batched]
        self.batched = frozenset({*names, *(solution.gradient_prefix + name for name in names)})
        self._points: dict[frozenset[str], list[Point]] = {}

    @cached_property
    def base(self) -> Point:
        return base_point(self.solution)

    def prepared(self, formula: Expr) -> Expr:
        """`formula` with δ as the gradient it stands for, and functions with the exercise's settings."""
        return rewrite(formula, self._prepare)

    def value(self, formula: Expr) -> Array:
        """Its value at the exercise's numbers. Raises BackpropTutorError where it has none."""
        return formula_value(formula, self._known(self.base), self.batched)

    def judge(self, formula: Expr, quantity: str, index: tuple[int, ...] | None) -> FormulaVerdict:
        """Whether the prepared `formula` gives the element at `index` (None: the whole) of `quantity`."""
        if self._differs(formula, quantity, index, self.base) is not False:
            return FormulaVerdict.WRONG
        decided = 0
        for point in self._other_points(formula):
            differs = self._differs(formula, quantity, index, point)
            if differs:
                return FormulaVerdict.NUMBER_ONLY
            decided += differs is False
        return FormulaVerdict.RIGHT if decided >= _ENOUGH else FormulaVerdict.UNDECIDED

    def _differs(self, formula: Expr, quantity: str, index: tuple[int, ...] | None, at: Point) -> bool | None:
        """None where one of the two has no finite value there."""
        known = self._known(at)
        truth = known[quantity] if index is None else known[quantity][index]
        try:
            value = formula_value(formula, known, self.batched)
        except BackpropTutorError:
            return None
        truth, value = np.squeeze(truth), np.squeeze(value)
        if truth.shape != value.shape:
            return True
        if not (np.isfinite(truth).all() and np.isfinite(value).all()):
            return None
        size = np.max(np.abs(truth), initial=0.0) + 1e-6
        return bool(np.max(np.abs(truth - value), initial=0.0) > _AGREE * size)

    def _known(self, point: Point) -> dict[str, Array]:
        if point is self.base and len(self.solution.passes) > 1:
            later = {n: self.solution.value(n) for n in self.solution.shapes if n not in point.quantities}
            return {**point.quantities, **later}
        return point.quantities

    def _other_points(self, formula: Expr) -> list[Point]:
        """Other values of every leaf that a quantity in `formula` depends on."""
        graph = self.solution.graph
        used: set[str] = set()
        for name in _names(formula):
            used |= graph.upstream(name) if name in graph.nodes else graph.nodes.keys()
        varied = frozenset(used & self.base.leaves.keys())
        if varied not in self._points:
            self._points[varied] = random_points(self.solution, self.base, varied)
        return self._points[varied]

    def _prepare(self, part: Expr) -> Expr | None:
        match part:
            case Sym(name) if self._delta(name):
                return Sym(self._delta(name))
            case Item(Sym(name), index, example) if self._delta(name):
                return Item(Sym(self._delta(name)), index, example)
            case Call(name, args, ()) if settings := self._settings(name.rstrip("'")):
                return Call(name, tuple(self.prepared(arg) for arg in args), settings)
            case _:
                return None

    def _delta(self, name: str) -> str:
        """dJ/dnet1 for delta1."""
        if name in self.solution.graph.nodes or not name.startswith("delta"):
            return ""
        net = f"{self.solution.gradient_prefix}net{name[5:]}"
        return net if net in self.solution.shapes else ""

    def _settings(self, function: str) -> tuple[tuple[str, Expr], ...]:
        """The slope, say, that the exercise's leaky ReLU has: all of its kind share it, or none is taken."""
        found = {
            tuple((key, Num(value)) for key, value in node.params.items() if isinstance(value, Fraction))
            for node in self.solution.graph.nodes.values()
            if node.op == function
        }
        return found.pop() if len(found) == 1 else ()


def _names(formula: Expr) -> Iterator[str]:
    for leaf in leaves(formula):
        base = leaf.base if isinstance(leaf, Item) else leaf
        if isinstance(base, Sym) and base.name not in ("N", "η", "π"):
            yield base.name
