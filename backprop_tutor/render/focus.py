"""Which part of a drawing a step is about: the cells on its path, and the edges between them."""

from collections.abc import Iterable

from backprop_tutor.render.layout import Cell, Edge, Layout
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Focus", "focus"]


class Focus:
    """`cells` on the path of a step; `own` are those that the step computes."""

    def __init__(self, cells: frozenset[str] = frozenset(), own: frozenset[str] = frozenset()) -> None:
        self.cells = cells
        self.own = own

    def lights(self, edge: Edge) -> bool:
        return edge.source in self.cells and edge.target in self.cells


def focus(
    solution: Solution,
    layout: Layout,
    step: Step,
    index: tuple[int, ...] | None = None,
    needed: Iterable[str] = (),
) -> Focus:
    """The path of `step`, of one element (zero-based `index`) or of the whole array.

    Forward: the inputs, or what is `needed` in their place, and all between them and what they make.
    Backward: everything from the loss back to the quantity. Update: a weight's input and its unit.
    """
    graph = solution.graph
    node = step.node.name
    shown = layout.weights.get(node, node)  # weights are drawn on the wires into their layer
    if step.phase in ("forward", "loss"):
        sources = {*(needed or step.node.parents)}
        names = {node, *sources} | (graph.downstream(sources) & graph.upstream(node))
    elif step.phase == "backward":
        names = graph.between([node]) | {node}
        if shown != node:
            names |= {graph.nodes[shown].parents[0]}
    else:
        names = {node, shown, *_weighed(solution, node, shown)}
    units = _units(solution, node, shown, index)
    drawn = {(name, cell.unit) for cell in layout.cells for name in cell.nodes}
    cells = {cell.id for cell in layout.cells if cell.kind != "pass" and _is_part(cell, names, units, drawn)}
    for cell in sorted(layout.cells, key=lambda cell: -cell.column):
        leads_to = [edge.target for edge in layout.edges if edge.source == cell.id]
        if cell.kind == "pass" and cell.nodes[0] in names and not cells.isdisjoint(leads_to):
            cells.add(cell.id)
    own = {cell.id for cell in layout.cells if shown in cell.nodes and cell.id in cells}
    return Focus(frozenset(cells), frozenset(own))


def _weighed(solution: Solution, node: str, shown: str) -> tuple[str, ...]:
    """What the weights `node` multiply; nothing for a bias."""
    inputs, *others = solution.graph.nodes[shown].parents or ("",)
    return (inputs,) if shown != node and others[:1] == [node] else ()


def _units(solution: Solution, node: str, shown: str, index: tuple[int, ...] | None) -> dict[str, int]:
    """The one unit that matters, of the nodes where only one does."""
    if not index:
        return {}
    if shown == node:
        return {node: index[-1]}
    units = {shown: index[0]}  # of W1[i,j]: unit i, and the input j that it weighs
    if len(index) == 2:
        units[solution.graph.nodes[shown].parents[0]] = index[1]
    return units


def _is_part(cell: Cell, names: set[str], units: dict[str, int], drawn: set[tuple[str, int | None]]) -> bool:
    """Whether a cell is on the path; of the one that stands for units left out, whether one of those is."""
    if names.isdisjoint(cell.nodes):
        return False
    limits = [(name, units[name]) for name in cell.nodes if name in units]
    if cell.kind == "more":
        return not limits or any(limit not in drawn for limit in limits)
    return not limits or cell.unit is None or cell.unit in (unit for _, unit in limits)
