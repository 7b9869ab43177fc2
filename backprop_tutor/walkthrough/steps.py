"""The steps: one a quantity of the ledger, in the order in which a student works them out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.form import FORM
from backprop_tutor.engine.systems.formal import COUNT, FormalSystem
from backprop_tutor.exercise.ledger import Ledger, LedgerLine
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language.expr import Expr, Sym, leaves, name_of
from backprop_tutor.language.sentence import Sentence
from backprop_tutor.walkthrough.formulas import counts, forward_formula, gradient_formula, symbol
from backprop_tutor.walkthrough.further_elements import FurtherElements

__all__ = ["PHASES", "Passage", "Phase", "Step", "build_steps", "update_formula"]

Phase = Literal["forward", "loss", "backward", "update"]
_AGAIN = "The first derivative is a formula of the same quantities, and is derived once more."
_JACOBIAN = "Every element of the one is derived by every element of the other, along all paths between them."
PHASES: tuple[Phase, ...] = ("forward", "loss", "backward", "update")


class Passage(NamedTuple):
    """An op that a step goes through, a gradient's back into the input at `slot`."""

    op: Op
    slot: int = 0


@dataclass(frozen=True, eq=False)
class Step:
    """How one quantity is computed.

    `form` is the formula of the whole array, None where the step repeats an earlier computation;
    `element(index)` is the formula of one element, worked out when asked. `numbers` are the values of
    letters that are no quantities: N, η. `node` gives the quantity its shape and axes. `rule` and
    `explanation` are a `Sentence` each. `passages` are the ops that it goes through, those that only move
    elements about left out; a gradient adds up `paths`, and `over_examples`
    where it is one of all of them together.
    """

    phase: Phase
    quantity: str
    node: Node
    rule: str
    explanation: str
    form: Expr | None
    elements: Element | FurtherElements | None
    uses: tuple[str, ...] = ()
    numbers: dict[str, Fraction] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()
    paths: int = 1
    over_examples: bool = False

    @property
    def id(self) -> str:
        return f"{self.phase}:{self.quantity}"

    @property
    def by_path(self) -> bool:
        """Whether it is a gradient of the loss, the sum over the paths into its node."""
        return self.phase == "backward" and not self.node.parts

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
                if name not in ledger.graph.inner:
                    yield forward_step(ledger, name)
            case "gradient" if line.number == 1:
                if line.node.name in differentiated - ledger.graph.inner:
                    yield _backward_step(ledger, line.node, through)
            case "further":
                yield _further_step(ledger, name, line)
            case "update":
                yield _update_step(ledger, name, line)
            case "value" | "gradient":
                yield _repeated_step(name, line)


def gradient_step(ledger: Ledger, name: str) -> Step:
    """The step of any gradient, also of one that the walkthrough leaves out (a given's)."""
    return _backward_step(ledger, ledger.graph.nodes[name], ledger.graph.between([name]))


def _uses(ledger: Ledger, form: Expr | None) -> tuple[str, ...]:
    """The quantities that a formula mentions, in order."""
    found = []
    for leaf in leaves(form) if form else ():
        if name_of(leaf) in ledger.lines:
            found.append(name_of(leaf))
    return tuple(dict.fromkeys(found))


def _examples(ledger: Ledger, form: Expr, nodes: Iterable[str]) -> dict[str, Fraction]:
    """N, where the formula of one of `nodes` averages over it."""
    if COUNT.name in ledger.lines or COUNT not in leaves(form):
        return {}
    sizes = counts(ledger.graph, nodes)
    return {COUNT.name: Fraction(max(sizes))} if sizes else {}


def _telling(way: Iterable[Passage]) -> list[Passage]:
    """Those whose rules are worth telling: moving elements about is so only where nothing else is done."""
    passages = list(way)
    return [passage for passage in passages if not passage.op.rearranges] or passages


def forward_step(ledger: Ledger, name: str) -> Step:
    """The step of any computed node, also of one that the walkthrough writes out in another's formula."""
    graph, node = ledger.graph, ledger.graph.nodes[name]
    used = _telling(Passage(ops.get(graph.nodes[inner].op)) for inner in (*graph.inside(name), name))
    form = forward_formula(ledger.graph, node, FORM).expr
    return Step(
        "loss" if node.role == "loss" else "forward",
        node.name,
        node,
        Sentence.joined(", ", (op.rule for op, _ in used)),
        Sentence.joined(" ", (op.computes for op, _ in used if op.computes)),
        form,
        forward_formula(ledger.graph, node, ELEMENT),
        _uses(ledger, form),
        _examples(ledger, form, [name]),
        tuple(used),
    )


def _backward_step(ledger: Ledger, node: Node, through: set[str]) -> Step:
    graph = ledger.graph
    direct = [(c, slot) for c, slot in graph.consumers[node.name] if c in through]
    users = [graph.nodes[user] for user in dict.fromkeys(graph.outer(c) for c, _ in direct)]
    form = gradient_formula(graph, node.name, FORM, through).expr
    ways = [_way_back(graph, c, slot) for c, slot in direct]
    rules = (Sentence.joined(", ", (op.derivative_rule(slot) for op, slot in way)) for way in ways)
    local = Sentence.joined("; ", rules)
    before, after = "", ""
    if len(direct) > 1:
        before = f"total derivative (sum over {len(direct)} paths): "
    elif users[0].name != graph.loss:
        before = "chain rule: "
    over_examples = not node.batched and any(user.batched and user.shape[0] > 1 for user in users)
    if over_examples:
        after = ", sum over the training set"
    return Step(
        "backward",
        ledger.gradient_prefix + node.name,
        node,
        Sentence(f"{before}{local.template}{after}"),
        Sentence.joined(" ", (op.explanation(slot) for way in ways for op, slot in way)),
        form,
        gradient_formula(graph, node.name, ELEMENT, through),
        _uses(ledger, form),
        _examples(ledger, form, [user.name for user in users]),
        tuple(passage for way in ways for passage in way),
        len(direct),
        over_examples,
    )


def _further_step(ledger: Ledger, name: str, line: LedgerLine) -> Step:
    """A second derivative is the derivative of a first one."""
    again = len(line.node.parts) > 2
    return Step(
        "backward",
        name,
        line.node,
        "second derivative" if again else "Jacobian",
        _AGAIN if again else _JACOBIAN,
        None,
        FurtherElements(ledger, name),
        tuple(n for n in line.needs if ledger.graph.nodes.get(n) is None or ledger.graph.nodes[n].op),
    )


def _way_back(graph: Graph, consumer: str, slot: int) -> list[Passage]:
    """The ops on the way back into a node, outermost first."""
    way = [(consumer, slot)]
    while way[-1][0] in graph.inner:
        way += graph.consumers[way[-1][0]]
    return _telling(Passage(ops.get(graph.nodes[name].op), place) for name, place in reversed(way))


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
