"""Forward and backward evaluation of a graph in any number system, without recursion."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from backprop_tutor.engine.float_faults import (
    no_value,
    require_finite,
    require_finite_gradients,
    require_labels,
    require_open_rows,
    require_whole_numbers,
)
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.infinity import is_infinite
from backprop_tutor.engine.noise import settled
from backprop_tutor.engine.plan import BackwardCall, plan_of
from backprop_tutor.engine.systems.base import Array, System
from backprop_tutor.engine.systems.exact import EXACT, MAX_BITS, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64

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
    "rounded",
    "settling",
]

Values = dict[str, Array]
Revise = Callable[[Node, Array, Mapping[str, Array], Callable[[Mapping[str, Array]], Array]], Array]
"""What to put in place of a node's result: told the node, the result, its inputs, and how it was made."""

MAX_EXACT_ELEMENTS = 20_000  # a graph with more numbers is solved in floating point only


def numbers(graph: Graph, xp: System, leaves: Mapping[str, Array]) -> Values:
    """The leaves of the graph, literal numbers included, as arrays of `xp`."""
    return {
        **leaves,
        **{name: xp.finish(xp.number(value)) for name, value in plan_of(graph).constants.items()},
    }


def forward(
    graph: Graph,
    xp: Any,
    known: Mapping[str, Array],
    only: Collection[str] | None = None,
    revise: Revise | None = None,
) -> Values:
    """Every node's value, from the `known` ones. `only` limits the work to those nodes.

    `revise` may put another value in place of a result. A value that raises Irrational, or needs one that
    did, is left out. Raises EvaluationError where fractions are divided by zero.
    """
    values = dict(known)
    for step in plan_of(graph).steps:
        name = step.name
        if name in values or (only is not None and name not in only):
            continue
        try:
            value = step.made(xp, values)
            if revise:
                inputs = {parent: values[parent] for parent in step.parents}
                value = revise(graph.nodes[name], value, inputs, partial(step.made, xp))
        except (Irrational, KeyError):
            continue
        except ZeroDivisionError:  # of fractions; in floats a divisor like 0.1 + 0.2 - 0.3 is not quite 0
            raise no_value(graph, graph.nodes[name], "", "division by zero") from None
        values[name] = value
    return values


def contributions(
    graph: Graph, xp: Any, values: Mapping[str, Array], upstream: Mapping[str, Array], name: str
) -> list[Array]:
    """What each consumer of `name` sends back to it: the terms of the sum over paths."""
    calls = plan_of(graph).terms[name]
    return [call.sent(xp, values, upstream) for call in calls if call.consumer in upstream]


def backward(
    graph: Graph,
    xp: Any,
    values: Mapping[str, Array],
    wanted: Iterable[str] | None = None,
    known: Mapping[str, Array] | None = None,
    revise: Revise | None = None,
    seed: Array | None = None,
) -> Values:
    """dJ/d(node) for every node on the way from the loss to the `wanted` ones (default: the parameters).

    Each gradient has the shape of its node; several consumers add up. Those that are `known` are taken as
    they are; `revise` may put another in place of a result. The pass starts from 1, or from a `seed` of the
    shape of the loss.
    """
    plan = plan_of(graph)
    gradients: Values = {graph.loss: xp.finish(xp.number(1)) if seed is None else seed}
    for name in plan.way(graph, wanted).nodes:
        if known and name in known:
            gradients[name] = known[name]
            continue
        terms = plan.terms[name]
        gradient = _sent_back(terms, xp, values, gradients)
        if revise:
            used = [term for term in terms if term.consumer in gradients]
            inputs = {n: values[n] for term in used for n in (term.consumer, *term.parents)}
            inputs |= {_UPSTREAM + term.consumer: gradients[term.consumer] for term in used}
            gradient = revise(graph.nodes[name], gradient, inputs, partial(_sent_back_by, used, xp))
        gradients[name] = gradient
    return gradients


_UPSTREAM = "d/d"  # before the name of a node: its gradient, where values and gradients lie together


def _sent_back(
    calls: Iterable[BackwardCall], xp: Any, values: Mapping[str, Array], upstream: Mapping[str, Array]
) -> Array:
    """The sum over the paths into a node: two terms make an array, to which the others are added in place."""
    total, is_ours = None, False
    for call in calls:
        if call.consumer in upstream:
            sent = call.sent(xp, values, upstream)
            if is_ours:
                total += sent
            else:
                total, is_ours = (sent, False) if total is None else (total + sent, True)
    return xp.finish(total)


