"""Derivatives that nobody needs for an update: second ones, `d2J/dw1 dw2`, and those of arrays by arrays,
`dp/ds`. There are so many that each is a quantity only where somebody asks for it."""

from math import prod

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.errors import UsageError
from backprop_tutor.language.derivative_name import derivative_of

__all__ = ["MAX_ENTRIES", "further_derivative"]

MAX_ENTRIES = 4_096  # of a Hessian or a Jacobian
MAX_WORK = 20_000_000  # numbers in the graph, once for each row


def further_derivative(graph: Graph, name: str) -> Node | None:
    """The quantity `name` with the shapes of its parts, one after the other, None for anything else.

    Raises UsageError where it is 0 everywhere, of too high an order, or too large to be worked out.
    """
    derivative = derivative_of(name)
    if derivative is None or derivative == (graph.loss, derivative.wrt[:1]):
        return None
    names = (derivative.of, *derivative.wrt)
    if any(part not in graph.nodes or graph.nodes[part].role == "constant" for part in names):
        return None
    of, *wrt = parts = tuple(graph.nodes[part] for part in names)
    if len(wrt) > 2 or (len(wrt) == 2 and of.shape):
        what = f"{name}: second derivatives of single numbers are worked out, and first ones of arrays"
        raise UsageError(what, hint="A formula with grad( ) goes further.")
    above = graph.upstream(of.name) - {of.name}
    for node in wrt:
        if node.name not in above:
            what = f"{of.name} does not depend on {node.name}: their derivative is 0 everywhere"
            raise UsageError(what, hint="Ask for one by what it is made of.")
    shape = sum((part.shape for part in parts), ())
    rows = prod(part.size for part in parts[:-1])
    if prod(shape) > MAX_ENTRIES or rows * graph.size > MAX_WORK:
        what = f"{name} holds {prod(shape):,} numbers; up to {MAX_ENTRIES:,} are worked out"
        raise UsageError(what, hint="Ask for one by a smaller array.")
    return Node(name, "forward", shape, parts=parts)
