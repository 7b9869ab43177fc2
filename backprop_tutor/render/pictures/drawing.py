"""The graph drawn in characters: cells, wires with their weights, and the path of the current step.

The path is marked by heavy wires and by signs around its cells, so that it shows without colour; the wires
of a local derivative are dashed.
"""

from collections.abc import Iterable
from typing import NamedTuple

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.blocks import Words
from backprop_tutor.render.pictures.focus import Focus
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Layout
from backprop_tutor.render.pictures.ports import Ports
from backprop_tutor.render.pictures.wires import Wires, straight

__all__ = ["Line", "draw", "drawn_size"]

Line = list[Words]  # pieces of a line; those off the path have no role


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
    for tried in (layout, layout.staggered()) if layout.cells else ():
        ports = Ports(tried)
        tracks = [ports.tracks(gap) for gap in range(tried.columns - 1)]
        if all(order is not None for order in tracks):
            turning = [
                [bundle for bundle in order or () if not (layout.tight and ports.is_straight(gap, bundle))]
                for gap, order in enumerate(tracks)
            ]
            return _Painter(tried, focus, style, ports, turning)
    return None


class _Painter:
    def __init__(
        self, layout: Layout, focus: Focus, style: Style, ports: Ports, tracks: list[list[str]]
    ) -> None:
        self.layout, self.focus, self.ports = layout, focus, ports
        self.is_ascii = not style.glyphs.scripts
        self.arrow, self.left, self.right = (">", "*", "*") if self.is_ascii else ("▶", "▐", "▌")
        self.back = "<" if self.is_ascii else "◀"
        self.place = {cell.id: cell for cell in layout.cells}
        self.head = 1 if any(layout.titles) or any(layout.headings) else 0
        self.starts, self.widths, self.gaps = self._measure(tracks)
        loops = self._room_for_loops(layout.columns - 1)
        self.width = self.starts[-1] + self.widths[-1] + max(loops - 1, 0)
        self.height = ports.height + self.head + len(layout.loops)
        self.signs: dict[tuple[int, int], tuple[str, str]] = {}

    def _measure(self, tracks: list[list[str]]) -> tuple[list[int], list[int], list[_Gap]]:
        starts, widths, gaps = [len(self.layout.loops)], [], []
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
                lead = spread + (0 if self.layout.tight else 1) + self._room_for_loops(column)
                lines = {bundle: start + lead + 2 * n for n, bundle in enumerate(tracks[column])}
                after = start + lead + 2 * len(lines)
                end = after + (entry + 3 if entry else 0 if self.layout.tight and lines else 1) + 1 + spread
                gaps.append(_Gap(start, lines, after, end))
                starts.append(gaps[-1].end)
        return starts, widths, gaps

    def _room_for_loops(self, column: int) -> int:
        """The columns behind this one that wires leading back take."""
        return 2 * sum(self.place[source].column == column for source, _ in self.layout.loops)

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
                into = [edge for edge in self.layout.edges if edge.target == cell.id]
                bundle, role = into[0].bundle, self._role(into)
                wires.across(bundle, self.ports.row(cell) + self.head, start - 1, end, role)
        for number, loop in enumerate(self.layout.loops):
            self._loop(wires, number, *(self.place[end] for end in loop))
        self.signs |= wires.drawn(ascii_only=self.is_ascii)

    def _loop(self, wires: Wires, number: int, source: DrawnNode, target: DrawnNode) -> None:
        """From behind `source` below everything to `target`; the first of several loops is the outermost."""
        same = [start for start, _ in self.layout.loops if self.place[start].column == source.column]
        left = number
        right = self.starts[source.column] + self.widths[source.column] + 2 * same.index(source.id)
        bottom = self.height - 1 - number
        out, back = (self.ports.row(cell) + self.head for cell in (source, target))
        wires.across(source.id, out, right - 1, right)
        wires.down(source.id, right, {out, bottom})
        wires.across(source.id, bottom, left, right)
        wires.down(source.id, left, {back, bottom})
        wires.across(source.id, back, left, self.starts[target.column])

    def _edge(self, wires: Wires, edge: DrawnEdge) -> None:
        source = self.place[edge.source]
        gap = self.gaps[source.column]
        track, role = gap.tracks.get(edge.bundle, gap.start), self.focus.wire(edge)
        above = self.ports.row(source) + self.head
        below = self.ports.entering(edge) + self.head
        wires.across(edge.bundle, above, gap.start - 1, track, role)
        wires.down(edge.bundle, track, {above, below}, role)
        wires.across(edge.bundle, below, track, gap.end - 1, role)

    def _role(self, edges: Iterable[DrawnEdge]) -> str:
        """That of the first of these wires that is on the path."""
        return next(filter(None, map(self.focus.wire, edges)), "")

    def _cell(self, cell: DrawnNode) -> None:
        row, start = self.ports.row(cell) + self.head, self.starts[cell.column]
        role = self.focus.roles.get(cell.id, "")
        left, right = (self.left, self.right) if role else (" ", " ")
        for below, line in enumerate((cell.label, *cell.under)):
            self._write(row + below, start, f"{left}{line}{right}", role)
        if not role and any(cell.id == end for _, end in self.layout.loops):
            self._write(row, start, self.arrow, "")
        into = [edge for edge in self.layout.edges if edge.target == cell.id]
        for edge in sorted(into, key=self.focus.lights):
            gap, role = self.gaps[cell.column - 1], self.focus.wire(edge)
            is_back = self.focus.points_back(role)
            arrow = straight(role, ascii_only=self.is_ascii) if is_back else self.arrow
            self._write(self.ports.entering(edge) + self.head, gap.end - 1, arrow, role)
            if cell.entry:
                role = self.focus.entry(cell, role)
                for below, line in enumerate((cell.entry, *cell.entry_under)):
                    self._write(row + below, gap.entry, f" {line} ", role)
        out = [edge for edge in self.layout.edges if edge.source == cell.id]
        if out or any(
            cell.id == source for source, _ in self.layout.loops
        ):  # from the end of the label to the end of the column
            role, gone = self._role(out), start + display_width(cell.label) + 2
            end = start + self.widths[cell.column]
            self._write(row, gone, straight(role, ascii_only=self.is_ascii) * (end - gone), role)
            if self.focus.points_back(role):  # what comes back arrives here
                self._write(row, gone - 1, self.back, role)

    def _head(self) -> None:
        for column, title in enumerate(self.layout.titles):
            self._write(0, self.starts[column] + 1, title, "")
        for column, heading in enumerate(self.layout.headings):
            if heading:
                self._write(0, self.gaps[column - 1].entry + 1, heading, "")

    def _write(self, row: int, column: int, text: str, role: str) -> None:
        for offset, character in enumerate(text):
            self.signs[row, column + offset] = (character, role)

    def _line(self, row: int) -> Line:
        columns = [column for y, column in self.signs if y == row]
        pieces: Line = []
        for column in range(max(columns, default=-1) + 1):
            sign, role = self.signs.get((row, column), (" ", ""))
            if pieces and pieces[-1].role == role:
                pieces[-1] = Words(pieces[-1].text + sign, role)
            else:
                pieces.append(Words(sign, role))
        return pieces
