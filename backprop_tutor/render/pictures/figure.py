"""What one step does, as a picture: a kernel on its input, what a pool picked, shares as shades.

`StepFigure` says what there is to see; the painters of characters, SVG and TikZ show it.
"""

from collections.abc import Callable, Collection, Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.infinity import is_infinite
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language import Style, to_text
from backprop_tutor.language.expr import Call, Expr, Sym, leaves, name_of
from backprop_tutor.render.pictures.layout import number_text
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Entry", "Grid", "StepFigure", "step_figure"]

MOST = 8  # rows and columns of an array that is drawn

At = tuple[int, ...]


class Entry(NamedTuple):
    """One number, and where it is `at`. Where it is a share, `shade` is how large; a `masked` one is left out
    by a mask."""

    text: str
    at: At
    marked: bool = False
    shade: float | None = None
    masked: bool = False


class Grid(NamedTuple):
    """An array under its name, in rows; of several channels the first. `role` is that of its numbers."""

    quantity: str
    title: str
    rows: tuple[tuple[Entry, ...], ...]
    role: str = "value"


class StepFigure(NamedTuple):
    """Arrays beside one another, and a sentence on what is marked in them."""

    grids: tuple[Grid, ...]
    said: str

    def hiding(self, is_shown: Callable[[str, At], bool]) -> "StepFigure":
        """The same with a question mark for what is not shown."""

        def hidden(grid: Grid) -> Grid:
            rows = (
                tuple(e if is_shown(grid.quantity, e.at) else e._replace(text="?", shade=None) for e in row)
                for row in grid.rows
            )
            return grid._replace(rows=tuple(rows))

        return self._replace(grids=tuple(map(hidden, self.grids)))


def step_figure(solution: Solution, step: Step, style: Style, index: At | None = None) -> StepFigure | None:
    """The figure of a step, where there is one and it is small enough to be looked at; of one element of it
    where an `index` says so."""
    if not step.node.op and step.phase == "forward":
        return None
    return _Figures(solution, style).of(step, index)


