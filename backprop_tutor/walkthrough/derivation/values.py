"""The numbers that a derivative has in the exercise, by the engine's backward pass."""

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from backprop_tutor.engine.evaluate import exact_gradients, float_gradients, forward
from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.systems.base import Array
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.walkthrough.derivation.question import DerivativeQuestion

__all__ = ["Derivatives"]

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
            found = solution.precise_derivative(
                question.wrt.name, _picking(solution.graph, question.of.name, of)
            )
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
