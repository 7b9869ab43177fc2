"""One element of a step with its numbers put in, and the proof that the formula gives the value."""

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property, lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.errors import ProofError
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.language.expr import Array as Literal
from backprop_tutor.language.expr import Call, Expr, Item, Num, Sym, Valued, name_of, rewrite
from backprop_tutor.walkthrough.numbers import DEFAULT_PRECISION, in_full, written
from backprop_tutor.walkthrough.solution import Solution
from backprop_tutor.walkthrough.steps import Step

__all__ = ["Worked", "Workings", "shortened"]

MAX_LITERAL = 16  # elements of an array that is still written out in a formula
MAX_TERMS = 8  # of a sum that is still written out
TOLERANCE = 1e-9  # of a formula's value, to 1 and to the value


class Worked(NamedTuple):
    """`name = formula = substituted = value`; the formulas are None where the step has none."""

    name: Expr
    formula: Expr | None
    substituted: Expr | None
    value: float
    exact: Fraction | None


class Workings:
    """Works out single elements of a solution's steps, to `precision` significant digits.

    Formulas are those of the notation `lettering`; they are proved and filled in as they are written.
    """

    def __init__(
        self, solution: Solution, precision: int = DEFAULT_PRECISION, lettering: Lettering = CANONICAL
    ) -> None:
        self.solution = solution
        self.precision = precision
        self.lettering = lettering
        self.fractions = solution.exact(solution.graph.loss) is not None
        self._arrays = lru_cache(maxsize=None)(self._array)
        self.form = lru_cache(maxsize=None)(self._form)

    @cached_property
    def precisely(self) -> "_Precisely":
        return _Precisely(self.solution, self.precision, self.lettering)

    def element(self, step: Step, index: tuple[int, ...]) -> Worked:
        """The element at the zero-based `index`. Raises ProofError if its formula gives another value."""
        value, exact = self.number(step.quantity, index)
        formula = step.element(index)
        if formula is None:
            return Worked(step.name_of(index), None, None, value, exact)
        formula = self.lettering.rewrite(formula)
        self._prove(step, index, formula)
        return Worked(step.name_of(index), formula, self._substitute(step, formula), value, exact)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a whole quantity as the notation writes it."""
        shape = self.solution.shapes[name]
        return (*shape, 1) if self.lettering.upright(name) else self.lettering.shape(name, shape)

    def _form(self, step: Step) -> Expr | None:
        """The whole-array formula of a step, with examples as rows or as columns.

        Raises ProofError if NumPy makes another array of it.
        """
        if step.form is None:
            return None
        form = self.lettering.whole(step.form, step.quantity)
        self._prove_array(step, form)
        return form

    def array(self, step: Step) -> tuple[Expr, ...]:
        """The whole-array formula of a step with its arrays put in, and the result; nothing if long."""
        names = (step.quantity, *step.uses)
        form = self.form(step)
        if form is None or max(prod(self.solution.shapes[name]) for name in names) > MAX_LITERAL:
            return ()
        return self._substitute(step, form), self.value(step.quantity)

    def equation(self, step: Step) -> Expr | None:
        """`quantity = formula` of the whole array, every array with its shape, the small ones with their
        numbers; None where the step has no formula."""
        form = self.form(step)
        if form is None:
            return None

        def change(expr: Expr) -> Expr | None:
            match expr:
                case Sym(name) if self.solution.shapes.get(name):
                    return self._valued(expr, *self._laid_out(name))
                case Call("transpose", (Sym(name),)) if self.solution.shapes.get(name):
                    floats, exact = self._laid_out(name)
                    return self._valued(expr, floats.T, None if exact is None else exact.T)
                case Call(name) if name.endswith("'"):
                    slope = self._slope(step, expr)
                    shape = self.shape(step.quantity)
                    is_small = prod(shape) <= MAX_LITERAL and len(shape) <= 2
                    return Valued(expr, slope if is_small else None, shape) if shape else slope
                case Sym() | Item():
                    found = self._leaf(step, expr)
                    return found and self._written(*found)
                case Call("place", (part, where)):  # where it stands is no number
                    return Call("place", (rewrite(part, change), where))
            return None

        left = self._valued(Sym(step.quantity), *self._laid_out(step.quantity))
        return Call("eq", (left, rewrite(form, change)))

    def _valued(self, symbol: Expr, floats: Array, exact: Array | None) -> Valued:
        is_small = floats.size <= MAX_LITERAL and floats.ndim <= 2
        value = self._written(floats, exact) if is_small else None
        return Valued(symbol, value, floats.shape)

    def text(self, value: float, exact: Fraction | None) -> str:
        """The number as it stands in a formula."""
        return written(value, exact, self.precision, self.fractions)

    def in_full(self, worked: Worked) -> str:
        """The number as it stands in a formula where that is all of it, and else every digit."""
        return self._full(worked.value, worked.exact)

    def value(self, name: str) -> Expr:
        """A whole quantity written out: a number, or an array of numbers."""
        return self._written(*self._laid_out(name))

    def given(self, name: str) -> Expr:
        """The same of what the exercise gives: every number with all of its digits."""
        return self._written(*self._laid_out(name), self._full)

    def _full(self, value: float, exact: Fraction | None) -> str:
        text = self.text(value, exact)
        return text if exact is not None and Fraction(text) == exact else in_full(value, exact)

    def substitute(self, step: Step, formula: Expr) -> Expr:
        """`formula`, made of quantities that `step` uses, with their numbers put in."""
        return self._substitute(step, formula)

    def value_of(self, step: Step, formula: Expr) -> tuple[float, Fraction | None]:
        """The value of one number's `formula`, and the exact one where it is rational."""
        try:
            found = np.asarray(self._evaluate(step, formula, EXACT, exactly=True), dtype=object)
            exact = Fraction(found.item())
        except (Irrational, ZeroDivisionError):
            with np.errstate(all="ignore"):
                return float(np.asarray(self._evaluate(step, formula, FLOAT64, exactly=False))), None
        return float(exact), exact

    def _array(self, name: str) -> tuple[Array, Array | None]:
        return self.solution.value(name), self.solution.exact(name)

    def number(self, name: str, index: tuple[int, ...]) -> tuple[float, Fraction | None]:
        """One element's value, and the exact one where it has one."""
        floats, exact = self._arrays(name)
        return float(floats[index]), None if exact is None else exact[index]

    def _leaf(self, step: Step, leaf: Expr) -> tuple[Array, Array | None] | None:
        """The value of a quantity or of a part of one, None for a letter without one."""
        name = name_of(leaf)
        if name in self.solution.shapes:
            floats, exact = self._laid_out(name) if isinstance(leaf, Sym) else self._arrays(name)
            part = self.solution.part(leaf)
            return np.asarray(floats[part]), None if exact is None else np.asarray(exact[part], dtype=object)
        if name not in step.numbers:
            return None
        number = np.asarray(step.numbers[name], dtype=object)
        return number.astype(float), number

    def _substitute(self, step: Step, formula: Expr) -> Expr:
        def change(expr: Expr) -> Expr | None:
            if isinstance(expr, Sym | Item):
                found = self._leaf(step, expr)
                return found and self._written(*found)
            if isinstance(expr, Call) and expr.name == "place":  # where it stands is no number
                return Call("place", (self._substitute(step, expr.args[0]), expr.args[1]))
            if isinstance(expr, Call) and expr.name.endswith("'"):
                return self._slope(step, expr)
            return None

        return rewrite(formula, change)

    def _laid_out(self, name: str) -> tuple[Array, Array | None]:
        """The whole array, with examples as rows or as columns."""
        floats, exact = self._arrays(name)
        shape = self.shape(name)
        if self.lettering.turned(name):
            floats, exact = floats.T, None if exact is None else exact.T
        return floats.reshape(shape), None if exact is None else exact.reshape(shape)

    def _written(
        self,
        floats: Array,
        exact: Array | None,
        text: Callable[[float, Fraction | None], str] | None = None,
    ) -> Expr:
        """An array of numbers, written out."""

        def build(index: tuple[int, ...]) -> Expr:
            if len(index) == floats.ndim:
                number = float(floats[index]), None if exact is None else exact[index]
                return Num(_fraction(*number), (text or self.text)(*number))
            return Literal(tuple(build((*index, i)) for i in range(floats.shape[len(index)])))

        return build(())

    def _slope(self, step: Step, local: Call) -> Expr:
        """The value of a local derivative such as relu'(net1[1]), or the array of relu'(net1)."""
        try:
            exact = self._evaluate(step, local, EXACT, exactly=False)
            return self._written(exact.astype(float), exact)
        except Irrational:
            return self._written(self._evaluate(step, local, FLOAT64, exactly=False), None)

    def _evaluate(self, step: Step, formula: Expr, xp: Any, *, exactly: bool) -> Array:
        """The value of `formula` in `xp`. Raises Irrational for `exactly` where a term has no fraction."""

        def lookup(leaf: Sym | Item) -> Array:
            found = self._leaf(step, leaf)
            if found is None and leaf == PI:
                return xp.finish(xp.pi)
            if found is None or (exactly and found[1] is None):
                raise Irrational
            floats, exact = found
            if exact is None:
                return _rational(floats) if xp is EXACT else floats
            return floats if xp is FLOAT64 else exact

        return evaluate(formula, xp, lookup)

    def _prove_array(self, step: Step, form: Expr) -> None:
        value = self._laid_out(step.quantity)[0]
        with np.errstate(all="ignore"):
            shown = np.asarray(self._evaluate(step, form, FLOAT64, exactly=False))
        if shown.shape != value.shape:
            raise ProofError(step.quantity, f"its formula gives the shape {shown.shape}, not {value.shape}.")
        is_near = np.allclose(shown, value, rtol=TOLERANCE, atol=TOLERANCE)
        if not is_near and not self.precisely.agree(step, form):
            raise ProofError(step.quantity, "its whole-array formula gives other entries than the engine.")

    def _prove(self, step: Step, index: tuple[int, ...], formula: Expr) -> None:
        value, exact = self.number(step.quantity, index)
        with np.errstate(all="ignore"):
            shown = float(np.asarray(self._evaluate(step, formula, FLOAT64, exactly=False)))
        is_near = abs(shown - value) <= TOLERANCE * (1 + abs(value))
        if not is_near and not self.precisely.agree(step, formula, index):
            raise ProofError(step.quantity, f"its formula gives {shown!r}, the engine {value!r}.")
        if exact is not None:
            try:
                proved = self._evaluate(step, formula, EXACT, exactly=True)
            except (Irrational, ZeroDivisionError):
                return
            if np.asarray(proved, dtype=object).item() != exact:
                raise ProofError(step.quantity, f"its formula gives {proved}, the engine {exact}.")


