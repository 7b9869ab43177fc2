"""What is to be explained: the derivative of one quantity by another, `dJ/dW1[1,2]` or `dz/dh1`."""

import difflib
import re
from dataclasses import dataclass

from backprop_tutor.errors import UsageError
from backprop_tutor.language.expr import Expr, Partial
from backprop_tutor.walkthrough.formulas import element_symbol
from backprop_tutor.walkthrough.quantity import Quantity, find_quantity
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["Question", "find_question"]

_BETWEEN = re.compile(r"\s*[d∂](.+?)\s*/\s*[d∂](.+)")
_DELTA = re.compile(r"\s*(?:δ|delta)_?\d")


@dataclass(frozen=True, slots=True)
class Question:
    """The derivative of `of` by `wrt`; each is a node's name with the part of it that is asked."""

    solution: Solution
    of: Quantity
    wrt: Quantity

    @property
    def name(self) -> str:
        return f"d{self.of.name}/d{self.wrt.name}"

    def elements(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The places of every pair of elements that is asked."""
        shapes = self.solution.graph.nodes
        return [
            (of, wrt)
            for of in self.of.indices(shapes[self.of.name].shape)
            for wrt in self.wrt.indices(shapes[self.wrt.name].shape)
        ]

    def symbol(self, of: tuple[int, ...], wrt: tuple[int, ...]) -> Expr:
        """`∂J/∂W1[1,2]` for the places of one pair."""
        nodes = self.solution.graph.nodes
        top = element_symbol(self.of.name, nodes[self.of.name], of)
        return Partial(top, element_symbol(self.wrt.name, nodes[self.wrt.name], wrt))


def find_question(solution: Solution, text: str) -> Question:
    """The derivative that `text` names. Raises UsageError that says what there is."""
    graph = solution.graph
    between = _BETWEEN.fullmatch(text)
    if _DELTA.match(text) or between is None:
        found = solution.find(text)
        node = found.name.removeprefix(solution.gradient_prefix)
        if node == found.name or node not in graph.nodes:
            hint = f"Ask for one such as {solution.gradient_prefix}{found.name}."
            raise UsageError(f"{found.name} is a value; what is explained is a derivative.", hint=hint)
        return Question(solution, Quantity(graph.loss), Quantity(node, found.region))
    nodes = [node for node in graph.nodes.values() if node.role != "constant"]
    shapes = {node.name: node.shape for node in nodes}
    batched = [node.name for node in nodes if node.batched]
    of, wrt = (_part(part, text, shapes, batched) for part in between.groups())
    if of.name not in graph.downstream([wrt.name]):
        raise UsageError(
            f"{of.name} does not depend on {wrt.name}: their derivative is 0 everywhere.",
            hint=_suggestion(solution, of.name, wrt.name),
        )
    return Question(solution, of, wrt)


def _part(part: str, text: str, shapes: dict[str, tuple[int, ...]], batched: list[str]) -> Quantity:
    try:
        return find_quantity(part, shapes, batched)
    except UsageError as error:
        raise UsageError(f"{text.strip()!r}: {error.what}", hint=error.hint) from None


def _suggestion(solution: Solution, of: str, wrt: str) -> str:
    """The near names among the derivatives that are not 0."""
    graph = solution.graph
    below = sorted(graph.downstream([wrt]) - {wrt})
    if below:
        return f"{wrt} acts on {', '.join(below[:8])}{', …' if len(below) > 8 else ''}."
    near = difflib.get_close_matches(wrt, graph.upstream(of) - {of}, n=3, cutoff=0)
    return f"{of} depends on {', '.join(sorted(near))}."
