"""Forward and backward evaluation of a graph in any number system, without recursion."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial, reduce
from math import isfinite
from operator import add
from typing import Any

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.infinity import MINUS_INFINITY, is_infinite
from backprop_tutor.engine.noise import settled
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
    "rounded",
    "settling",
]

Values = dict[str, Array]
Revise = Callable[[Node, Array, Mapping[str, Array], Callable[[Mapping[str, Array]], Array]], Array]
"""What to put in place of a node's result: told the node, the result, its inputs, and how it was made."""

HIDDEN = float(MINUS_INFINITY / 2)  # what is below was masked with -inf
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
    revise: Revise | None = None,
) -> Values:
    """Every node's value, from the `known` ones. `only` limits the work to those nodes.

    `revise` may put another value in place of a result. A value that raises Irrational, or needs one that
    did, is left out. Raises EvaluationError where fractions are divided by zero.
    """
    values = dict(known)
    for node in graph.nodes.values():
        if node.name in values or not node.op or (only is not None and node.name not in only):
            continue
        try:
            inputs = {parent: values[parent] for parent in node.parents}
            value = _made(node, xp, inputs)
            if revise:
                value = revise(node, value, inputs, partial(_made, node, xp))
        except (Irrational, KeyError):
            continue
        except ZeroDivisionError:  # of fractions; in floats a divisor like 0.1 + 0.2 - 0.3 is not quite 0
            raise _no_value(graph, node, "", "division by zero") from None
        values[node.name] = value
    return values


def _made(node: Node, xp: Any, inputs: Mapping[str, Array]) -> Array:
    """What the op of `node` makes of its `inputs`."""
    arrays = (inputs[parent] for parent in node.parents)
    return xp.finish(ops.get(node.op).forward(xp, *arrays, **node.params))


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
    known: Mapping[str, Array] | None = None,
    revise: Revise | None = None,
    seed: Array | None = None,
) -> Values:
    """dJ/d(node) for every node on the way from the loss to the `wanted` ones (default: the parameters).

    Each gradient has the shape of its node; several consumers add up. Those that are `known` are taken as
    they are; `revise` may put another in place of a result. The pass starts from 1, or from a `seed` of the
    shape of the loss.
    """
    sources = graph.parameters if wanted is None else wanted
    on_the_way = graph.between(sources)
    gradients: Values = {graph.loss: xp.finish(xp.number(1)) if seed is None else seed}
    for name in reversed(graph.nodes):
        if name not in on_the_way or name == graph.loss:
            continue
        if known and name in known:
            gradients[name] = known[name]
            continue
        gradient = _sent_back(graph, xp, name, values, gradients)
        if revise:
            consumers = [
                graph.nodes[consumer] for consumer, _ in graph.consumers[name] if consumer in gradients
            ]
            used = dict.fromkeys(n for node in consumers for n in (node.name, *node.parents))
            inputs = {n: values[n] for n in used}
            inputs |= {_UPSTREAM + node.name: gradients[node.name] for node in consumers}
            gradient = revise(graph.nodes[name], gradient, inputs, partial(_sent_back_by, graph, xp, name))
        gradients[name] = gradient
    return gradients


_UPSTREAM = "d/d"  # before the name of a node: its gradient, where values and gradients lie together


def _sent_back(
    graph: Graph, xp: Any, name: str, values: Mapping[str, Array], upstream: Mapping[str, Array]
) -> Array:
    """The sum over the paths into `name`."""
    return xp.finish(reduce(add, contributions(graph, xp, values, upstream, name)))


