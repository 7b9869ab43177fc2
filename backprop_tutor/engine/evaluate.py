"""Forward and backward evaluation of a graph in any number system, without recursion."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial, reduce
from math import isfinite
from operator import add
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.source import Source
from backprop_tutor.engine.systems.base import Array, System
from backprop_tutor.engine.systems.exact import EXACT, MAX_BITS, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import EvaluationError

__all__ = [
    "Values",
    "backward",
    "contributions",
    "exact_gradients",
    "exact_pass",
    "float_gradients",
    "float_pass",
    "forward",
    "numbers",
]

Values = dict[str, Array]

MAX_EXACT_ELEMENTS = 20_000  # a graph with more numbers is solved in floating point only


def numbers(graph: Graph, xp: System, leaves: Mapping[str, Array]) -> Values:
    """The leaves of the graph, literal numbers included, as arrays of `xp`."""
    constants = {
        node.name: xp.finish(xp.number(node.value)) for node in graph.nodes.values() if node.value is not None
    }
    return {**leaves, **constants}


def forward(
    graph: Graph,
    xp: Any,
    known: Mapping[str, Array],
    only: Collection[str] | None = None,
    inspect: Callable[[Node, Array], None] | None = None,
) -> Values:
    """Every node's value, from the `known` ones. `only` limits the work to those nodes.

    `inspect` sees each result. A value that raises Irrational, or needs one that did, is left out.
    Raises EvaluationError where fractions are divided by zero.
    """
    values = dict(known)
    for node in graph.nodes.values():
        if node.name in values or not node.op or (only is not None and node.name not in only):
            continue
        try:
            inputs = [values[parent] for parent in node.parents]
            value = xp.finish(ops.get(node.op).forward(xp, *inputs, **node.params))
            if inspect:
                inspect(node, value)
        except (Irrational, KeyError):
            continue
        except ZeroDivisionError:  # of fractions; in floats a divisor like 0.1 + 0.2 - 0.3 is not quite 0
            raise _no_value(graph, node, "", "division by zero") from None
        values[node.name] = value
    return values


def contributions(
    graph: Graph, xp: Any, values: Mapping[str, Array], upstream: Mapping[str, Array], name: str
) -> list[Array]:
    """What each consumer of `name` sends back to it: the terms of the sum over paths."""
    terms = []
    for consumer, slot in graph.consumers[name]:
        if consumer in upstream:
            node = graph.nodes[consumer]
            inputs = [values[parent] for parent in node.parents]
            rule = ops.get(node.op).vjp(slot)
            terms.append(rule(xp, upstream[consumer], values[consumer], *inputs, **node.params))
    return terms


def backward(
    graph: Graph,
    xp: Any,
    values: Mapping[str, Array],
    wanted: Iterable[str] | None = None,
    inspect: Callable[[Node, Array], None] | None = None,
) -> Values:
    """dJ/d(node) for every node on the way from the loss to the `wanted` ones (default: the parameters).

    Each gradient has the shape of its node; several consumers add up.
    """
    sources = graph.parameters if wanted is None else wanted
    on_the_way = graph.between(sources)
    gradients: Values = {graph.loss: xp.finish(xp.number(1))}
    for name in reversed(graph.nodes):
        if name not in on_the_way or name == graph.loss:
            continue
        gradient = xp.finish(reduce(add, contributions(graph, xp, values, gradients, name)))
        if inspect:
            inspect(graph.nodes[name], gradient)
        gradients[name] = gradient
    return gradients


def float_pass(graph: Graph, leaves: Mapping[str, Array]) -> Values:
    """The forward pass in float64. Raises EvaluationError naming the step that is not finite."""
    with np.errstate(all="ignore"):
        known = numbers(graph, FLOAT64, {k: np.asarray(v, dtype=float) for k, v in leaves.items()})
        return forward(graph, FLOAT64, known, inspect=partial(_require_finite, graph))


def float_gradients(graph: Graph, values: Mapping[str, Array], wanted: Iterable[str] | None = None) -> Values:
    """The backward pass in float64. Raises EvaluationError naming the gradient that is not finite."""
    with np.errstate(all="ignore"):
        return backward(graph, FLOAT64, values, wanted, inspect=partial(_require_finite_gradient, graph))


def exact_pass(graph: Graph, leaves: Mapping[str, Array]) -> Values:
    """The forward pass in fractions: only the nodes whose values are rational and short."""
    if graph.size > MAX_EXACT_ELEMENTS:
        return {}
    rational = {k: v for k, v in leaves.items() if v.dtype == object}
    return forward(graph, EXACT, numbers(graph, EXACT, rational), inspect=_require_short)


def exact_gradients(graph: Graph, values: Mapping[str, Array], wanted: Iterable[str]) -> Values:
    """The backward pass in fractions: only the gradients that are rational and short.

    They may be where a value, even the loss, is not: a sum hands on 1 whatever it adds up.
    """
    if graph.size > MAX_EXACT_ELEMENTS:
        return {}
    gradients: Values = {graph.loss: EXACT.finish(EXACT.number(1))}
    missing = {
        node.name: EXACT.unknown(node.shape) for node in graph.nodes.values() if node.name not in values
    }
    values = {**values, **missing}
    on_the_way = graph.between(wanted)
    for name in reversed(graph.nodes):
        through = [consumer for consumer, _ in graph.consumers[name] if consumer in on_the_way]
        if name in on_the_way and through and all(consumer in gradients for consumer in through):
            try:
                gradient = EXACT.finish(reduce(add, contributions(graph, EXACT, values, gradients, name)))
                _require_short(graph.nodes[name], gradient)
                gradients[name] = gradient
            except (Irrational, ZeroDivisionError):
                continue
    return gradients


def _is_finite(value: Array) -> bool:
    """One pass that makes no array; where the squares alone overflow, a closer look."""
    return isfinite(np.vdot(value, value)) or bool(np.isfinite(value).all())


def _first_fault(value: Array) -> str:
    place = np.argwhere(~np.isfinite(value))[0]
    return f" at element [{','.join(str(i + 1) for i in place)}]" if len(place) else ""


def _require_finite(graph: Graph, node: Node, value: Array) -> None:
    if not _is_finite(value):
        reason = ops.get(node.op).undefined or "overflow: a number too large for floating point"
        raise _no_value(graph, node, _first_fault(value), reason)


def _no_value(graph: Graph, node: Node, place: str, reason: str) -> EvaluationError:
    of = ", ".join(map(graph.written, node.parents))
    return _failure(
        graph.source(node.name),
        graph.source(node.name).name,
        f"{ops.get(node.op).rule} of {of} has no finite value{place}: {reason}.",
        "Change the numbers that lead there.",
    )


def _require_finite_gradient(graph: Graph, node: Node, value: Array) -> None:
    if not _is_finite(value):
        name = graph.written(node.name)
        raise _failure(
            graph.source(node.name),
            f"d{graph.loss}/d{name if name == node.name else f'({name})'}",
            f"the derivative has no finite value{_first_fault(value)}.",
            "The function is not differentiable there, or the numbers overflow.",
        )


def _failure(source: Source, step: str, what: str, hint: str) -> EvaluationError:
    return EvaluationError(step, what, hint=hint, file=source.file, line=source.line, column=source.column)


def _require_short(node: Node, value: Array) -> None:
    for number in value.flat:
        if number.numerator.bit_length() > MAX_BITS or number.denominator.bit_length() > MAX_BITS:
            raise Irrational
