"""Routes to a gradient that share no code with the VJPs.

Each gives the derivative of the loss along one direction at one node; a gradient that is right in a
direction drawn at random is right in every element (a wrong one would have to be orthogonal to it).
"""

import math
from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import backward, exact_gradients, float_gradients, forward
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.slices import Local, Slices
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.dual import DUAL, Dual, DualSystem
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import BITWISE, FLOAT64
from backprop_tutor.errors import EvaluationError, ProofError
from backprop_tutor.language.derivative_name import gradient_of

__all__ = ["NOT_ASKED", "ROUTES", "Confirmation", "Oracles", "Unavailable", "confirm", "kinks"]

NOT_ASKED = "not asked for"  # why a route was not run

TOLERANCE = 1e-8  # relative to the size of the terms; differences get more, see `_central_difference`
MAX_SYMPY_TERMS = 2_000  # of all different ops' formulas: SymPy takes about 0.2 ms for each
ROUNDING = 1e-14  # of the loss, relative to its size: some fifty units in the last place
GOLDEN = (math.sqrt(5) - 1) / 2
STEPS = (1e-2, 1e-3, 1e-4, 1e-5)

Values = Mapping[str, Array]


class Unavailable(Exception):  # noqa: N818 - a reason, not a fault
    """Why a route cannot say anything here."""


class Confirmation(NamedTuple):
    """What the routes say of one gradient: True for agreement, None where a route was not run."""

    checks: dict[str, bool | None]
    unchecked: dict[str, str]
    disagreement: float  # largest, relative to the size of the terms


class Oracles:
    """The routes at one set of values. What one gradient needs and another needs too is worked out once."""

    def __init__(self, graph: Graph, values: Values, exact: Values | None = None) -> None:
        """At the `values` of all nodes in floats; `exact` are the fractions of those that have one."""
        self.graph, self.values, self.exact = graph, values, exact or {}
        self._by_sympy: dict[str, Array | Unavailable] = {graph.loss: np.ones(())}
        self._terms: dict[Local, int] = {}

    def confirm(
        self, name: str, gradient: Array, routes: Collection[str] | None = None, reach: float = 0.0
    ) -> Confirmation:
        """Compare `gradient` = dJ/d(name) with every route. Raises ProofError where one disagrees.

        `routes` limits the work to the routes named; the rest are reported as not asked for. `reach` is the
        size of the terms that the gradient adds up, where they may cancel.
        """
        with np.errstate(all="ignore"):
            return self._confirm(name, gradient, ROUTES if routes is None else routes, reach)

    def _confirm(self, name: str, gradient: Array, routes: Collection[str], reach: float) -> Confirmation:
        direction = _direction(np.shape(gradient))
        claimed = float(np.sum(gradient * direction))
        loss = self.graph.loss
        scale = float(np.sum(np.abs(gradient * direction))) + 1e-6 * (
            1 + abs(float(self.values[loss])) + reach
        )
        checks: dict[str, bool | None] = {}
        unchecked: dict[str, str] = {}
        worst = 0.0
        for route, derivative in ROUTES.items():
            try:
                if route not in routes:
                    raise Unavailable(NOT_ASKED)
                found, uncertainty = derivative(self, name, direction)
                gap = abs(found - claimed)
                if not gap <= TOLERANCE * scale + uncertainty:
                    self._require_fault(name, gradient, direction)
                    said = f"{route} gives {found!r}, the chain rule {claimed!r}."
                    raise ProofError(gradient_of(loss, name), said)
            except Unavailable as reason:
                checks[route], unchecked[route] = None, str(reason)
                continue
            checks[route] = True
            worst = max(worst, gap / scale)
        return Confirmation(checks, unchecked, worst)

    def _require_fault(self, name: str, gradient: Array, direction: Array) -> None:
        """Let rounding pass for no fault, nor a fault for rounding.

        Raises Unavailable where the `gradient` is what the VJPs give in floats, and the VJPs agree with dual
        numbers in arithmetic that loses no digits: what floats make of either is then a matter of rounding.
        """
        exact = exact_gradients(self.graph, self.exact, [name])
        found = float_gradients(self.graph, self.values, [name], exact)
        again = found.get(name, np.zeros_like(gradient))
        if np.allclose(again, gradient, rtol=TOLERANCE, atol=0) and self._rules_agree(name, direction):
            raise Unavailable("at these numbers it is a matter of rounding")

    def _rules_agree(self, name: str, direction: Array) -> bool:
        from backprop_tutor.engine.systems.precise import PRECISE, agree  # imports mpmath

        leaves = {
            node.name: PRECISE.array(self.exact.get(node.name, self.values[node.name]))
            for node in self.graph.nodes.values()
            if not node.op
        }
        try:
            values = forward(self.graph, PRECISE, leaves)
            chain = np.sum(backward(self.graph, PRECISE, values, [name])[name] * direction)
            dual = _carried_forward(self.graph, DualSystem(PRECISE), values, name, direction)
        except (ArithmeticError, EvaluationError):
            return True  # only in floats the divisor is not quite 0
        return agree(chain, dual)

    def by_sympy(self, name: str) -> Array:
        """dJ/d(name) by SymPy's derivatives of each op. Raises Unavailable."""
        on_the_way = self.graph.between([name])
        self._afford(on_the_way - {name})
        for node in reversed(self.graph.nodes.values()):
            if node.name in on_the_way and node.name not in self._by_sympy:
                try:
                    self._by_sympy[node.name] = self._sent_back(node, on_the_way)
                except Unavailable as reason:
                    self._by_sympy[node.name] = reason
        found = self._by_sympy.get(name, np.zeros(self.graph.nodes[name].shape))
        if isinstance(found, Unavailable):
            raise found
        return found

    def _sent_back(self, node: Node, on_the_way: set[str]) -> Array:
        """The gradient at `node` from those at its consumers, all of which are on the way."""
        from backprop_tutor.engine.jacobians import sent_to_parent  # imports SymPy

        total = np.zeros(node.shape)
        for name, slot in self.graph.consumers[node.name]:
            if name not in on_the_way:
                continue
            upstream, consumer = self._by_sympy[name], self.graph.nodes[name]
            if isinstance(upstream, Unavailable):
                raise upstream
            self._require_certain(consumer)
            total = total + sent_to_parent(self.graph, consumer, slot, self.values, upstream)
        if not np.isfinite(total).all():
            raise Unavailable("SymPy's derivative has no finite value in floating point")
        return total

    def _afford(self, on_the_way: Collection[str]) -> None:
        """Count the terms of the formulas of the ops that make these nodes, beside those counted before;
        equal ops on equal shapes are differentiated once.

        Raises Unavailable where they are too many, before any is differentiated or SymPy imported.
        """
        terms, total = dict(self._terms), sum(self._terms.values())
        for node in reversed(self.graph.nodes.values()):
            local = Slices(self.graph, node).local if node.name in on_the_way else None
            if local and local not in terms:
                terms[local] = local.terms
                total += terms[local]
                if total > MAX_SYMPY_TERMS:
                    raise Unavailable("the formulas of the ops are too large for SymPy's diff")
        self._terms = terms

    def _require_certain(self, node: Node) -> None:
        """Raises Unavailable where it is rounding that decides the side of a kink."""
        if ops.get(node.op).kink:
            near, at = (_distance(node, xp, self.values) == 0 for xp in (FLOAT64, BITWISE))
            if (near != at).any():  # SymPy takes the floats at their word
                raise Unavailable("a value sits on a kink as far as floating point can tell")


