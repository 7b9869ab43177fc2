"""A layered network: a column of units a layer, the weights on the wires, the loss at the end."""

from typing import NamedTuple

from backprop_tutor.language import Style
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Kind, Layout, number_text, trimmed
from backprop_tutor.render.wording import quantity_text, shape_text
from backprop_tutor.walkthrough import Solution

__all__ = ["Detail", "network_layout"]

MAX_ENTRY = 24  # columns that the weights of a unit may take


class Detail(NamedTuple):
    """How much a drawing says: data in the cells, weights on the wires, titles above, units a layer.

    `example` is the one (from 0) whose data it shows where there are several; without, it shows none's.
    `under` puts weights below the units that they lead to.
    """

    values: bool = True
    weights: bool = True
    titles: bool = True
    max_units: int = 6
    example: int | None = None
    under: bool = False


def network_layout(solution: Solution, detail: Detail, style: Style) -> Layout:
    """Of a layered exercise. Weights are written where a row of them is short."""
    return _Network(solution, detail, style).layout()


class _Network:
    def __init__(self, solution: Solution, detail: Detail, style: Style) -> None:
        self.solution, self.detail, self.style = solution, detail, style
        self.nodes = solution.graph.nodes
        self.layers = solution.exercise.layers or ()
        self.single = self.nodes["x"].shape[0] == 1
        self.example = 0 if self.single else detail.example
        self.values = detail.values and self.example is not None
        self.cells: list[DrawnNode] = []
        self.edges: list[DrawnEdge] = []
        self.headings = [""]

    def layout(self) -> Layout:
        titles = [self.input_title()]
        before = self.column(0, "x", ("x",), "data")
        for number, layer in enumerate(self.layers, 1):
            last = number == len(self.layers)
            output = "z" if last else f"h{number}"
            bundle = f"W{number}"
            entries = self.entries(number)
            units = self.column(number, output, (f"net{number}", output), "unit", entries)
            self.connect(before, units, bundle)
            if self.detail.under:
                self.parameters(number, 1 + max(cell.row for cell in units))
            self.headings.append(self.heading(number, shown=bool(entries)))
            titles.append(layer.activation)
            before = units
        column = len(self.layers)
        below = max(cell.row for cell in self.cells if cell.column == column)
        targets = self.targets(column, 1 + below)
        loss = DrawnNode("J", self.written("J"), column + 1, 0, "loss", ("J",))
        self.cells.append(loss)
        self.connect([*before, *targets], [loss], "J")
        self.headings.append("")
        return Layout(
            self.centred(),
            tuple(self.edges),
            (*titles, "loss") if self.detail.titles else (),
            tuple(self.headings) if self.detail.titles else (),
            {f"{letter}{n}": f"net{n}" for n in range(1, column + 1) for letter in "Wb"},
            tight=not self.detail.titles,
        )

    def input_title(self) -> str:
        if self.single:
            return "input"
        examples = self.nodes["x"].shape[0]
        return f"{examples} examples" if self.example is None else f"example {self.example + 1} of {examples}"

    def column(
        self,
        column: int,
        name: str,
        nodes: tuple[str, ...],
        kind: Kind,
        entries: dict[int, str] | None = None,
    ) -> list[DrawnNode]:
        """The cells of one layer, put below one another."""
        count = self.nodes[name].shape[1]
        rest = "⋮" if self.style.glyphs.scripts else ":"
        found = []
        for row, unit in enumerate(trimmed(count, self.detail.max_units)):
            if unit is None:
                left = count - self.detail.max_units + 1
                cell = DrawnNode(f"{name}[…]", f"{rest} {left} more", column, row, "more", nodes)
            else:
                label = f"{self.written(name)}[{unit + 1}]"
                if kind == "data" and self.values:
                    label += f" = {number_text(self.solution, name, (self.example or 0, unit))}"
                entry = (entries or {}).get(unit, "")
                cell = DrawnNode(f"{name}[{unit + 1}]", label, column, row, kind, nodes, unit, entry)
            found.append(cell)
        self.cells += found
        return found

    def entries(self, number: int) -> dict[int, str]:
        """The weights of each unit of a layer, and its bias, aligned; none where they are too many."""
        units, inputs = self.nodes[f"W{number}"].shape
        bias = f"b{number}" in self.nodes
        if not self.detail.weights or inputs > 8:
            return {}
        found = {}
        shown = [unit for unit in trimmed(units, self.detail.max_units) if unit is not None]
        rows = {
            u: [number_text(self.solution, f"W{number}", (u, i), 3) for i in range(inputs)] for u in shown
        }
        width = max(len(text) for row in rows.values() for text in row)
        for unit, row in rows.items():
            text = " ".join(weight.rjust(width) for weight in row)
            if bias:
                place = (unit,) if self.nodes[f"b{number}"].shape else ()
                text += f" | {number_text(self.solution, f'b{number}', place, 3)}"
            found[unit] = text
        width = max(map(len, found.values()))
        return {unit: text.ljust(width) for unit, text in found.items()} if width <= MAX_ENTRY else {}

    def parameters(self, number: int, row: int) -> None:
        """Weights and bias in cells of their own."""
        names = [name for name in (f"W{number}", f"b{number}") if name in self.nodes]
        for below, name in enumerate(names):
            cell = DrawnNode(name, self.written(name), number, row + below, "parameter", (name,))
            self.cells.append(cell)

    def heading(self, number: int, *, shown: bool) -> str:
        parameters = [name for name in (f"W{number}", f"b{number}") if name in self.nodes]
        names = " | ".join(map(self.written, parameters))
        return names if shown else f"{names} {shape_text(self.nodes[f'W{number}'].shape, self.style)}"

    def targets(self, column: int, row: int) -> list[DrawnNode]:
        """The targets, below the outputs that they are compared with: one by one, or all in one cell."""
        count = self.nodes["t"].shape[1]
        if count > 2 or not self.values:
            cells = [DrawnNode("t", self.written("t"), column, row, "data", ("t",))]
        else:
            cells = [
                DrawnNode(
                    f"t[{unit + 1}]",
                    f"{self.written('t')}[{unit + 1}] = "
                    f"{number_text(self.solution, 't', (self.example or 0, unit))}",
                    column,
                    row + unit,
                    "data",
                    ("t",),
                    unit,
                )
                for unit in range(count)
            ]
        self.cells += cells
        return cells

    def connect(self, sources: list[DrawnNode], targets: list[DrawnNode], bundle: str) -> None:
        for target in targets:
            for source in sources:
                self.edges.append(
                    DrawnEdge(source.id, target.id, bundle, self.weight(bundle, source, target))
                )

    def weight(self, bundle: str, source: DrawnNode, target: DrawnNode) -> str:
        if bundle == "J" or source.unit is None or target.unit is None:
            return ""
        return number_text(self.solution, bundle, (target.unit, source.unit), 3)

    def written(self, name: str) -> str:
        return quantity_text(name, self.style)

    def centred(self) -> tuple[DrawnNode, ...]:
        """The cells with every column moved to the middle."""
        heights: dict[int, int] = {}
        for cell in self.cells:
            heights[cell.column] = max(heights.get(cell.column, 0), cell.row + 1)
        tallest = max(heights.values())
        return tuple(
            cell._replace(row=cell.row + (tallest - heights[cell.column]) // 2) for cell in self.cells
        )
