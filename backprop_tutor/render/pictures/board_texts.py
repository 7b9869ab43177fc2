"""What a drawing in characters says in its cells and on its wires, as far as it is known."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.pictures.captions import Caption, Captions, Index, InSight, NodeCaptions
from backprop_tutor.render.pictures.layout import DrawnNode, Layout
from backprop_tutor.render.screens.big_digits import small
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution

__all__ = ["BoardForm", "BoardTexts"]


class BoardForm(NamedTuple):
    """How much a drawing says, and how.

    The digits of its numbers, the `outputs` of its units alone, weights on wires, titles above columns,
    formulas in cells, gradients below values (`stacked`), all of it `below` the name, digits three lines
    high, vectors written `down`; in a list (`listed`) formulas stand before the values; matrices in one line
    (`flat`); so many `steps` of a recurrence; weights `under` the units of their layer, `bare` of all but
    their values.
    """

    digits: int = 4
    outputs: bool = False
    weights: bool = True
    titles: bool = True
    formulas: bool = True
    stacked: bool = False
    big: bool = False
    down: bool = False
    below: bool = False
    listed: bool = False
    flat: bool = False
    steps: int = 0
    under: bool = False
    bare: bool = False


NUMBER = re.compile(r"[^\s,;]+")
UNKNOWN = "?"  # for a number beside others that are known


class _Piece(NamedTuple):
    """A part of a line: shown from the moment that its quantity is known, and blank before. `indices` are
    those of the numbers in it."""

    text: str = ""
    quantity: str = ""
    sign: str = ""
    indices: tuple[Index | None, ...] = ()

    def shown(self, width: int, sight: InSight | None) -> str:
        text = self.text
        if sight is not None and self.quantity and self.quantity not in sight.whole:
            if not any(sight.shows(self.quantity, index) for index in self.indices):
                return " " * width
            text = self._partly(sight)[: width - len(self.sign)]
        pad = " " * (width - len(self.sign) - display_width(text))
        return f"{self.sign}{pad}{text}" if self.quantity else f"{text}{pad}"

    def _partly(self, sight: InSight) -> str:
        """The numbers that are shown; for others a sign as wide as they are."""
        if not self.text:
            return ""
        if len(self.indices) == 1:
            return sight.instead(self.quantity, self.indices[0]) or self.text
        indices = iter(self.indices)

        def number(found: re.Match[str]) -> str:
            index = next(indices, None)
            if index is None:
                return found[0]
            shown = sight.instead(self.quantity, index) or found[0]
            shown = shown if sight.shows(self.quantity, index) else UNKNOWN
            return f"{shown[: len(found[0])]:>{len(found[0])}}"

        return NUMBER.sub(number, self.text)


Grid = list[list[_Piece]]


class BoardTexts:
    """Writes the texts of one layout in one form. `names` are the nodes whose values it shows."""

    def __init__(
        self, solution: Solution, layout: Layout, form: BoardForm, style: Style, captions: Captions
    ) -> None:
        self.solution, self.layout, self.form, self.style = solution, layout, form, style
        self.signs = ("", style.glyphs.partial, "→" if style.glyphs.scripts else ">")
        self._given = {name for name, node in solution.graph.nodes.items() if not node.op}
        self._captions = captions
        self._cells = {cell.id: self._grid(cell) for cell in layout.cells}
        self._wires = {cell.id: self._weights(cell) for cell in layout.cells if cell.entry}
        self._cell_widths = self._widths(self._cells)
        self._wire_widths = self._widths(self._wires)
        drawn = {name for cell in layout.cells for name in self._shown_nodes(cell)}
        on_wires = {p for cell in layout.cells if cell.entry for p in self._parameters(cell)}
        self.names = drawn | on_wires

    def layout_at(self, sight: InSight | None) -> Layout:
        """The layout with the numbers that are in `sight` (None: all), as wide as they will ever be."""
        now = None if sight is None else InSight(sight.whole | self._given, sight.elements)
        return self.layout._replace(cells=tuple(self._cell(cell, now) for cell in self.layout.cells))

    def _cell(self, cell: DrawnNode, sight: InSight | None) -> DrawnNode:
        lines = _lines(self._cells[cell.id], self._cell_widths[cell.column], sight)
        if self._has_formula(cell) and not self.form.listed:
            lines = [cell.label, *lines]
        if lines:
            width = max(map(display_width, lines))
            label, *under = (line + " " * (width - display_width(line)) for line in lines)
            cell = cell._replace(label=label, under=tuple(under))
        if cell.id in self._wires:
            entry, *more = _lines(self._wires[cell.id], self._wire_widths[cell.column], sight)
            cell = cell._replace(entry=entry, entry_under=tuple(more))
        return cell

    def _shown_nodes(self, cell: DrawnNode) -> Sequence[str]:
        if cell.kind in ("pass", "more"):
            return ()
        if not self.form.outputs:
            return cell.nodes
        consumers = self.solution.graph.folded.consumers
        used = {name: {consumer for consumer, _ in consumers[name]} for name in cell.nodes}
        return [name for name in cell.nodes if not used[name] or not used[name] <= {*cell.nodes}]

    def _has_formula(self, cell: DrawnNode) -> bool:
        return cell.kind in ("op", "loss") and " = " in cell.label

    def _grid(self, cell: DrawnNode) -> Grid:
        grid: Grid = []
        for name in self._shown_nodes(cell):
            place = None
            if cell.unit is not None:
                lead = len(self.solution.graph.nodes[name].shape) - 1
                place = (*[None] * lead, cell.unit)
            unit = "" if cell.unit is None else f"[{cell.unit + 1}]"
            bare = self.form.below or self.form.listed or len(cell.nodes) > 1
            equals = " =" if name in self._given and not bare else ""
            title = quantity_text(name, self.style) + unit + equals
            if self._has_formula(cell):
                title = cell.label if self.form.listed else ""
            entry = self._captions.entry(name, place)
            if self.form.bare and cell.kind == "parameter":
                entry = NodeCaptions(name, entry.value, None)
            grid += self._entry(title, entry)
        return grid

    def _entry(self, title: str, entry: NodeCaptions) -> Grid:
        captions = (entry.value, entry.gradient, entry.updated)
        blocks = [self._block(caption, sign) for caption, sign in zip(captions, self.signs, strict=True)]
        if self.form.below and title:
            return [[_Piece(title)], *([piece] for block in blocks for piece in block)]
        if self.form.stacked:
            rows = [[piece] for block in blocks for piece in block]
        else:
            rows = [list(row) for row in zip_longest(*blocks, fillvalue=_Piece())]
        return [[_Piece(title if number == 0 else ""), *row] for number, row in enumerate(rows)]

    def _block(self, caption: Caption | None, sign: str) -> list[_Piece]:
        """One caption: the rows of a matrix, or the lines of big digits."""
        if caption is None:
            return []
        rows = [caption.text] if self.form.flat else caption.rows
        if self.form.down and ", " in caption.text:
            rows = caption.text.split(", ")
        indices = list(_indices_of(rows, caption.indices))
        if self.form.big and len(rows) == 1:
            rows = small(rows[0], self.style.glyphs.scripts)
            indices = indices * len(rows)
        return [
            _Piece(self.style.spell(row), caption.quantity, "" if number else sign, at)
            for number, (row, at) in enumerate(zip(rows, indices, strict=True))
        ]

    def _parameters(self, cell: DrawnNode) -> list[str]:
        """The weights on the wires into a unit, and its bias."""
        weights = self.layout.weights
        return sorted(p for p, node in weights.items() if node in cell.nodes and p in self._given)

    def _weights(self, cell: DrawnNode) -> Grid:
        """A line of weights with the bias, one of their gradients, one of what they become."""
        entries: list[tuple[str, NodeCaptions]] = []
        for name in self._parameters(cell):
            shape = self.solution.graph.nodes[name].shape
            unit = cell.unit or 0
            places = [(unit, i) for i in range(shape[1])] if len(shape) == 2 else [(unit,)]
            bar = "" if len(shape) == 2 else "| "
            entries += [
                (bar, self._captions.entry(name, place, min(self.form.digits, 3))) for place in places
            ]
        grid: Grid = []
        for kind, sign in zip(("value", "gradient", "updated"), (" ", *self.signs[1:]), strict=True):
            captions = [(bar, getattr(entry, kind)) for bar, entry in entries]
            row = [_Piece(c.text, c.quantity, bar, c.indices) if c else _Piece() for bar, c in captions]
            if any(piece.text for piece in row):
                indices = tuple(index for piece in row for index in piece.indices)
                grid.append([_Piece("", row[0].quantity, sign, indices), *row])
        return grid

    def _widths(self, grids: dict[str, Grid]) -> dict[int, list[int]]:
        """How wide each part of a line is in all cells of a column."""
        found: dict[int, list[int]] = defaultdict(list)
        for cell in self.layout.cells:
            for row in grids.get(cell.id, ()):
                sizes = [len(piece.sign) + display_width(piece.text) for piece in row]
                found[cell.column] = [
                    max(pair) for pair in zip_longest(found[cell.column], sizes, fillvalue=0)
                ]
        return found


def _indices_of(rows: Sequence[str], indices: Sequence[Index | None]) -> Iterator[tuple[Index | None, ...]]:
    """The indices of the numbers in each row."""
    start = 0
    for row in rows:
        count = len(NUMBER.findall(row)) if indices else 0
        yield tuple(indices[start : start + count])
        start += count


def _lines(grid: Grid, widths: list[int], sight: InSight | None) -> list[str]:
    return [
        " ".join(piece.shown(width, sight) for piece, width in zip(row, widths, strict=False) if width)
        for row in grid
    ]
