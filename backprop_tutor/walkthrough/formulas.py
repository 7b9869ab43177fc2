"""Formulas of steps, as expression trees: the ops' own rules run on symbols instead of numbers."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import Op, unbroadcast
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.element import Element
from backprop_tutor.engine.systems.formal import FormalSystem
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language import expr as ex
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Num, rewrite

__all__ = [
    "consumers",
    "counts",
    "forward_formula",
    "gradient_formula",
    "options",
    "pulled_back",
    "symbol",
    "written_forward",
    "written_vjp",
]


def symbol(xp: FormalSystem, node: Node, name: str) -> Array:
    """The array called `name` with the shape and axes of `node`."""
    if node.value is not None and name == node.name:
        return xp.number(node.value)
    if xp.array is not Element:
        return xp.array.symbol(name, node.shape)
    return Element(node.shape, lambda index: element_symbol(name, node, index))


def written_forward(xp: FormalSystem, op: Op, inputs: list[Array], params: Mapping[str, Any]) -> Array:
    """The op's forward rule as students write it: activations by name, the rest spelled out.

    An operator stands as its author wrote it, also with a 0 or a 1.
    """
    if (made := xp.ready(op.name, inputs, params)) is not None:
        return made
    if op.written:
        return op.written(xp, *inputs, **params)
    if op.is_elementwise:
        return xp.call(op.name, *inputs, options=options(params))
    return op.forward(xp, *inputs, **params)


def counts(graph: Graph, names: Iterable[str]) -> set[int]:
    """What N is in the formulas of those nodes, for those that average: how many examples the first input of
    the op has."""
    found = set()
    for name in names:
        for node in map(graph.nodes.__getitem__, (name, *graph.inside(name))):
            if node.op and ops.get(node.op).mean == "examples":
                found.add(ops.get(node.op).examples(graph.nodes[node.parents[0]]))
    return found


def forward_formula(graph: Graph, node: Node, xp: FormalSystem) -> Array:
    """The formula of a node in the quantities that have names: what is inside it is written out."""
    found = xp.finish(_written_out(graph, node.name, xp)[node.name])
    is_nested = xp.array is Element and graph.inside(node.name)
    return found.map(_flattened, found) if is_nested else found


def _flattened(expr: Expr) -> Expr:
    """`expr` without brackets around sums in a sum: those of an element of a product of matrices."""

    def change(part: Expr) -> Expr | None:
        if isinstance(part, Call) and part.name == "add":
            return ex.add(*map(_flattened, part.args))
        return None

    return rewrite(expr, change)


def _written_out(graph: Graph, name: str, xp: FormalSystem) -> dict[str, Array]:
    """The formulas of the node and of all that is inside it, by name, beside the symbols in them."""
    found: dict[str, Array] = {}
    for inner in (*graph.inside(name), name):
        node = graph.nodes[inner]
        for parent in node.parents:
            if parent not in found:
                found[parent] = symbol(xp, graph.nodes[parent], parent)
        inputs = [found[parent] for parent in node.parents]
        found[inner] = written_forward(xp, ops.get(node.op), inputs, node.params)
    return found


def consumers(graph: Graph, name: str, through: set[str] | None = None) -> list[str]:
    """The nodes in whose formulas `name` stands, those `through` which the loss depends on it."""
    direct = (c for c, _ in graph.consumers[name] if through is None or c in through)
    return list(dict.fromkeys(map(graph.outer, direct)))


def gradient_formula(graph: Graph, name: str, xp: FormalSystem, through: set[str]) -> Array:
    """dJ/d(name) from its consumers' gradients: a sum over the paths `through` those nodes."""
    users = consumers(graph, name, through)
    if len(counts(graph, users)) > 1:
        xp = xp.counting()  # one letter cannot stand for two numbers
    terms = []
    for user in users:
        node = graph.nodes[user]
        upstream = symbol(xp, node, gradient_of(graph.loss, user))
        terms += pulled_back(graph, user, name, xp, xp.number(1) if user == graph.loss else upstream)
    return xp.finish(_total(terms))


def pulled_back(graph: Graph, user: str, name: str, xp: FormalSystem, g: Array) -> list[Array]:
    """What the node `user`, whose gradient is `g`, sends back to `name` in its formula: a term for each place
    where it stands there."""
    formulas = _written_out(graph, user, xp)
    formulas[user] = symbol(xp, graph.nodes[user], user)
    on_the_way = {name}
    for inner in graph.inside(user):
        if not on_the_way.isdisjoint(graph.nodes[inner].parents):
            on_the_way.add(inner)
    upstream: dict[str, list[Array]] = {user: [g]}
    for inner in (user, *reversed(graph.inside(user))):
        node = graph.nodes[inner]
        for slot, parent in enumerate(node.parents if inner in upstream else ()):
            if parent in on_the_way:
                inputs = [formulas[p] for p in node.parents]
                y, back = formulas[inner], _total(upstream[inner])
                term = written_vjp(xp, ops.get(node.op), slot, back, y, inputs, node.params)
                upstream.setdefault(parent, []).append(term)
    return upstream[name]


def _total(terms: list[Array]) -> Array:
    """Their sum, by halves: a formula of 1,000 terms is no 1,000 formulas inside one another."""
    half = len(terms) // 2
    return terms[0] if not half else _total(terms[:half]) + _total(terms[half:])


def written_vjp(
    xp: FormalSystem, op: Op, slot: int, g: Array, y: Array, inputs: list[Array], params: Mapping[str, Any]
) -> Array:
    """The op's VJP as students write it: a choice between cases as f'(x)."""
    if not op.prime:
        return op.vjp(slot)(xp, g, y, *inputs, **params)
    local = xp.call(f"{op.name}'", *inputs, options=options(params))
    return unbroadcast(xp, g * local, inputs[slot].shape)


def options(params: Mapping[str, Any]) -> tuple[tuple[str, Expr], ...]:
    """The settings of an op as options of a call; those left open do not stand there."""
    return tuple((key, Num(Fraction(value))) for key, value in params.items() if value is not None)
