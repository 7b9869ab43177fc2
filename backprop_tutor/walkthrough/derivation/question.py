"""What is to be explained: the derivative of one quantity by another, `dJ/dW1[1,2]` or `dz/dh1`, and the
numbers that it has by the engine's backward pass."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

import numpy as np

from backprop_tutor.engine.evaluate import exact_gradients, float_gradients, forward
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.quantity import Quantity, element_symbol, find_quantity
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.language.derivative_name import gradient_of
from backprop_tutor.language.expr import Partial
from backprop_tutor.walkthrough.local_derivatives import mixes_examples
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["DerivativeQuestion", "Derivatives", "find_question"]

Pair = tuple[tuple[int, ...], tuple[int, ...]]  # the places of two elements

_ORDER = re.compile(r"\s*[d∂][²2^]")
_BETWEEN = re.compile(r"\s*[d∂](.+?)\s*/\s*[d∂](.+)")


@dataclass(frozen=True, slots=True)
class DerivativeQuestion:
    """The derivative of `of` by `wrt`; each is a node's name with the part of it that is asked."""

    solution: Solution
    of: Quantity
    wrt: Quantity

    @property
    def name(self) -> str:
        return gradient_of(self.of.name, self.wrt.name)

    @property
    def nodes(self) -> tuple[Node, Node]:
        return self.solution.graph.nodes[self.of.name], self.solution.graph.nodes[self.wrt.name]

    @property
    def by_example(self) -> bool:
        """Whether both belong to an example: then to the same one, where examples do not mix."""
        batched = all(node.batched for node in self.nodes)
        return batched and not mixes_examples(self.solution.graph, self.of.name, self.wrt.name)

    def elements(self) -> Iterator[Pair]:
        """The places of every pair of elements that is asked."""
        of, wrt = self.nodes
        alike = self.by_example
        for above in self.of.indices(of.shape):
            for below in self.wrt.indices(wrt.shape):
                if not alike or above[0] == below[0]:
                    yield above, below

    @property
    def first(self) -> Pair:
        return next(self.elements())

    @property
    def count(self) -> int:
        """How many pairs are asked."""
        return prod(self.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of what is left open: those of `of`, then those of `wrt`, a common example once."""
        above, below = (
            list(zip(node.shape, part.region or (None,) * len(node.shape), strict=True))
            for node, part in zip(self.nodes, (self.of, self.wrt), strict=True)
        )
        if self.by_example:
            (examples, first), (_, second) = above.pop(0), below.pop(0)
            above.insert(0, (examples, second if first is None else first))
        return tuple(size for size, place in (*above, *below) if place is None)

    def symbol(self, of: tuple[int, ...], wrt: tuple[int, ...]) -> Partial:
        """`∂J/∂W1[1,2]` for the places of one pair."""
        nodes = self.solution.graph.nodes
        top = element_symbol(self.of.name, nodes[self.of.name], of)
        return Partial(top, element_symbol(self.wrt.name, nodes[self.wrt.name], wrt))


def find_question(solution: Solution, text: str, lettering: Lettering = CANONICAL) -> DerivativeQuestion:
    """The derivative that `text` names in a notation. Raises UsageError that says what there is."""
    graph, typed = solution.graph, lettering.typed
    between = _BETWEEN.fullmatch(text)
    if _ORDER.match(text):
        return _of_first(solution, solution.find(text, lettering))
    if between is None:
        found = solution.find(text, lettering)
        node = solution.node_of(found.name)
        if node in ("", found.name):
            hint = f"Ask for one such as {typed(solution.gradient_prefix + found.name)}."
            raise UsageError(f"{typed(found.name)} is a value; what is explained is a derivative.", hint=hint)
        return DerivativeQuestion(solution, Quantity(graph.loss), Quantity(node, found.region))
    nodes = {node.name: node for node in graph.nodes.values() if node.role != "constant"}
    of, wrt = (_part(part, nodes, lettering) for part in between.groups())
    if of.name not in graph.downstream([wrt.name]):
        raise UsageError(
            f"{typed(of.name)} does not depend on {typed(wrt.name)}: their derivative is 0 everywhere.",
            hint=_suggestion(solution, of.name, wrt.name, lettering),
        )
    question = DerivativeQuestion(solution, of, wrt)
    if not any(True for _ in question.elements()):
        both = f"{typed(of.name)} and {typed(wrt.name)}"
        raise UsageError(
            f"{both} belong to different examples here: their derivative is 0.",
            hint="An example does not act on another. Ask for the same one in both.",
        )
    return question


def _of_first(solution: Solution, found: Quantity) -> DerivativeQuestion:
    """A second derivative: that of a first one, which is a node of a graph of its own."""
    passes = solution.ledger.further[found.name]
    of, wrt = passes.graph.nodes[passes.of], passes.graph.nodes[passes.wrt]
    if of.name not in passes.graph.downstream([wrt.name]):
        raise UsageError(f"{found.name} is 0 everywhere: its first derivative does not depend on {wrt.name}.")
    exercise = replace(solution.exercise, graph=passes.graph, further=())
    region = found.region or (None,) * (len(of.shape) + len(wrt.shape))
    above, below = region[: len(of.shape)], region[len(of.shape) :]
    return DerivativeQuestion(Solution(exercise), Quantity(of.name, above), Quantity(wrt.name, below))


def _part(part: str, nodes: dict[str, Node], lettering: Lettering) -> Quantity:
    try:
        return find_quantity(part, nodes, lettering)
    except UsageError as error:
        name = re.match(r"\s*\w+", part)
        node = {lettering.typed(one): nodes[one] for one in nodes}.get(name[0].strip()) if name else None
        if node is None or not node.shape:
            raise
        ends = f"its indices go {' and '.join(f'from 1 to {size}' for size in node.shape)}."
        hint = f"{lettering.typed(node.name)} has the shape {node.shape}: {ends}"
        raise UsageError(error.what, hint=hint) from None


def _suggestion(solution: Solution, of: str, wrt: str, lettering: Lettering) -> str:
    """The near names among the derivatives that are not 0."""
    graph, typed = solution.graph, lettering.typed
    below = sorted(graph.downstream([wrt]) - {wrt})
    if below:
        shown = ", ".join(map(typed, below[:8]))
        return f"{typed(wrt)} acts on {shown}{', …' if len(below) > 8 else ''}."
    near = difflib.get_close_matches(wrt, graph.upstream(of) - {of}, n=3, cutoff=0)
    return f"{typed(of)} depends on {', '.join(map(typed, sorted(near)))}."


At = tuple[int, ...]


class Derivatives:
    """∂of/∂wrt for every pair of elements of a question."""

    def __init__(self, question: DerivativeQuestion) -> None:
        self.question = question
        self._gradients = cache(self._by_element)

    def element(self, of: At, wrt: At) -> tuple[float, Fraction | None]:
        """The derivative of one element by another, and its fraction where it has one."""
        floats, exact = self._gradients(of)
        return float(floats[wrt]) + 0.0, None if exact is None else exact[wrt]

    def nested(self, *, exact: bool = False) -> Any:
        """The derivatives of the part that is asked, as nested lists; None where a fraction is missing."""
        found = [self.element(of, wrt) for of, wrt in self.question.elements()]
        if not exact:
            return np.array([value for value, _ in found]).reshape(self.question.shape).tolist()
        if any(fraction is None for _, fraction in found):
            return None
        texts = np.array([str(fraction) for _, fraction in found], dtype=object)
        return texts.reshape(self.question.shape).tolist()

    def precise(self, of: At, wrt: At) -> Any:
        """The same in arithmetic that loses no digits. Raises Irrational where it has no value there."""
        question, solution = self.question, self.question.solution
        if question.of.name == solution.graph.loss:
            found = solution.precise(solution.gradient_prefix + question.wrt.name)
        else:
            graph = _picking(solution.graph, question.of.name, of)
            found = solution.precise_derivative(question.wrt.name, graph)
        if found is None:
            raise Irrational
        return found[wrt]

    def _by_element(self, of: At) -> tuple[Array, Array | None]:
        """The gradient of the element `of`, of the shape of wrt."""
        question, solution = self.question, self.question.solution
        graph, wrt = solution.graph, question.wrt.name
        if question.of.name == graph.loss:
            return solution.first.gradient(wrt), solution.first.exact_gradient(wrt)
        picked = _picking(graph, question.of.name, of)
        exact = exact_gradients(picked, forward(picked, EXACT, solution.first.exact), [wrt])
        values = forward(picked, FLOAT64, solution.first.values)
        zeros = np.zeros(graph.nodes[wrt].shape)
        return float_gradients(picked, values, [wrt], exact).get(wrt, zeros), exact.get(wrt)


def _picking(graph: Graph, of: str, at: At) -> Graph:
    """The graph with one element of a node for its loss."""
    if not at:
        return Graph(graph.nodes.values(), of)
    picked = Node("·", "loss", (), "index", (of,), {"key": tuple(place + 1 for place in at)})
    return Graph([*graph.nodes.values(), picked], picked.name)
