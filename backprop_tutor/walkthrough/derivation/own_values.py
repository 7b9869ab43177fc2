"""The exercise's own numbers, on which the last line of a derivation is compared with the engine."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough.derivation.meaning import Places, Seed, meaning
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["OwnValues", "evaluated"]


class OwnValues:
    """`sizes` are the numbers behind N, n0, …; `names` are derivatives by the name that they go by."""

    def __init__(
        self, solution: Solution, sizes: Mapping[str, int], names: Mapping[str, str], *, exact: bool
    ) -> None:
        self.solution = solution
        self.sizes = sizes
        self.names = names
        self.exact = exact
        self.xp: Any = EXACT if exact else FLOAT64
        self.sums: dict[tuple[Any, ...], Any] = {}
        self._arrays: dict[str, Array] = {}

    def element(self, name: str, index: tuple[int, ...], seed: Seed | None) -> Any:
        """Raises Irrational where an exact value is wanted and there is none."""
        if name in self.sizes:
            return self.sizes[name]
        if name == "π":
            return self.xp.pi
        if name not in self._arrays:
            self._arrays[name] = self._array(name)
        return self._arrays[name][index]

    def _array(self, name: str) -> Array:
        node = self.solution.graph.nodes.get(name)
        if node is not None and node.value is not None:
            return self.xp.finish(self.xp.number(node.value))
        quantity = self.solution.gradient_prefix + self.names[name] if name in self.names else name
        array = self.solution.exact(quantity) if self.exact else self.solution.value(quantity)
        if array is None:
            raise Irrational
        return array

    def apply(self, op: Op, args: list[Any], params: Mapping[str, Any], *, prime: bool) -> Any:
        inputs = [self.xp.finish(arg) for arg in args]
        result = self.xp.finish(op.forward(self.xp, *inputs, **params))
        if prime:
            result = self.xp.finish(op.partials[0](self.xp, result, *inputs, **params))
        return result.item()


def evaluated(
    expr: Expr, places: Places, solution: Solution, sizes: Mapping[str, int], names: Mapping[str, str]
) -> tuple[float, Fraction | None]:
    """The value of a line without derivatives on the exercise's own numbers, exact where it is rational."""
    value = meaning(expr)
    with np.errstate(all="ignore"):
        floats = float(value(OwnValues(solution, sizes, names, exact=False), places, None))
    try:
        return floats, Fraction(value(OwnValues(solution, sizes, names, exact=True), places, None))
    except (Irrational, ZeroDivisionError):
        return floats, None
