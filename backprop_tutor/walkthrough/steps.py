"""The walkthrough: one step a quantity, in the order in which a student works them out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.optimizers import UpdateEquation
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.engine.systems.formal import COUNT, FormalSystem
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language.expr import Expr, Sym, leaves, name_of
from backprop_tutor.language.sentence import Sentence
from backprop_tutor.walkthrough.formulas import counts, forward_formula, gradient_formula, symbol
from backprop_tutor.walkthrough.passes import Rate
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["PHASES", "Phase", "Step", "build_steps", "update_formula"]

Phase = Literal["forward", "loss", "backward", "update"]
PHASES: tuple[Phase, ...] = ("forward", "loss", "backward", "update")


@dataclass(frozen=True, eq=False)
class Step:
    """How one quantity is computed.

    `form` is the formula of the whole array, None where the step repeats an earlier computation;
    `element(index)` is the formula of one element, worked out when asked. `numbers` are the values of
    letters that are no quantities: N, η. `node` gives the quantity its shape and axes. `rule` and
    `explanation` are a `Sentence` each.
    """

    phase: Phase
    quantity: str
    node: Node
    rule: str
    explanation: str
    form: Expr | None
    elements: Element | None
    uses: tuple[str, ...] = ()
    numbers: dict[str, Fraction] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.phase}:{self.quantity}"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.node.shape

    def element(self, index: tuple[int, ...]) -> Expr | None:
        """The formula of the element at the zero-based `index`."""
        return self.elements.at(index) if self.elements else None

    def name_of(self, index: tuple[int, ...]) -> Expr:
        """The name of that element: `dJ/dW1[1,2]`."""
        return element_symbol(self.quantity, self.node, index)


def build_steps(solution: Solution) -> Iterator[Step]:
    """Every step of the exercise: forward, loss, backward, update."""
    graph = solution.graph
    for node in graph.nodes.values():
        if node.op:
            yield _forward_step(solution, node)
    differentiated = set(solution.differentiated) | {graph.loss}
    for name in solution.differentiated:
        yield _backward_step(solution, graph.nodes[name], differentiated)
    if solution.rate:
        for number in range(1, solution.updates + 1):
            yield from _update_steps(solution, solution.rate, number)


def gradient_step(solution: Solution, name: str) -> Step:
    """The step of any gradient, also of one that the walkthrough leaves out (a given's)."""
    graph = solution.graph
    return _backward_step(solution, graph.nodes[name], graph.between([name]))


def _uses(solution: Solution, form: Expr | None) -> tuple[str, ...]:
    """The quantities that a formula mentions, in order."""
    found = []
    for leaf in leaves(form) if form else ():
        if name_of(leaf) in solution.shapes:
            found.append(name_of(leaf))
    return tuple(dict.fromkeys(found))


def _examples(solution: Solution, form: Expr, nodes: list[Node]) -> dict[str, Fraction]:
    """N, where the op of one of `nodes` averages over it."""
    if COUNT.name in solution.shapes or COUNT not in leaves(form):
        return {}
    sizes = counts(solution.graph, nodes)
    return {COUNT.name: Fraction(max(sizes))} if sizes else {}


def _forward_step(solution: Solution, node: Node) -> Step:
    op = ops.get(node.op)
    form = forward_formula(solution.graph, node, FORM).expr
    return Step(
        "loss" if node.role == "loss" else "forward",
        node.name,
        node,
        op.rule,
        op.computes,
        form,
        forward_formula(solution.graph, node, ELEMENT),
        _uses(solution, form),
        _examples(solution, form, [node]),
    )


def _backward_step(solution: Solution, node: Node, through: set[str]) -> Step:
    graph = solution.graph
    consumers = [(graph.nodes[c], slot) for c, slot in graph.consumers[node.name] if c in through]
    form = gradient_formula(graph, node.name, FORM, through).expr
    local = Sentence.joined("; ", (ops.get(c.op).derivative_rule(slot) for c, slot in consumers))
    before, after = "", ""
    if len(consumers) > 1:
        before = f"total derivative (sum over {len(consumers)} paths): "
    elif consumers[0][0].name != graph.loss:
        before = "chain rule: "
    if any(c.batched and c.shape[0] > 1 for c, _ in consumers) and not node.batched:
        after = ", sum over the training set"
    return Step(
        "backward",
        solution.gradient_prefix + node.name,
        node,
        Sentence(f"{before}{local.template}{after}"),
        Sentence.joined(" ", (ops.get(c.op).explanation(slot) for c, slot in consumers)),
        form,
        gradient_formula(graph, node.name, ELEMENT, through),
        _uses(solution, form),
        _examples(solution, form, [consumer for consumer, _ in consumers]),
    )


def _update_steps(solution: Solution, rate: Rate, number: int) -> Iterator[Step]:
    graph = solution.graph
    loss = solution.loss_name(number)
    if number > 1:
        again = f"after {number - 1} update{'s' if number > 2 else ''}"
        yield Step("update", loss, graph.nodes[graph.loss], f"loss {again}", "", None, None)
    for name in graph.parameters:
        node = graph.nodes[name]
        if number > 1:
            yield Step("update", f"d{loss}/d{name}", node, f"backward pass {again}", "", None, None)
        for equation in rate.optimizer.equations:
            yield _update_step(solution, rate, node, equation, number)


def update_formula(
    xp: FormalSystem, solution: Solution, rate: Rate, node: Node, equation: UpdateEquation, number: int
) -> Any:
    """One equation of update `number`, as an array of `xp`."""
    terms: dict[str, Array] = {"k": xp.number(number)}
    terms |= {letter: xp.array.scalar(Sym(letter)) for letter in rate.numbers}
    for target in (e.target for e in rate.optimizer.equations):
        terms[target] = symbol(xp, node, solution.update_name(node.name, target, number))
    for kept in rate.optimizer.state:
        before = solution.update_name(node.name, f"{kept}_new", number - 1)
        terms[kept] = xp.number(0) if number == 1 else symbol(xp, node, before)
    weights = node.name if number == 1 else solution.update_name(node.name, "W_new", number - 1)
    terms["W"] = symbol(xp, node, weights)
    terms["g"] = symbol(xp, node, f"d{solution.loss_name(number)}/d{node.name}")
    return xp.finish(equation.formula(xp, terms))


def _update_step(solution: Solution, rate: Rate, node: Node, equation: UpdateEquation, number: int) -> Step:
    def formula(xp: FormalSystem) -> Any:
        return update_formula(xp, solution, rate, node, equation, number)

    form = formula(FORM).expr
    return Step(
        "update",
        solution.update_name(node.name, equation.target, number),
        node,
        Sentence(equation.rule),
        Sentence(equation.says),
        form,
        formula(ELEMENT),
        _uses(solution, form),
        rate.numbers,
    )
