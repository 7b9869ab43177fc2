"""One step of a program, from the program's own arrays: what a quantity should be, and what a slip gives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.op import MISFITS, Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.exercise.ledger import Known, Ledger

__all__ = ["NO_ARRAY", "ArrayStep", "CodingSlip", "CodingSlips", "Upstream", "attempt", "made"]

NO_ARRAY = (BackpropTutorError, MemoryError, *MISFITS)
"""What rules raise where arrays do not go together, or fill the memory."""


def attempt(compute: Callable[[], Array]) -> Array | None:
    """What `compute` gives; None where arrays of these shapes do not go together, or fill the memory."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(compute(), dtype=float)
    except NO_ARRAY:
        return None


class Upstream:
    """What comes back to a node through one of its consumers."""

    def __init__(self, step: "ArrayStep", consumer: str, slot: int) -> None:
        graph = step.ledger.graph
        self.node: Node = graph.nodes[consumer]
        self.slot, self.name = slot, step.ledger.gradient_prefix + consumer
        self.op: Op = ops.get(self.node.op)
        self.g = np.asarray(step.known[self.name])
        self.y = np.asarray(step.known[consumer])
        self.inputs = [np.asarray(step.known[parent]) for parent in self.node.parents]

    def sent(self, g: Array, y: Array, inputs: list[Array], **params: object) -> Array | None:
        """What the op's rule sends back for other arrays, or with other settings."""
        rule, settings = self.op.vjp(self.slot), {**self.node.params, **params}
        return attempt(lambda: FLOAT64.finish(rule(FLOAT64, g, y, *inputs, **settings)))


@dataclass(eq=False)
class ArrayStep:
    """The step of `quantity` at `known` values of all others; `absent` are those of which the program left
    nothing, so that they follow from the rest."""

    ledger: Ledger
    quantity: str
    known: Known
    absent: frozenset[str] = frozenset()

    @cached_property
    def right(self) -> Array | None:
        """What the right method gives; None where the shapes of earlier arrays do not allow it."""
        return self.again({})

    def again(self, changes: Mapping[str, Array], *, fresh: bool = False) -> Array | None:
        """The same with some other values, of what it follows from directly or through what is `absent`."""
        return attempt(lambda: self._again(changes, fresh))

    def _again(self, changes: Mapping[str, Array], fresh: bool) -> Array:
        ledger, values, dirty = self.ledger, {**self.known, **changes}, set(changes)
        for name in ledger.ancestors(self.quantity) if changes else ():
            if name in self.absent and name not in dirty and not dirty.isdisjoint(ledger.needs[name]):
                values[name] = ledger.compute(name, values, fresh=fresh)
                dirty.add(name)
        return ledger.compute(self.quantity, values, fresh=fresh)

    @property
    def node(self) -> Node:
        """The node that the quantity is the value, the gradient or the update of."""
        return self.ledger.lines[self.quantity].node

    @property
    def kind(self) -> str:
        return self.ledger.lines[self.quantity].kind

    @property
    def is_forward(self) -> bool:
        return self.quantity in self.ledger.graph.nodes and bool(self.node.op)

    @cached_property
    def inputs(self) -> list[Array]:
        return [np.asarray(self.known[parent]) for parent in self.node.parents]

    def forward(self, inputs: list[Array], **params: object) -> Array | None:
        """The op of a forward step on other inputs."""
        op = ops.get(self.node.op)
        return attempt(lambda: FLOAT64.finish(op.forward(FLOAT64, *inputs, **{**self.node.params, **params})))

    @cached_property
    def upstream(self) -> list[Upstream]:
        """What the gradient of a first pass is made of."""
        if self.quantity not in self.ledger.gradients or not self.ledger.needs[self.quantity]:
            return []
        return [Upstream(self, *consumer) for consumer in self.ledger.consumers(self.node.name)]

    def leaves(self) -> Iterator[str]:
        """The data and parameters that it follows from without an array of the program's in between."""
        graph, waiting, seen = self.ledger.graph, [self.quantity], {self.quantity}
        while waiting:
            for name in self.ledger.needs.get(waiting.pop(), ()):
                if name in seen:
                    continue
                seen.add(name)
                if name in graph.nodes and not graph.nodes[name].op:
                    if graph.nodes[name].role != "constant":
                        yield name
                elif name in self.absent:
                    waiting.append(name)


class CodingSlip(NamedTuple):
    """The id of a misconception, what was done (with quantities in slots), and what that gives."""

    id: str
    says: str
    array: Array


CodingSlips = Iterator[CodingSlip]


def made(id_: str, says: str, array: Array | None) -> CodingSlips:
    if array is not None:
        yield CodingSlip(id_, says, array)
