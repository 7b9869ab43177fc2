"""What teaches badly in a valid exercise: kinks, saturated and dead units, norms of one number, zero
gradients, targets, long numbers."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.oracles import kinks
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.quantity import element_name
from backprop_tutor.language import to_text
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Sym, children, leaves, name_of

__all__ = ["MAX_DIGITS", "Remark", "places", "remarks", "saturated", "together"]

MAX_DIGITS = 6
FLAT = 0.01  # a unit whose activation has a slope below this is called saturated
SHOWN = 3

Arrays = Mapping[str, NDArray[Any]]


class Remark(NamedTuple):
    """One thing to reconsider: its kind, the quantity it is about, and a sentence in parts, so that several
    that say the same make one sentence. It is about `total` entries, of which `entries` are the first; `verb`
    is for one and for several; `change` names what to change, where what it `says` does not.
    """

    kind: Literal[
        "kink", "saturated", "dead", "one element", "unused", "zero gradient", "targets", "long number"
    ]
    quantity: str
    entries: tuple[str, ...]
    verb: tuple[str, str]
    says: str
    change: tuple[str, ...] = ()
    total: int = 1

    @property
    def text(self) -> str:
        """`h1[2] lies on the kink of relu. …`"""
        change = f" To do without it, change {' or '.join(self.change)}." if self.change else ""
        return f"{_listed(self.entries, self.total)} {self.verb[self.total > 1]} {self.says}{change}"


IS, HAS, DOES, LIES, NEEDS = (
    ("is", "are"),
    ("has", "have"),
    ("does", "do"),
    ("lies", "lie"),
    ("needs", "need"),
)


def _listed(entries: Sequence[str], count: int) -> str:
    """`a, b and c`, or `a, b, c and 4 more`."""
    if count > len(entries):
        return f"{', '.join(entries)} and {count - len(entries):,} more"
    return " and ".join(filter(None, [", ".join(entries[:-1]), entries[-1]]))


def together(found: Iterable[Remark]) -> list[Remark]:
    """The remarks with one for all that say the same, in the order of the first of each."""
    alike: dict[tuple[str, str], Remark] = {}
    for remark in found:
        key = (remark.kind, remark.says)
        first = alike.get(key)
        if first:
            remark = first._replace(
                entries=(first.entries + remark.entries)[:SHOWN],
                change=tuple(dict.fromkeys(first.change + remark.change))[:SHOWN],
                total=first.total + remark.total,
            )
        alike[key] = remark
    return list(alike.values())


def remarks(
    exercise: Exercise, values: Arrays, gradients: Arrays, exact: Arrays | None = None
) -> list[Remark]:
    """What to reconsider, in the order of the graph.

    `values` and `gradients` hold float arrays by node name (constants may be left out). `exact` holds,
    where there are any, the object arrays of Fraction of quantities worked out exactly, by their names.
    """
    graph = exercise.graph
    found: list[Remark] = [*_kinks(graph, values, exact or {}), *_vanishing(graph)]
    for node in graph.nodes.values():
        found.extend(_saturated(graph, node, values))
        found.extend(_dead_channels(graph, node, values))
        found.extend(_norms_of_one(graph, node))
    used = graph.upstream(graph.loss)
    for name in graph.parameters:
        if name not in used:
            says = f"no part in {graph.loss}: there is nothing to learn from it. Use it, or remove it."
            found.append(Remark("unused", name, (name,), HAS, says))
        elif name in gradients and not np.any(gradients[name]):
            says = "zero in every entry: there is nothing to learn. Change a number."
            found.append(Remark("zero gradient", name, (gradient_of(graph.loss, name),), IS, says))
    for name, loss in graph.targets:
        if loss.adds_up and name in exercise.values:
            found.extend(_targets(graph.nodes[name], exercise.values[name]))
    for name, array in {**exercise.values, **(exact or {})}.items():
        found.extend(_long_numbers(graph, name, array))
    return found


def _vanishing(graph: Graph) -> Iterable[Remark]:
    """A gradient in a formula by what its quantity does not depend on."""
    seen: dict[tuple[str, Expr], tuple[Expr, str]] = {}
    for source in graph.sources.values():
        inside = [source.formula] if source.formula else []
        for part in inside:
            inside += children(part)
            match part:
                case Call("grad", (of, Sym(wrt))):
                    names = {name_of(leaf) for leaf in leaves(of)} & graph.nodes.keys()
                    if not any(wrt in graph.upstream(name) for name in names):
                        seen[source.name, part] = of, wrt
    for (name, part), (of, wrt) in seen.items():
        says = f"0, as {to_text(of)} does not depend on {wrt}. Take the gradient by what it depends on."
        yield Remark("zero gradient", name, (f"{to_text(part)} in {name}",), IS, says)


def _kinks(graph: Graph, values: Arrays, exact: Arrays) -> Iterable[Remark]:
    for name, on_kink in kinks(graph, values, exact).items():
        node = graph.nodes[name]
        slots = ops.get(node.op).kink_of or range(len(node.parents))
        parents = (node.parents[slot] for slot in slots if graph.nodes[node.parents[slot]].value is None)
        says = f"on the kink of {node.op}. {ops.get(node.op).at_kink(node.params)}"
        entries, count = _entries(node, on_kink)
        yield Remark("kink", name, entries, LIES, says, tuple(parents), count)


def saturated(graph: Graph, node: Node, values: Arrays) -> NDArray[np.bool_] | None:
    """Where an activation has next to no slope, None for one that is flat nowhere or on one side only."""
    op = ops.get(node.op) if node.op else None
    if op is None or op.activation is None or op.activation.flat != "far out":
        return None
    slope = op.partials[0](FLOAT64, values[node.name], *_inputs(graph, node, values), **node.params)
    return np.asarray(np.abs(slope) < FLAT)


def _saturated(graph: Graph, node: Node, values: Arrays) -> Iterable[Remark]:
    hit = saturated(graph, node, values)
    if hit is not None and hit.any():
        entries, count = _entries(node, hit)
        if _is_gate(graph, node):
            level = values[node.name][hit]
            stuck = "open" if np.all(level > 0.5) else "shut" if np.all(level < 0.5) else "open or shut"
            says = f"stuck {stuck}, as a saturated gate: the slope of {node.op} is below {FLAT}."
        else:
            says = f"saturated: the slope of {node.op} is below {FLAT}."
        yield Remark("saturated", node.name, entries, IS, says, _changeable(graph, node.parents[0]), count)


def _is_gate(graph: Graph, node: Node) -> bool:
    """Whether an activation lies between 0 and 1 and says how much of something else passes."""
    ends = [ops.get(node.op).forward(FLOAT64, np.asarray(end), **node.params) for end in (-99.0, 99.0)]
    users = ((ops.get(graph.nodes[user].op), slot) for user, slot in graph.consumers[node.name])
    return np.allclose(ends, [0, 1]) and any(slot in op.gates for op, slot in users)


def _changeable(graph: Graph, net: str) -> tuple[str, ...]:
    """What an author can change of a net: the parameters and data that it is made of, or of those it is."""
    names = [net]
    for name in names:
        names += [parent for parent in graph.nodes[name].parents if graph.is_data(name) or name == net]
    leaves_of = [name for name in names[1:] if not graph.nodes[name].op and graph.nodes[name].value is None]
    learned = [name for name in leaves_of if graph.nodes[name].role == "parameter"]
    return tuple(dict.fromkeys(learned or leaves_of or [net]))


def _dead_channels(graph: Graph, node: Node, values: Arrays) -> Iterable[Remark]:
    """Channels of an image that an activation leaves without any slope."""
    op = ops.get(node.op) if node.op else None
    if (
        op is None
        or op.activation is None
        or op.activation.flat != "below 0"
        or len(node.shape) not in (3, 4)
    ):
        return
    slope = op.partials[0](FLOAT64, values[node.name], *_inputs(graph, node, values), **node.params)
    alive = np.moveaxis(np.broadcast_to(slope, node.shape), len(node.shape) - 3, 0)
    for channel, live in enumerate(alive != 0, 1):
        if not live.any():
            says = f"dead: {node.op} lets nothing of it through. Change its kernel or its bias."
            yield Remark("dead", node.name, (f"channel {channel} of {node.name}",), IS, says)


def _norms_of_one(graph: Graph, node: Node) -> Iterable[Remark]:
    """Norms that take the mean of a single number, and leave nothing of it."""
    op = ops.get(node.op) if node.op else None
    if op is None or op.over is None:
        return
    parent = graph.nodes[node.parents[0]]
    if prod(parent.shape[axis] for axis in op.over(np.empty(parent.shape), **_axis(node))) == 1:
        says = "a norm over one element, which leaves nothing to learn from it. Take it over more."
        yield Remark("one element", node.name, (node.name,), IS, says)


def _targets(node: Node, array: NDArray[Any]) -> Iterable[Remark]:
    totals = np.sum(np.atleast_1d(array).astype(float), axis=-1)
    if not np.allclose(totals, 1):
        where = " in every example" if node.batched else ""
        says = f"not add up to 1{where}, as shares of classes do. Make it do so, or take another loss."
        yield Remark("targets", node.name, (node.name,), DOES, says)


def _long_numbers(graph: Graph, name: str, array: NDArray[Any]) -> Iterable[Remark]:
    if array.dtype != object or array.size > 1_000:  # floats, and large arrays, are not for hand work
        return
    if max(map(digits_needed, array.flat)) > MAX_DIGITS:
        says = f"more than {MAX_DIGITS} digits by hand. Choose numbers that keep it shorter."
        yield Remark("long number", name, (name,), NEEDS, says)


def digits_needed(number: Fraction) -> int:
    """Digits to write `number` down exactly, as a fraction or as a decimal, whichever is shorter."""
    as_fraction = len(str(abs(number.numerator)))
    if number.denominator == 1:
        return len(str(abs(number.numerator)).rstrip("0")) or 1
    as_fraction += len(str(number.denominator))
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return as_fraction
    return min(as_fraction, len(str(abs(number.numerator) * 10**places // number.denominator)))


def _axis(node: Node) -> dict[str, Any]:
    """The axes that a norm is told, if it is."""
    return {"axis": node.params["axis"]} if "axis" in node.params else {}


def _inputs(graph: Graph, node: Node, values: Arrays) -> list[NDArray[Any]]:
    nodes = [graph.nodes[parent] for parent in node.parents]
    return [np.asarray(float(n.value)) if n.value is not None else values[n.name] for n in nodes]


def places(node: Node, hit: NDArray[np.bool_]) -> str:
    """The entries of `node` where `hit` holds, such as `h1(2)[1] and h1(3)[1]`; empty for none."""
    return _listed(*_entries(node, hit)) if hit.any() else ""


def _entries(node: Node, hit: NDArray[np.bool_]) -> tuple[tuple[str, ...], int]:
    """The first entries of `node` where `hit` holds, and how many there are."""
    if hit.shape != node.shape or not node.shape:
        return (node.name,), 1
    first = np.argwhere(hit)[:SHOWN]
    return tuple(element_name(node.name, node, tuple(index)) for index in first), int(hit.sum())
