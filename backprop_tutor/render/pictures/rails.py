"""A list of nodes drawn in characters: each has a mark, and wires run down from it to those that use it.

The marks point the way that the numbers of the current step flow: down in the forward pass, up in the
backward pass. Of a list that is longer than the room for it what is nearest to the step is drawn.
"""

from collections import defaultdict
from itertools import groupby, pairwise

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.blocks import Words
from backprop_tutor.render.pictures.drawing import Line
from backprop_tutor.render.pictures.focus import Focus
from backprop_tutor.render.pictures.layout import DrawnNode, Layout
from backprop_tutor.render.pictures.layout_list import tracks
from backprop_tutor.render.pictures.wires import Wires

__all__ = ["draw_list", "list_size"]

SPACING = 2  # columns from one wire to the next
FEWEST = 2  # wires for which there is always room


def list_size(layout: Layout, *, wires: bool) -> tuple[int, int]:
    """The columns and rows that the list takes with all its `wires`, or when few run beside it."""
    beside = 1 + max(tracks(layout).values()) if wires else FEWEST
    labels = [display_width(line) for cell in layout.cells for line in (cell.label, *cell.under)]
    return SPACING * beside + 1 + max(labels), sum(map(_height, layout.cells))


def draw_list(layout: Layout, focus: Focus, style: Style, width: int, height: int) -> list[Line]:
    """The list, or as much of it as has room: what the step is about, what is beside it, and the rest of its
    path before anything else."""
    order = _by_nearness(layout, focus)
    kept = {*order} if sum(map(_height, layout.cells)) <= height else _fitting(layout, order, height)
    while kept:
        part = _part(layout, kept, style)
        painter = _Painter(part, focus, style)
        if painter.width <= width or len(kept) == 1:
            return painter.lines()
        kept.remove(next(name for name in reversed(order) if name in kept))
    return []


def _height(cell: DrawnNode) -> int:
    return 1 + len(cell.under)


def _by_nearness(layout: Layout, focus: Focus) -> list[str]:
    """The ids of the cells, those that a step is about first."""
    row = {cell.id: row for row, cell in enumerate(layout.cells)}
    own = [cell for cell in row if cell in focus.own]
    beside = {end for e in layout.edges if {e.source, e.target} & focus.own for end in (e.source, e.target)}
    users = {edge.target for edge in layout.edges if edge.source in focus.own}
    beside |= {edge.source for edge in layout.edges if edge.target in users}
    middle = sum(row[cell] for cell in own) / len(own) if own else 0
    return sorted(
        row,
        key=lambda cell: (
            cell not in focus.own, cell not in beside, cell not in focus.cells, abs(row[cell] - middle),
        ),
    )  # fmt: skip


def _fitting(layout: Layout, order: list[str], height: int) -> set[str]:
    """As many cells as there is room for, with a line for each stretch that is left out."""
    kept: set[str] = set()
    for name in order:
        lines = [_height(cell) if cell.id in kept | {name} else 0 for cell in layout.cells]
        gaps = sum(not now and bool(before) for before, now in pairwise([1, *lines]))
        if sum(lines) + gaps <= height:
            kept.add(name)
    return kept


def _part(layout: Layout, kept: set[str], style: Style) -> Layout:
    """The layout of some of the cells, with a mark for each stretch of the others."""
    sign = "⋮" if style.glyphs.scripts else ":"
    cells: list[DrawnNode] = []
    for is_kept, group in groupby(layout.cells, key=lambda cell: cell.id in kept):
        stretch = list(group)
        rest = DrawnNode(f"…{len(cells)}", f"{sign} {len(stretch)} more", 0, 0, "more")
        cells += stretch if is_kept else [rest]
    edges = (edge for edge in layout.edges if {edge.source, edge.target} <= kept)
    return layout._replace(cells=tuple(cells), edges=tuple(edges))


class _Painter:
    def __init__(self, layout: Layout, focus: Focus, style: Style) -> None:
        self.layout, self.focus = layout, focus
        self.is_ascii = not style.glyphs.scripts
        self.tracks = tracks(layout)
        self.rows: dict[str, int] = {}
        self.height = 0
        for cell in layout.cells:
            self.rows[cell.id] = self.height
            self.height += _height(cell)
        self.text = SPACING * max(self.tracks.values()) + 3
        self.width, _ = list_size(layout, wires=True)

    def lines(self) -> list[Line]:
        signs = self._wires()
        for cell in self.layout.cells:
            role = "quiet" if cell.kind == "more" else self.focus.roles.get(cell.id, "")
            if cell.kind != "more":
                signs[self.rows[cell.id], 1 + SPACING * self.tracks[cell.id]] = (self._mark(role), role)
            for below, text in enumerate((cell.label, *cell.under)):
                for offset, letter in enumerate(text):
                    signs[self.rows[cell.id] + below, self.text + offset] = (letter, role)
        by_row: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
        for (row, column), sign in signs.items():
            by_row[row][column] = sign
        return [_pieces(by_row[row]) for row in range(self.height)]

    def _mark(self, role: str) -> str:
        if not role:
            return "o" if self.is_ascii else "○"
        if role == "asked":
            return "*" if self.is_ascii else "●"
        if self.focus.path == "upstream":
            return "^" if self.is_ascii else "▲"
        return "v" if self.is_ascii else "▼"

    def _wires(self) -> dict[tuple[int, int], tuple[str, str]]:
        wires = Wires()
        for edge in sorted(self.layout.edges, key=self.focus.lights):
            role = self.focus.wire(edge)
            above, below = self.rows[edge.source], self.rows[edge.target]
            start, end = (1 + SPACING * self.tracks[end] for end in (edge.source, edge.target))
            wires.down(edge.bundle, start, {above, below}, role)
            if start != end:
                wires.across(edge.bundle, below, min(start, end), max(start, end), role)
        return wires.drawn(ascii_only=self.is_ascii)


def _pieces(signs: dict[int, tuple[str, str]]) -> Line:
    pieces: Line = []
    for column in range(max(signs, default=-1) + 1):
        sign, role = signs.get(column, (" ", ""))
        if pieces and pieces[-1].role == role:
            pieces[-1] = Words(pieces[-1].text + sign, role)
        else:
            pieces.append(Words(sign, role))
    return pieces
