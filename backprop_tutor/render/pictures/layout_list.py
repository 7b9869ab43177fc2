"""Any graph as a list: a line a node, below those that it uses; wires run beside them."""

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.language import Style
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Layout
from backprop_tutor.render.pictures.layout_graph import cell_kind, cell_label
from backprop_tutor.walkthrough import Solution

__all__ = ["list_layout", "tracks"]

LONGEST = 30  # letters of a formula that stands before its value


def list_layout(solution: Solution, style: Style, times: str = "×", *, formulas: bool = True) -> Layout:
    """The nodes of a graph in one column. What is given stands just above its first use."""
    graph = solution.graph.folded
    nodes = _in_order(graph)
    drawn = {node.name for node in nodes}
    longest = LONGEST if formulas else 0
    cells = tuple(
        DrawnNode(
            node.name,
            cell_label(solution, node, style, times, longest),
            0,
            row,
            cell_kind(node),
            (node.name,),
        )
        for row, node in enumerate(nodes)
    )
    edges = tuple(
        DrawnEdge(parent, node.name, parent)
        for node in nodes
        for parent in dict.fromkeys(node.parents)
        if parent in drawn
    )
    return Layout(cells, edges)


def _in_order(graph: Graph) -> list[Node]:
    used = graph.upstream(graph.loss)
    found: dict[str, Node] = {}
    for node in graph.nodes.values():
        if node.op and node.name in used:
            leaves = (graph.nodes[parent] for parent in node.parents if not graph.nodes[parent].op)
            found |= {
                leaf.name: leaf for leaf in leaves if leaf.role != "constant" and leaf.name not in found
            }
            found[node.name] = node
    return list(found.values())


def tracks(layout: Layout) -> dict[str, int]:
    """The wire of each cell, counted from the left. One that ends at a cell may go on as that cell's own."""
    last = {edge.source: row for row, cell in enumerate(layout.cells) for edge in _into(layout, cell)}
    found: dict[str, int] = {}
    busy: dict[int, str] = {}
    for row, cell in enumerate(layout.cells):
        if cell.kind == "more":
            found[cell.id] = 0
            continue
        ends = [edge.source for edge in _into(layout, cell) if last[edge.source] == row]
        going_on = {found[source] for source in ends}
        taken = {track for track, source in busy.items() if last.get(source, -1) >= row}
        own = min(going_on) if going_on else next(n for n in range(len(layout.cells)) if n not in taken)
        found[cell.id] = own
        busy = {track: source for track, source in busy.items() if track in taken} | {own: cell.id}
    return found


def _into(layout: Layout, cell: DrawnNode) -> list[DrawnEdge]:
    return [edge for edge in layout.edges if edge.target == cell.id]
