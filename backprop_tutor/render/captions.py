"""What stands beside the cells and edges of a drawing: values and gradients, each with its quantity.

A caption appears when the walkthrough reaches its quantity, so a drawing at any step shows those that
are known by then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language import to_text
from backprop_tutor.render.layout import Cell, Edge, number_text, trimmed
from backprop_tutor.walkthrough import Solution

__all__ = ["Caption", "Captions", "Entry", "known_since"]

MAX_EXAMPLES = 3
MAX_ELEMENTS = 4
MAX_MATRIX = 6


@dataclass(frozen=True, slots=True)
class Caption:
    """`text` is the value of `quantity`, or of the part of it that is drawn here: of one `element`, or,
    where that is None, of several."""

    quantity: str
    text: str
    element: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One node in a cell, or one weight on an edge. What the exercise does not compute is None."""

    name: str
    value: Caption | None
    gradient: Caption | None
    updated: Caption | None = None


class Captions:
    """The captions of one solution."""

    def __init__(self, solution: Solution, digits: int = 4) -> None:
        self.solution, self.digits = solution, digits

    def of_cell(self, cell: Cell, biases: dict[str, str]) -> tuple[Entry, ...]:
        """The entries of a cell from top to bottom; `biases` maps nodes to the bias that they add."""
        found = []
        for name in cell.nodes if cell.kind not in ("pass", "more") else ():
            bias = biases.get(name)
            if bias and cell.unit is not None:
                found.append(self._entry(bias, (cell.unit,)))
            place = None if cell.unit is None else (*[None] * self._lead(name), cell.unit)
            found.append(self._entry(name, place))
        return tuple(found)

    def of_edge(self, edge: Edge, cells: dict[str, Cell]) -> Entry | None:
        """The weight that an edge carries, None where it carries none or stands for many."""
        source, target = cells[edge.source], cells[edge.target]
        node = self.solution.graph.nodes.get(edge.bundle)
        if not edge.label or node is None or source.unit is None or target.unit is None:
            return None
        return self._entry(edge.bundle, (target.unit, source.unit), digits=3)

    def _lead(self, name: str) -> int:
        return len(self.solution.graph.nodes[name].shape) - 1

    def _entry(self, name: str, place: tuple[int | None, ...] | None, digits: int = 0) -> Entry:
        solution = self.solution
        gradient = solution.gradient_prefix + name
        parameter = solution.graph.nodes[name].role == "parameter" and solution.rate
        updated = solution.update_name(name, "W_new", len(solution.passes)) if parameter else ""

        def caption(quantity: str) -> Caption | None:
            return self._caption(quantity, name, place, digits or self.digits)

        return Entry(
            name,
            caption(name),
            caption(gradient) if gradient in solution.steps else None,
            caption(updated) if updated in solution.steps else None,
        )

    def _caption(
        self, quantity: str, name: str, place: tuple[int | None, ...] | None, digits: int
    ) -> Caption | None:
        node = self.solution.graph.nodes[name]
        axes = place or (None,) * len(node.shape)
        sizes = [size for size, at in zip(node.shape, axes, strict=True) if at is None]
        if prod(sizes) == 1:
            index = tuple(at or 0 for at in axes)
            element = to_text(element_symbol(quantity, node, index))
            return Caption(quantity, number_text(self.solution, quantity, index, digits), element)
        if place is None and len(sizes) == 2 and prod(sizes) <= MAX_MATRIX:
            rows = ([self._text(quantity, (i, j)) for j in range(sizes[1])] for i in range(sizes[0]))
            return Caption(quantity, "; ".join(" ".join(row) for row in rows), None)
        if len(sizes) > 1 or (place is None and sizes[0] > MAX_ELEMENTS):
            return Caption(quantity, "×".join(map(str, sizes)), None)
        texts = [
            "…" if free is None else self._text(quantity, tuple(free if at is None else at for at in axes))
            for free in trimmed(sizes[0], MAX_EXAMPLES if place else MAX_ELEMENTS)
        ]
        return Caption(quantity, ", ".join(texts), None)

    def _text(self, quantity: str, index: tuple[int, ...]) -> str:
        return number_text(self.solution, quantity, index, 3)


def known_since(solution: Solution, quantities: Iterable[str]) -> dict[str, int]:
    """The step at which each quantity is known: 0 for what is given, else its place in `quantities`."""
    given = {name: 0 for name, node in solution.graph.nodes.items() if not node.op}
    return given | {name: number for number, name in enumerate(quantities, 1)}
