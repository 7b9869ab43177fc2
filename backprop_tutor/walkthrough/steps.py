"""The steps: one a quantity of the ledger, in the order in which a student works them out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.engine.systems.formal import COUNT, FormalSystem
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language.expr import Expr, Sym, leaves, name_of
from backprop_tutor.language.sentence import Sentence
from backprop_tutor.walkthrough.formulas import counts, forward_formula, gradient_formula, symbol
from backprop_tutor.walkthrough.ledger import Ledger, LedgerLine

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


def build_steps(ledger: Ledger) -> Iterator[Step]:
    """Every step of the exercise: forward, loss, backward, update."""
    differentiated = set(ledger.differentiated)
    through = differentiated | {ledger.graph.loss}
    for name, line in ledger.lines.items():
        match line.kind:
            case "value" if line.number == 1:
                yield _forward_step(ledger, line.node)
            case "gradient" if line.number == 1:
                if line.node.name in differentiated:
                    yield _backward_step(ledger, line.node, through)
            case "update":
                yield _update_step(ledger, name, line)
            case "value" | "gradient":
                yield _repeated_step(name, line)


def gradient_step(ledger: Ledger, name: str) -> Step:
    """The step of any gradient, also of one that the walkthrough leaves out (a given's)."""
    graph = ledger.graph
    return _backward_step(ledger, graph.nodes[name], graph.between([name]))


def _uses(ledger: Ledger, form: Expr | None) -> tuple[str, ...]:
    """The quantities that a formula mentions, in order."""
    found = []
    for leaf in leaves(form) if form else ():
        if name_of(leaf) in ledger.lines:
            found.append(name_of(leaf))
    return tuple(dict.fromkeys(found))


def _examples(ledger: Ledger, form: Expr, nodes: list[Node]) -> dict[str, Fraction]:
    """N, where the op of one of `nodes` averages over it."""
    if COUNT.name in ledger.lines or COUNT not in leaves(form):
        return {}
    sizes = counts(ledger.graph, nodes)
    return {COUNT.name: Fraction(max(sizes))} if sizes else {}


def _forward_step(ledger: Ledger, node: Node) -> Step:
    op = ops.get(node.op)
    form = forward_formula(ledger.graph, node, FORM).expr
    return Step(
        "loss" if node.role == "loss" else "forward",
        node.name,
        node,
        op.rule,
        op.computes,
        form,
        forward_formula(ledger.graph, node, ELEMENT),
        _uses(ledger, form),
        _examples(ledger, form, [node]),
    )


def _backward_step(ledger: Ledger, node: Node, through: set[str]) -> Step:
    graph = ledger.graph
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
        ledger.prefix + node.name,
        node,
        Sentence(f"{before}{local.template}{after}"),
        Sentence.joined(" ", (ops.get(c.op).explanation(slot) for c, slot in consumers)),
        form,
        gradient_formula(graph, node.name, ELEMENT, through),
        _uses(ledger, form),
        _examples(ledger, form, [consumer for consumer, _ in consumers]),
    )


def _repeated_step(name: str, line: LedgerLine) -> Step:
    """The loss or a gradient of a later pass: worked out as in the first."""
    what = "loss" if line.kind == "value" else "backward pass"
    rule = f"{what} after {line.number - 1} update{'s' if line.number > 2 else ''}"
    return Step("update", name, line.node, rule, "", None, None)


def update_formula(xp: FormalSystem, ledger: Ledger, line: LedgerLine) -> Any:
    """One equation of an update, as an array of `xp`."""
    assert ledger.rate is not None
    known: dict[str, Array] = {letter: xp.array.scalar(Sym(letter)) for letter in ledger.rate.numbers}
    known |= {name: symbol(xp, ledger.lines[name].node, name) for name in line.needs}
    return line.compute(xp, known)


def _update_step(ledger: Ledger, name: str, line: LedgerLine) -> Step:
    assert ledger.rate is not None
    assert line.equation is not None
    form = update_formula(FORM, ledger, line).expr
    return Step(
        "update",
        name,
        line.node,
        Sentence(line.equation.rule),
        Sentence(line.equation.says),
        form,
        update_formula(ELEMENT, ledger, line),
        _uses(ledger, form),
        ledger.rate.numbers,
    )