def _sent_back_by(graph: Graph, xp: Any, name: str, inputs: Mapping[str, Array]) -> Array:
    gradients = {n.removeprefix(_UPSTREAM): x for n, x in inputs.items() if n.startswith(_UPSTREAM)}
    return _sent_back(graph, xp, name, inputs, gradients)


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
        _require_whole_numbers(graph, known)
        for name in filter(known.__contains__, graph.nodes):
            node, used = graph.nodes[name], (consumer for consumer, _ in graph.consumers[name])
            if node.op or any(consumer not in exact for consumer in used):
                _require_finite(graph, node, known[name])
        values = forward(graph, FLOAT64, known, revise=_finite(_require_finite, graph, noise))
    _require_labels(graph, values)
    _require_open_rows(graph, values)
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
    known = rounded(exact or {})
    for name, gradient in known.items():
        _require_finite_gradient(graph, graph.nodes[name], gradient)
    with np.errstate(all="ignore"):
        revise = _finite(_require_finite_gradient, graph, noise)
        return backward(graph, FLOAT64, values, wanted, known, revise)


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
                gradient = _sent_back(graph, EXACT, name, values, gradients)
                gradients[name] = _require_short(graph.nodes[name], gradient)
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
    if not _is_finite(value) and not node.op:
        source = graph.source(graph.consumers[node.name][0][0])
        what = f"{graph.written(node.name)} is too large for floating point{_first_fault(value)}."
        raise _failure(source, source.name, what, "Change the number.")
    if not _is_finite(value):
        reason = ops.get(node.op).undefined or "overflow: a number too large for floating point"
        raise _no_value(graph, node, _first_fault(value), reason)


def _require_labels(graph: Graph, values: Values) -> None:
    """Targets of a binary cross-entropy lie between 0 and 1."""
    for node in graph.nodes.values():
        loss = ops.get(node.op).loss if node.op else None
        if loss and loss.targets == "labels":
            target, source = node.parents[1], graph.source(node.name)
            if not ((values[target] >= 0) & (values[target] <= 1)).all():
                what = (
                    f"{ops.get(node.op).rule}: the targets {graph.written(target)} are not all from 0 to 1."
                )
                raise _failure(source, source.name, what, "Change them, or take another loss.")


def _require_open_rows(graph: Graph, values: Values) -> None:
    """A mask leaves something open in every row that a softmax is taken of."""
    for node in graph.nodes.values():
        op = ops.get(node.op) if node.op else None
        if op and op.across:
            axis, source = node.params.get("axis"), graph.source(node.name)
            scores = values[node.parents[0]]
            hidden = np.all(scores < HIDDEN, axis=int(axis) - 1 if isinstance(axis, int) else -1)
            for at in np.argwhere(hidden)[:1]:
                place = f" in row {','.join(str(i + 1) for i in at)}" if len(at) else ""
                what = f"{op.rule} of {graph.written(node.parents[0])}: the mask hides everything{place}."
                raise _failure(source, source.name, what, "Leave at least one entry open.")


def _require_whole_numbers(graph: Graph, values: Values) -> None:
    """What picks a row or a class is one of their numbers."""
    for node in graph.nodes.values():
        slot = ops.get(node.op).numbers if node.op else None
        name = "" if slot is None else node.parents[slot]
        most = graph.whole_numbers.get(name)
        if most and not ((values[name] % 1 == 0) & (values[name] >= 1) & (values[name] <= most)).all():
            source, numbered = graph.source(node.name), f"whole numbers from 1 to {most}"
            what = f"{ops.get(node.op).rule}: {graph.written(name)} are not all {numbered}."
            raise _failure(source, source.name, what, "Change them.")


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
        consumers = [graph.nodes[consumer] for consumer, _ in graph.consumers[node.name]]
        rules = " and of the ".join(dict.fromkeys(ops.get(consumer.op).rule for consumer in consumers))
        raise _failure(
            graph.source(consumers[0].name if consumers else node.name),
            f"d{graph.loss}/d{name if name == node.name else f'({name})'}",
            f"the derivative of the {rules} has no finite value{_first_fault(value)}.",
            "The function is not differentiable there, or the numbers overflow.",
        )


def _failure(source: Source, step: str, what: str, hint: str) -> EvaluationError:
    return EvaluationError(step, what, hint=hint, file=source.file, line=source.line, column=source.column)


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
    """Puts 0 where a float is rounding noise; by node, `noise` is told where. Not in large graphs, whose
    numbers nobody works out by hand."""
    return partial(_settled, graph, {} if noise is None else noise)


def _settled(graph: Graph, noise: Values, node: Node, value: Array, inputs: Any, again: Any) -> Array:
    if graph.size > MAX_EXACT_ELEMENTS:
        return value
    value, found = settled(value, inputs, again)
    if found is not None:
        noise[node.name] = found
    return value


def _finite(require: Callable[[Graph, Node, Array], None], graph: Graph, noise: Values | None) -> Revise:
    settle = settling(graph, noise)

    def revise(node: Node, value: Array, inputs: Any, again: Any) -> Array:
        require(graph, node, value)
        return settle(node, value, inputs, again)

    return revise
