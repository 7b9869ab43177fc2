"""The graph drawn in characters: cells, wires with their weights, and the path of the current step.

The path is marked by heavy wires and by signs around its cells, so that it shows without colour.
"""

from typing import NamedTuple

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.focus import Focus
from backprop_tutor.render.layout import Cell, Edge, Layout
from backprop_tutor.render.ports import Ports
from backprop_tutor.render.wires import Wires

__all__ = ["Line", "draw", "drawn_size"]

Line = list[tuple[str, bool]]  # pieces of a line, and whether each is on the path


class _Gap(NamedTuple):
    """What lies between two columns: tracks for the wires that run down, then the entries."""

    start: int
    tracks: dict[str, int]
    entry: int
    end: int


def draw(layout: Layout, focus: Focus, style: Style, width: int, height: int) -> list[Line] | None:
    """The drawing, or None where it does not fit into `width` columns and `height` rows."""
    painter = _painter(layout, focus, style) if layout.columns <= width else None
    if painter is None or painter.width > width or painter.height > height:
        return None
    return painter.lines()


def drawn_size(layout: Layout, style: Style) -> tuple[int, int] | None:
    """The columns and rows that the drawing takes; None where there can be none."""
    painter = _painter(layout, Focus(), style)
    return (painter.width, painter.height) if painter else None


def _painter(layout: Layout, focus: Focus, style: Style) -> "_Painter | None":
    ports = Ports(layout)
    tracks = [ports.tracks(gap) for gap in range(layout.columns - 1)]
    if not layout.cells or any(order is None for order in tracks):
        return None
    return _Painter(layout, focus, style, ports, [order or [] for order in tracks])


class _Painter:
    def __init__(
        self, layout: Layout, focus: Focus, style: Style, ports: Ports, tracks: list[list[str]]
    ) -> None:
        self.layout, self.focus, self.ports = layout, focus, ports
        self.is_ascii = not style.glyphs.scripts
        self.arrow, self.left, self.right = (">", ">", "<") if self.is_ascii else ("▶", "▸", "◂")
        self.place = {cell.id: cell for cell in layout.cells}
        self.head = 1 if any(layout.titles) or any(layout.headings) else 0
        self.starts, self.widths, self.gaps = self._measure(tracks)
        self.width = self.starts[-1] + self.widths[-1]
        self.height = ports.height + self.head
        self.signs: dict[tuple[int, int], tuple[str, bool]] = {}

    def _measure(self, tracks: list[list[str]]) -> tuple[list[int], list[int], list[_Gap]]:
        starts, widths, gaps = [0], [], []
        titles = self.layout.titles or ("",) * self.layout.columns
        headings = self.layout.headings or ("",) * self.layout.columns
        for column in range(self.layout.columns):
            cells = [cell for cell in self.layout.cells if cell.column == column]
            labels = [
                display_width(line)
                for cell in cells
                if cell.kind != "pass"
                for line in (cell.label, *cell.under)
            ]
            widths.append(max([label + 2 for label in labels] + [display_width(titles[column]) + 2]))
            if column + 1 < self.layout.columns:
                start = starts[-1] + widths[-1]
                entering = [cell for cell in self.layout.cells if cell.column == column + 1]
                entries = (line for cell in entering for line in (cell.entry, *cell.entry_under))
                entry = max(len(headings[column + 1]), *map(display_width, entries))
                spread = self.layout.spread
                lead = spread + (0 if self.layout.tight else 1)
                lines = {bundle: start + lead + 2 * n for n, bundle in enumerate(tracks[column])}
                after = start + lead + 2 * len(lines)
                gaps.append(_Gap(start, lines, after, after + (entry + 3 if entry else 1) + 1 + spread))
                starts.append(gaps[-1].end)
        return starts, widths, gaps

    def lines(self) -> list[Line]:
        self._wires()
        for cell in self.layout.cells:
            if cell.kind != "pass":
                self._cell(cell)
        self._head()
        return [self._line(row) for row in range(self.height)]

    def _wires(self) -> None:
        wires = Wires()
        for edge in sorted(self.layout.edges, key=self.focus.lights):
            self._edge(wires, edge)
        for cell in self.layout.cells:
            if cell.kind == "pass":
                start = self.starts[cell.column]
                end = start + self.widths[cell.column]
                bundle = cell.nodes[0]
                heavy = any(self.focus.lights(e) for e in self.layout.edges if e.target == cell.id)
                wires.across(bundle, self.ports.row(cell) + self.head, start - 1, end, heavy=heavy)
        self.signs |= wires.drawn(ascii_only=self.is_ascii)

    def _edge(self, wires: Wires, edge: Edge) -> None:
        source = self.place[edge.source]
        gap = self.gaps[source.column]
        track, heavy = gap.tracks[edge.bundle], self.focus.lights(edge)
        above = self.ports.row(source) + self.head
        below = self.ports.entering(edge) + self.head
        wires.across(edge.bundle, above, gap.start - 1, track, heavy=heavy)
        wires.down(edge.bundle, track, {above, below}, heavy=heavy)
        wires.across(edge.bundle, below, track, gap.end - 1, heavy=heavy)

    def _cell(self, cell: Cell) -> None:
        row, start = self.ports.row(cell) + self.head, self.starts[cell.column]
        lit = cell.id in self.focus.cells
        left, right = (self.left, self.right) if lit else (" ", " ")
        for below, line in enumerate((cell.label, *cell.under)):
            self._write(row + below, start, f"{left}{line}{right}", lit)
        into = [edge for edge in self.layout.edges if edge.target == cell.id]
        for edge in sorted(into, key=self.focus.lights):
            gap, lit = self.gaps[cell.column - 1], self.focus.lights(edge)
            self._write(self.ports.entering(edge) + self.head, gap.end - 1, self.arrow, lit)
            if cell.entry:
                for below, line in enumerate((cell.entry, *cell.entry_under)):
                    self._write(row + below, gap.entry, f" {line} ", lit)
        wire = any(edge.source == cell.id for edge in self.layout.edges)
        end = start + self.widths[cell.column]
        if wire:  # from the end of the label to the end of the column
            lit = any(self.focus.lights(edge) for edge in self.layout.edges if edge.source == cell.id)
            line = ("=" if lit else "-") if self.is_ascii else ("━" if lit else "─")
            gone = start + display_width(cell.label) + 2
            self._write(row, gone, line * (end - gone), lit)

    def _head(self) -> None:
        for column, title in enumerate(self.layout.titles):
            self._write(0, self.starts[column] + 1, title, False)
        for column, heading in enumerate(self.layout.headings):
            if heading:
                self._write(0, self.gaps[column - 1].entry + 1, heading, False)

    def _write(self, row: int, column: int, text: str, lit: bool) -> None:
        for offset, character in enumerate(text):
            self.signs[row, column + offset] = (character, lit)

    def _line(self, row: int) -> Line:
        columns = [column for y, column in self.signs if y == row]
        pieces: Line = []
        for column in range(max(columns, default=-1) + 1):
            sign, lit = self.signs.get((row, column), (" ", False))
            if pieces and pieces[-1][1] == lit:
                pieces[-1] = (pieces[-1][0] + sign, lit)
            else:
                pieces.append((sign, lit))
        return pieces
