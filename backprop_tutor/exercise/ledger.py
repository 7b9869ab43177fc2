"""The ledger: every quantity by name, in order, with what it follows from and how that gives it.

All that needs to know how one quantity follows from others asks here: the solution, its steps, answers
that are carried on from a student's own values, and exercises at other numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial, reduce
from operator import add
from typing import Any, Literal, NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import backward, forward, numbers, settling
from backprop_tutor.engine.further_pass import FurtherPass
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.optimizers import MAXIMIZE, Optimizer, UpdateEquation, optimizer_with
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise.further_derivatives import further_derivative
from backprop_tutor.exercise.model import OptimizerChoice
from backprop_tutor.language.derivative_name import derivative_of, gradient_of

__all__ = ["Known", "Ledger", "LedgerLine", "Quantities", "Rate", "ledger_of"]

Known = Mapping[str, Array]
Kind = Literal["leaf", "value", "gradient", "further", "update"]


class Rate:
    """How weights are updated: the optimizer, its settings with the exercise's own, the learning rates.

    `numbers` are what its letters stand for; learning rates that differ are called η1, η2, ….
    """

    def __init__(self, name: str, rates: Sequence[Fraction], settings: Mapping[str, Fraction]) -> None:
        self.optimizer: Optimizer = optimizer_with(name, settings)
        self.rates = [_rate_letter(number, len(rates)) for number in range(1, len(rates) + 1)]
        known = self.optimizer.settings.items()
        self.numbers: dict[str, Fraction] = dict(zip(self.rates, rates, strict=True)) | {
            setting.letter: settings.get(key, setting.default) for key, setting in known
        }

    def letter(self, number: int) -> str:
        """The learning rate of update `number`; further updates keep the last one."""
        return self.rates[min(number, len(self.rates)) - 1]


class LedgerLine(NamedTuple):
    """One quantity of pass `number`: the value or the gradient of `node`, whose shape and axes it has, or
    what an `equation` of the optimizer gives for it.

    `compute(xp, known)` is its value in a number system from those of its `needs`; a leaf has none.
    """

    node: Node
    kind: Kind
    number: int
    needs: tuple[str, ...]
    compute: Callable[[Any, Known], Array]
    equation: UpdateEquation | None = None

    @property
    def by_passes(self) -> bool:
        """Whether it takes passes of its own to work it out."""
        return self.kind == "further" or (self.number > 1 and self.kind != "update")

    @property
    def is_later(self) -> bool:
        """Whether an update brings it."""
        return self.number > 1 or self.kind == "update"

    @property
    def target(self) -> str:
        """What the optimizer calls an update's quantity: `W_new`, or a helper such as `v_new`."""
        return self.equation.target if self.equation else ""


class Quantities(dict[str, Node]):
    """The quantities of a graph, and on request any further derivative."""

    def __init__(self, graph: Graph, found: Mapping[str, Node]) -> None:
        super().__init__(found)
        self.graph = graph

    def __missing__(self, name: str) -> Node:
        node = further_derivative(self.graph, name)
        if node is None:
            raise KeyError(name)
        return node


