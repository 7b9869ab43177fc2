"""What the edits of a step's formula give for whole arrays: the formula of matrices is edited, not that of
an element, so that an array of any size costs as many operations as it has edits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.editor import FormulaEdits, NodeChange
from backprop_tutor.grading.misconceptions.scope import Neighbour, Scope, Surroundings
from backprop_tutor.grading.slip_pool import Slip
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, name_of, rewrite
from backprop_tutor.programs.array_step import ArrayStep, attempt
from backprop_tutor.walkthrough import Solution

__all__ = ["EditedFormula", "FormulaSlips"]

MOST_EDITS = 400
MOST_NEAR = 6  # quantities that come next to one and may be taken for it


class EditedFormula(NamedTuple):
    """What was done, and the formula that it makes."""

    slip: Slip
    formula: Expr


class MatrixScope(Scope):
    """The step whose formula of whole arrays is edited: who stands beside whom are arrays, not elements."""

    def element(self, leaf: Expr) -> tuple[str, tuple[int, ...]] | None:
        """The whole quantity that `leaf` names."""
        name = name_of(leaf) if isinstance(leaf, Sym | Item) else ""
        return (name, ()) if name in self.surroundings.solution.shapes else None

    def neighbours(self, leaf: Expr) -> list[Neighbour]:
        return list(self._around(leaf)) if isinstance(leaf, Sym) and self.element(leaf) else []

    def own_neighbours(self) -> list[Neighbour]:
        return [found for found in self.neighbours(Sym(self.quantity)) if not found.is_transposed]

    def _near(self, name: str) -> Iterator[str]:
        """The quantities of the same kind and shape that come next before and after it."""
        solution = self.surroundings.solution
        lines, shape = solution.ledger.lines, solution.shapes[name]
        alike = [
            other
            for other, line in lines.items()
            if line.kind == lines[name].kind and line.node.shape == shape and self._is_named(line.node.name)
        ]
        if name in alike:
            at = alike.index(name)
            yield from sorted(alike, key=lambda other: abs(alike.index(other) - at))[1 : MOST_NEAR + 1]

    def _is_named(self, node: str) -> bool:
        graph = self.surroundings.graph
        return graph.nodes[node].role != "constant" and graph.is_named(node)

    def _is_parameter(self, name: str) -> bool:
        """Weights are not taken for data, nor the other way round."""
        node = self.surroundings.graph.nodes.get(name)
        return node is not None and node.role == "parameter"

    def _around(self, leaf: Sym) -> Iterator[Neighbour]:
        shape = self.surroundings.solution.shapes[leaf.name]
        if len(shape) == 2 and shape[0] == shape[1] > 1:
            yield Neighbour(Call("transpose", (leaf,)), ((leaf.name, "transposed"),), is_transposed=True)
        for other in dict.fromkeys((*self.surroundings.beside(leaf.name), *self._near(leaf.name))):
            if other != self.quantity and self._is_parameter(other) == self._is_parameter(leaf.name):
                yield Neighbour(Sym(other), (frozenset((leaf.name, other)), (leaf.name, other)))


class FormulaSlips:
    """The edited formulas of a `solution`'s steps; those of one step are made once."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._made: dict[str, FormulaEdits | None] = {}

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.solution)

    def singles(self, quantity: str) -> Iterator[EditedFormula]:
        """The formulas that differ by one edit, the most usual first."""
        if edits := self._edits(quantity):
            yield from self._written(edits, [(one.places, one.slip) for one in edits.singles[:MOST_EDITS]])

    def pairs(self, quantity: str) -> Iterator[EditedFormula]:
        """Those that differ by two signs or constants, or by one of them and another edit of the whole."""
        if edits := self._edits(quantity):
            both = [*edits.constants, *edits.composed]
            yield from self._written(edits, [(one.places, one.slip) for one in both[:MOST_EDITS]])

    def _written(
        self, edits: FormulaEdits, changes: Sequence[tuple[tuple[NodeChange, ...], Slip]]
    ) -> Iterator[EditedFormula]:
        for places, slip in changes:
            yield EditedFormula(slip, _changed(edits.formula, dict(places)))

    def _edits(self, quantity: str) -> FormulaEdits | None:
        if quantity not in self._made:
            step = self.solution.step(quantity)
            scope = MatrixScope(self._surroundings, quantity, ())
            formula = _with_nodes_of_its_own(step.form) if step and step.form else None
            self._made[quantity] = FormulaEdits(formula, scope, {}, {}) if formula else None
        return self._made[quantity]

    def right(self, step: ArrayStep, changes: Mapping[str, Array]) -> Array | None:
        """What the step's own formula gives with some other arrays."""
        own = self.solution.step(step.quantity)
        if own is None or own.form is None:
            return None
        return self.value(own.form, replace(step, known={**step.known, **changes}))

    def value(self, formula: Expr, step: ArrayStep) -> Array | None:
        """What it gives at a step's values."""
        lookup = self._lookup(step)
        return attempt(lambda: evaluate(formula, FLOAT64, lookup))

    def _lookup(self, step: ArrayStep) -> Callable[[Sym | Item], Array]:
        own = self.solution.step(step.quantity)
        numbers = {letter: float(value) for letter, value in own.numbers.items()} if own else {}
        letters = self.solution.letters | numbers

        def lookup(leaf: Sym | Item) -> Array:
            name = name_of(leaf)
            if name not in step.known:
                return np.asarray(letters[name])
            value = np.asarray(step.known[name])
            return np.asarray(value[self.solution.part(leaf)]) if isinstance(leaf, Item) else value

        return lookup


def _changed(formula: Expr, new: Mapping[int, Expr]) -> Expr:
    """The formula with other expressions in the place of the nodes that have these ids."""
    return rewrite(formula, lambda part: new.get(id(part)))


def _with_nodes_of_its_own(expr: Expr) -> Expr:
    """A copy no two nodes of which are one object: a change of one is none of the other."""
    match expr:
        case Call("hadamard", args):  # number by number, as a product of numbers is, so that edits know it
            factors = [_with_nodes_of_its_own(arg) for arg in args]
            listed = (f.args if isinstance(f, Call) and f.name == "mul" else (f,) for f in factors)
            return Call("mul", tuple(chain.from_iterable(listed)))
        case Call(name, args, options):
            return Call(name, tuple(map(_with_nodes_of_its_own, args)), options)
        case Num() | Sym() | Item():
            return replace(expr)
        case _:
            return expr
