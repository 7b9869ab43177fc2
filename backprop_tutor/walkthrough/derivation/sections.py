"""Which derivatives are derived, and in what order, to explain one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.language import Lettering, Sentence
from backprop_tutor.language.deltas import delta_of
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Call, Expr, Num, Partial, Sum, Sym, name_of, rewrite
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.derivation_form import Line, Note, Section
from backprop_tutor.walkthrough.derivation.derive import derive
from backprop_tutor.walkthrough.derivation.norms import norm_of
from backprop_tutor.walkthrough.derivation.rule import Scene
from backprop_tutor.walkthrough.derivation.terms import index_of, walk

__all__ = ["index_sections", "kind_of", "left_out", "written"]

FEW = 6  # paths that are followed in one go
SHORT = 2  # quantities on the way that are


def _paths(graph: Graph, wrt: str) -> int:
    """How many paths lead from the loss to `wrt`."""
    below = {wrt: 1}  # from a node down to wrt
    for node in graph.nodes.values():
        below.setdefault(node.name, sum(below.get(parent, 0) for parent in node.parents))
    return below[graph.loss]


def _cut(definitions: Definitions, name: str, stations: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """The stations that the chain rule leads through from `name`, and whether others are held fixed there."""
    graph = definitions.graph
    if not stations:
        return (), False
    used = graph.upstream(graph.loss)
    direct = [consumer for consumer in definitions.consumers(name) if consumer in used]
    if direct and all(consumer in stations for consumer in direct):
        return tuple(direct), True
    if direct == [graph.loss]:
        return (), True
    below = definitions.downstream(name)
    on_the_way = [station for station in stations if station in below]
    return tuple(s for s in on_the_way[-1:] if definitions.lies_on_every_way(s, name)), False


MANY = 40  # deltas of a network that are all written
ENDS = 3  # of more, those at either end


def index_sections(
    definitions: Definitions,
    of: str,
    wrt: str,
    *,
    unroll: bool = False,
    deltas: bool = False,
    targets: frozenset[str] = frozenset(),
) -> list[Section]:
    """∂of/∂wrt in general, after the deltas that it is made of. Raises TooLong and Unwritable.

    The weights of the last layer need no delta; `deltas` gives them one. Of many deltas with the same
    recursion, those in the middle are left out.
    """
    graph = definitions.graph
    stations: dict[str, str] = {}
    numbers: dict[str, Num] = {}
    plain: set[tuple[str, ...]] = set()  # the kinds of those whose derivative is a number
    found: list[Section] = []
    known: dict[tuple[str, ...], str] = {}
    between = [] if unroll or of != graph.loss else _stations(definitions, wrt, deltas)
    for place, node in enumerate(between):
        kind = kind_of(definitions, node)
        in_the_middle = len(between) > MANY and ENDS <= place < len(between) - ENDS
        if kind in known and in_the_middle and kind not in plain:
            stations[node.name] = delta_of(node.name) or gradient_of(of, node.name)
            continue
        element = definitions.own(node.name, pool="ijklmn" if stations else "klmn")
        delta = delta_of(node.name)
        name = delta or gradient_of(of, node.name)
        left = named(name, node, index_of(element))
        start = Partial(Sym(of), element)
        cut, held = _cut(definitions, node.name, stations)
        ranges = _ranges(definitions, element)
        scene = Scene(definitions, start, dict(stations), dict(numbers), targets, ranges, cut, held)
        lines = tuple(derive(scene, left, everywhere=held))
        if kind in known and (delta or held):
            lines = (Line(Sentence("{δ} recursion") if delta else known[kind], lines[-1].expr, left),)
        elif kind not in known:
            is_named = graph.is_named(node.name) or "<" in node.name
            known[kind] = Sentence(
                f"in the same way as {{{name}}}" if is_named else "in the same way as above"
            )
        if delta:
            lines = (Line(Sentence(f"definition of {{{delta}}}"), start, left, minor=True), *lines)
        stations[node.name] = name
        result = lines[-1].expr
        if isinstance(result, Num):
            numbers[node.name] = result
            plain.add(kind)
        if not in_the_middle or kind not in plain:
            found.append(Section(left, start, lines, held))
    element = definitions.own(wrt)
    used = {place.name for place in index_of(element) if isinstance(place, Sym)}
    top: Expr = Sym(of)
    if graph.nodes[of].shape:
        top = _facing(definitions, graph.nodes[of], graph.nodes[wrt], element, used)
    start = Partial(top, element)
    ranges = {**_ranges(definitions, element), **_ranges(definitions, top)}
    cut, held = _cut(definitions, wrt, stations)
    scene = Scene(definitions, start, stations, numbers, targets, ranges, cut, held)
    return [*found, Section(start, start, tuple(derive(scene, start, everywhere=held)), held)]


def written(section: Section, lettering: Lettering) -> Section:
    """The section as a notation writes it, without the lines that it writes as the line above."""
    lines: list[Line] = []
    for line in section.lines:
        expr = rewrite(lettering.rewrite(line.expr), _said_end)
        if not lines or expr != lines[-1].expr:
            lines.append(replace(line, expr=expr, rule=lettering.prose(line.rule)))
    return replace(section, lines=tuple(lines))


def _said_end(part: Expr) -> Expr | None:
    """A sum over a letter that stands on no axis of its own in it, with its end to be said."""
    match part:
        case Sum(index, Num(end), body) if not _stands_on_an_axis(Sym(index), body):
            return Sum(index, Num(end, str(end)), rewrite(body, _said_end))
        case _:
            return None


def _stands_on_an_axis(letter: Sym, body: Expr) -> bool:
    for part in walk(body):
        match part:
            case Call("kronecker", (a, b)) if letter in (a, b) and isinstance(a, Sym) and isinstance(b, Sym):
                return True
        if letter in index_of(part):
            return True
    return False


def left_out(definitions: Definitions, wrt: str, sections: list[Section]) -> Iterator[Note]:
    """What to say where the deltas in the middle are left out."""
    nodes = [node.name for node in _stations(definitions, wrt, deltas=True)]
    shown = {name_of(section.meaning.wrt) for section in sections}
    missing = [name for name in nodes if name not in shown]
    if len(nodes) > MANY and missing:
        ends = tuple(Sym(delta_of(name) or name) for name in (missing[0], missing[-1]))
        yield Note(f"The {len(missing):,} from {{}} to {{}} follow the same recursion.", ends)


def _ranges(definitions: Definitions, element: Expr) -> dict[str, Expr]:
    """How far each letter of an element goes."""
    node = definitions.node(element)
    sizes = node.shape if node else ()
    pairs = zip(index_of(element), map(definitions.size, sizes), strict=True)
    return {letter.name: size for letter, size in pairs if isinstance(letter, Sym)}


def _facing(definitions: Definitions, of: Node, wrt: Node, element: Expr, used: set[str]) -> Expr:
    """The general element of `of`, of the same example as that of `wrt`."""
    shared = index_of(element)[:1] if of.batched and wrt.batched else ()
    fresh = definitions.fresh(of.shape[len(shared) :], used, batched=of.batched and not shared)
    return named(of.name, of, (*shared, *fresh))


def _stations(definitions: Definitions, wrt: str, deltas: bool) -> list[Node]:
    """The nodes between the loss and `wrt` whose derivatives are derived first, from the loss down."""
    graph = definitions.graph
    between = graph.between([wrt]) - {wrt, graph.loss} - definitions.written_out
    nodes = [node for node in reversed(graph.nodes.values()) if node.name in between]
    named = [node for node in nodes if node.name not in definitions.cancelled]
    nets = [node for node in named if node.batched and ops.get(node.op).weighted == "layer"]
    if nets and definitions.is_general:
        alone = len(nets) == 1 and graph.nodes[wrt].role == "parameter"
        return [] if alone and not deltas else nets
    is_short = len(nodes) <= SHORT and _paths(graph, wrt) <= FEW
    is_short &= named == nodes and not any(_is_whole(definitions, node) for node in nodes)
    return [] if is_short else named


def _is_whole(definitions: Definitions, node: Node) -> bool:
    """Whether a node is differentiated as a whole: a softmax, a norm, or what letters do not say."""
    is_norm = any(norm_of(definitions, node.name, x) for x in definitions.uses(node.name))
    op = ops.get(node.op)
    return is_norm or not definitions.is_sayable(node.name) or bool(op.over or op.across)


def kind_of(definitions: Definitions, node: Node) -> tuple[str, ...]:
    """Nodes of one kind have the same recursion: the same ops follow them."""
    graph = definitions.graph
    if definitions.written_out or not node.batched:
        return tuple(map("; ".join, _ways(definitions, node.name)))
    after = [graph.nodes[name] for name, _ in graph.consumers[node.name]]
    beyond = [graph.nodes[name].op for n in after for name, _ in graph.consumers[n.name]]
    return (*(n.op for n in after), *beyond)


def _ways(definitions: Definitions, name: str) -> Iterator[tuple[str, ...]]:
    """The rules of differentiation on the way from `name` into each formula that it stands in."""
    consumers = definitions.graph.consumers
    waiting: list[tuple[tuple[str, ...], str, int]]
    waiting = [((), consumer, slot) for consumer, slot in consumers[name]]
    for rules, consumer, slot in waiting:
        rule = ops.get(definitions.graph.nodes[consumer].op).derivative_rule(slot)
        longer = rules if rules[-1:] == (rule,) else (*rules, rule)
        if consumer in definitions.written_out:
            waiting += [(longer, further, at) for further, at in consumers[consumer]]
        else:
            yield longer
