"""Which derivatives are derived, and in what order, to explain one."""

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.language.expr import Expr, Partial, Sym
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.derive import derive
from backprop_tutor.walkthrough.derivation.lines import Line, Section
from backprop_tutor.walkthrough.derivation.rule import Scene
from backprop_tutor.walkthrough.derivation.terms import index_of

__all__ = ["index_sections"]


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

    The weights of the last layer need no delta; `deltas` gives them one.
    """
    graph = definitions.graph
    stations: dict[str, str] = {}
    found: list[Section] = []
    known: set[tuple[str, ...]] = set()
    nets = [] if unroll or of != graph.loss else _nets(graph, wrt)
    if len(nets) == 1 and graph.nodes[wrt].role == "parameter" and not deltas:
        nets = []
    for node in nets:
        pool = "" if stations else "klmn"
        element = definitions.own(node.name, pool=pool) if pool else definitions.own(node.name)
        left = named(f"delta{node.name[3:]}", node, index_of(element))
        start = Partial(Sym(of), element)
        lines = tuple(derive(Scene(definitions, start, dict(stations), targets), left))
        kind = _kind(graph, node)
        if kind in known:
            lines = (Line("δ recursion", lines[-1].expr, left),)
        known.add(kind)
        named_here = Line(f"definition of δ{node.name[3:]}", start, left)
        found.append(Section(left, start, (named_here, *lines)))
        stations[node.name] = f"delta{node.name[3:]}"
    element = definitions.own(wrt)
    used = {place.name for place in index_of(element) if isinstance(place, Sym)}
    top: Expr = Sym(of)
    if graph.nodes[of].shape:
        top = _facing(definitions, graph.nodes[of], graph.nodes[wrt], element, used)
    start = Partial(top, element)
    scene = Scene(definitions, start, dict(stations), targets)
    return [*found, Section(start, start, tuple(derive(scene, start)))]


def _facing(definitions: Definitions, of: Node, wrt: Node, element: Expr, used: set[str]) -> Expr:
    """The general element of `of`, of the same example as that of `wrt`."""
    shared = index_of(element)[:1] if of.batched and wrt.batched else ()
    fresh = definitions.fresh_letters(of.shape[len(shared) :], used)
    return named(of.name, of, (*shared, *map(Sym, fresh)))


def _nets(graph: Graph, wrt: str) -> list[Node]:
    """The nets of a network between the loss and `wrt`, those whose delta is worth a name."""
    below = graph.downstream([wrt]) - {wrt}
    return [n for n in reversed(graph.nodes.values()) if n.op == "linear" and n.batched and n.name in below]


def _kind(graph: Graph, node: Node) -> tuple[str, ...]:
    """Nets of one kind have the same recursion: the same ops follow them."""
    after = [graph.nodes[name] for name, _ in graph.consumers[node.name]]
    beyond = [graph.nodes[name].op for n in after for name, _ in graph.consumers[n.name]]
    return (*(n.op for n in after), *beyond)
