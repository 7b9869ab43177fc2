"""A picture beside a step: the kernel on its input, what a pool picked from its windows, shares as shades."""

from collections.abc import Collection, Sequence
from itertools import zip_longest

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.language import Style, display_width
from backprop_tutor.language.expr import Expr, Sym
from backprop_tutor.render.blocks import Drawing, Words
from backprop_tutor.render.layout import number_text
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["step_picture"]

MOST = 8  # rows and columns of an array that is drawn
GAP = 3
SHADES = (" ░▒▓█", " .:*#")

At = tuple[int, ...]


def step_picture(solution: Solution, step: Step, style: Style) -> Drawing | None:
    """The picture of a step, where there is one and it is small enough to be looked at."""
    node = step.node
    if step.phase != "forward" or not node.op:
        return None
    op = ops.get(node.op)
    if not all(named_and_small(solution, name) for name in (node.name, *node.parents[:2])):
        return None
    if op.windows:
        return _drawn(_windows(solution, node, style))
    if op.across == "shares" and len(node.shape) == 2:
        return _drawn(_shades(solution, node, style))
    return None


def _drawn(lines: Sequence[str]) -> Drawing:
    """The lines and what is said below them, where there is room for all of them."""
    *picture, said = lines
    whole = [(Words(""),), *((Words(line),) for line in picture), (Words(said, "quiet"),)]
    widest = max(map(display_width, lines))
    return Drawing(lambda width: whole if widest <= width else ())


def named_and_small(solution: Solution, name: str) -> bool:
    shape = solution.graph.nodes[name].shape
    return solution.graph.is_named(name) and max(shape[-2:], default=1) <= MOST


def _windows(solution: Solution, node: Node, style: Style) -> list[str]:
    """The input with the first window, the kernel, the output; of a max pool, all that was picked."""
    source, *kernels = node.parents
    first = (0,) * len(node.shape)
    picks = bool(ops.get(node.op).kink)
    outputs = list(np.ndindex(node.shape)) if picks else [first]
    marked = {place for at in outputs for place in _read(solution, node, at, picked=picks)}
    parts = [_grid(solution, source, marked, style)]
    if ops.get(node.op).weights:
        parts.append(_grid(solution, kernels[0], (), style))
    parts.append(_grid(solution, node.name, outputs, style))
    name = quantity_text(node.name, style)
    said = f"In [ ]: what the windows of {name} picked." if picks else f"In [ ]: the first window of {name}."
    return [*_beside(parts), said]


def _read(solution: Solution, node: Node, at: At, *, picked: bool) -> list[At]:
    """The entries of the input that one output is made of, or the one that it is."""
    found: list[At] = []

    def look(index: At) -> Expr:
        found.append(index)
        return Sym("x")

    nodes = solution.graph.nodes
    inputs = [Element(nodes[parent].shape, lambda _: Sym("w")) for parent in node.parents]
    inputs[0] = Element(nodes[node.parents[0]].shape, look)
    ops.get(node.op).forward(ELEMENT, *inputs, **node.params).at(at)
    values = solution.value(node.parents[0])
    return [max(found, key=lambda index: float(values[index]))] if picked else found


def _grid(solution: Solution, name: str, marked: Collection[At], style: Style) -> list[str]:
    """The first channel of an array under its name, the marked entries in brackets."""
    shape = solution.graph.nodes[name].shape
    lead, rows, columns = (0,) * max(len(shape) - 2, 0), *((1, 1, *shape)[-2:])
    places = [[(*lead, row, column)[-len(shape) :] if shape else () for column in range(columns)]
              for row in range(rows)]  # fmt: skip
    texts = [[number_text(solution, name, at, 3) for at in row] for row in places]
    widths = [max(len(row[column]) for row in texts) for column in range(columns)]

    def entry(at: At, text: str, width: int) -> str:
        left, right = ("[", "]") if at in marked else (" ", " ")
        return f"{left}{text:>{width}}{right}"

    lines = ["".join(map(entry, row, line, widths)) for row, line in zip(places, texts, strict=True)]
    return [f" {quantity_text(name, style)}", *lines]


def _shades(solution: Solution, node: Node, style: Style) -> list[str]:
    """Each share as a square, the darker the larger: a row of them adds up to 1."""
    shades = SHADES[0 if style.glyphs.scripts else 1]
    values = solution.value(node.name)
    steps = np.clip(np.ceil(values * (len(shades) - 1)), 0, len(shades) - 1).astype(int)
    squares = [f" {''.join(2 * shades[k] for k in row)}|" for row in steps]
    if style.glyphs.scripts:
        squares = [line.replace("|", "▏") for line in squares]
    name = quantity_text(node.name, style)
    return [*_beside([[f" {name}", *squares]]), "The darker, the larger the share; each row adds up to 1."]


def _beside(parts: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(display_width, part)) for part in parts]
    rows = zip_longest(*parts, fillvalue="")
    return [
        "".join(
            line + " " * (w - display_width(line) + GAP) for line, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
