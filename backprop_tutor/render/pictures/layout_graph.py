"""Any graph in layers: a column for each depth, long edges led through empty cells."""

from collections import defaultdict

from backprop_tutor.engine.graph import Node
from backprop_tutor.language import Style, Sym, to_text
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Kind, Layout, leaf_label
from backprop_tutor.walkthrough import Solution

__all__ = ["cell_kind", "cell_label", "graph_layout", "in_columns"]

MAX_LABEL = 22
SWEEPS = 4


def graph_layout(solution: Solution, style: Style, times: str = "×", *, formulas: bool = True) -> Layout:
    """`formulas` writes each node as `q = x + y`, where that is short; else by its name."""
    graph = solution.graph.folded
    used = graph.upstream(graph.loss)
    nodes = [node for node in graph.nodes.values() if node.name in used and node.role != "constant"]
    order, edges = in_columns(nodes)
    cells = []
    for depth, ids in order.items():
        for row, name in enumerate(ids):
            if name not in graph.nodes:
                cells.append(DrawnNode(name, "", depth, row, "pass", (name.partition("→")[0],)))
                continue
            node = graph.nodes[name]
            label = cell_label(solution, node, style, times, MAX_LABEL if formulas else 0)
            cells.append(DrawnNode(name, label, depth, row, cell_kind(node), (name,)))
    return Layout(tuple(cells), tuple(edges))


def cell_kind(node: Node) -> Kind:
    if node.role == "loss":
        return "loss"
    return "op" if node.op else "data" if node.role == "given" else "parameter"


def cell_label(solution: Solution, node: Node, style: Style, times: str, longest: int) -> str:
    """`q = x + y` where that has not more letters than `longest`, else the name."""
    if not node.op:
        return leaf_label(solution, node.name, style, times)
    name, form = to_text(Sym(node.name), style), solution.steps[node.name].form
    if not solution.graph.is_named(node.name):
        return name if len(name) <= MAX_LABEL else node.name
    form = solution.graph.source(node.name).formula or form  # softmax(S) as its author wrote it
    text = f"{name} = {to_text(form, style)}" if form is not None else name
    return text if len(text) <= longest else name


def in_columns(nodes: list[Node], *, left: bool = False) -> tuple[dict[int, list[str]], list[DrawnEdge]]:
    """The ids in each column from top to bottom, and the edges, long ones cut at every column. What is given
    stands just before its first use, or at the `left`."""
    return _order(nodes, _columns(nodes, left=left))


def _columns(nodes: list[Node], *, left: bool) -> dict[str, int]:
    """Each computed node right of everything it uses; each leaf just left of its first use."""
    column: dict[str, int] = {}
    for node in nodes:
        column[node.name] = 1 + max((column[p] for p in node.parents if p in column), default=-1)
    for node in nodes:
        if not node.op and not left:
            uses = [column[other.name] for other in nodes if node.name in other.parents]
            column[node.name] = max(min(uses, default=1) - 1, 0)
    return column


def _order(nodes: list[Node], column: dict[str, int]) -> tuple[dict[int, list[str]], list[DrawnEdge]]:
    """The ids in each column from top to bottom, and the edges, long ones cut at every column."""
    rows: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        rows[column[node.name]].append(node.name)
    edges: dict[tuple[str, str], DrawnEdge] = {}
    for node in nodes:
        for parent in dict.fromkeys(p for p in node.parents if p in column):
            source = parent
            for depth in range(column[parent] + 1, column[node.name]):
                through = f"{parent}→{depth}"
                if through not in rows[depth]:
                    rows[depth].append(through)
                edges[source, through] = DrawnEdge(source, through, parent)
                source = through
            edges[source, node.name] = DrawnEdge(source, node.name, parent)
    found = list(edges.values())
    for sweep in range(SWEEPS):
        _sort(rows, found, forward=sweep % 2 == 0)
    return dict(sorted(rows.items())), found


def _sort(rows: dict[int, list[str]], edges: list[DrawnEdge], *, forward: bool) -> None:
    """Put every cell at the mean of its neighbours in the column before (or after) it."""
    near: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if forward:
            near[edge.target].append(edge.source)
        else:
            near[edge.source].append(edge.target)
    for depth in sorted(rows, reverse=not forward):
        place = {name: row for ids in rows.values() for row, name in enumerate(ids)}
        rows[depth].sort(
            key=lambda name: (
                sum(place[other] for other in near[name]) / len(near[name]) if near[name] else place[name]
            )
        )
