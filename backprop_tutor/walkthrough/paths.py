"""The chain rule as a sum over paths: every route through the elements from one quantity to another.

The number of paths, their sum and the largest of them are found without going through all of them: each
element knows what leads on from it, so the work is that of the edges, however many paths there are.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from backprop_tutor.engine.evaluate import forward
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.dual import DUAL, Dual
from backprop_tutor.errors import ProofError
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Expr, Partial
from backprop_tutor.walkthrough.local_derivatives import local_formula
from backprop_tutor.walkthrough.path_web import Factor, Path, PathElement, Web, largest
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["DEFAULT_LIMIT", "Factor", "Path", "PathElement", "Paths", "find_paths"]

DEFAULT_LIMIT = 12  # paths that are listed


@dataclass(frozen=True, slots=True)
class Paths:
    """All routes from the element `of` to the element `wrt`.

    `count` is their number; `shown` are all of them, or the largest few; `total` is the sum over all,
    which is the derivative. A path counts wherever one element's formula mentions the next, also where
    the derivative happens to be 0 on the way; of many paths one of those is shown only where all are, and
    `rest_is_zero` says that no others are left out.
    """

    graph: Graph
    of: PathElement
    wrt: PathElement
    count: int
    shown: tuple[Path, ...]
    total: float
    exact: Fraction | None
    rest_is_zero: bool = False

    @property
    def left_out(self) -> int:
        return self.count - len(self.shown)

    @property
    def remainder(self) -> float:
        """What the paths that are not shown add up to."""
        if not self.left_out or self.rest_is_zero:
            return 0.0
        if self.exact is not None and all(path.exact is not None for path in self.shown):
            return float(self.exact - sum(path.exact or 0 for path in self.shown))
        return self.total - sum(path.product for path in self.shown)

    def name(self, place: PathElement) -> Expr:
        """`h1(2)[1]`."""
        return element_symbol(place.node, self.graph.nodes[place.node], place.at)

    def formula(self, factor: Factor) -> Expr:
        """The factor in symbols: `W2[1,1]`, `relu'(net1[1])`; the derivative itself where it leads through
        parts of a formula that are not written out in it."""
        node = self.graph.nodes[factor.of.node]
        if not self._is_written_out(factor):
            return Partial(self.name(factor.of), self.name(factor.by))
        return local_formula(self.graph, node, factor.of.at, factor.by.node, factor.by.at)

    def _is_written_out(self, factor: Factor) -> bool:
        """Whether all that leads from the one node of a factor to the other is written out in the one."""
        graph, inside = self.graph, self.graph.inside(factor.of.node)
        waiting = list(graph.nodes[factor.of.node].parents)
        for name in waiting:
            if name in inside:
                waiting += graph.nodes[name].parents
        hidden = (n for n in waiting if n not in (*inside, factor.by.node) and not graph.is_named(n))
        return not any(factor.by.node in graph.upstream(name) for name in hidden)


def find_paths(solution: Solution, of: PathElement, wrt: PathElement, limit: int = DEFAULT_LIMIT) -> Paths:
    """The paths from `of` to `wrt`, the `limit` largest of them listed (all of them where they are fewer).

    Raises ProofError if they do not add up to the derivative.
    """
    web = Web(solution, of, wrt)
    shown = list(largest(web, limit))
    if len(shown) == web.count:
        position = {name: k for k, name in enumerate(web.graph.nodes)}
        shown.sort(key=lambda path: [(position[place.node], place.at) for place in path.places])
        moving = shown
    else:
        moving = [path for path in shown if all(factor.value for factor in path.factors)] or shown[:1]
    rest_is_zero = len(moving) < len(shown)  # they come by falling size
    found = Paths(web.graph, of, wrt, web.count, tuple(moving), web.total, web.exact, rest_is_zero)
    _check(solution, found, web.size)
    return found


def _check(solution: Solution, found: Paths, size: float) -> None:
    """The sum over the paths against the VJPs, or for another node than the loss against forward mode."""
    of, wrt = found.of, found.wrt
    name = gradient_of(of.node, wrt.node)
    exact = None
    if of.node == solution.graph.loss:
        value = float(solution.first.gradient(wrt.node)[wrt.at])
        fractions = solution.first.exact_gradient(wrt.node)
        exact = None if fractions is None else fractions[wrt.at]
    else:
        value = _forward_mode(solution, of, wrt)
    if not abs(found.total - value) <= 1e-9 * (size + abs(value)):
        raise ProofError(name, f"its paths add up to {found.total!r}, the chain rule gives {value!r}.")
    if exact is not None and found.exact is not None and exact != found.exact:
        raise ProofError(name, f"its paths add up to {found.exact}, the chain rule gives {exact}.")


def _forward_mode(solution: Solution, of: PathElement, wrt: PathElement) -> float:
    graph, values = solution.graph, solution.first.values
    way = graph.between([wrt.node], of.node)
    if of.node not in way:
        return 0.0
    tangent = np.zeros(values[wrt.node].shape)
    tangent[wrt.at] = 1
    known = {name: value for name, value in values.items() if name not in way}
    with np.errstate(all="ignore"):
        run = forward(graph, DUAL, {**known, wrt.node: Dual(values[wrt.node], tangent)}, only=way)
    result = run[of.node]
    return float(result.tangent[of.at]) if isinstance(result, Dual) else 0.0
