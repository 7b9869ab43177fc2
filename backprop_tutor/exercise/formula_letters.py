"""The letters that an exercise's formulas use beside its quantities: N, π, η and an optimizer's settings."""

from collections.abc import Iterable, Iterator

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.optimizers import Optimizer
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.engine.systems.formal import COUNT, PI
from backprop_tutor.language.expr import Expr, leaves

__all__ = ["letters"]


_MEANINGS = {COUNT.name: "the number of examples", PI.name: "the number π"}


def letters(graph: Graph, optimizer: Optimizer | None, rates: Iterable[str]) -> dict[str, str]:
    """What each letter stands for: those of the update, and those of the ops' rules that a quantity of the
    graph is called by as well."""
    found: dict[str, str] = {}
    if optimizer:
        settings = (setting.letter for setting in optimizer.settings.values())
        found = dict.fromkeys(rates, "the learning rate") | dict.fromkeys(
            settings, "a setting of the optimizer"
        )
    clashing = {letter for letter in (COUNT, PI) if letter.name in graph.nodes}
    for node in graph.nodes.values() if clashing else ():
        for rule in _rules(graph, node):
            found |= {letter.name: _MEANINGS[letter.name] for letter in clashing.intersection(leaves(rule))}
    return found


def _rules(graph: Graph, node: Node) -> Iterator[Expr]:
    """The forward and backward rules of a node's op, with all arrays nameless."""
    if not node.op:
        return
    op = ops.get(node.op)
    inputs = [Form.symbol("", graph.nodes[parent].shape) for parent in node.parents]
    output = Form.symbol("", node.shape)
    yield op.forward(FORM, *inputs, **node.params).expr
    for slot in range(len(inputs)):
        yield op.vjp(slot)(FORM, output, output, *inputs, **node.params).expr
