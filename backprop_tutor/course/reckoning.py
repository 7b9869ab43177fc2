"""The numbers of a lesson: formulas in the quantities of its exercise, as it is or with other data."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine.expression import FORMULA_FUNCTIONS, evaluate
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT
from backprop_tutor.errors import BackpropTutorError, UsageError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.evaluation import formula_value
from backprop_tutor.language import parse, rewrite, to_text
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, leaves, name_of
from backprop_tutor.walkthrough import Solution, solve
from backprop_tutor.walkthrough.path_web import PathElement, Web

__all__ = ["COUNTS", "Amount", "Condition", "Reckoned", "Reckoner"]

COUNTS = {"size": "size", "paths": "paths"}
"""What may be counted: the numbers in an array, and the paths from one number to another."""

MAX_LENGTH = 500
MAX_CHANGES = 4
NOISE = 1e-12  # of floating point, where 0 is meant
NEAR = 1e-9  # two irrational numbers closer than this, relative to their size, are called equal

_AT = re.compile(r"\s+at\s+")
_PART = re.compile(r"\(([^()]*\sat\s[^()]*)\)")
_COMMA = re.compile(r",(?![^\[(]*[\])])")
_AND = re.compile(r"\s+and\s+")
_SIGN = re.compile(r"\s(<=|>=|!=|<|>|=)\s(?![^()]*\))")
_EQUALS = re.compile(r"\s=\s")
_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "=": lambda order: order == 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
    "!=": lambda order: order != 0,
}


class Reckoned(NamedTuple):
    """A formula, and the data and parameters that have other values in it, each a formula as well.

    `parts` are formulas within it that have changes of their own, by the names that stand for them in it:
    the brackets in `(J at w = 2) - J`.
    """

    formula: Expr
    changes: tuple[tuple[Expr, Expr], ...] = ()
    parts: "tuple[tuple[str, Reckoned], ...]" = ()


class Amount(NamedTuple):
    """What a formula comes to: a number, or an array of them. `exact` is None where it is irrational."""

    value: Array
    exact: Array | None

    @property
    def number(self) -> tuple[float, Fraction | None]:
        """Raises UsageError where it is more than one."""
        if self.value.size != 1:
            raise UsageError(f"this is an array of {self.value.size} numbers.", hint="Name one of them.")
        return float(self.value.item()), None if self.exact is None else Fraction(self.exact.item())


class Condition(NamedTuple):
    """Comparisons that all hold, or do not."""

    parts: tuple[tuple[Reckoned, str, Reckoned], ...]


class Reckoner:
    """Works out formulas on one exercise. `{J at w = 2.01}` solves it once more with another w."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._changed: dict[str, Solution] = {}

    def read(self, text: str) -> Reckoned:
        """What `text` says. Raises LanguageError, with the place in it, and UsageError."""
        _require(len(text) <= MAX_LENGTH, "this formula is too long.")
        parts: dict[str, Reckoned] = {}
        while inner := _PART.search(text):
            name = f"part{len(parts) + 1}"
            parts[name] = self.read(inner[1])
            text = f"{text[: inner.start()]} {name} {text[inner.end() :]}"
        formula, *rest = _AT.split(text, maxsplit=1)
        changes = []
        for part in _COMMA.split(rest[0]) if rest else ():
            left, sign, right = part.partition("=")
            _require(bool(sign), f"`{part.strip()}` changes nothing.", "Write `at w = 2`.")
            leaf = self._formula(left)
            known = name_of(leaf) in self.solution.exercise.values
            what = f"`{left.strip()}` cannot be changed."
            _require(known, what, "Only data and parameters can: the rest follows from them.")
            changes.append((leaf, self._formula(right)))
        _require(len(changes) <= MAX_CHANGES, "too much is changed at once.")
        return Reckoned(self._formula(formula, parts), tuple(changes), tuple(parts.items()))

    def equation(self, text: str) -> Expr:
        """A name or a formula to print, or several with equals signs between. Raises as `read` does."""
        _require(len(text) <= MAX_LENGTH, "this formula is too long.")
        sides = tuple(self._formula(side) for side in _EQUALS.split(text))
        return sides[0] if len(sides) == 1 else Call("eq", sides)

    def condition(self, text: str) -> Condition:
        """The comparisons that `text` says. Raises LanguageError and UsageError."""
        parts = []
        for part in _AND.split(text):
            split = _SIGN.split(part)
            hint = "Write it with spaces, as in dJ/dw < 0."
            _require(len(split) == 3, f"`{part}` compares nothing.", hint)
            parts.append((self.read(split[0]), split[1], self.read(split[2])))
        return Condition(tuple(parts))

    def amount(self, reckoned: Reckoned) -> Amount:
        """Raises UsageError, or EvaluationError where the changed exercise cannot be worked out."""
        solution = self._at(reckoned.changes)
        parts = {name: self.amount(part) for name, part in reckoned.parts}
        formula = rewrite(reckoned.formula, _Counter(solution).counted)
        named = {name_of(leaf) for leaf in leaves(formula)} - {""}
        known = {name: solution.value(name) for name in named if name in solution.quantities}
        letters = {name: np.asarray(value) for name, value in solution.letters.items()}
        inner = {name: part.value for name, part in parts.items()}
        value = formula_value(formula, {**letters, **known, **inner}, solution.batched)
        _require(bool(np.isfinite(value).all()), "this has no finite value.")
        exact = _exactly(formula, solution, parts)
        value = np.where(np.abs(value) < NOISE, 0.0, value) if exact is None else exact.astype(float)
        return Amount(value, exact)

    def holds(self, condition: Condition) -> bool:
        """Raises as `amount` does."""
        return all(
            _HOLDS[sign](_order(self.amount(left), self.amount(right)))
            for left, sign, right in condition.parts
        )

    def _formula(self, text: str, parts: Collection[str] = ()) -> Expr:
        functions, unindexed = {**FORMULA_FUNCTIONS, **COUNTS}, {*self.solution.letters, *parts, ""}
        expr = parse(text, functions=functions, names=self.solution.names.union(parts))
        for leaf in leaves(expr):
            if name_of(leaf) not in unindexed:
                self.solution.find(to_text(leaf))  # refuses an index that is out of range
        return expr

    def _at(self, changes: tuple[tuple[Expr, Expr], ...]) -> Solution:
        if not changes:
            return self.solution
        key = repr(changes)
        if key not in self._changed:
            exercise = self.solution.exercise
            for leaf, formula in changes:
                exercise = self._with(exercise, leaf, self.amount(Reckoned(formula)))
            self._changed[key] = solve(exercise)
        return self._changed[key]

    def _with(self, exercise: Exercise, leaf: Expr, amount: Amount) -> Exercise:
        """`exercise` with another number, or array, in place of `leaf`."""
        name, part = name_of(leaf), self.solution.part(leaf)
        array = exercise.values[name].copy()
        new = amount.exact
        if new is None:
            fractions = [Fraction(float(number)) for number in amount.value.ravel()]
            new = np.array(fractions, dtype=object).reshape(amount.value.shape)
        try:
            array[part] = new
        except ValueError:
            raise UsageError(f"`{to_text(leaf)}` has another shape.") from None
        return replace(exercise, values={**exercise.values, name: array})


