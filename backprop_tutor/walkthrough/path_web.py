"""The elements between two quantities, what leads on from each, and the search for the largest paths."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count as counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine.systems.base import Array
from backprop_tutor.walkthrough.local_derivatives import Edges, added, edges, reached
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["Factor", "Path", "PathElement", "Web", "largest"]

ROUNDING = 1e-9  # a path behind another by no more than this is as large


class PathElement(NamedTuple):
    """One element: a node and a zero-based index."""

    node: str
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """The local derivative of one element by the next on the path."""

    of: PathElement
    by: PathElement
    value: float
    exact: Fraction | None


@dataclass(frozen=True, slots=True)
class Path:
    """The factors of one route; their product; `exact` is None where a factor is irrational."""

    places: tuple[PathElement, ...]
    factors: tuple[Factor, ...]
    product: float
    exact: Fraction | None


@dataclass(slots=True)
class _Onward:
    """What leads on from each element of a node (by flat index) to the goal."""

    edges: list[Edges]
    count: Array  # how many paths
    best: Array  # the logarithm of the largest |product|
    total: Array  # the sum of the products
    size: Array  # the sum of the |products|
    exact: Array | None  # the sum in fractions


class Web:
    """The elements between `of` and `wrt`, worked out from `wrt` upwards.

    A path leads from name to name: what goes through parts of formulas that nobody named is one factor.
    """

    def __init__(self, solution: Solution, of: PathElement, wrt: PathElement) -> None:
        self.graph, self.of, self.wrt = solution.graph, of, wrt
        self.onward: dict[str, _Onward] = {}
        marks = reached(self.graph, of.node, wrt.node, wrt.at)
        values, exact = solution.first.values, solution.first.exact
        unnamed: dict[str, list[Edges]] = {}
        for node in self.graph.nodes.values():
            if node.name == wrt.node:
                self.onward[node.name] = _goal(marks[node.name].ravel())
            elif node.name in marks:
                found = self._by_name(edges(self.graph, node, marks, values, exact), unnamed)
                if self.graph.is_named(node.name) or node.name == of.node:
                    self.onward[node.name] = _joined(found, self.onward, node.size)
                else:
                    unnamed[node.name] = found
        top, at = self.onward.get(of.node), self.flat(of)
        self.count = int(top.count[at]) if top else 0
        self.total = float(top.total[at]) if top else 0.0
        self.size = float(top.size[at]) if top else 0.0
        self.exact = Fraction(0) if not top else None if top.exact is None else Fraction(top.exact[at])

    def _by_name(self, found: list[Edges], unnamed: Mapping[str, list[Edges]]) -> list[Edges]:
        """The edges with those to parts without a name led on to what is in them, one a parent."""
        by_parent: dict[str, list[Edges]] = {}
        for part in found:
            inside = unnamed.get(part.parent)
            for edge in [part] if inside is None else [part.then(further) for further in inside]:
                by_parent.setdefault(edge.parent, []).append(edge)
        sizes = {name: self.graph.nodes[name].size for name in by_parent}
        return [
            added(parts, sizes[name]) if len(parts) > 1 else parts[0] for name, parts in by_parent.items()
        ]

    def flat(self, place: PathElement) -> int:
        shape = self.graph.nodes[place.node].shape
        return int(np.ravel_multi_index(place.at, shape)) if shape else 0

    def place(self, node: str, flat: int) -> PathElement:
        return PathElement(node, tuple(int(i) for i in np.unravel_index(flat, self.graph.nodes[node].shape)))


def _goal(at: Array) -> _Onward:
    one = at.astype(float)
    whole = np.where(at, 1, 0).astype(object)
    with np.errstate(divide="ignore"):
        return _Onward([], whole, np.log(one), one, one, whole)


def _joined(found: list[Edges], onward: Mapping[str, _Onward], size: int) -> _Onward:
    count, exact = np.zeros(size, dtype=object), np.zeros(size, dtype=object)
    best, total, sizes = np.full(size, -np.inf), np.zeros(size), np.zeros(size)
    is_exact = True
    for part in found:
        rows, columns, after = part.rows, part.columns, onward[part.parent]
        np.add.at(count, rows, after.count[columns])
        np.add.at(total, rows, part.values * after.total[columns])
        np.add.at(sizes, rows, part.sizes * after.size[columns])
        with np.errstate(divide="ignore"):
            np.maximum.at(best, rows, np.log(abs(part.values)) + after.best[columns])
        if is_exact and part.exact is not None and after.exact is not None:
            np.add.at(exact, rows, part.exact * after.exact[columns])
        else:
            is_exact = False
    return _Onward(found, count, best, total, sizes, exact if is_exact else None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Trail:
    """How a search came to an element. Thousands may hang together: nothing here may recurse.

    `loss` is how far the best path that goes on from here stays behind the best of all, in logarithms.
    """

    node: str
    flat: int
    before: "_Trail | None" = None
    value: float = 1.0
    exact: Fraction | None = None
    loss: float = 0.0
    depth: int = 0


def largest(web: Web, limit: int) -> Iterator[Path]:
    """The paths by falling |product|. What leads on is known, so no step is taken that is not on one.

    Of steps that lose equally much the furthest goes first: with many paths alike, one is finished
    before the next is begun.
    """
    if not web.count:
        return
    order = counter()
    heap = [(0.0, 0, next(order), _Trail(web.of.node, web.flat(web.of)))]
    while heap and limit:
        trail = heappop(heap)[-1]
        if trail.node == web.wrt.node:
            limit -= 1
            yield _path(web, trail)
            continue
        for step in _steps(web, trail):
            heappush(heap, (step.loss, -step.depth, next(order), step))


def _steps(web: Web, trail: _Trail) -> Iterator[_Trail]:
    here = web.onward[trail.node]
    for part in here.edges:
        first, last = np.searchsorted(part.rows, [trail.flat, trail.flat + 1])
        onward = web.onward[part.parent]
        for k in range(first, last):
            flat, value = int(part.columns[k]), float(part.values[k])
            if onward.count[flat]:
                best = (math.log(abs(value)) if value else -math.inf) + float(onward.best[flat])
                loss = trail.loss + _behind(float(here.best[trail.flat]), best)
                exact = None if part.exact is None else Fraction(part.exact[k])
                yield _Trail(part.parent, flat, trail, value, exact, loss, trail.depth + 1)


def _behind(best: float, this: float) -> float:
    """best - this; differences that are rounding alone are none."""
    return 0.0 if best == this or best - this < ROUNDING else best - this


def _path(web: Web, end: _Trail) -> Path:
    trails: list[_Trail] = []
    link: _Trail | None = end
    while link:
        trails.append(link)
        link = link.before
    trails.reverse()
    places = tuple(web.place(trail.node, trail.flat) for trail in trails)
    factors = tuple(
        Factor(of, by, trail.value, trail.exact)
        for (of, by), trail in zip(pairwise(places), trails[1:], strict=True)
    )
    product, exact = 1.0, Fraction(1)
    for factor in factors:
        product *= factor.value
        exact *= factor.exact or 0
    is_exact = all(factor.exact is not None for factor in factors)
    return Path(places, factors, product + 0.0, exact if is_exact else None)  # + 0.0: no -0.0
