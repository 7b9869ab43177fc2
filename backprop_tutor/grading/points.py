"""The exercise at random other numbers: where formulas are tested."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import exact_pass, forward, numbers, rounded, settling
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.walkthrough import Solution

__all__ = ["POINTS", "Point", "base_point", "each_random_point", "random_points"]

POINTS = 6
_TRIES = 8


class Point:
    """Every quantity at the given leaves; what is not finite is left as it is.

    `exact` holds the values that have a fraction.
    """

    def __init__(
        self, solution: Solution, leaves: dict[str, Array], exact: Mapping[str, Array] | None = None
    ) -> None:
        self.solution, self.graph = solution, solution.graph
        self.leaves = leaves
        known = {**numbers(self.graph, FLOAT64, leaves), **rounded(exact or {})}
        with np.errstate(all="ignore"):
            self.values = forward(self.graph, FLOAT64, known, revise=settling(self.graph))

    @cached_property
    def quantities(self) -> dict[str, Array]:
        """Values, gradients, updates and what later passes give, by name."""
        letters = self.solution.letters.items()
        with np.errstate(all="ignore"):
            known = {letter: np.asarray(value) for letter, value in letters} | self.values
            return self.solution.ledger.completed(known)

    @cached_property
    def pattern(self) -> list[Array]:
        """On which side of every kink the values lie."""
        sides = []
        for node in self.graph.nodes.values():
            kink = ops.get(node.op).kink if node.op else None
            if kink:
                inputs = [self.values[parent] for parent in node.parents]
                sides.append(np.sign(np.asarray(kink(FLOAT64, *inputs, **node.params), dtype=float)))
        return sides

    def agrees(self, other: "Point") -> bool:
        """Whether every kink that `other` is not exactly on is passed on the same side."""
        return all(
            bool(np.all((a == b) | (b == 0))) for a, b in zip(self.pattern, other.pattern, strict=True)
        )


def base_point(solution: Solution, values: Mapping[str, Array]) -> Point:
    """The exercise at the `values` of its leaves: its own, or a version's."""
    return Point(solution, rounded(values), exact_pass(solution.graph, values))


def random_points(
    base: Point, varied: Collection[str], *, any_side: bool = False, count: int = POINTS
) -> list[Point]:
    """All of `each_random_point`."""
    return list(each_random_point(base, varied, any_side=any_side, count=count))


def each_random_point(
    base: Point, varied: Collection[str], *, any_side: bool = False, count: int = POINTS
) -> Iterator[Point]:
    """`count` points that differ from `base` in the leaves `varied`, by as much as changes no ReLU's side;
    with `any_side`, by much.

    Numbers that pick rows stay whole. Targets whose rows sum to 1 go on doing so: a formula such as
    (z - t)/N counts on that.
    """
    random = np.random.default_rng(20_240_229)
    shares = _shares(base)
    for _ in range(count):
        for attempt in range(1 if any_side else _TRIES):
            leaves = dict(base.leaves)
            for name in varied:
                value, most = base.leaves[name], base.graph.whole_numbers.get(name)
                if most:
                    leaves[name] = random.integers(1, most + 1, value.shape).astype(float)
                    continue
                step = random.uniform(-1, 1, value.shape) * (4 if any_side else 0.5 / 2**attempt)
                step *= 1 + np.abs(value)
                leaves[name] = value + (step - step.mean(axis=-1, keepdims=True) if name in shares else step)
            point = Point(base.solution, leaves)
            if point.agrees(base):
                break
        yield point


def _shares(point: Point) -> set[str]:
    """The targets that are shares, as of a cross-entropy, where they sum to 1 in every example."""
    targets = {name for name, loss in point.graph.targets if loss.adds_up}
    leaves = {name: leaf for name, leaf in point.leaves.items() if name in targets and leaf.ndim}
    return {name for name, leaf in leaves.items() if np.allclose(leaf.sum(axis=-1), 1)}