def confirm(
    graph: Graph, values: Values, name: str, gradient: Array, routes: Collection[str] | None = None
) -> Confirmation:
    """What the routes say of one gradient: see Oracles."""
    return Oracles(graph, values).confirm(name, gradient, routes)


def kinks(graph: Graph, values: Values, exact: Values | None = None) -> dict[str, Array]:
    """For each node made by an op that is not smooth everywhere: True at the elements on its kink.

    Fractions decide where there are `exact` ones of all inputs, and else what floating point can tell apart.
    """
    found = {}
    for node in graph.nodes.values():
        if node.op and ops.get(node.op).kink and _kink_moves(graph, node):
            on_kink = _on_kink(node, values, exact or {})
            if node.shape and on_kink.shape[:-1] == node.shape:
                on_kink = on_kink.any(axis=-1)  # of the entries that one element is the largest of
            if on_kink.any():
                found[node.name] = on_kink
    return found


def _kink_moves(graph: Graph, node: Node) -> bool:
    """Whether what the kink depends on can change: data that are compared with data stay where they are."""
    compared = ops.get(node.op).kink_of
    return not compared or not graph.downstream(graph.parameters).isdisjoint(_decisive(node))


def _decisive(node: Node) -> list[str]:
    """The parents that the kink depends on."""
    return [node.parents[slot] for slot in ops.get(node.op).kink_of or range(len(node.parents))]


def _on_kink(node: Node, values: Values, exact: Values) -> Array:
    try:
        return _distance(node, EXACT, exact) == 0
    except (KeyError, Irrational):
        return _distance(node, FLOAT64, values) == 0


