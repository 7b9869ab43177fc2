"""Values as a list, for what a drawing has no room for: `h1 = [1, 0]`."""

from collections.abc import Iterable

from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Facts, Words
from backprop_tutor.render.pictures.layout import number_text
from backprop_tutor.render.wording import quantity_text, shape_text
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["nearest", "value_facts"]

MAX_SHOWN = 12  # elements of an array that is written out


def value_facts(solution: Solution, names: Iterable[str], known: set[str], style: Style) -> Facts:
    """The values and gradients of the nodes `names` that are known, in the order of the graph."""
    told, found = {*names}, []
    for name, node in solution.graph.nodes.items():
        for quantity in (name, solution.gradient_prefix + name) if name in told else ():
            if quantity in known or (quantity == name and not node.op):
                value = Words(f" = {_text(solution, quantity, name, style)}")
                found.append((Words(quantity_text(quantity, style)), value))
    return Facts(tuple(found))


def nearest(solution: Solution, names: Iterable[str], step: Step | None) -> list[str]:
    """Those of the nodes `names` that are worth telling, what `step` is about and what is near it first."""
    near = _near(solution, step)
    told = [name for name in names if solution.graph.nodes[name].role != "constant"]
    return sorted(told, key=lambda name: near.get(name, len(near)))


def _near(solution: Solution, step: Step | None) -> dict[str, int]:
    """The nodes that a step is about, then those beside it, the nearest first."""
    graph = solution.graph.folded
    if step is None:
        return {}
    names = [part.name for part in step.node.parts or (step.node,)]
    found = dict.fromkeys(names, 0)
    for name in names:  # grows while it is gone through: from neighbour to neighbour
        for other in (*graph.nodes[name].parents, *(consumer for consumer, _ in graph.consumers[name])):
            if other not in found:
                found[other] = len(names)
                names.append(other)
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
