"""Routes to a gradient that share no code with the VJPs.

Each gives the derivative of the loss along one direction at one node; a gradient that is right in a
direction drawn at random is right in every element (a wrong one would have to be orthogonal to it).
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import forward
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.dual import DUAL, Dual
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import ProofError
from backprop_tutor.language.expr import Sym, leaves

__all__ = ["ROUTES", "Confirmation", "Unavailable", "confirm", "kinks"]

TOLERANCE = 1e-8  # relative to the size of the terms; differences get more, see `_central_difference`
MAX_SYMPY_TERMS = 500  # terms of the composed loss, beyond which SymPy's diff is too slow to wait for
ROUNDING = 1e-14  # of the loss, relative to its size: some fifty units in the last place
GOLDEN = (math.sqrt(5) - 1) / 2
MAX_SYMPY_NUMBERS = 5_000  # in all arrays together
MAX_SYMPY_DEPTH = 60  # operations below one another; SymPy recurses
STEPS = (1e-2, 1e-3, 1e-4, 1e-5)

Values = Mapping[str, Array]


class Unavailable(Exception):  # noqa: N818 - a reason, not a fault
    """Why a route cannot say anything here."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the routes say of one gradient: True for agreement, None where a route was not run."""

    checks: dict[str, bool | None]
    unchecked: dict[str, str] = field(default_factory=dict)
    disagreement: float = 0.0  # largest, relative to the size of the terms


def confirm(
    graph: Graph, values: Values, name: str, gradient: Array, routes: Collection[str] | None = None
) -> Confirmation:
    """Compare `gradient` = dJ/d(name) with every route. Raises ProofError where one disagrees.

    `routes` limits the work to the routes named; the rest are reported as not asked for.
    """
    direction = _direction(np.shape(gradient))
    claimed = float(np.sum(gradient * direction))
    scale = float(np.sum(np.abs(gradient * direction))) + 1e-6 * (1 + abs(float(values[graph.loss])))
    checks: dict[str, bool | None] = {}
    unchecked: dict[str, str] = {}
    worst = 0.0
    for route, derivative in ROUTES.items():
        try:
            if routes is not None and route not in routes:
                raise Unavailable("not asked for")
            found, uncertainty = derivative(graph, values, name, direction)
        except Unavailable as reason:
            checks[route], unchecked[route] = None, str(reason)
            continue
        gap = abs(found - claimed) / scale
        if not gap <= TOLERANCE + uncertainty / scale:
            raise ProofError(
                f"d{graph.loss}/d{name}", f"{route} gives {found!r}, the chain rule {claimed!r}."
            )
        checks[route] = True
        worst = max(worst, gap)
    return Confirmation(checks, unchecked, worst)


def kinks(graph: Graph, values: Values) -> dict[str, Array]:
    """For each node made by an op that is not smooth everywhere: True at the elements on its kink."""
    found = {}
    for node in graph.nodes.values():
        kink = ops.get(node.op).kink if node.op else None
        if kink:
            on_kink = np.asarray(kink(FLOAT64, *(values[p] for p in node.parents), **node.params)) == 0
            if on_kink.any():
                found[node.name] = on_kink
    return found


def _direction(shape: tuple[int, ...]) -> Array:
    """A direction with nothing regular in it: sizes and signs from two Weyl sequences.

    The same at every call, and without numpy.random, which takes 10 ms to import.
    """
    k = np.arange(1.0, prod(shape) + 1)
    sizes = 0.5 + k * GOLDEN % 1
    return (sizes * np.where(k * math.sqrt(2) % 1 < 0.5, -1.0, 1.0)).reshape(shape)


def _rerun(graph: Graph, xp: Any, values: Values, name: str) -> Callable[[Array], Values]:
    """A function of the value of the node `name`: every value, in `xp`, that the loss needs."""
    dependent = graph.between([name])
    known = {key: value for key, value in values.items() if key not in dependent}
    return lambda moved: forward(graph, xp, {**known, name: moved}, only=dependent)


def _forward_mode(graph: Graph, values: Values, name: str, direction: Array) -> tuple[float, float]:
    with np.errstate(all="ignore"):
        run = _rerun(graph, DUAL, values, name)(Dual(values[name], direction))
    loss = run[graph.loss]
    return float(loss.tangent) if isinstance(loss, Dual) else 0.0, 0.0