class _Precisely(Workings):
    """The same in arithmetic that loses no digits to rounding: it decides where floats disagree."""

    def _array(self, name: str) -> tuple[Array, Array | None]:
        found = self.solution.precise(name)
        if found is None:
            raise Irrational
        return found, None

    def element_value(self, quantity: str, index: tuple[int, ...]) -> Array:
        """Raises Irrational where there is none."""
        return self._arrays(quantity)[0][index]

    def formula_value(self, step: Step, formula: Expr) -> Array:
        """Raises ArithmeticError where it has none."""
        from backprop_tutor.engine.systems.precise import PRECISE  # imports mpmath

        return np.asarray(self._evaluate(step, formula, PRECISE, exactly=False))

    def agree(self, step: Step, formula: Expr, index: tuple[int, ...] | None = None) -> bool:
        """Whether `formula` gives the step's element at `index`, or all of it; or neither has a value."""
        from backprop_tutor.engine.systems.precise import agree  # imports mpmath

        try:
            found = self.formula_value(step, formula)
            whole = self._laid_out(step.quantity)[0]
            right = whole if index is None else self.element_value(step.quantity, index)
        except ArithmeticError:
            return True
        return agree(found, right)


def _fraction(value: float, exact: Fraction | None) -> Fraction:
    return Fraction(value) if exact is None else exact


def _rational(floats: Array) -> Array:
    result = np.empty(floats.shape, dtype=object)
    for index in np.ndindex(floats.shape):
        result[index] = Fraction(float(floats[index]))
    return result


def shortened(formula: Expr) -> Expr:
    """`formula` with the middle of every long sum left out: a + b + c + … + z."""

    def change(expr: Expr) -> Expr | None:
        if isinstance(expr, Call) and expr.name in ("add", "max", "min") and len(expr.args) > MAX_TERMS:
            first = [shortened(term) for term in expr.args[:3]]
            return Call(expr.name, (*first, Sym("…"), shortened(expr.args[-1])))
        return None

    return rewrite(formula, change)
