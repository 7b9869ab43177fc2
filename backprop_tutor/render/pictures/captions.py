"""What stands beside the cells and edges of a drawing: values and gradients, each with its quantity.

A caption appears when the walkthrough reaches its quantity, so a drawing at any step shows those that
are known by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

from backprop_tutor.exercise.quantity import Quantity, element_symbol
from backprop_tutor.language import Style, to_text
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, number_text, trimmed
from backprop_tutor.walkthrough import Solution

__all__ = ["Caption", "Captions", "InSight", "NodeCaptions", "known_since"]

MAX_EXAMPLES = 3
MAX_ELEMENTS = 4
MAX_MATRIX = 16
MAX_DIGITS = 9
Place = tuple[int | None, ...] | None
Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InSight:
    """Which numbers a drawing shows: all of the quantities `whole`, and single `elements`, with None for the
    number itself or with what stands in its place."""

    whole: frozenset[str]
    elements: Mapping[tuple[str, Index], str | None] = field(default_factory=dict)

    def shows(self, quantity: str, index: Index | None) -> bool:
        return quantity in self.whole or (index is not None and (quantity, index) in self.elements)

    def instead(self, quantity: str, index: Index | None) -> str | None:
        """What stands in the place of a number that is shown, None for itself."""
        return self.elements.get((quantity, index)) if index is not None else None


@dataclass(frozen=True, slots=True)
class Caption:
    """`text` is the value of `quantity`, or of the part of it that is drawn here: of one `element`, or,
    where that is None, of several. `indices` are those of the numbers in it, in order, None for those left
    out; of a shape in the place of numbers there are none."""

    quantity: str
    text: str
    element: str | None
    indices: tuple[Index | None, ...] = ()

    @property
    def rows(self) -> list[str]:
        """The rows of a matrix, their numbers in columns; else the text."""
        rows = [row.split(" ") for row in self.text.split("; ")]
        if len(rows) == 1:
            return [self.text]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [" ".join(map(str.rjust, row, widths)) for row in rows]


@dataclass(frozen=True, slots=True)
class NodeCaptions:
    """One node in a cell, or one weight on an edge. What the exercise does not compute is None."""

    name: str
    value: Caption | None
    gradient: Caption | None
    updated: Caption | None = None


class Captions:
    """The captions of one solution; they say what their elements are called where that is asked (`named`)."""

    def __init__(self, solution: Solution, style: Style, digits: int = 4, *, named: bool = True) -> None:
        self.solution, self.style, self.digits, self.named = solution, style, digits, named
        self._entries: dict[tuple[str, Place, int], NodeCaptions] = {}

    def of_cell(self, cell: DrawnNode, biases: dict[str, str]) -> tuple[NodeCaptions, ...]:
        """The entries of a cell from top to bottom; `biases` maps nodes to the bias that they add."""
        found = []
        for name in cell.nodes if cell.kind not in ("pass", "more") else ():
            bias = biases.get(name)
            if bias and cell.unit is not None:
                found.append(self.entry(bias, (cell.unit,)))
            place = None if cell.unit is None else (*[None] * self._lead(name), cell.unit)
            found.append(self.entry(name, place))
        return tuple(found)

    def of_edge(self, edge: DrawnEdge, cells: dict[str, DrawnNode]) -> NodeCaptions | None:
        """The weight that an edge carries, None where it carries none or stands for many."""
        source, target = cells[edge.source], cells[edge.target]
        node = self.solution.graph.nodes.get(edge.bundle)
        if not edge.label or node is None or source.unit is None or target.unit is None:
            return None
        return self.entry(edge.bundle, (target.unit, source.unit), digits=3)

    def _lead(self, name: str) -> int:
        return len(self.solution.graph.nodes[name].shape) - 1

    def entry(self, name: str, place: Place = None, digits: int = 0) -> NodeCaptions:
        """The entry of a node, or of the part of it at `place`: an index with None for each whole axis."""
        digits = digits or self.digits
        key = (name, place, digits)
        if key not in self._entries:
            self._entries[key] = self._entry(name, place, digits)
        return self._entries[key]

    def _entry(self, name: str, place: Place, digits: int) -> NodeCaptions:
        solution = self.solution
        gradient = solution.gradient_prefix + name
        parameter = solution.graph.nodes[name].role == "parameter" and solution.rate
        updated = solution.update_name(name, "W_new", solution.updates) if parameter else ""
        if updated in solution.steps:
            digits = self._telling_apart(name, updated, place, digits)
        return NodeCaptions(
            name,
            self._caption(name, name, place, digits),
            self._caption(gradient, name, place, digits) if gradient in solution.steps else None,
            self._caption(updated, name, place, digits) if updated in solution.steps else None,
        )

    def _telling_apart(self, name: str, updated: str, place: Place, digits: int) -> int:
        """As many digits, at least `digits`, as show of every element that it has changed."""
        region = place or (None,) * len(self.solution.graph.nodes[name].shape)
        indices = list(Quantity(name, region).indices(self.solution.graph.nodes[name].shape))
        old, new = self.solution.value(name), self.solution.value(updated)
        changed = [index for index in indices[:MAX_MATRIX] if old[index] != new[index]]
        while digits < MAX_DIGITS and any(
            number_text(self.solution, name, index, digits)
            == number_text(self.solution, updated, index, digits)
            for index in changed
        ):
            digits += 1
        return digits

    def _caption(self, quantity: str, name: str, place: Place, digits: int) -> Caption:
        node = self.solution.graph.nodes[name]
        axes = place or (None,) * len(node.shape)
        sizes = [size for size, at in zip(node.shape, axes, strict=True) if at is None]

        def text(index: tuple[int, ...]) -> str:
            return number_text(
                self.solution, quantity, index, digits if prod(sizes) == 1 else max(digits - 1, 2)
            )

        if prod(sizes) == 1:
            index = tuple(at or 0 for at in axes)
            element = to_text(element_symbol(quantity, node, index), self.style) if self.named else ""
            return Caption(quantity, text(index), element, (index,))
        if place is None and len(sizes) == 2 and prod(sizes) <= MAX_MATRIX:
            places = [[(i, j) for j in range(sizes[1])] for i in range(sizes[0])]
            if self.style.turned(quantity) and min(sizes) > 1:
                places = [list(column) for column in zip(*places, strict=True)]
            between = ", " if node.batched and sizes[1] == 1 else "; "  # one number an example
            said = between.join(" ".join(map(text, row)) for row in places)
            return Caption(quantity, said, None, tuple(at for row in places for at in row))
        if len(sizes) > 1 or (place is None and sizes[0] > MAX_ELEMENTS):
            return Caption(quantity, "×".join(map(str, sizes)), None)
        shown = tuple(
            None if free is None else tuple(free if at is None else at for at in axes)
            for free in trimmed(sizes[0], MAX_EXAMPLES if place else MAX_ELEMENTS)
        )
        texts = ["…" if at is None else text(at) for at in shown]
        return Caption(quantity, ", ".join(texts), None, shown)


def known_since(solution: Solution, quantities: Iterable[str]) -> dict[str, int]:
    """The step at which each quantity is known: 0 for what is given, else its place in `quantities`."""
    given = {name: 0 for name, node in solution.graph.nodes.items() if not node.op}
    return given | {name: number for number, name in enumerate(quantities, 1)}
