"""What a misconception sees of the step that it changes: the op, its inputs, the right result."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.grading.misconceptions.constants import Constants

__all__ = ["Adjusted", "Edge", "Forward", "Misconception", "Total", "Update", "WrongResult"]


class WrongResult(NamedTuple):
    """One way to get a step wrong: its result, what was done in words, in which quantities and N are slots
    of a `Sentence` ("the bias {b1} left out"), and a `key` that is the same wherever the same thing is done
    in other steps. `inherited`: it was done in an earlier step, and came with the gradient."""

    value: Array
    says: str
    key: str = ""
    inherited: bool = False


class _Node:
    graph: Graph
    node: Node
    inputs: list[Array]

    @property
    def op(self) -> Op:
        return ops.get(self.node.op)

    def parent(self, slot: int) -> Node:
        return self.graph.nodes[self.node.parents[slot]]

    @property
    def is_activation(self) -> bool:
        """A function of one variable, applied to every element or, as softmax is, to a layer."""
        single = len(self.op.partials) == 1 and not self.op.passes_on
        return single or bool(self.op.across)


@dataclass
class Forward(_Node):
    """The forward step of `node`; `known` gives every other quantity's value."""

    graph: Graph
    node: Node
    inputs: list[Array]
    known: Mapping[str, Array]

    @cached_property
    def right(self) -> Array:
        return FLOAT64.finish(self.op.forward(FLOAT64, *self.inputs, **self.node.params))

    def of(self, *inputs: Array) -> Array:
        """The same op on other inputs."""
        return FLOAT64.finish(self.op.forward(FLOAT64, *inputs, **self.node.params))


@dataclass
class Edge(_Node):
    """What `node` sends back to its parent at `slot`: its gradient `g` times the local derivative."""

    graph: Graph
    node: Node
    inputs: list[Array]
    known: Mapping[str, Array]
    slot: int
    g: Array
    y: Array
    updated: Callable[[str], Array | None]  # the updated value of a parameter, None where there is none

    @cached_property
    def right(self) -> Array:
        return self.of(self.g, self.inputs)

    @property
    def target(self) -> Node:
        return self.parent(self.slot)

    def of(self, g: Array, inputs: list[Array]) -> Array:
        """The same rule with another upstream gradient or other inputs."""
        rule = self.op.vjp(self.slot)
        return FLOAT64.finish(rule(FLOAT64, g, self.y, *inputs, **self.node.params))

    def replaced(self, slot: int, array: Array) -> list[Array]:
        return [array if i == slot else given for i, given in enumerate(self.inputs)]


@dataclass
class Total:
    """The gradient of `target` as the sum of its `terms`, one a consumer, with the constants in it."""

    graph: Graph
    target: Node
    terms: list[Array]
    consumers: list[Node]
    constants: tuple[Constants, ...]

    @cached_property
    def right(self) -> Array:
        total = self.terms[0]
        for term in self.terms[1:]:
            total = total + term
        return total


@dataclass
class Update:
    """The update of a parameter: `new` from `old`, with the learning rate `rate`."""

    old: Array
    new: Array
    rate: float
    maximizes: bool = False

    @property
    def step(self) -> Array:
        return self.old - self.new


@dataclass
class Adjusted:
    """A line of the update: its `right` value, and `at(letter, number)` with another number for one of the
    `letters` of its settings."""

    right: Array
    letters: frozenset[str]
    at: Callable[[str, float], Array]


@dataclass(frozen=True)
class Misconception:
    """`title` says in a few words what was done, `summary` in a sentence what is right; `rule` is the card
    that `explain --rule` shows to read on with.

    `forward`, `edge`, `total`, `update` and `adjusted` give the wrong results of each kind of step; those of
    the ids that have none are found by edits of its formula (`misconceptions.edits`).
    `everywhere`: who does it once may well do it in every layer. `covers` are the ids that are told beside
    it where they come to the same."""

    id: str
    title: str
    summary: str
    rule: str
    forward: Callable[[Forward], Iterator[WrongResult]] | None = None
    edge: Callable[[Edge], Iterator[WrongResult]] | None = None
    total: Callable[[Total], Iterator[WrongResult]] | None = None
    update: Callable[[Update], Iterator[WrongResult]] | None = None
    adjusted: Callable[[Adjusted], Iterator[WrongResult]] | None = None
    everywhere: bool = False
    covers: tuple[str, ...] = ()
