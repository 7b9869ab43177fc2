"""Values as a list, for what a drawing has no room for: `h1 = [1, 0]`."""

from collections.abc import Iterable

from backprop_tutor.language import Style, display_width, wrap
from backprop_tutor.render.layout import number_text
from backprop_tutor.render.texts import quantity_text, shape_text
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["value_lines"]

MAX_SHOWN = 12  # elements of an array that is written out
BETWEEN = "   "


def value_lines(
    solution: Solution,
    names: Iterable[str],
    step: Step | None,
    known: set[str],
    style: Style,
    size: tuple[int, int],
) -> list[str]:
    """The values and gradients of the nodes `names` that are known, in lines that fit into `size`, a width
    and a height. Those near to `step` stay where there is no room for all."""
    near = _near(solution, step)
    told = [name for name in names if solution.graph.nodes[name].role != "constant"]
    ordered = sorted(told, key=lambda name: near.get(name, len(near)))
    width, height = size
    kept: list[str] = []
    for name in ordered:
        trial = [n for n in solution.graph.nodes if n in kept or n == name]
        if len(_packed(_items(solution, trial, known, style), width)) > height:
            break
        kept = trial
    return _packed(_items(solution, kept, known, style), width)


def _near(solution: Solution, step: Step | None) -> dict[str, int]:
    """The nodes that a step is about, then those beside it, the nearest first."""
    graph = solution.graph.folded
    if step is None:
        return {}
    names, found = [step.node.name], {step.node.name: 0}
    for name in names:  # grows while it is gone through: from neighbour to neighbour
        for other in (*graph.nodes[name].parents, *(consumer for consumer, _ in graph.consumers[name])):
            if other not in found:
                found[other] = len(names)
                names.append(other)
    return found


def _items(solution: Solution, names: Iterable[str], known: set[str], style: Style) -> list[str]:
    found = []
    for name in names:
        node = solution.graph.nodes[name]
        for quantity in (name, solution.gradient_prefix + name):
            if quantity in known or (quantity == name and not node.op):
                found.append(f"{quantity_text(quantity, style)} = {_text(solution, quantity, name, style)}")
    return found


def _text(solution: Solution, quantity: str, name: str, style: Style) -> str:
    node = solution.graph.nodes[name]
    if node.size > MAX_SHOWN:
        return shape_text(node.shape[::-1] if style.turned(quantity) else node.shape, style)
    turn = -1 if style.turned(quantity) and node.shape[0] > 1 else 1
    shape = node.shape[::turn]

    def nested(index: tuple[int, ...]) -> str:
        if len(index) == len(shape):
            return number_text(solution, quantity, index[::turn], 4 if node.size == 1 else 3)
        parts = [nested((*index, place)) for place in range(shape[len(index)])]
        is_only_example = node.batched and node.shape[0] == 1 and not index
        return parts[0] if is_only_example else f"[{', '.join(parts)}]"

    return nested(())


def _packed(items: Iterable[str], width: int) -> list[str]:
    """As many items on a line as fit."""
    lines: list[str] = []
    for item in items:
        joined = f"{lines[-1]}{BETWEEN}{item}" if lines else ""
        if lines and display_width(joined) <= width:
            lines[-1] = joined
        else:
            lines += wrap(f" {item}", width, indent="     ")
    return lines
