"""A recurrence unrolled: a column a step, what goes from one to the next on the wires between them."""

from collections.abc import Iterator
from itertools import pairwise

from backprop_tutor.language import Style
from backprop_tutor.language.step_index import without_step
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Layout, trimmed
from backprop_tutor.render.pictures.step_groups import StepGroups, step_number
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution

__all__ = ["steps_layout"]

TITLES = {"start": "given", "end": "loss"}


def steps_layout(
    solution: Solution,
    groups: StepGroups,
    style: Style,
    most: int,
    *,
    leaves: bool = True,
) -> Layout:
    """At most so many steps, the first ones and the last; with `leaves` also what all steps share."""
    return _Unrolled(solution, groups, style, most, leaves).layout()


class _Unrolled:
    def __init__(
        self,
        solution: Solution,
        groups: StepGroups,
        style: Style,
        most: int,
        leaves: bool,
    ) -> None:
        self.solution, self.groups, self.style, self.with_leaves = solution, groups, style, leaves
        self.nodes = groups.graph.nodes
        self.cells: list[DrawnNode] = []
        self.edges: dict[tuple[str, str], DrawnEdge] = {}
        self.column: dict[str, int] = {}  # of each cell
        self.cell_of: dict[str, str] = {}  # of each node
        self.shown = list(trimmed(len(groups.steps), most))

    def layout(self) -> Layout:
        self._starts()
        self._steps()
        self._end()
        for cell in list(self.cells):
            for name in cell.nodes:
                for parent in self.nodes[name].parents:
                    self._connect(self.cell_of.get(parent, ""), cell.id)
        return Layout(tuple(self.cells), tuple(self.edges.values()), tuple(self._titles()), tight=True)

    def _titles(self) -> Iterator[str]:
        last = 1 + max(self.column.values())
        titles = dict.fromkeys(range(last), "")
        for cell in self.cells:
            number = step_number(cell.nodes[-1]) if cell.nodes else None
            if cell.kind == "unit" and number is not None:
                titles[cell.column] = f"step {number}"
            elif cell.id in TITLES:
                titles[cell.column] = TITLES[cell.id]
        yield from titles.values()

    def _add(self, cell: DrawnNode) -> None:
        self.cells.append(cell)
        self.column[cell.id] = cell.column
        if cell.kind != "pass":
            self.cell_of |= dict.fromkeys(cell.nodes, cell.id)

    def _starts(self) -> None:
        """What the first step starts from, and what every step uses, in one cell: wires from it to each step
        would lead everywhere."""
        groups = self.groups
        used = {parent for name in groups.home for parent in self.nodes[name].parents}
        leaves = [node for node in self.nodes.values() if not node.op and node.role != "constant"]
        starts = [n.name for n in leaves if step_number(n.name) is not None and n.name in used]
        starts += [node.name for node in groups.before]
        shared = [n.name for n in leaves if n.name in groups.used and n.name not in starts]
        shown = [*starts, *(shared if self.with_leaves else ())]
        if shown:
            label = quantity_text(shown[0], self.style)
            self._add(DrawnNode("start", label, 0, 0, "data", tuple(shown)))
        for name in shared:
            self.cell_of.pop(name, None)

    def _steps(self) -> None:
        groups = self.groups
        numbers = list(groups.steps)
        order = {without_step(name): place for place, name in enumerate(groups.steps[numbers[-1]])}
        names = [
            sorted(group, key=lambda name: order.get(without_step(name), -1))
            for group in groups.steps.values()
        ]
        first = 1 if self.cells else 0
        for column, place in enumerate(self.shown, first):
            if place is None:
                kept = [at for at in self.shown if at is not None]
                start, end = next((a, b) for a, b in pairwise(kept) if b > a + 1)
                left = [name for group in names[start + 1 : end] for name in group]
                sign = "⋯" if self.style.glyphs.scripts else "..."
                label = f"{sign} {end - start - 1} more"
                self._add(DrawnNode("steps…", label, column, 0, "more", tuple(left)))
            else:
                label = quantity_text(names[place][-1], self.style)
                self._add(DrawnNode(f"step {numbers[place]}", label, column, 0, "unit", tuple(names[place])))

    def _end(self) -> None:
        """What comes after the last step."""
        names = tuple(node.name for node in self.groups.after)
        if names:
            label = quantity_text(names[-1], self.style)
            self._add(DrawnNode("end", label, 1 + max(self.column.values()), 0, "loss", names))

    def _connect(self, source: str, target: str) -> None:
        """An edge, a long one through empty cells below the steps in between."""
        if not source or source == target:
            return
        direct = self.column[target] == self.column[source] + 1
        bundle = source if direct else target
        for column in range(self.column[source] + 1, self.column[target]):
            through = f"{bundle}→{column}"
            if through not in self.column:
                rows = [cell.row for cell in self.cells if cell.column == column]
                name = next(cell.nodes[0] for cell in self.cells if cell.id == target)
                self._add(DrawnNode(through, "", column, 1 + max(rows, default=0), "pass", (name,)))
            self.edges[source, through] = DrawnEdge(source, through, bundle)
            source = through
        self.edges[source, target] = DrawnEdge(source, target, bundle)
