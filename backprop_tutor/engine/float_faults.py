"""What keeps a pass in floats from giving finite values, and the errors that name it."""

from collections.abc import Collection, Iterable, Mapping
from math import isfinite

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.infinity import MINUS_INFINITY
from backprop_tutor.engine.plan import plan_of
from backprop_tutor.engine.source import Source
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.errors import EvaluationError
from backprop_tutor.language.derivative_name import gradient_of

__all__ = [
    "no_value",
    "require_finite",
    "require_finite_gradients",
    "require_labels",
    "require_open_rows",
    "require_whole_numbers",
]

Values = Mapping[str, Array]

HIDDEN = float(MINUS_INFINITY / 2)  # what is below was masked with -inf


def require_finite(graph: Graph, values: Values, exact: Collection[str]) -> None:
    """Every value is finite, but for a leaf that only `exact` values are made of.

    A fault shows up in the watched values, unless one of those after it was worked out exactly.
    """
    if exact or not _all_finite(values, plan_of(graph).watched):
        for name in filter(values.__contains__, graph.nodes):
            node, used = graph.nodes[name], (consumer for consumer, _ in graph.consumers[name])
            if node.op or any(consumer not in exact for consumer in used):
                _require_finite(graph, node, values[name])


def require_finite_gradients(
    graph: Graph, gradients: Values, wanted: Iterable[str] | None, exact: Collection[str]
) -> None:
    """Every gradient is finite, likewise."""
    if exact or not _all_finite(gradients, plan_of(graph).way(graph, wanted).watched):
        for name, gradient in gradients.items():
            _require_finite_gradient(graph, graph.nodes[name], gradient)


def _all_finite(values: Values, names: Iterable[str]) -> bool:
    return all(name in values and _is_finite(values[name]) for name in names)


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
        raise no_value(graph, node, _first_fault(value), reason)


def require_labels(graph: Graph, values: Values) -> None:
    """Targets of a binary cross-entropy lie between 0 and 1."""
    for node, op in plan_of(graph).labelled:
        target, source = node.parents[1], graph.source(node.name)
        if not ((values[target] >= 0) & (values[target] <= 1)).all():
            what = f"{op.rule}: the targets {graph.written(target)} are not all from 0 to 1."
            raise _failure(source, source.name, what, "Change them, or take another loss.")


def require_open_rows(graph: Graph, values: Values) -> None:
    """A mask leaves something open in every row that a softmax is taken of."""
    for node, op in plan_of(graph).across:
        axis, source = node.params.get("axis"), graph.source(node.name)
        scores = values[node.parents[0]]
        hidden = np.all(scores < HIDDEN, axis=int(axis) - 1 if isinstance(axis, int) else -1)
        for at in np.argwhere(hidden)[:1]:
            place = f" in row {','.join(str(i + 1) for i in at)}" if len(at) else ""
            what = f"{op.rule} of {graph.written(node.parents[0])}: the mask hides everything{place}."
            raise _failure(source, source.name, what, "Leave at least one entry open.")


def require_whole_numbers(graph: Graph, values: Values) -> None:
    """What picks a row or a class is one of their numbers."""
    for node, op in plan_of(graph).numbered:
        name = node.parents[op.numbers or 0]
        most = graph.whole_numbers.get(name)
        if most and not ((values[name] % 1 == 0) & (values[name] >= 1) & (values[name] <= most)).all():
            source, numbered = graph.source(node.name), f"whole numbers from 1 to {most}"
            what = f"{op.rule}: {graph.written(name)} are not all {numbered}."
            raise _failure(source, source.name, what, "Change them.")


def no_value(graph: Graph, node: Node, place: str, reason: str) -> EvaluationError:
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
            gradient_of(graph.loss, name if name == node.name else f"({name})"),
            f"the derivative of the {rules} has no finite value{_first_fault(value)}.",
            "The function is not differentiable there, or the numbers overflow.",
        )


def _failure(source: Source, step: str, what: str, hint: str) -> EvaluationError:
    return EvaluationError(step, what, hint=hint, file=source.file, line=source.line, column=source.column)
