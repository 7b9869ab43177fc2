"""The quantities that an update brings: new parameters, and the losses and gradients after the first pass."""

from collections.abc import Iterator
from typing import NamedTuple

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.optimizers import Optimizer

__all__ = ["Later", "later_quantities", "loss_name", "rate_letter", "update_name"]


class Later(NamedTuple):
    """A quantity of pass `number`, with the shape of `node`: its `loss`, a `gradient`, or else the target of
    one of the optimizer's equations."""

    name: str
    node: Node
    number: int
    what: str


def later_quantities(graph: Graph, optimizer: Optimizer, steps: int) -> Iterator[Later]:
    """Those of all updates, in the order in which they are worked out."""
    for number in range(1, steps + 1):
        loss = loss_name(graph, number)
        if number > 1:
            yield Later(loss, graph.nodes[graph.loss], number, "loss")
        for equation in (equation for equation in optimizer.equations if equation.overall):
            quantity = update_name("", equation.target, number, steps)
            yield Later(quantity, graph.nodes[graph.loss], number, equation.target)
        for name in graph.parameters:
            node = graph.nodes[name]
            if number > 1:
                yield Later(f"d{loss}/d{name}", node, number, "gradient")
            for equation in (equation for equation in optimizer.equations if not equation.overall):
                quantity = update_name(name, equation.target, number, steps)
                yield Later(quantity, node, number, equation.target)


def loss_name(graph: Graph, number: int) -> str:
    """`J` of the first pass, `J2` of the second."""
    return graph.loss + ("" if number == 1 else str(number))


def rate_letter(number: int, rates: int) -> str:
    """η, or η2 of update 2 where each of several updates has a rate of its own."""
    return "η" if rates == 1 else f"η{number}"


def update_name(parameter: str, target: str, number: int, steps: int) -> str:
    """`W1_new` after the last of `steps` updates, `W1_new1` after the first; `v_W1_new` of a helper, and
    `norm` of one for all parameters, which has none."""
    helper, new, _ = target.partition("_new")
    name = parameter if helper == "W" else f"{helper}_{parameter}" if parameter else helper
    which = str(number) if new else f"_{number}"
    return name + new + ("" if number == steps else which)