def _central_difference(graph: Graph, values: Values, name: str, direction: Array) -> tuple[float, float]:
    """The central difference that settles best over several steps, and how far it has settled."""

    rerun = _rerun(graph, FLOAT64, values, name)

    def loss_at(step: float) -> tuple[float, Values]:
        with np.errstate(all="ignore"):
            run = rerun(values[name] + step * direction)
        return float(run[graph.loss]), run

    scale = max(1.0, float(np.max(np.abs(values[name]), initial=0.0))) / max(
        1.0, float(np.linalg.norm(direction))
    )
    estimates = []
    for relative in STEPS:
        step = relative * scale
        (up, above), (down, below) = loss_at(step), loss_at(-step)
        if np.isfinite(up) and np.isfinite(down) and not _crosses_kink(graph, above, below):
            estimates.append(((up - down) / (2 * step), step))
    if len(estimates) < 2:
        raise Unavailable("a value sits on a kink or at the edge of the domain")
    gaps = [abs(a - b) for (a, _), (b, _) in pairwise(estimates)]
    best = min(range(len(gaps)), key=gaps.__getitem__)
    settled, step = estimates[best + 1]
    size = 1 + abs(float(values[graph.loss]))
    if gaps[best] > 1e-3 * abs(settled) + 1e-6 * size:
        raise Unavailable("the differences do not settle in floating point")
    return settled, 10 * gaps[best] + 1e-7 * abs(settled) + ROUNDING * size / step


def _crosses_kink(graph: Graph, above: Values, below: Values) -> bool:
    for node in graph.nodes.values():
        kink = ops.get(node.op).kink if node.op else None
        if kink and any(above[parent] is not below[parent] for parent in node.parents):
            a, b = (
                np.sign(kink(FLOAT64, *(run[p] for p in node.parents), **node.params))
                for run in (above, below)
            )
            if (a != b).any() or (a == 0).any():
                return True
    return False


def _sympy_diff(graph: Graph, values: Values, name: str, direction: Array) -> tuple[float, float]:
    """SymPy's own diff of the composed loss, along the direction, in one symbol."""
    depth = len(graph.between([name]))
    is_large = depth > MAX_SYMPY_DEPTH or sum(map(np.size, values.values())) > MAX_SYMPY_NUMBERS
    if is_large or _composed_terms(graph, name) > MAX_SYMPY_TERMS:
        raise Unavailable("the composed expression is too large for SymPy's diff")
    import sympy

    from backprop_tutor.engine.systems.symbolic import Along

    def rational(array: Array) -> Array:
        result = np.empty(np.shape(array), dtype=object)
        for index in np.ndindex(result.shape):
            ratio = Fraction(float(np.asarray(array)[index]))
            result[index] = sympy.Rational(ratio.numerator, ratio.denominator)
        return result

    s = sympy.Symbol("s", real=True)
    fixed = {key: rational(value) for key, value in values.items()}
    along = Along(s)
    moved = along.finish(fixed[name] + s * rational(direction))
    loss = _rerun(graph, along, fixed, name)(moved)[graph.loss].item()
    slope = loss.diff(s).subs(s, 0)
    return float(slope.evalf(20)), 0.0


def _composed_terms(graph: Graph, name: str) -> int:
    """About how many terms the loss has when everything from `name` on is written out."""
    dependent = graph.between([name])
    terms = {name: 1}
    for node in graph.nodes.values():
        if node.name in dependent and node.name != name:
            inputs = [_opaque(graph, parent) for parent in node.parents]
            element = ops.get(node.op).forward(ELEMENT, *inputs, **node.params).at((0,) * len(node.shape))
            count = sum(terms.get(leaf.name, 0) for leaf in leaves(element) if isinstance(leaf, Sym))
            if count > MAX_SYMPY_TERMS:  # and the loss holds this node
                return count
            terms[node.name] = count
    return terms.get(graph.loss, 0)


def _opaque(graph: Graph, name: str) -> Element:
    """An array whose elements all go by the name of the node: enough to count them."""
    return Element(graph.nodes[name].shape, lambda _: Sym(name))


ROUTES: dict[str, Callable[[Graph, Values, str, Array], tuple[float, float]]] = {
    "forward_mode": _forward_mode,
    "finite_difference": _central_difference,
    "sympy": _sympy_diff,
}
