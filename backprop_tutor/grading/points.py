"""The exercise at random other numbers: where formulas are tested."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import backward, forward, numbers
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import EvaluationError
from backprop_tutor.walkthrough import Solution

__all__ = ["POINTS", "Point", "base_point", "random_points"]

POINTS = 6
_TRIES = 8


class Point:
    """Every quantity of the first pass at the given leaves; what is not finite is left as it is."""

    def __init__(self, solution: Solution, leaves: dict[str, Array]) -> None:
        self.solution = solution
        self.leaves = leaves
        with np.errstate(all="ignore"):
            self.values = forward(solution.graph, FLOAT64, numbers(solution.graph, FLOAT64, leaves))

    @cached_property
    def quantities(self) -> dict[str, Array]:
        """Values, gradients and updates by name."""
        solution, graph = self.solution, self.solution.graph
        wanted = [node.name for node in graph.nodes.values() if node.role != "constant"]
        with np.errstate(all="ignore"):
            gradients = backward(graph, FLOAT64, self.values, wanted)
            found = {letter: np.asarray(value) for letter, value in solution.letters.items()}
            found |= self.values
            found |= {solution.gradient_prefix + name: g for name, g in gradients.items()}
        return found | self._after(set(solution.shapes) - found.keys())

    def _after(self, names: Iterable[str]) -> dict[str, Array]:
        """Updates, and what later passes give; nothing where a step has no finite value."""
        moved = Solution(replace(self.solution.exercise, values=self.leaves))
        try:
            return {name: moved.value(name) for name in names}
        except EvaluationError:
            return {}

    @cached_property
    def pattern(self) -> list[Array]:
        """On which side of every kink the values lie."""
        graph, sides = self.solution.graph, []
        for node in graph.nodes.values():
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


def base_point(solution: Solution) -> Point:
    """The exercise at its own numbers."""
    return Point(solution, {name: np.asarray(v, dtype=float) for name, v in solution.exercise.values.items()})


def random_points(
    solution: Solution, base: Point, varied: Collection[str], *, any_side: bool = False
) -> list[Point]:
    """Points that differ from `base` in the leaves `varied`, by as much as changes no ReLU's side; or, with
    `any_side`, by much.

    Targets whose rows sum to 1 go on doing so: a formula such as (z - t)/N counts on that.
    """
    random = np.random.default_rng(20_240_229)
    shares = _shares(base)
    points = []
    for _ in range(POINTS):
        for attempt in range(1 if any_side else _TRIES):
            leaves = dict(base.leaves)
            for name in varied:
                value = base.leaves[name]
                step = random.uniform(-1, 1, value.shape) * (4 if any_side else 0.5 / 2**attempt)
                step *= 1 + np.abs(value)
                leaves[name] = value + (step - step.mean(axis=-1, keepdims=True) if name in shares else step)
            point = Point(solution, leaves)
            if point.agrees(base):
                break
        points.append(point)
    return points


def _shares(point: Point) -> set[str]:
    """The targets that are shares, as of a cross-entropy, where they sum to 1 in every example."""
    targets = {name for name, loss in point.solution.graph.targets if loss.targets == "shares"}
    leaves = {name: leaf for name, leaf in point.leaves.items() if name in targets and leaf.ndim}
    return {name for name, leaf in leaves.items() if np.allclose(leaf.sum(axis=-1), 1)}
