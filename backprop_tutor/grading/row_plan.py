"""Wrong formulas evaluated all at once, in one pass over the right one, in an order that is found once.

Every node of the formula has a number, or a row of numbers where the wrong formulas may differ there: one a
formula.
"""

import operator
from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np

from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.language.expr import Call, Expr, Num, Sym, name_of

__all__ = ["RowChange", "RowPlan"]

RowChange = tuple[Expr, Any]
"""What stands in the place of a node, and in which of the wrong formulas: one number, or an array of them."""

Element = tuple[str, tuple[int, ...]]
Quantities = Mapping[str, Array]
Letters = Mapping[str, float]
Step = Callable[[list[Any], Quantities, Letters], Any]  # of what the steps before it gave

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": np.power,
}


class RowPlan:
    """`count` formulas that differ from `formula` by `changes` of its nodes, given by their ids. `element`
    says which element of a quantity a leaf is; any other is a letter."""

    def __init__(
        self,
        formula: Expr,
        count: int,
        changes: Mapping[int, list[RowChange]],
        element: Callable[[Expr], Element | None],
    ) -> None:
        self.count, self.changes, self.element = count, changes, element
        self._steps: list[Step] = []
        self._places: dict[int, int] = {}  # by node: the step that gives it
        self._last = self._place(formula)

    def values(self, quantities: Quantities, letters: Letters) -> Array:
        """What each formula gives."""
        found: list[Any] = []
        for step in self._steps:
            found.append(step(found, quantities, letters))
        return found[self._last]

    def _place(self, expr: Expr) -> int:
        """The number of the step that gives this node, which is added, after those that it needs, where there
        is none. A change of a node may hold the node itself, as it is without it."""
        key = id(expr)
        if key not in self._places:
            self._places[key] = own = self._add(self._step(expr))
            if key in self.changes:
                changes = [(self._place(new), rows) for new, rows in self.changes[key]]
                self._places[key] = self._add(partial(_changed, self.count, own, changes))
        return self._places[key]

    def _add(self, step: Step) -> int:
        self._steps.append(step)
        return len(self._steps) - 1

    def _step(self, expr: Expr) -> Step:
        match expr:
            case Num(value):
                number = np.float64(value)
                return lambda found, quantities, letters: number
            case Call("neg", (inside,)):
                place = self._place(inside)
                return lambda found, quantities, letters: -found[place]
            case Call(name, args) if name in _ARITHMETIC:
                return partial(_reduced, _ARITHMETIC[name], [self._place(arg) for arg in args])
            case Call(name, args, options):
                places = {str(k): self._place(arg) for k, arg in enumerate(args)}
                return partial(_called, Call(name, tuple(map(Sym, places)), options), places)
        if of := self.element(expr):
            quantity, index = of
            return lambda found, quantities, letters: np.float64(quantities[quantity][index])
        letter = name_of(expr)
        return lambda found, quantities, letters: np.float64(letters[letter])


def _reduced(
    function: Callable[[Any, Any], Any], places: list[int], found: list[Any], *known: Mapping[str, Any]
) -> Any:
    return reduce(function, [found[place] for place in places])


def _called(call: Call, places: dict[str, int], found: list[Any], *known: Mapping[str, Any]) -> Any:
    return evaluate(call, FLOAT64, lambda letter: np.asarray(found[places[name_of(letter)]]))


def _changed(
    count: int, place: int, changes: list[tuple[int, Any]], found: list[Any], *known: Mapping[str, Any]
) -> Array:
    values = np.empty(count)
    values[:] = found[place]
    for new, rows in changes:
        changed = found[new]
        values[rows] = changed[rows] if np.ndim(changed) else changed
    return values
