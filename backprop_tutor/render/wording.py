"""The words that every reading of a solution shares: titles of passes, names of quantities, shapes, the graph
on one line."""

from itertools import pairwise
from typing import TYPE_CHECKING

from backprop_tutor.language import ASCII, Style, Sym, to_text

if TYPE_CHECKING:
    from backprop_tutor.walkthrough import Solution

__all__ = ["PHASE_TITLES", "at_a_glance", "quantity_text", "shape_text", "typed_text"]

PHASE_TITLES = {
    "forward": "Forward pass",
    "loss": "Loss",
    "backward": "Backward pass",
    "update": "Update",
}


def quantity_text(name: str, style: Style) -> str:
    """A quantity's name as formulas write it: ∂J/∂W1."""
    return to_text(Sym(name), style)


def typed_text(name: str, style: Style) -> str:
    """The same as it is typed: dJ/dW1."""
    return quantity_text(name, style._replace(glyphs=ASCII))


def shape_text(shape: tuple[int, ...], style: Style) -> str:
    """`2×3`, or `number` for a scalar."""
    return ("×" if style.glyphs.scripts else "x").join(str(size) for size in shape) or "number"


def at_a_glance(solution: "Solution", style: Style) -> str:
    """The graph on one line: `x → net1 → h1 → net2 → z → J`; what each node is made of, if that is not all.

    The parameters and targets of a layer go without saying.
    """
    arrow = " → " if style.glyphs.scripts else " -> "
    nodes = [node for node in solution.graph.folded.nodes.values() if node.op]
    text = {name: quantity_text(name, style) for name in solution.graph.nodes}
    data = [node.name for node in solution.graph.nodes.values() if node.role == "given"]
    numbers = {node.name for node in solution.graph.nodes.values() if node.value is not None}
    leaves = {node.name for node in solution.graph.nodes.values() if not node.op}
    unsaid = numbers if solution.exercise.layers is None else leaves
    if all(set(node.parents) - unsaid == {before.name} for before, node in pairwise(nodes)):
        start = [p for p in nodes[0].parents if p in data]
        names = [", ".join(text[p] for p in start or nodes[0].parents), *(text[n.name] for n in nodes)]
        shown = names if len(names) <= 24 else [*names[:8], "…", *names[-4:]]
        return arrow.join(shown)
    made_of = {n.name: dict.fromkeys(p for p in n.parents if p not in numbers) or n.parents for n in nodes}
    lines = [f"{', '.join(text[p] for p in parents)}{arrow}{text[name]}" for name, parents in made_of.items()]
    return "; ".join(lines if len(lines) <= 24 else [*lines[:8], "…", *lines[-4:]])
