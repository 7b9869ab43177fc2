"""On which row of characters each wire enters its cell, and in which order wires run side by side."""

from collections import defaultdict

from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Layout

__all__ = ["Ports"]


class Ports:
    """Wires that lead to one cell only share its first row; one that leads on elsewhere as well gets a
    row of its own, since a drawing in which it joined the others would show edges that are not there.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.place = {cell.id: cell for cell in layout.cells}
        self._bundles = self._entering()
        heights = [1] * layout.rows
        for cell in layout.cells:
            lines = 1 + max(len(cell.under), len(cell.entry_under))
            heights[cell.row] = max(heights[cell.row], lines, len(self._bundles[cell.id]))
        self._tops = [sum(heights[:row]) for row in range(len(heights))]
        self.height = sum(heights)

    def row(self, cell: DrawnNode) -> int:
        return self._tops[cell.row]

    def entering(self, edge: DrawnEdge) -> int:
        """The row on which `edge` reaches its target."""
        groups = self._bundles[edge.target]
        port = next(n for n, group in enumerate(groups) if edge.bundle in group)
        return self.row(self.place[edge.target]) + port

    def is_straight(self, gap: int, bundle: str) -> bool:
        """Whether all of a bundle stays on the row on which it leaves."""
        edges = [e for e in self.layout.edges if e.bundle == bundle and self.place[e.source].column == gap]
        return len({self.row(self.place[edge.source]) for edge in edges} | {*map(self.entering, edges)}) == 1

    def tracks(self, gap: int) -> list[str] | None:
        """The bundles between a column and the next from left to right: one that leaves a row comes
        before one that enters it. None where that goes in a circle."""
        leaves: dict[str, set[int]] = defaultdict(set)
        enters: dict[str, set[int]] = defaultdict(set)
        for edge in self.layout.edges:
            if self.place[edge.source].column == gap:
                leaves[edge.bundle].add(self.row(self.place[edge.source]))
                enters[edge.bundle].add(self.entering(edge))
        waiting = dict.fromkeys(leaves)
        order: list[str] = []
        while waiting:
            free = [b for b in waiting if not any(o != b and leaves[o] & enters[b] for o in waiting)]
            if not free:
                return None
            order.append(free[0])
            del waiting[free[0]]
        return order

    def _entering(self) -> dict[str, list[list[str]]]:
        """For each cell the groups of bundles that enter it, one group a row."""
        targets: dict[tuple[int, str], set[str]] = defaultdict(set)
        into: dict[str, dict[str, int]] = defaultdict(dict)
        for edge in self.layout.edges:
            gap = self.place[edge.source].column
            targets[gap, edge.bundle].add(edge.target)
            into[edge.target][edge.bundle] = self.place[edge.source].row
        found: dict[str, list[list[str]]] = defaultdict(list)
        for target, bundles in into.items():
            gap = self.place[target].column - 1
            ordered = sorted(bundles, key=lambda bundle: bundles[bundle])
            only = [bundle for bundle in ordered if targets[gap, bundle] == {target}]
            shared = [[bundle] for bundle in ordered if bundle not in only]
            groups = [*shared, only] if only else shared
            found[target] = sorted(groups, key=lambda group: bundles[group[0]])
        return found
