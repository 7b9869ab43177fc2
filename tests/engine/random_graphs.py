"""Random graphs of every op, kept inside the domains, away from kinks, and of a size that floats like."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, GraphBuilder
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import ShapeError

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]

SHAPES = ((), (3,), (1, 3), (2, 1), (2, 3), (3, 2), (2, 2, 3))
BETWEEN_0_AND_1 = {
    op.name for op in ops.TABLE.values() if op.loss and (op.undefined or op.loss.targets == "labels")
}
POSITIVE = {"log", "sqrt", "pow", "div", "xlogx"}
SETTINGS = {"leaky_relu": {"slope": Fraction(1, 5)}, "elu": {"alpha": Fraction(3, 2)}}
LARGEST = 4.0


class RandomGraph:
    """Grown node by node; `choose` picks from a sequence, so hypothesis or a seed can drive it."""

    def __init__(self, choose: Choose[Any], names: Sequence[str], size: int) -> None:
        self.choose = choose
        self.builder = GraphBuilder()
        self.values: dict[str, Any] = {}
        self.leaves: dict[str, Any] = {}
        for shape in SHAPES:
            self.leaf(shape)
        for _ in range(size):
            self.grow(choose(names))
        self.graph = self.finish()

    def leaf(self, shape: tuple[int, ...]) -> str:
        name = f"w{len(self.leaves) + 1}"
        rng = np.random.default_rng(len(self.leaves))
        value = rng.uniform(0.2, 1.5, shape) * rng.choice((-1, 1), shape)
        self.leaves[name] = self.values[name] = np.asarray(value)
        return self.builder.leaf(name, "parameter", shape)

    def any(self, fits: Callable[[Any], bool] = lambda value: True) -> str | None:
        names = [name for name, value in self.values.items() if fits(value)]
        return self.choose(names) if names else None

    def grow(self, op: str) -> None:
        """Add a node of `op`, and what it needs before it, where there are parents that suit it."""
        parents, settings = self.parents(op)
        if None in parents:
            return
        if op in BETWEEN_0_AND_1:
            parents = [self.add("sigmoid", [parent]) for parent in parents]
        elif op in POSITIVE:
            parents = [self.add("exp", [self.add("tanh", [parent])]) for parent in parents]
        self.add(op, parents, settings)

    def parents(self, op: str) -> tuple[list[Any], dict[str, Any]]:
        settings: dict[str, Any] = dict(SETTINGS.get(op, {}))
        if op == "matmul":
            left = self.any(lambda v: v.ndim > 0)
            width = self.values[left].shape[-1]
            return [left, self.any(lambda v: v.ndim and v.shape[-min(v.ndim, 2)] == width)], {}
        if op == "linear":
            x = self.any(lambda v: v.ndim in (1, 2))
            W, b = self.leaf((2, self.values[x].shape[-1])), self.leaf((2,))
            return [x, W, b][: self.choose((2, 3))], {}
        if op in ("softmax", "log_softmax"):
            x = self.any(lambda v: v.ndim > 0)
            return [x], self.choose(({}, {"axis": self.choose(range(1, self.values[x].ndim + 1))}))
        if op == "concat":
            first = self.any(lambda v: v.ndim > 0)
            return [first, self.choose((first, self.any(lambda v: v.ndim > 0)))], {
                "axis": self.choose(range(1, self.values[first].ndim + 1))
            }
        if op == "index":
            x = self.any(lambda v: v.ndim > 0)
            sizes = self.values[x].shape
            return [x], {"key": tuple(self.position(size) for size in self.choose((sizes, sizes[:1])))}
        if op in ("sum", "mean", "max", "min"):
            x = self.any()
            axes = range(1, self.values[x].ndim + 1)
            where = self.choose(({}, *({"axis": axis} for axis in axes), {"axis": tuple(axes)}))
            return [x], self.choose((where, where, {**where, "keepdims": 1}))
        if op == "reshape":
            x = self.any()
            return [x], {"shape": self.choose(((-1,), (-1, 1), (1, -1)))}
        return [self.any() for _ in range(ops.get(op).arity[0])], settings

    def position(self, size: int) -> Any:
        start = self.choose(range(1, size + 1))
        return self.choose((start, (start, size), (None, start)))

    def add(self, op: str, parents: list[Any], settings: dict[str, Any] | None = None) -> Any:
        """The new node, or None where the shapes do not fit or the value comes near a kink."""
        settings = dict(settings or {})
        inputs = [self.values[parent] for parent in parents]
        entry, name = ops.get(op), f"n{len(self.builder.nodes)}"
        if op == "reshape":
            settings["shape"] = tuple(inputs[0].size if size == -1 else size for size in settings["shape"])
        try:
            self.builder.apply(name, op, tuple(parents), settings)
        except ShapeError:
            return None
        if entry.kink and np.min(np.abs(entry.kink(FLOAT64, *inputs, **settings))) < 1e-3:
            del self.builder.nodes[name]
            return None
        self.values[name] = FLOAT64.finish(entry.forward(FLOAT64, *inputs, **settings))
        largest = np.max(np.abs(self.values[name]))
        return name if largest < LARGEST else self.shrunk(name, Fraction(1, int(largest)))

    def shrunk(self, name: str, factor: Fraction) -> str:
        shrunk = self.builder.apply(f"{name}s", "mul", (self.builder.constant(factor), name))
        self.values[shrunk] = float(factor) * self.values.pop(name)
        return shrunk

    def finish(self) -> Graph:
        """The loss adds up the means of all nodes that nothing uses yet, so that every node counts."""
        used = {parent for node in self.builder.nodes.values() for parent in node.parents}
        terms = [self.builder.apply(f"m_{name}", "mean", (name,)) for name in self.values if name not in used]
        total = terms[0]
        for number, term in enumerate(terms[1:], 1):
            total = self.builder.apply(f"J{number}", "add", (total, term))
        return self.builder.build(total)

    @property
    def used(self) -> set[str]:
        return {node.op for node in self.graph.nodes.values() if node.op}
