"""Which part of a drawing a step is about: the cells on its path, and the edges between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Layout
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Focus", "focus"]


@dataclass(frozen=True, slots=True)
class Focus:
    """`cells` on the path of a step; `own` are those that the step computes.

    `roles` says what each of them is in the theme's words, `path` what the wires between them are but for
    those of the `local` bundles, which carry the local derivative. What a step `on_wires` computes stands
    there, before the cells that are its own.
    """

    cells: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    roles: Mapping[str, str] = field(default_factory=dict)
    path: str = "path"
    local: frozenset[str] = frozenset()
    on_wires: bool = False

    def points_back(self, role: str) -> bool:
        """Whether a wire of this role leads from the loss backwards. Those into a weight do not: what comes
        back ends on them, and is multiplied by what they carry."""
        return self.path == "upstream" and bool(role) and not (role == "local" and self.on_wires)

    def lights(self, edge: DrawnEdge) -> bool:
        return edge.source in self.cells and edge.target in self.cells

    def wire(self, edge: DrawnEdge) -> str:
        """The role of a wire, empty off the path."""
        return ("local" if edge.bundle in self.local else self.path) if self.lights(edge) else ""

    def entry(self, cell: DrawnNode, wire: str) -> str:
        """The role of what stands on the wire into a cell."""
        return "asked" if self.on_wires and cell.id in self.own else wire


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
    node = step.node.name if not step.node.parts else step.node.parts[-1].name
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
        is_passed = cell.kind == "pass" and not names.isdisjoint(cell.nodes[:1])
        if is_passed and not cells.isdisjoint(leads_to):
            cells.add(cell.id)
    own = {cell.id for cell in layout.cells if shown in cell.nodes and cell.id in cells}
    on_wires, path = shown != node, "upstream" if step.phase == "backward" else "path"
    lit = [edge for edge in layout.edges if edge.source in cells and edge.target in cells]
    local = _local(solution, layout, node, own, lit, on_wires=on_wires) if path == "upstream" else set()
    roles = dict.fromkeys(cells, path) | dict.fromkeys(own, path if on_wires else "asked")
    beside = [cell.id for cell in layout.cells if on_wires and node in cell.nodes]
    roles |= dict.fromkeys(beside, "asked")  # weights that have cells of their own
    if on_wires:  # of a weight the local derivative is what it multiplies
        roles |= {edge.source: "local" for edge in lit if edge.bundle in local}
    return Focus(frozenset(cells), frozenset(own), roles, path, frozenset(local), on_wires)


def _local(
    solution: Solution, layout: Layout, node: str, own: set[str], lit: Sequence[DrawnEdge], *, on_wires: bool
) -> set[str]:
    """The bundles of wires that carry the local derivative; none where it is within a cell."""
    if on_wires:
        return {edge.bundle for edge in lit if edge.target in own}
    together = {name for cell in layout.cells if cell.id in own for name in cell.nodes}
    if any(consumer in together for consumer, _ in solution.graph.folded.consumers.get(node, ())):
        return set()
    return {edge.bundle for edge in lit if edge.source in own}


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


def _is_part(
    cell: DrawnNode, names: set[str], units: dict[str, int], drawn: set[tuple[str, int | None]]
) -> bool:
    """Whether a cell is on the path; of the one that stands for units left out, whether one of those is."""
    if names.isdisjoint(cell.nodes):
        return False
    limits = [(name, units[name]) for name in cell.nodes if name in units]
    if cell.kind == "more":
        return not limits or any(limit not in drawn for limit in limits)
    return not limits or cell.unit is None or cell.unit in (unit for _, unit in limits)
