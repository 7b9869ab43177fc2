"""The exercise's own numbers, on which the last line of a derivation is compared with the engine."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.errors import ProofError
from backprop_tutor.language.expr import Expr
from backprop_tutor.walkthrough.derivation.line_value import Places, Seed, meaning
from backprop_tutor.walkthrough.derivation.premises import Premises

__all__ = ["OwnValues", "evaluated", "require_agreement"]

TOLERANCE = 1e-9
NOISE = 1e-12  # what may be left over of a value that is 0 up to rounding


class OwnValues:
    """The numbers of the exercise by name in a number system: as floats, exactly, or with many digits."""

    def __init__(self, premises: Premises, xp: Any) -> None:
        self.solution = premises.solution
        self.sizes = premises.sizes
        self.names = premises.definitions.derivatives
        self.xp = xp
        self.sums: dict[tuple[Any, ...], Any] = {}
        self._arrays: dict[str, Array] = {}

    def element(self, name: str, index: tuple[int, ...], seed: Seed | None) -> Any:
        """Raises Irrational where an exact value is wanted and there is none."""
        if name in self.sizes:
            return self.sizes[name]
        return self.array(name)[index]

    @property
    def graph(self) -> Graph:
        return self.solution.graph

    def shape(self, name: str) -> tuple[int, ...]:
        return self.graph.nodes[self.names.get(name, name)].shape

    def array(self, name: str) -> Array:
        """A whole quantity. Raises Irrational."""
        if name not in self._arrays:
            self._arrays[name] = self._array(name)
        return self._arrays[name]

    def _array(self, name: str) -> Array:
        if name in self.sizes:
            return self.xp.finish(self.xp.number(self.sizes[name]))
        node = self.solution.graph.nodes.get(name)
        if node is None and name == PI.name:
            return self.xp.finish(self.xp.pi)
        if node is not None and node.value is not None:
            return self.xp.finish(self.xp.number(node.value))
        quantity = self.solution.gradient_prefix + self.names[name] if name in self.names else name
        solution = self.solution
        by_system = {EXACT: solution.exact, FLOAT64: solution.value}
        array = by_system.get(self.xp, solution.precise)(quantity)
        if array is None:
            raise Irrational
        return array

    def apply(self, op: Op, args: list[Any], params: Mapping[str, Any], *, prime: bool) -> Any:
        if op.kink and self.xp is FLOAT64 and self.solution.first.noise:
            args = [0.0 if abs(arg) < NOISE else arg for arg in args]  # as the engine has it
        inputs = [self.xp.finish(arg) for arg in args]
        result = self.xp.finish(op.forward(self.xp, *inputs, **params))
        if prime:
            result = self.xp.finish(op.partials[0](self.xp, result, *inputs, **params))
        return result.item()


def evaluated(expr: Expr, places: Places, premises: Premises) -> tuple[float, Fraction | None]:
    """The value of a line without derivatives on the exercise's own numbers, exact where it is rational."""
    value = meaning(expr)
    try:
        exact = Fraction(value(OwnValues(premises, EXACT), places, None))
    except (Irrational, ZeroDivisionError):
        with np.errstate(all="ignore"):
            return float(value(OwnValues(premises, FLOAT64), places, None)), None
    return float(exact), exact


def require_agreement(
    expr: Expr,
    places: Places,
    premises: Premises,
    claimed: tuple[float, Fraction | None],
    truth: Callable[[], Any],
) -> None:
    """Compare a line without derivatives with what the engine gives, and where floats disagree with the
    `truth` of many digits. Raises ProofError."""
    found, fraction = evaluated(expr, places, premises)
    value, exact = claimed
    both = exact is not None and fraction is not None
    if both and fraction == exact:
        return
    if both or not (
        abs(found - value) <= TOLERANCE * (1 + abs(value)) or _is_rounding(expr, places, premises, truth)
    ):
        said = f"the last line gives {fraction if both else found}, the engine {exact if both else value}."
        raise ProofError(premises.question.name, said)


def _is_rounding(expr: Expr, places: Places, premises: Premises, truth: Callable[[], Any]) -> bool:
    from backprop_tutor.engine.systems.precise import PRECISE, agree  # imports mpmath

    try:
        right = truth()
        found = meaning(expr)(OwnValues(premises, PRECISE), places, None)
    except ArithmeticError:
        return True
    return agree(found, right)
