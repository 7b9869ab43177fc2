"""A solved exercise: every quantity by its name, in floats and in fractions, confirmed on request."""

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cached_property

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import backward, forward
from backprop_tutor.engine.expression import index_of_item
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.oracles import Confirmation, kinks
from backprop_tutor.engine.systems.base import Array, Index
from backprop_tutor.engine.systems.formal import COUNT, PI
from backprop_tutor.errors import EvaluationError, UsageError
from backprop_tutor.exercise.ledger import Ledger, LedgerLine, Quantities, Rate, ledger_of
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.quantity import Quantity, canonical, find_quantity, part_of
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.language.expr import Expr, Item, name_of
from backprop_tutor.shown import Shown
from backprop_tutor.walkthrough.passes import Pass
from backprop_tutor.walkthrough.steps import Step, build_steps, forward_step, gradient_step

__all__ = ["Solution", "solve"]


def solve(exercise: Exercise) -> "Solution":
    """The solution of `exercise`. Nothing is computed before it is asked for.

    >>> from backprop_tutor import load, solve
    >>> solve(load("exercise1")).exact("dJ/dW2").tolist()
    [[Fraction(-1, 1), Fraction(0, 1)]]
    """
    return Solution(exercise)


class Solution(Shown):
    """Values by quantity name: `net1`, `dJ/dW1`, `W1_new`.

    `value` gives float64 arrays of the quantity's shape, `exact` object arrays of Fraction or None.
    Both raise UsageError for an unknown name and EvaluationError where the arithmetic fails.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.graph = exercise.graph
        self._passes = [Pass(self.ledger, exercise.values)]
        for name in exercise.further:
            self._include(name)
        self.gradient_prefix = self.ledger.gradient_prefix
        self._left_out: dict[str, Step] = {}
        self._confirmed: dict[tuple[str, tuple[str, ...] | None], Confirmation] = {}

    @property
    def rate(self) -> Rate | None:
        """The update rule, None where the exercise has no learning rate."""
        return self.ledger.rate

    @cached_property
    def ledger(self) -> Ledger:
        """Every quantity with what it follows from."""
        exercise = self.exercise
        return ledger_of(self.graph, exercise.rates, exercise.optimizer, exercise.steps)

    @property
    def updates(self) -> int:
        """How many updates there are."""
        return self.ledger.updates

    def at(self, number: int) -> Pass:
        """Pass `number`; the later ones start from the updated parameters."""
        while len(self._passes) < number:
            self._passes.append(self._passes[-1].next())
        return self._passes[number - 1]

    @property
    def first(self) -> Pass:
        return self._passes[0]

    @property
    def targets(self) -> list[str]:
        """What the loss is differentiated by without being asked: parameters, or else the givens."""
        return self.ledger.targets

    @property
    def differentiated(self) -> list[str]:
        """Every node with a gradient in the walkthrough, from the loss backwards."""
        return self.ledger.differentiated

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The walkthrough: the steps in order, by the quantity that each computes."""
        return {step.quantity: step for step in build_steps(self.ledger)}

    def step(self, quantity: str) -> Step | None:
        """The step of `quantity`, also of a gradient that the walkthrough leaves out.

        None for what is not computed: data, parameters, and the gradient of the loss by itself or by what
        it does not depend on.
        """
        if quantity in self.steps:
            return self.steps[quantity]
        node = self.node_of(quantity)
        if quantity not in self.graph.inner:
            if quantity not in self.quantities or node in (quantity, self.graph.loss):
                return None
            if node not in self.graph.upstream(self.graph.loss):
                return None
        if quantity not in self._left_out:
            how = forward_step if node == quantity else gradient_step
            self._left_out[quantity] = how(self.ledger, node)
        return self._left_out[quantity]

    def node_of(self, quantity: str) -> str:
        """The node that `quantity` is the value or the gradient of, "" for those of an update."""
        node = quantity.removeprefix(self.gradient_prefix)
        return node if node in self.graph.nodes else ""

    @property
    def quantities(self) -> Quantities:
        """Every quantity that can be asked for, with the node that has its shape and axes."""
        return self.ledger.quantities

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: node.shape for name, node in self.quantities.items()}

    @cached_property
    def batched(self) -> frozenset[str]:
        """The quantities whose first axis is the example."""
        return frozenset(name for name, node in self.quantities.items() if node.batched)

    @cached_property
    def letters(self) -> dict[str, float]:
        """What formulas mention beside quantities: π, the settings of the update, and N."""
        letters: dict[str, float | Fraction] = {PI.name: math.pi, **(self.rate.numbers if self.rate else {})}
        if self.exercise.layers:
            counts = {Fraction(len(self.exercise.values["x"]))}
        else:
            counts = {s.numbers[COUNT.name] for s in self.steps.values() if COUNT.name in s.numbers}
        if len(counts) == 1:
            letters[COUNT.name] = counts.pop()
        return {letter: float(value) for letter, value in letters.items() if letter not in self.shapes}

    @cached_property
    def order(self) -> dict[str, int]:
        """Every quantity by its place in the walkthrough; data and parameters come first."""
        return {name: place for place, name in enumerate(self.ledger.lines)}

    def element(self, leaf: Expr) -> tuple[str, tuple[int, ...]] | None:
        """The quantity and the zero-based index of an element in a formula; None for anything else."""
        name = name_of(leaf)
        if name not in self.shapes:
            return None
        index = tuple(place for place in self.part(leaf) if isinstance(place, int))
        return (name, index) if len(index) == len(self.shapes[name]) else None

    def part(self, leaf: Expr) -> Index:
        """Which part of its quantity a symbol (all of it) or an item is, as NumPy's index."""
        if not isinstance(leaf, Item):
            return ()
        places = index_of_item(leaf.index if leaf.example is None else (leaf.example, *leaf.index))
        node = self.quantities[name_of(leaf)]
        if node.parts:
            region = part_of(leaf, name_of(leaf), self.quantities).region
            return tuple(slice(None) if place is None else place for place in region)
        unsaid = node.batched and len(places) < len(node.shape)  # of a single example
        return (0, *places) if unsaid else places

    @cached_property
    def names(self) -> frozenset[str]:
        """What a formula may name: the quantities, and the letters beside them."""
        return frozenset({*self.shapes, *self.letters})

    def update_name(self, parameter: str, target: str, number: int) -> str:
        """`W1_new` after the last update, `W1_new1` after the first of several; `v_W1_new` of a helper."""
        return self.ledger.update_name(parameter, target, number)

    def loss_name(self, number: int) -> str:
        """`J` of the first pass, `J2` of the second."""
        return self.ledger.loss_name(number)

    def canonical(self, name: str) -> str:
        """`dJ/dnet1` for `delta1`."""
        return canonical(name, self.quantities)

    def find(self, text: str, lettering: Lettering = CANONICAL) -> Quantity:
        """The quantity, or part of one, that `text` names in a notation.

        A derivative that nobody asked for so far is one of the quantities from here on. Raises UsageError
        with near names.
        """
        found = find_quantity(text, self.quantities, lettering)
        if found.name not in self.quantities:
            self._include(found.name)
        return found

    def _include(self, name: str) -> None:
        self.ledger.include(self.quantities[name])
        for worked_out in ("shapes", "batched", "letters", "order", "names", "steps"):
            self.__dict__.pop(worked_out, None)

    def value(self, name: str) -> Array:
        line = self._line(name)
        return self.at(line.number).value(line)

    def exact(self, name: str) -> Array | None:
        line = self._line(name)
        return self.at(line.number).exact_value(line)

    def precise(self, name: str) -> Array | None:
        """The same in arithmetic that loses no digits to rounding, None where it has no value there."""
        return self._precise.get(name) if name in self.ledger.lines else self.precise_derivative(name)

    def precise_derivative(self, wrt: str, graph: Graph | None = None) -> Array | None:
        """The same of a gradient, also of another loss in a `graph` that goes on from the exercise's."""
        from backprop_tutor.engine.systems.precise import PRECISE  # imports mpmath

        graph, node = graph or self.graph, wrt.removeprefix(self.gradient_prefix)
        known = {name: values for name, values in self._precise.items() if name in graph.nodes}
        try:
            values = forward(graph, PRECISE, known)
            return backward(graph, PRECISE, values, [node]).get(node)
        except (ArithmeticError, EvaluationError, KeyError):
            return None

    @cached_property
    def _precise(self) -> dict[str, Array]:
        from backprop_tutor.engine.systems.precise import PRECISE  # imports mpmath

        found = {name: PRECISE.array(values) for name, values in self.exercise.values.items()}
        for name, line in self.ledger.lines.items():
            if line.kind != "leaf":
                with suppress(ArithmeticError, EvaluationError, KeyError):
                    found[name] = line.compute(PRECISE, found)
        return found

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """Every line of the ledger with its value."""
        self.prepare(self.ledger.gradients)
        return {name: np.asarray(self.value(name)) for name in self.ledger.lines}

    def symbolic(self, name: str, *, closed: bool = False) -> Array:
        """A computed node or a gradient, or a part of one, as an object array of SymPy expressions in the
        symbols of its neighbours: `h1[1,2]`, `dJ/dh1[1,2]`. `closed` writes them out in data and
        parameters alone.

        Raises UsageError for another name, and for a closed form that would be too long.
        """
        from backprop_tutor.engine.symbolic_pass import closed_form, symbolic_forward, symbolic_gradients

        quantity = self.find(name)
        node = quantity.name.removeprefix(self.gradient_prefix)
        of_nodes = node == quantity.name
        found = symbolic_forward(self.graph) if of_nodes else symbolic_gradients(self.graph, [node])
        if node not in found:
            raise UsageError(f"{name} is not a computed quantity or a gradient of the first pass")
        region = tuple(slice(None) if place is None else place for place in quantity.region)
        part = np.asarray(found[node][region], dtype=object)
        return closed_form(self.graph, part) if closed else part

    def _line(self, name: str) -> LedgerLine:
        line = self.ledger.lines.get(name)
        if line is None and (node := self.graph.nodes.get(name.removeprefix(self.gradient_prefix))):
            return LedgerLine(node, "gradient", 1, (), lambda xp, known: xp.zeros(node.shape))
        if line is None:
            raise UsageError(f"there is no quantity called {name}.", hint="solve --json lists all of them.")
        return line

    def prepare(self, quantities: Iterable[str]) -> None:
        """Work out several gradients in one backward pass."""
        prefix = self.gradient_prefix
        names = [name.removeprefix(prefix) for name in quantities if name.startswith(prefix)]
        self.first.prepare(name for name in names if name in self.graph.nodes)

    def confirm(self, name: str, routes: tuple[str, ...] | None = None) -> Confirmation | None:
        """What every route says of the gradient `name`, None for any other quantity.

        `routes` limits the work to those. Raises ProofError where a route disagrees.
        """
        line = self.ledger.lines.get(name)
        if line is None or line.kind not in ("gradient", "further"):
            return None
        if (name, routes) not in self._confirmed:
            self._confirmed[name, routes] = self.at(line.number).confirm(line.node.name, routes)
        return self._confirmed[name, routes]

    @cached_property
    def kinks(self) -> dict[str, Array]:
        """Nodes with elements that sit on a kink of their op, and which elements."""
        return kinks(self.graph, self.first.values, self.first.exact)

    @cached_property
    def conventions(self) -> list[str]:
        """What is assumed of derivatives where values sit on a kink, as sentences."""
        nodes = (self.graph.nodes[name] for name in self.kinks)
        return list(dict.fromkeys(ops.get(node.op).at_kink(node.params) for node in nodes))

    def convention(self, quantity: str, index: tuple[int, ...] | None = None) -> str:
        """What is assumed where the gradient `quantity`, or one element of it, is taken on a kink."""
        node = self.graph.nodes.get(quantity.removeprefix(self.gradient_prefix))
        if node is None or node.name == quantity:
            return ""
        said: dict[str, None] = {}
        for name, _ in self.graph.consumers[node.name]:
            on_kink = self.kinks.get(name)
            if on_kink is not None:
                at = index if on_kink.shape == node.shape and index is not None else ...
                if np.any(on_kink[at]):
                    said[ops.get(self.graph.nodes[name].op).at_kink(self.graph.nodes[name].params)] = None
        return " ".join(said)

    @property
    def loss(self) -> float:
        return float(np.asarray(self.value(self.graph.loss)))
