"""What every form of an explanation starts from: the graph in general, and its sizes in the exercise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import numpy as np

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.language.expr import Sym
from backprop_tutor.walkthrough.derivation.definitions import Definitions, definitions
from backprop_tutor.walkthrough.derivation.derivation_form import Section
from backprop_tutor.walkthrough.derivation.numbered import Numbered
from backprop_tutor.walkthrough.derivation.question import DerivativeQuestion
from backprop_tutor.walkthrough.derivation.random_model import Bench
from backprop_tutor.walkthrough.derivation.terms import index_of
from backprop_tutor.walkthrough.solution import Solution

__all__ = ["Premises", "premises"]

MAX_ELEMENTS = 3000  # of a model that lines are proved on


@dataclass(frozen=True)
class Premises:
    """`sizes` are the numbers behind N, n0, …; `targets` are data whose rows add up to 1. Formulas are
    those of the notation `lettering`."""

    question: DerivativeQuestion
    lettering: Lettering
    definitions: Definitions
    sizes: Mapping[str, int]
    targets: frozenset[str] = field(default=frozenset())

    @property
    def solution(self) -> Solution:
        return self.question.solution

    @property
    def is_network(self) -> bool:
        return self.solution.exercise.is_feed_forward

    @property
    def can_be_proved(self) -> bool:
        """Whether a model of this graph is small enough to work with exactly."""
        named = self.definitions.names
        shapes = [node.shape for node in self.definitions.graph.nodes.values()]
        return sum(prod(3 if size in named else size for size in shape) for shape in shapes) <= MAX_ELEMENTS

    @property
    def elements(self) -> int:
        """How many numbers the exercise holds."""
        return self.solution.graph.size

    @cached_property
    def bench(self) -> Bench:
        """Models with any numbers."""
        return Bench(self.definitions)

    @cached_property
    def special(self) -> Bench:
        """Models whose targets add up to 1, as the exercise's do."""
        return Bench(self.definitions, self.targets) if self.targets else self.bench

    @cached_property
    def numbered(self) -> Bench:
        """Models in the sizes of the exercise, whose elements are defined one by one."""
        return Bench(Numbered(self.solution.graph, {}, self.definitions.written_out))

    def shape(self, name: str) -> tuple[int, ...]:
        """That of a node in the exercise, or of the derivative of the loss by it."""
        node = self.solution.graph.nodes.get(self.definitions.derivatives.get(name, name))
        return node.shape if node else ()

    def places(self, section: Section, of: tuple[int, ...], wrt: tuple[int, ...]) -> dict[str, int]:
        """Where the letters of a section stand when the question is about the elements `of` and `wrt`."""
        start = section.meaning
        asked = self.definitions.node(start.wrt)
        if asked is not None and asked.name == self.question.wrt.name:
            return {**_letters(start.of, of), **_letters(start.wrt, wrt)}
        # A delta on the way: that of the same example and unit as far as the letters are the same.
        wanted = _letters(self.definitions.own(self.question.wrt.name), wrt)
        sizes = self.solution.graph.nodes[asked.name].shape if asked else ()
        found = zip(index_of(start.wrt), sizes, strict=True)
        return {
            letter.name: min(wanted.get(letter.name, 0), size - 1)
            for letter, size in found
            if isinstance(letter, Sym)
        }


def _letters(element: object, index: tuple[int, ...]) -> dict[str, int]:
    places = zip(index_of(element), index, strict=True)  # type: ignore[arg-type]
    return {letter.name: place for letter, place in places if isinstance(letter, Sym)}


def premises(question: DerivativeQuestion, lettering: Lettering = CANONICAL) -> Premises:
    exercise, graph = question.solution.exercise, question.solution.graph
    general = definitions(exercise, {question.of.name, question.wrt.name}, lettering)
    sizes = {
        general.names[size]: real
        for node in general.graph.nodes.values()
        for size, real in zip(node.shape, graph.nodes[node.name].shape, strict=True)
        if size in general.names
    }
    targets = {name for name, loss in graph.targets if loss.adds_up} | set(_weights_of_logarithms(graph))
    rows = {name for name in targets if _adds_up(exercise.values.get(name))}
    return Premises(question, lettering, general, sizes, frozenset(rows))


def _weights_of_logarithms(graph: Graph) -> Iterator[str]:
    """What is given and multiplied by a logarithm: the targets of a cross-entropy that is written as one."""
    ops_of = {name: ops.get(node.op) for name, node in graph.nodes.items() if node.op}
    for name, op in ops_of.items():
        parents = graph.nodes[name].parents
        if op.joins == "product" and any(p in ops_of and ops_of[p].logarithm for p in parents):
            yield from (p for p in parents if graph.nodes[p].role == "given")


def _adds_up(targets: np.ndarray | None) -> bool:
    return targets is not None and targets.ndim > 0 and bool(np.all(np.sum(targets, axis=-1) == 1))
