"""The drawing in characters with the values and gradients that are known so far beside its cells."""

from collections.abc import Iterator
from dataclasses import dataclass

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.captions import Captions, Entry
from backprop_tutor.render.drawing import Line, draw
from backprop_tutor.render.focus import Focus, focus
from backprop_tutor.render.layout import Cell, Layout
from backprop_tutor.render.layout_graph import graph_layout
from backprop_tutor.render.layout_network import Detail, network_layout
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Blackboard"]

MAX_NODES = 60
MAX_APART = 4  # lines from one cell to the next below it


@dataclass(frozen=True)
class _Sheet:
    """A layout with the entries of each cell, and how many of a cell's nodes are written out."""

    layout: Layout
    entries: dict[str, tuple[Entry, ...]]
    nodes: int


class Blackboard:
    """Draws one solution, as fully as fits. Cells keep their widths while values appear in them."""

    def __init__(self, solution: Solution, style: Style) -> None:
        self.solution, self.style = solution, style
        self.sign = style.glyphs.partial
        self._sheets = list(self._all_sheets())
        self._fitting: dict[tuple[int, int], _Sheet | None] = {}

    @property
    def layout(self) -> Layout:
        return self._sheets[0].layout

    def draw(
        self, step: Step | None, index: tuple[int, ...] | None, known: set[str], width: int, height: int
    ) -> list[Line]:
        """The lines, with the path of `step`; none where not even the plainest drawing fits."""
        if (width, height) not in self._fitting:
            whole = (sheet for sheet in self._sheets if self._lines(sheet, Focus(), None, width, height))
            self._fitting[width, height] = next(whole, None)
        sheet = self._fitting[width, height]
        if sheet is None:
            return []
        marked = focus(self.solution, sheet.layout, step, index) if step else Focus()
        return self._lines(sheet, marked, known, width, height) or []

    def _lines(
        self, sheet: _Sheet, marked: Focus, known: set[str] | None, width: int, height: int
    ) -> list[Line] | None:
        layout = sheet.layout
        apart = max(min(MAX_APART, height * 3 // 5 // max(layout.rows, 1)), 1)
        for spread in range(apart, 0, -1):  # as large as there is room
            cells = (self._labelled(cell, sheet, known) for cell in layout.cells)
            spaced = tuple(cell._replace(row=cell.row * spread) for cell in cells)
            drawn = draw(layout._replace(cells=spaced), marked, self.style, width, height)
            if drawn is not None:
                return drawn
        return None

    def _labelled(self, cell: Cell, sheet: _Sheet, known: set[str] | None) -> Cell:
        """The cell with what is `known` in its label (None: everything), as wide as it will ever be."""
        entries = sheet.entries.get(cell.id, ())
        if not entries or not sheet.nodes:
            return cell
        label = cell.label.partition(" = ")[0] if cell.kind in ("data", "parameter") else cell.label
        full = label + self._shown(entries[-sheet.nodes :], None)
        now = label + self._shown(entries[-sheet.nodes :], known)
        return cell._replace(label=now + " " * (display_width(full) - display_width(now)))

    def _shown(self, entries: tuple[Entry, ...], known: set[str] | None) -> str:
        """` 0→0.5 ∂-1`: the values of the nodes one after the other, then the first one's gradient."""

        def text(quantity: str, shown: str) -> str:
            is_given = quantity in self.solution.graph.nodes and not self.solution.graph.nodes[quantity].op
            return shown if known is None or is_given or quantity in known else ""

        if len(entries) == 1 and not self.solution.graph.nodes[entries[0].name].op:
            value = entries[0].value
            gradient = entries[0].gradient
            slope = text(gradient.quantity, gradient.text) if gradient else ""
            return (f" = {value.text}" if value else "") + (f" {self.sign}{slope}" if slope else "")
        values = [text(entry.value.quantity, entry.value.text) for entry in entries if entry.value]
        arrow = "→" if self.style.glyphs.scripts else ">"
        parts = [arrow.join(filter(None, values))]
        for entry in entries:
            if entry.gradient and (slope := text(entry.gradient.quantity, entry.gradient.text)):
                parts.append(f"{self.sign}{slope}")
                break
        return "".join(f" {part}" for part in parts if part)

    def _all_sheets(self) -> Iterator[_Sheet]:
        """From the fullest to the plainest."""
        solution, style = self.solution, self.style
        glyphs = style.glyphs.scripts
        times, rest = ("×", "⋮") if glyphs else ("x", ":")
        if solution.exercise.layers:
            plain = Detail(values=False, times=times, rest=rest)
            bare = plain._replace(weights=False, titles=False)
            for detail, digits, nodes in (
                *((plain, digits, nodes) for digits, nodes in ((4, 2), (3, 2), (3, 1))),
                *((plain._replace(weights=False), digits, nodes) for digits, nodes in ((4, 2), (3, 2))),
                *((bare, digits, nodes) for digits, nodes in ((3, 2), (3, 1), (2, 1))),
            ):
                yield self._sheet(network_layout(solution, detail), digits, nodes)
            yield _Sheet(network_layout(solution, bare), {}, 0)
            yield _Sheet(network_layout(solution, bare._replace(max_units=3)), {}, 0)
        elif len(solution.graph.nodes) <= MAX_NODES:
            for formulas, digits in ((True, 4), (False, 4), (False, 3)):
                yield self._sheet(graph_layout(solution, style, times, formulas=formulas), digits, 1)
            yield _Sheet(graph_layout(solution, style, times, formulas=False), {}, 0)
        else:
            yield _Sheet(Layout((), ()), {}, 0)

    def _sheet(self, layout: Layout, digits: int, nodes: int) -> _Sheet:
        captions = Captions(self.solution, digits)
        return _Sheet(layout, {cell.id: captions.of_cell(cell, {}) for cell in layout.cells}, nodes)
