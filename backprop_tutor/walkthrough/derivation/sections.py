"""Which derivatives are derived, and in what order, to explain one."""

from collections.abc import Iterator
from dataclasses import replace

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.language import Lettering, Sentence, to_text
from backprop_tutor.language.deltas import delta_of
from backprop_tutor.language.expr import Expr, Num, Partial, Sum, Sym, name_of, rewrite
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.derive import derive
from backprop_tutor.walkthrough.derivation.lines import Line, Note, Section
from backprop_tutor.walkthrough.derivation.rule import Scene
from backprop_tutor.walkthrough.derivation.separators import cut_everywhere, separators
from backprop_tutor.walkthrough.derivation.terms import index_of, letters

__all__ = ["index_sections", "left_out", "written"]

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
    found: list[Section] = []
    known: set[tuple[str, ...]] = set()
    between = [] if unroll or of != graph.loss else _stations(graph, wrt, deltas)
    for place, node in enumerate(between):
        kind = _kind(graph, node)
        if kind in known and len(between) > MANY and ENDS <= place < len(between) - ENDS:
            stations[node.name] = delta_of(node.name) or f"d{of}/d{node.name}"
            continue
        element = definitions.own(node.name, pool="ijklmn" if stations else "klmn")
        delta = delta_of(node.name)
        name = delta or f"d{of}/d{node.name}"
        left = named(name, node, index_of(element))
        start = Partial(Sym(of), element)
        scene = Scene(definitions, start, dict(stations), targets, _ranges(definitions, element))
        lines = tuple(derive(scene, left))
        if delta and kind in known:
            lines = (Line(Sentence("{δ} recursion"), lines[-1].expr, left),)
        known.add(kind)
        if delta:
            lines = (Line(f"definition of {to_text(Sym(delta))}", start, left), *lines)
        found.append(Section(left, start, lines))
        stations[node.name] = name
    element = definitions.own(wrt)
    used = {place.name for place in index_of(element) if isinstance(place, Sym)}
    top: Expr = Sym(of)
    if graph.nodes[of].shape:
        top = _facing(definitions, graph.nodes[of], graph.nodes[wrt], element, used)
    start = Partial(top, element)
    ranges = {**_ranges(definitions, element), **_ranges(definitions, top)}
    scene = Scene(definitions, start, dict(stations), targets, ranges)
    return [*found, Section(start, start, tuple(derive(scene, start)))]


def written(section: Section, lettering: Lettering) -> Section:
    """The section as a notation writes it, without the lines that it writes as the line above."""
    lines: list[Line] = []
    for line in section.lines:
        expr = rewrite(lettering.rewrite(line.expr), _said_end)
        if not lines or expr != lines[-1].expr:
            lines.append(replace(line, expr=expr, rule=lettering.prose(line.rule)))
    return replace(section, lines=tuple(lines))


def _said_end(part: Expr) -> Expr | None:
    """A sum over a letter that stands nowhere in it, with its end to be said."""
    match part:
        case Sum(index, Num(end), body) if index not in letters(body):
            return Sum(index, Num(end, str(end)), rewrite(body, _said_end))
        case _:
            return None


def left_out(graph: Graph, wrt: str, sections: list[Section]) -> Iterator[Note]:
    """What to say where the deltas in the middle are left out."""
    nodes = [node.name for node in _stations(graph, wrt, deltas=True)]
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
    fresh = definitions.fresh_letters(of.shape[len(shared) :], used)
    return named(of.name, of, (*shared, *map(Sym, fresh)))


def _stations(graph: Graph, wrt: str, deltas: bool) -> list[Node]:
    """The nodes between the loss and `wrt` whose derivatives are derived first, from the loss down."""
    between = graph.downstream([wrt]) - {wrt}
    nets = [n for n in reversed(graph.nodes.values()) if n.op == "linear" and n.batched and n.name in between]
    if nets and cut_everywhere(graph, wrt, (net.name for net in nets)):
        alone = len(nets) == 1 and graph.nodes[wrt].role == "parameter"
        return [] if alone and not deltas else nets
    return [graph.nodes[name] for name in separators(graph, wrt)]


def _kind(graph: Graph, node: Node) -> tuple[str, ...]:
    """Nets of one kind have the same recursion: the same ops follow them."""
    after = [graph.nodes[name] for name, _ in graph.consumers[node.name]]
    beyond = [graph.nodes[name].op for n in after for name, _ in graph.consumers[n.name]]
    return (*(n.op for n in after), *beyond)