class _Figures:
    def __init__(self, solution: Solution, style: Style) -> None:
        self.solution, self.style = solution, style
        self.nodes = solution.graph.nodes

    def of(self, step: Step, index: At | None) -> StepFigure | None:
        node = step.node
        if node.parts or step.phase not in ("forward", "backward"):
            return None
        if step.phase == "backward":
            users = self.solution.graph.consumers.get(node.name, [])
            (user, slot), *others = users or [("", 0)]
            sliding = bool(user) and not others and ops.get(self.nodes[user].op).windows
            return (
                self._back(self.nodes[user], slot, index)
                if sliding and self._fits(self.nodes[user])
                else None
            )
        op = ops.get(node.op)
        if op.windows:
            return self._windows(node, index) if self._fits(node) else None
        one_matrix = len(node.shape) > 1 and node.size == prod(node.shape[-2:]) and max(node.shape) <= MOST
        return self._shares(node) if op.across == "shares" and one_matrix else None

    def _fits(self, node: Node) -> bool:
        return all(
            self.solution.graph.is_named(name) and max(self.nodes[name].shape[-2:], default=1) <= MOST
            for name in (node.name, *node.parents[:2])
        )

    def _windows(self, node: Node, index: At | None) -> StepFigure:
        """The input with one window, the kernel, the output; of a max pool, all that was picked."""
        source, *kernels = node.parents
        picks = bool(ops.get(node.op).kink)
        outputs = [*np.ndindex(node.shape)] if picks and index is None else [index or (0,) * len(node.shape)]
        marked = {place for at in outputs for place in self._read(node, 0, at, picked=picks)}
        grids = [self._grid(source, marked)]
        if ops.get(node.op).weights:
            grids.append(self._grid(kernels[0], ()))
        grids.append(self._grid(node.name, outputs))
        name = quantity_text(node.name, self.style)
        window = f"the window of {self._element(node, index)}" if index else f"the first window of {name}"
        picked = f"what the windows of {name} picked"
        return StepFigure(tuple(grids), f"In [ ]: {picked if picks and index is None else window}.")

    def _back(self, node: Node, slot: int, index: At | None) -> StepFigure | None:
        """Where the gradient of an input comes from: the outputs that one entry of it reaches; of a pool
        that picks, the entries to which each output sends its own."""
        prefix = self.solution.gradient_prefix
        wrt, op = node.parents[slot], ops.get(node.op)
        if slot and not (op.weights and slot in op.weights):
            return None
        of, own = prefix + node.name, prefix + wrt
        if any(name not in self.solution.steps for name in (of, own)):
            return None
        places = [*np.ndindex(node.shape)]
        if op.kink and not slot:
            picked = {place for at in places for place in self._read(node, 0, at, picked=True)}
            grids = [self._grid(of, ()), self._grid(own, picked)]
            said = "In [ ]: what the windows picked gets the gradient, the rest 0."
            return StepFigure(tuple(grids), said)
        entry = index or self._middle(self.nodes[wrt].shape)
        reached = [at for at in places if entry in self._read(node, slot, at)]
        name = self._element(self.nodes[wrt], entry)
        if slot:  # of a kernel: what the entry is multiplied by
            met = {at for place in reached for at in self._met(node, slot, entry, place)}
            grids = [self._grid(node.parents[0], met), self._grid(of, reached), self._grid(own, [entry])]
            return StepFigure(tuple(grids), f"In [ ]: what {name} is multiplied by, and where that goes.")
        kernels = [self._grid(parent, ()) for parent in node.parents[1:2] if op.weights]
        grids = [self._grid(wrt, [entry]), *kernels, self._grid(of, reached)]
        return StepFigure(tuple(grids), f"In [ ]: the outputs that {name} reaches.")

    def _element(self, node: Node, index: At) -> str:
        return to_text(element_symbol(node.name, node, index), self.style)

    @staticmethod
    def _middle(shape: tuple[int, ...]) -> At:
        """An entry in the midst of the first channel."""
        return (*[0] * (len(shape) - 2), *(size // 2 for size in shape[-2:]))

    def _read(self, node: Node, slot: int, at: At, *, picked: bool = False) -> list[At]:
        """The entries of an input that one output is made of, or the one that it is."""
        found = [places[slot] for places in self._terms(node, at) if slot in places]
        if not picked:
            return found
        values = self.solution.value(node.parents[slot])
        return [max(found, key=lambda index: float(values[index]))]

    def _met(self, node: Node, slot: int, entry: At, at: At) -> list[At]:
        """The entries of the first input that one of another is multiplied by in an output."""
        return [places[0] for places in self._terms(node, at) if places.get(slot) == entry and 0 in places]

    def _terms(self, node: Node, at: At) -> Iterator[dict[int, At]]:
        """The terms of one output: for each the entry of every input that it is a product of."""

        def input_at(slot: int) -> Element:
            shape = self.nodes[node.parents[slot]].shape
            return Element(shape, lambda index: Sym(f"{slot}:{','.join(map(str, index))}"))

        inputs = [input_at(slot) for slot in range(len(node.parents))]
        yield from _products(ops.get(node.op).forward(ELEMENT, *inputs, **node.params).at(at))

    def _shares(self, node: Node) -> StepFigure:
        """Each share as a square, the darker the larger; a row of them adds up to 1."""
        values, inputs = self.solution.value(node.name), self.solution.value(node.parents[0])
        rows = tuple(
            tuple(
                entry._replace(shade=float(values[at]), masked=is_infinite(float(inputs[at])))
                for entry, at in zip(row, places, strict=True)
            )
            for row, places in zip(self._grid(node.name, ()).rows, _places(node.shape), strict=True)
        )
        is_masked = any(entry.masked for row in rows for entry in row)
        said = f"each row adds up to 1{', and the mask hides the rest' if is_masked else ''}."
        said = f"The darker, the larger; {said}"
        return StepFigure((Grid(node.name, quantity_text(node.name, self.style), rows),), said)

    def _grid(self, quantity: str, marked: Collection[At]) -> Grid:
        """The first channel of an array."""
        name = self.solution.node_of(quantity)
        rows = tuple(
            tuple(Entry(number_text(self.solution, quantity, at, 3), at, at in marked) for at in row)
            for row in _places(self.nodes[name].shape)
        )
        role = "value" if name == quantity else "gradient"
        return Grid(quantity, quantity_text(quantity, self.style), rows, role)


def _places(shape: tuple[int, ...]) -> list[list[At]]:
    """The indices of the first channel in rows."""
    lead, rows, columns = (0,) * max(len(shape) - 2, 0), *((1, 1, *shape)[-2:])
    return [
        [(*lead, row, column)[-len(shape) :] if shape else () for column in range(columns)]
        for row in range(rows)
    ]


def _products(expr: Expr) -> Iterator[dict[int, At]]:
    """The products of entries that an expression is made of."""
    if isinstance(expr, Sym):
        slot, _, index = name_of(expr).partition(":")
        yield {int(slot): tuple(map(int, filter(None, index.split(","))))}
    elif isinstance(expr, Call):
        parts = [[*_products(arg)] for arg in expr.args if any(True for _ in leaves(arg))]
        if expr.name == "mul" and all(len(part) == 1 for part in parts):
            yield {slot: index for part in parts for slot, index in part[0].items()}
        else:
            yield from (product for part in parts for product in part)
