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
from backprop_tutor.language.expr import Expr, Num

__all__ = [
    "counts",
    "forward_formula",
    "gradient_formula",
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
    if op.written:
        return op.written(xp, *inputs, **params)
    if op.is_elementwise:
        return xp.call(op.name, *inputs, options=_options(params))
    return op.forward(xp, *inputs, **params)


def counts(graph: Graph, nodes: Iterable[Node]) -> set[int]:
    """What N is in the formulas of those `nodes` that average: the number of their first input's examples."""
    averages = [(ops.get(n.op), n) for n in nodes if n.op and ops.get(n.op).mean == "examples"]
    return {op.examples(graph.nodes[n.parents[0]]) for op, n in averages}


def forward_formula(graph: Graph, node: Node, xp: FormalSystem) -> Array:
    inputs = [symbol(xp, graph.nodes[parent], parent) for parent in node.parents]
    return xp.finish(written_forward(xp, ops.get(node.op), inputs, node.params))


def gradient_formula(graph: Graph, name: str, xp: FormalSystem, through: set[str]) -> Array:
    """dJ/d(name) from its consumers' gradients: a sum over the paths `through` those nodes."""
    consumers = [(graph.nodes[c], slot) for c, slot in graph.consumers[name] if c in through]
    if len(counts(graph, (node for node, _ in consumers))) > 1:
        xp = xp.counting()  # one letter cannot stand for two numbers
    terms = []
    prefix = f"d{graph.loss}/d"
    for node, slot in consumers:
        inputs = [symbol(xp, graph.nodes[parent], parent) for parent in node.parents]
        g = xp.number(1) if node.name == graph.loss else symbol(xp, node, prefix + node.name)
        y = symbol(xp, node, node.name)
        terms.append(written_vjp(xp, ops.get(node.op), slot, g, y, inputs, node.params))
    return xp.finish(_total(terms))


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
    local = xp.call(f"{op.name}'", *inputs, options=_options(params))
    return unbroadcast(xp, g * local, inputs[slot].shape)


def _options(params: Mapping[str, Any]) -> tuple[tuple[str, Expr], ...]:
    return tuple((key, Num(Fraction(value))) for key, value in params.items() if value is not None)