def _distance(node: Node, xp: Any, values: Values) -> Array:
    """How far the elements are from the kink of their op."""
    kink = ops.get(node.op).kink
    assert kink is not None
    return np.asarray(kink(xp, *(values[parent] for parent in node.parents), **node.params))


def _stops(node: Node) -> bool:
    return bool(node.op) and ops.get(node.op).stops


def _direction(shape: tuple[int, ...]) -> Array:
    """A direction with nothing regular in it: sizes and signs from two Weyl sequences.

    The same at every call, and without numpy.random, which takes 10 ms to import.
    """
    k = np.arange(1.0, prod(shape) + 1)
    sizes = 0.5 + k * GOLDEN % 1
    return (sizes * np.where(k * math.sqrt(2) % 1 < 0.5, -1.0, 1.0)).reshape(shape)


def _rerun(graph: Graph, xp: Any, values: Values, name: str) -> Callable[[Array], Values]:
    """A function of the value of the node `name`: every value, in `xp`, that the loss needs.

    What a stopped gradient hands on stays as it is.
    """
    dependent = {key for key in graph.between([name]) if not _stops(graph.nodes[key])}
    known = {key: value for key, value in values.items() if key not in dependent}
    return lambda value: forward(graph, xp, {**known, name: value}, only=dependent)


def _forward_mode(at: Oracles, name: str, direction: Array) -> tuple[float, float]:
    """The direction carried forward through every op, at the graph's own values."""
    return float(_carried_forward(at.graph, DUAL, at.values, name, direction)), 0.0


def _carried_forward(graph: Graph, xp: DualSystem, values: Values, name: str, direction: Array) -> Any:
    """The derivative of the loss along `direction` at the node `name`."""
    dependent = graph.between([name])
    tangents = {name: direction}
    with np.errstate(all="ignore"):
        for node in graph.nodes.values():
            if node.name in dependent and node.name != name:
                inputs = [Dual(values[p], tangents.get(p, np.zeros_like(values[p]))) for p in node.parents]
                result = ops.get(node.op).forward(xp, *inputs, **node.params)
                tangents[node.name] = np.broadcast_to(result.tangent, node.shape)
    tangent = np.asarray(tangents.get(graph.loss, 0.0))
    return tangent[()]


def _central_difference(at: Oracles, name: str, direction: Array) -> tuple[float, float]:
    """The central difference that settles best over several steps, and how far it has settled."""
    graph, values = at.graph, at.values
    rerun = _rerun(graph, FLOAT64, values, name)

    def loss_at(step: float) -> tuple[float, Values]:
        with np.errstate(all="ignore"):
            run = rerun(values[name] + step * direction)
        return float(run[graph.loss]), run

    sizes = np.abs(values[name])  # of the smallest number: -1e9 in a mask must not set the pace for the rest
    scale = max(1.0, float(np.min(sizes, initial=np.inf)))
    scale /= max(1.0, float(np.linalg.norm(direction)))
    estimates = []
    for relative in STEPS:
        step = relative * scale
        (up, above), (down, below) = loss_at(step), loss_at(-step)
        if np.isfinite(up) and np.isfinite(down) and not _crosses_kink(graph, above, below):
            estimates.append(((up - down) / (2 * step), step, max(abs(up), abs(down))))
    if len(estimates) < 2:
        raise Unavailable("a value sits on a kink or at the edge of the domain")
    gaps = [abs(a - b) for (a, *_), (b, *_) in pairwise(estimates)]
    best = min(range(len(gaps)), key=gaps.__getitem__)
    settled, step, size = estimates[best + 1]
    size += 1 + abs(float(values[graph.loss]))
    if gaps[best] > 1e-3 * abs(settled) + 1e-6 * size:
        raise Unavailable("the differences do not settle in floating point")
    return settled, 10 * gaps[best] + 1e-7 * abs(settled) + ROUNDING * size / step


def _crosses_kink(graph: Graph, above: Values, below: Values) -> bool:
    for node in graph.nodes.values():
        has_kink = bool(node.op) and ops.get(node.op).kink is not None
        if has_kink and any(above[parent] is not below[parent] for parent in _decisive(node)):
            a, b = (np.sign(_distance(node, FLOAT64, run)) for run in (above, below))
            if (a != b).any() or (a == 0).any():
                return True
    return False


def _sympy_diff(at: Oracles, name: str, direction: Array) -> tuple[float, float]:
    """SymPy's diff of every op, put together by the chain rule, along the direction."""
    return float(np.sum(at.by_sympy(name) * direction)), 0.0


ROUTES: dict[str, Callable[[Oracles, str, Array], tuple[float, float]]] = {
    "forward_mode": _forward_mode,
    "finite_difference": _central_difference,
    "sympy": _sympy_diff,
}