def _sent_back_by(terms: Iterable[BackwardCall], xp: Any, inputs: Mapping[str, Array]) -> Array:
    gradients = {n.removeprefix(_UPSTREAM): x for n, x in inputs.items() if n.startswith(_UPSTREAM)}
    return _sent_back(terms, xp, inputs, gradients)


def rounded(exact: Mapping[str, Array]) -> Values:
    """Fractions as the floats nearest to them, infinite where they are too large for one."""
    return {name: _nearest(array) for name, array in exact.items()}


def _nearest(array: Array) -> Array:
    try:
        return np.asarray(array, dtype=float)
    except OverflowError:
        return np.vectorize(FLOAT64.number, otypes=[float])(array)


def float_pass(
    graph: Graph,
    leaves: Mapping[str, Array],
    exact: Mapping[str, Array] | None = None,
    noise: Values | None = None,
) -> Values:
    """The forward pass in float64: what has an `exact` value is that value rounded.

    `exact` is worked out here where it is not given. In `noise` goes, by node, where a result was nothing
    but rounding noise, and 0 was put in its place. Raises EvaluationError naming the step that is not finite.
    """
    exact = exact_pass(graph, leaves) if exact is None else exact
    with np.errstate(all="ignore"):
        known = {**numbers(graph, FLOAT64, rounded(leaves)), **rounded(exact)}
        require_whole_numbers(graph, known)
        values = forward(graph, FLOAT64, known, revise=_revising(graph, noise))
        require_finite(graph, values, exact)
    require_labels(graph, values)
    require_open_rows(graph, values)
    return values


def float_gradients(
    graph: Graph,
    values: Mapping[str, Array],
    wanted: Iterable[str] | None = None,
    exact: Mapping[str, Array] | None = None,
    noise: Values | None = None,
) -> Values:
    """The backward pass in float64: what has an `exact` gradient is that gradient rounded, and `noise` as in
    `float_pass`. Raises EvaluationError naming the gradient that is not finite."""
    with np.errstate(all="ignore"):
        gradients = backward(graph, FLOAT64, values, wanted, rounded(exact or {}), _revising(graph, noise))
        require_finite_gradients(graph, gradients, wanted, exact or {})
    return gradients


def exact_pass(graph: Graph, leaves: Mapping[str, Array]) -> Values:
    """The forward pass in fractions: only the nodes whose values are rational and short."""
    if graph.size > MAX_EXACT_ELEMENTS:
        return {}
    rational = {k: v for k, v in leaves.items() if np.asarray(v).dtype == object and not _any_infinite(v)}
    return forward(graph, EXACT, numbers(graph, EXACT, rational), revise=_require_short)


def exact_gradients(graph: Graph, values: Mapping[str, Array], wanted: Iterable[str]) -> Values:
    """The backward pass in fractions: only the gradients that are rational and short.

    They may be where a value, even the loss, is not: a sum hands on 1 whatever it adds up.
    """
    if graph.size > MAX_EXACT_ELEMENTS:
        return {}
    plan = plan_of(graph)
    way = plan.way(graph, wanted).nodes
    on_the_way = {graph.loss, *way}
    gradients: Values = {graph.loss: EXACT.finish(EXACT.number(1))}
    missing = {
        node.name: EXACT.unknown(node.shape) for node in graph.nodes.values() if node.name not in values
    }
    values = {**values, **missing}
    for name in way:
        through = [term.consumer for term in plan.terms[name] if term.consumer in on_the_way]
        if all(consumer in gradients for consumer in through):
            try:
                gradient = _sent_back(plan.terms[name], EXACT, values, gradients)
                gradients[name] = _require_short(graph.nodes[name], gradient)
            except (Irrational, ZeroDivisionError):
                continue
    return gradients


def _require_short(node: Node, value: Array, *how: Any) -> Array:
    for number in value.flat:
        if number.numerator.bit_length() > MAX_BITS or number.denominator.bit_length() > MAX_BITS:
            raise Irrational
    if _any_infinite(value):
        raise Irrational
    return value


def _any_infinite(value: Array) -> bool:
    return any(map(is_infinite, value.flat))


def settling(graph: Graph, noise: Values | None = None) -> Revise:
    """Puts 0 where a float is rounding noise; by node, `noise` is told where. Not in large graphs."""
    return _revising(graph, noise) or (lambda node, value, inputs, again: value)


def _revising(graph: Graph, noise: Values | None) -> Revise | None:
    """The same; nothing for a large graph, whose numbers nobody works out by hand."""
    if graph.size > MAX_EXACT_ELEMENTS:
        return None
    return partial(_settled, {} if noise is None else noise)


def _settled(noise: Values, node: Node, value: Array, inputs: Any, again: Any) -> Array:
    value, found = settled(value, inputs, again)
    if found is not None:
        noise[node.name] = found
    return value