class Ledger:
    """The quantities of a graph and of `updates` updates by a `rate`, each after those that it needs.

    Those of the passes after the first are their loss and the parameters' gradients: each is worked out by
    passes of its own, from the parameters that it starts with.
    """

    def __init__(self, graph: Graph, rate: Rate | None = None, updates: int = 0) -> None:
        self.graph, self.rate = graph, rate
        self.updates = updates if rate else 0
        self.gradient_prefix = gradient_of(graph.loss, "")
        self.used = graph.upstream(graph.loss)
        self._settle = settling(graph)
        self._ancestors: dict[str, list[str]] = {}
        self.further: dict[str, FurtherPass] = {}
        """Second derivatives and those of arrays by arrays, each where somebody asks for it."""
        self._further_nodes: dict[str, Node] = {}

    def include(self, node: Node) -> None:
        """One more derivative, with the shape of `node`."""
        derivative = derivative_of(node.name)
        assert derivative is not None
        self.further[node.name] = FurtherPass(self.graph, derivative)
        self._further_nodes[node.name] = node
        self._ancestors.clear()
        for worked_out in ("lines", "quantities", "needs"):
            self.__dict__.pop(worked_out, None)

    @cached_property
    def lines(self) -> dict[str, LedgerLine]:
        lines = dict(self._forward())
        lines |= self._backward()
        lines |= self._further()
        for number in range(1, self.updates + 1):
            lines |= self.later(number)
        return lines

    @cached_property
    def quantities(self) -> "Quantities":
        """Every quantity that can be asked for, with the node that has its shape and axes: values and their
        gradients as the graph has them, then what updates bring."""
        nodes = [node for node in self.graph.nodes.values() if node.role != "constant"]
        gradients = ((self.gradient_prefix + node.name, node) for node in nodes)
        found = {node.name: node for node in nodes}
        found |= {name: node for name, node in gradients if name in self.lines}
        found |= {name: line.node for name, line in self.lines.items() if line.is_later}
        return Quantities(self.graph, found | self._further_nodes)

    @cached_property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """What each quantity that is worked out needs."""
        return {name: line.needs for name, line in self.lines.items() if line.kind != "leaf"}

    def ancestors(self, quantity: str) -> list[str]:
        """What `quantity` follows from, directly or not, in order, `quantity` and leaves left out."""
        if quantity not in self._ancestors:
            reached = {quantity}
            for name in reversed(self.needs):
                if name in reached:
                    reached.update(self.needs[name])
            self._ancestors[quantity] = [name for name in self.needs if name in reached - {quantity}]
        return self._ancestors[quantity]

    def compute(self, quantity: str, known: Known, *, fresh: bool = False) -> Array:
        """The value of `quantity` in floats from the `known` ones of what it needs, 0 in place of noise.
        With `fresh`, a derivative such as h(1 - h) is taken at net, whatever the known h is."""
        line = self.lines[quantity]

        def value(known: Known) -> Array:
            return line.compute(FLOAT64, {**known, **self.afresh(line, known)} if fresh else known)

        inputs = {name: known[name] for name in line.needs if name in known}
        return self._settle(line.node, value(known), inputs, lambda moved: value({**known, **moved}))

    def afresh(self, line: LedgerLine, known: Known, xp: Any = FLOAT64) -> Known:
        """What a gradient comes back through, worked out anew from the `known` values of its parents."""
        is_gradient = line.kind == "gradient" and line.number == 1
        consumers = [consumer for consumer, _ in self.consumers(line.node.name)] if is_gradient else ()
        return {name: self.lines[name].compute(xp, known) for name in consumers}

    def completed(self, known: Known) -> dict[str, Array]:
        """The `known` values, the leaves among them, and every other quantity, worked out from them."""
        found = dict(known)
        for name in self.needs:
            if name not in found:
                found[name] = self.compute(name, found)
        return found

    # What there is

    @cached_property
    def gradients(self) -> dict[str, Node]:
        """The gradients of the first pass, each with the node that it is the gradient of."""
        first = (item for item in self.lines.items() if item[1].number == 1)
        return {name: line.node for name, line in first if line.kind == "gradient"}

    @cached_property
    def activations(self) -> frozenset[str]:
        """Values that a derivative may be written with: h in h(1 - h)."""
        nodes = self.graph.nodes.values()
        return frozenset(node.name for node in nodes if node.op and len(node.parents) == 1)

    def old(self, quantity: str) -> str:
        """The parameter that the update `quantity` steps from; nothing for any other quantity."""
        line = self.lines[quantity]
        return self.before(line.node.name, line.number) if line.target == "W_new" else ""

    @cached_property
    def targets(self) -> list[str]:
        """What the loss is differentiated by without being asked: parameters, or else the givens."""
        return [n for n in self.graph.parameters or self.graph.named("given") if n in self.used]

    @cached_property
    def differentiated(self) -> list[str]:
        """Every node with a gradient in the walkthrough, from the loss backwards, leaves as soon as due."""
        graph = self.graph
        on_the_way = graph.between(self.targets)
        waiting = {
            name: sum(consumer in on_the_way for consumer, _ in graph.consumers[name]) for name in on_the_way
        }
        order: list[str] = []
        for node in reversed(graph.nodes.values()):
            if node.op and node.name in on_the_way:
                order.append(node.name)
                for parent in dict.fromkeys(reversed(node.parents)):
                    waiting[parent] = waiting.get(parent, 0) - node.parents.count(parent)
                    if waiting[parent] == 0 and parent in on_the_way and not graph.nodes[parent].op:
                        order.append(parent)
        return [name for name in order if name != graph.loss]

    def consumers(self, name: str) -> list[tuple[str, int]]:
        """What takes the node `name` on the way to the loss, each with the slot that it takes it in."""
        return [(consumer, slot) for consumer, slot in self.graph.consumers[name] if consumer in self.used]

    # Names

    def update_name(self, parameter: str, target: str, number: int) -> str:
        """`W1_new` after the last update, `W1_new1` after the first of several; `v_W1_new` of a helper, and
        `norm` of one for all parameters, which has none."""
        helper, new, _ = target.partition("_new")
        name = parameter if helper == "W" else f"{helper}_{parameter}" if parameter else helper
        which = str(number) if new else f"_{number}"
        return name + new + ("" if number == max(self.updates, 1) else which)

    def loss_name(self, number: int) -> str:
        """`J` of the first pass, `J2` of the second."""
        return self.graph.loss + ("" if number == 1 else str(number))

    def gradient_name(self, name: str, number: int) -> str:
        """`dJ/dW1` of the first pass, `dJ2/dW1` of the second."""
        return gradient_of(self.loss_name(number), name)

    def before(self, parameter: str, number: int) -> str:
        """The parameter that pass `number` starts from."""
        return parameter if number == 1 else self.update_name(parameter, "W_new", number - 1)

    # The lines

    def _forward(self) -> Iterator[tuple[str, LedgerLine]]:
        nodes = self.graph.nodes.values()
        for node in (node for node in nodes if not node.op):
            yield node.name, LedgerLine(node, "leaf", 1, (), partial(_given, node.name))
        for node in (node for node in nodes if node.op):
            yield node.name, LedgerLine(node, "value", 1, node.parents, partial(_value, node))

    def _backward(self) -> Iterator[tuple[str, LedgerLine]]:
        graph = self.graph
        others = (node.name for node in reversed(graph.nodes.values()) if node.role != "constant")
        for name in dict.fromkeys((graph.loss, *self.differentiated, *others)):
            if name not in self.used and not (self.rate and name in graph.parameters):
                continue
            needs: dict[str, None] = {}
            for consumer, _ in self.consumers(name):
                needs |= dict.fromkeys(
                    (self.gradient_prefix + consumer, consumer, *graph.nodes[consumer].parents)
                )
            how = partial(self._gradient, name)
            yield self.gradient_prefix + name, LedgerLine(graph.nodes[name], "gradient", 1, tuple(needs), how)

    def _further(self) -> Iterator[tuple[str, LedgerLine]]:
        for name, passes in self.further.items():
            needs = (n for n in passes.needs if n in self.graph.nodes or n.startswith(self.gradient_prefix))
            yield name, LedgerLine(self._further_nodes[name], "further", 1, tuple(needs), passes.entries)

    def later(self, number: int) -> Iterator[tuple[str, LedgerLine]]:
        """The lines of update `number` and, if it is not the first, of the pass before it."""
        graph = self.graph
        assert self.rate is not None
        leaves = (*graph.named("given"), *(self.before(name, number) for name in graph.parameters))
        if number > 1:
            how = partial(self._again, number, "")
            yield self.loss_name(number), LedgerLine(graph.nodes[graph.loss], "value", number, leaves, how)
        equations = self.rate.optimizer.equations
        overall = [equation for equation in equations if equation.overall]
        if overall and number > 1:
            yield from (self._gradient_again(name, number, leaves) for name in graph.parameters)
        needs = [self.gradient_name(name, number) for name in graph.parameters]
        for equation in overall:
            update = partial(self._update, "", number, equation)
            quantity, node = self.update_name("", equation.target, number), graph.nodes[graph.loss]
            yield quantity, LedgerLine(node, "update", number, tuple(needs), update, equation)
        for name in graph.parameters:
            if number > 1 and not overall:
                yield self._gradient_again(name, number, leaves)
            needs = [self.before(name, number), self.gradient_name(name, number)]
            needs += [self.update_name("", equation.target, number) for equation in overall]
            if number > 1:
                kept = (f"{state}_new" for state in self.rate.optimizer.state)
                needs += [self.update_name(name, target, number - 1) for target in kept]
            for equation in (equation for equation in equations if not equation.overall):
                quantity = self.update_name(name, equation.target, number)
                update = partial(self._update, name, number, equation)
                yield (
                    quantity,
                    LedgerLine(graph.nodes[name], "update", number, tuple(needs), update, equation),
                )
                needs.append(quantity)

    def _gradient_again(self, name: str, number: int, leaves: tuple[str, ...]) -> tuple[str, LedgerLine]:
        """The gradient of a parameter in a later pass."""
        how = partial(self._again, number, name)
        line = LedgerLine(self.graph.nodes[name], "gradient", number, leaves, how)
        return self.gradient_name(name, number), line

    # How each is worked out

    def _gradient(self, name: str, xp: Any, known: Known) -> Array:
        """The sum over the consumers of what each sends back."""
        node = self.graph.nodes[name]
        if name == self.graph.loss:
            return xp.finish(xp.number(1))
        terms = [self.sent_back(consumer, slot, xp, known) for consumer, slot in self.consumers(name)]
        return xp.finish(reduce(add, terms)) if terms else xp.zeros(node.shape)

    def sent_back(self, consumer: str, slot: int, xp: Any, known: Known) -> Array:
        """The upstream gradient of `consumer` times its local derivative by its parent at `slot`."""
        node = self.graph.nodes[consumer]
        inputs = (known[parent] for parent in node.parents)
        rule = ops.get(node.op).vjp(slot)
        return rule(xp, known[self.gradient_prefix + consumer], known[consumer], *inputs, **node.params)

    def _update(self, parameter: str, number: int, equation: UpdateEquation, xp: Any, known: Known) -> Array:
        """One equation of the optimizer. Letters that are not `known`, such as η, are the rate's numbers."""
        rate = self.rate
        assert rate is not None
        terms = {letter: known.get(letter, xp.number(value)) for letter, value in rate.numbers.items()}
        terms |= {"k": xp.number(number), "η": terms[rate.letter(number)]}
        if rate.optimizer.maximizes:
            terms[MAXIMIZE] = xp.number(1)
        if equation.overall:
            terms["g"] = [known[self.gradient_name(name, number)] for name in self.graph.parameters]
            return xp.finish(equation.formula(xp, terms))
        terms |= {
            "W": known[self.before(parameter, number)],
            "g": known[self.gradient_name(parameter, number)],
        }
        for kept in rate.optimizer.state:
            earlier = self.update_name(parameter, f"{kept}_new", number - 1)
            terms[kept] = known[earlier] if number > 1 else xp.number(0)
        for earlier_one in rate.optimizer.equations:
            if earlier_one is equation:
                break
            of = "" if earlier_one.overall else parameter
            terms[earlier_one.target] = known[self.update_name(of, earlier_one.target, number)]
            if earlier_one.prepares:
                terms["g"] = terms[earlier_one.target]
        return xp.finish(equation.formula(xp, terms))

    def _again(self, number: int, wrt: str, xp: Any, known: Known) -> Array:
        """The loss of a later pass, or its gradient by `wrt`, from the data and its own parameters."""
        graph = self.graph
        leaves = {given: known[given] for given in graph.named("given")}
        leaves |= {parameter: known[self.before(parameter, number)] for parameter in graph.parameters}
        revise = self._settle if xp is FLOAT64 else None
        values = forward(graph, xp, numbers(graph, xp, leaves), revise=revise)
        if not wrt:
            return values[graph.loss]
        gradients = backward(graph, xp, values, [wrt], revise=revise)
        return gradients.get(wrt, xp.zeros(graph.nodes[wrt].shape))


def _given(name: str, xp: Any, known: Known) -> Array:
    return known[name]


def _value(node: Node, xp: Any, known: Known) -> Array:
    inputs = (known[parent] for parent in node.parents)
    return xp.finish(ops.get(node.op).forward(xp, *inputs, **node.params))


def ledger_of(graph: Graph, rates: Sequence[Fraction], optimizer: OptimizerChoice, updates: int) -> Ledger:
    """The ledger of an exercise; without a learning rate, or without parameters, nothing is updated."""
    if not rates or not graph.parameters:
        return Ledger(graph)
    return Ledger(graph, Rate(optimizer.name, rates, optimizer.settings), updates)


def _rate_letter(number: int, rates: int) -> str:
    """η, or η2 of update 2 where each of several updates has a rate of its own."""
    return "η" if rates == 1 else f"η{number}"