class _Counter:
    """Puts numbers in the place of `size(W1)` and `paths(J, x[1])`."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    def counted(self, part: Expr) -> Expr | None:
        match part:
            case Call("size", (Sym(name),)) if name in self.solution.shapes:
                return Num(Fraction(math.prod(self.solution.shapes[name])))
            case Call("paths", (of, wrt)):
                ends = [self._element(end) for end in (of, wrt)]
                return Num(Fraction(int(Web(self.solution, *ends).count)))
            case Call("size" | "paths" as name):
                raise UsageError(f"{name} counts nothing here.", hint="Write size(W1), or paths(J, x[1]).")
        return None

    def _element(self, leaf: Expr) -> PathElement:
        found = self.solution.element(leaf)
        if found is None and isinstance(leaf, Sym) and math.prod(self.solution.shapes[leaf.name]) == 1:
            found = leaf.name, (0,) * len(self.solution.shapes[leaf.name])
        if found is None or found[0] not in self.solution.graph.nodes:
            raise UsageError(f"`{to_text(leaf)}` is not one number of the graph.", hint="Write x[1].")
        return PathElement(*found)


def _exactly(formula: Expr, solution: Solution, parts: Mapping[str, Amount]) -> Array | None:
    """The value in fractions, None where there is none."""

    settings = solution.rate.numbers if solution.rate else {}

    def lookup(leaf: Sym | Item) -> Array:
        name = name_of(leaf)
        if name in settings:
            return np.asarray(Fraction(settings[name]), dtype=object)
        exact = parts[name].exact if name in parts else None
        if name in solution.quantities:
            exact = solution.exact(name)
        if exact is None:
            raise ArithmeticError
        if isinstance(leaf, Sym) and leaf.name in solution.batched and exact.shape[0] == 1:
            exact = exact[0]
        part = np.asarray(exact if isinstance(leaf, Sym) else exact[solution.part(leaf)], dtype=object)
        return part.reshape(()) if part.size == 1 else part

    try:
        found = np.asarray(evaluate(formula, EXACT, lookup), dtype=object)
        return np.array([Fraction(number) for number in found.ravel()], dtype=object).reshape(found.shape)
    except (ArithmeticError, TypeError, ValueError, BackpropTutorError):
        return None


def _order(left: Amount, right: Amount) -> int:
    """Below 0, 0 or above 0, as `left` is less than, equal to or greater than `right`."""
    (a, exact_a), (b, exact_b) = left.number, right.number
    if exact_a is not None and exact_b is not None:
        return (exact_a > exact_b) - (exact_a < exact_b)
    return 0 if abs(a - b) <= NEAR * max(abs(a), abs(b), 1.0) else 1 if a > b else -1


def _require(fine: bool, what: str, hint: str = "") -> None:
    if not fine:
        raise UsageError(what, hint=hint)
