"""The symbolic backward pass with one symbol a node and one a gradient, and SymPy's local derivatives.

Differentiating the composed loss copies every activation into every partial derivative; here each
gradient is written in the symbols of its neighbours, so the pass stays linear in the graph.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import contributions, numbers
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.symbolic import SYMBOLIC, symbols
from backprop_tutor.errors import ProofError, UsageError
from backprop_tutor.language.derivative_name import gradient_of

__all__ = ["MAX_OPERATIONS", "closed_form", "local_derivative", "symbolic_forward", "symbolic_gradients"]

MAX_OPERATIONS = 2_000  # of a closed form: it doubles with every layer
SAMPLE = tuple(sympy.Rational(n, 16) for n in (-37, -23, -11, -3, 5, 9, 21, 43))


def _node_symbols(graph: Graph) -> dict[str, Array]:
    named = {
        node.name: symbols(node.name, node.shape) for node in graph.nodes.values() if node.role != "constant"
    }
    return numbers(graph, SYMBOLIC, named)


def symbolic_forward(graph: Graph) -> dict[str, Array]:
    """Each computed node as object array of SymPy expressions in the symbols of its parents."""
    known = _node_symbols(graph)
    return {
        node.name: SYMBOLIC.finish(
            ops.get(node.op).forward(SYMBOLIC, *(known[p] for p in node.parents), **node.params)
        )
        for node in graph.nodes.values()
        if node.op
    }


def symbolic_gradients(graph: Graph, wanted: Iterable[str] | None = None) -> dict[str, Array]:
    """dJ/d(node) on the way to `wanted` (default: the parameters), in the symbols of nodes and gradients.

    The symbol `dJ/dh1[1,2]` stands for that gradient; `h1[1,2]` for that value. Object arrays of the
    nodes' shapes.
    """
    on_the_way = graph.between(graph.parameters if wanted is None else wanted)
    known = _node_symbols(graph)
    upstream: dict[str, Array] = {graph.loss: SYMBOLIC.finish(sympy.Integer(1))}
    gradients: dict[str, Array] = {}
    for name in reversed(graph.nodes):
        if name in on_the_way and name != graph.loss:
            gradients[name] = _total(list(contributions(graph, SYMBOLIC, known, upstream, name)))
            upstream[name] = symbols(gradient_of(graph.loss, name), graph.nodes[name].shape)
    return gradients


def _total(parts: list[Array]) -> Array:
    """Their sum, each element's terms added up at once: SymPy sorts the terms of a sum each time it grows."""
    found = [np.asarray(SYMBOLIC.finish(part), dtype=object) for part in parts]
    total = np.empty(found[0].shape, dtype=object)
    for index in np.ndindex(total.shape):
        total[index] = sympy.Add(*(part[index] for part in found))
    return total


def closed_form(graph: Graph, expressions: Array) -> Array:
    """The `expressions`, in symbols of nodes and gradients, written out down to the leaves.

    Raises UsageError where one of them would have more than `MAX_OPERATIONS` operations.
    """
    written: dict[sympy.Symbol, sympy.Expr] = {}
    definitions = symbolic_forward(graph)
    gradients = symbolic_gradients(graph, graph.upstream(graph.loss))
    definitions |= {gradient_of(graph.loss, name): array for name, array in gradients.items()}
    for name, array in definitions.items():
        written.update(zip(symbols(name, array.shape).flat, array.flat, strict=True))

    def leaves_only(expression: Any) -> sympy.Expr:
        expression = sympy.S.Zero + expression
        while found := expression.free_symbols & written.keys():
            expression = expression.xreplace({symbol: written[symbol] for symbol in found})
            if expression.count_ops() > MAX_OPERATIONS:
                hint = "Ask for it in the symbols of its neighbours."
                raise UsageError(f"its closed form has more than {MAX_OPERATIONS:,} operations", hint=hint)
        return expression

    return SYMBOLIC.finish(np.frompyfunc(leaves_only, 1, 1)(expressions))


@lru_cache(maxsize=256)
def local_derivative(op_name: str, slot: int = 0, params: tuple[tuple[str, Any], ...] = ()) -> sympy.Expr:
    """SymPy's derivative of an elementwise op by input `slot`, in the form students learn.

    An expression in `x1`, `x2`, ... (the inputs) and `y` (the op's own output): σ' is `y*(1 - y)`. The
    form is the op's own; that it equals SymPy's `diff` of the op's formula is tested here at rational
    points, and a ProofError raised where it does not.
    """
    op, settings = ops.get(op_name), dict(params)
    inputs = [sympy.Symbol(f"x{k + 1}", real=True) for k in range(len(op.partials))]
    y = sympy.Symbol("y", real=True)
    arrays = [SYMBOLIC.finish(x) for x in inputs]
    formula = SYMBOLIC.finish(op.forward(SYMBOLIC, *arrays, **settings)).item()
    taught = sympy.S.Zero + (
        np.asarray(op.partials[slot](SYMBOLIC, SYMBOLIC.finish(y), *arrays, **settings), dtype=object).item()
    )
    derived = formula.diff(inputs[slot])
    for shift in range(len(SAMPLE)):
        point = {x: abs(SAMPLE[(shift + 3 * k) % len(SAMPLE)]) for k, x in enumerate(inputs)}
        if len(inputs) == 1 and op.undefined == "":
            point = {inputs[0]: SAMPLE[shift]}
        expected = derived.subs(point).evalf(30)
        shown = taught.subs(y, formula).subs(point).evalf(30)
        if abs(expected - shown) > 1e-20:
            raise ProofError(op_name, f"its local derivative is written {taught}, SymPy finds {derived}.")
    return taught
