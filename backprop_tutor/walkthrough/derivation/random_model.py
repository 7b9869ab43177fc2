"""Small models with drawn numbers, on which lines are evaluated: made when they are needed, and kept."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.engine.op import Op
from backprop_tutor.engine.systems.formal import PI
from backprop_tutor.language.expr import Num, Sym
from backprop_tutor.walkthrough.derivation.definitions import Definitions, named
from backprop_tutor.walkthrough.derivation.line_value import Meaning, Seed, Values, meaning
from backprop_tutor.walkthrough.derivation.opaque import (
    Number,
    Opaque,
    Rational,
    RationalDual,
    drawn,
    slope_of,
    value_of,
)
from backprop_tutor.walkthrough.derivation.terms import index_of

__all__ = ["DRAWS", "Bench", "OthersHeld", "Programs", "RandomModel"]

Index = tuple[int, ...]  # counted from 0
Elements = dict[tuple[str, Index], Number]


class Programs:
    """The definitions of a graph's nodes, ready to be evaluated on any number of models."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.names_of_sizes = list(definitions.names.values())
        self._made: dict[tuple[str, Index | None], tuple[dict[str, int], Meaning]] = {}

    def element(self, node: Node, index: Index) -> tuple[Meaning, dict[str, int]]:
        """What an element is, and where the letters in it stand."""
        by_letters = self.definitions.has_letters and self.definitions.is_sayable(node.name)
        key = (node.name, None if by_letters else index)
        if key not in self._made:
            at = [Num(Fraction(place + 1)) for place in index]
            own = self.definitions.own(node.name) if by_letters else named(node.name, node, tuple(at))
            letters = {place.name: axis for axis, place in enumerate(index_of(own)) if isinstance(place, Sym)}
            says = self.definitions.define if by_letters else self.definitions.spelled_out
            self._made[key] = letters, meaning(says(own, letters))
        letters, value = self._made[key]
        return value, {letter: index[axis] for letter, axis in letters.items()}


class RandomModel:
    """Numbers drawn for the leaves of a graph; `sizes` of 2 or 3 where the graph leaves them open.

    The rows of the nodes in `targets` add up to 1. Raises ZeroDivisionError where an element has no value.
    """

    def __init__(
        self,
        programs: Programs,
        draw: int,
        targets: frozenset[str] = frozenset(),
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        self.programs = programs
        self.definitions = programs.definitions
        self.draw = draw
        self.xp = Opaque(draw)
        self.sizes = sizes or {name: 2 + drawn(draw, "size", name) % 2 for name in programs.names_of_sizes}
        self.sums: dict[tuple[Any, ...], Number] = {}
        self.values: Elements = {}
        self.arrays: Any = None  # what the engine makes of the same leaves, once somebody has asked it
        self._moved: dict[Seed, Elements] = {}
        self._gradients: dict[Seed, Rational] = {}
        for node in self.definitions.graph.nodes.values():
            if node.op:
                self.fill(self, node, self.values, None, None)
            elif node.value is None:
                self.values |= {(node.name, i): self._leaf(node.name, i) for i in self.indices(node.name)}
                if node.name in targets:
                    self._add_up(node.name)

    @property
    def graph(self) -> Graph:
        return self.definitions.graph

    def shape(self, name: str) -> tuple[int, ...]:
        names = self.definitions.names
        shape = self.graph.nodes[self.definitions.derivatives.get(name, name)].shape
        return tuple(self.sizes[names[size]] if size in names else size for size in shape)

    def indices(self, name: str) -> list[Index]:
        return list(product(*map(range, self.shape(name))))

    def _leaf(self, name: str, index: Index) -> Number:
        most = self.definitions.graph.whole_numbers.get(name)
        if most:
            return drawn(self.draw, name, index, least=1, many=most)
        number = drawn(self.draw, name, index, least=1)
        signed = number if number % 3 else -number
        return Fraction(signed, 1 + number % 4) if self.draw % 4 == 3 else signed

    def _add_up(self, name: str) -> None:
        *_, last = self.shape(name)
        for *row, place in self.indices(name):
            if place == last - 1:
                self.values[name, (*row, place)] = 1 - sum(self.values[name, (*row, k)] for k in range(place))

    def fill(
        self, values: Values, node: Node, elements: Elements, seed: Seed | None, example: int | None
    ) -> None:
        """Every element of a node, or of one example of it, by its definition from the `values` of others."""
        for index in self.indices(node.name):
            if example is None or index[0] == example:
                value, places = self.programs.element(node, index)
                elements[node.name, index] = value(values, places, seed)

    def _moving(self, seed: Seed) -> Elements:
        """The elements that change with the one in `seed`, with their slopes."""
        if seed not in self._moved:
            elements = self._moved[seed] = {seed: RationalDual(self.values[seed], 1)}
            name, index = seed
            nodes, below = self.definitions.graph.nodes, self.definitions.downstream(name)
            example = index[0] if nodes[name].batched else None
            for node in nodes.values():
                if node.name in below and node.name != name:
                    mixed = example is None or self.definitions.mixes_examples(node.name, name)
                    only = example if node.batched and not mixed else None
                    self.fill(self, node, elements, seed, only)
        return self._moved[seed]

    def element(self, name: str, index: Index, seed: Seed | None) -> Number:
        """The value of one element, with its slope where it changes with the one in `seed`."""
        if name in self.sizes:
            return self.sizes[name]
        if name == PI.name and name not in self.definitions.graph.nodes:
            return self.xp.pi.value
        if name in self.definitions.derivatives:
            return self._gradient(self.definitions.derivatives[name], index)
        found = None if seed is None else self._moving(seed).get((name, index))
        return self.values[name, index] if found is None else found

    def _gradient(self, name: str, index: Index) -> Rational:
        """The derivative of the loss by an element: what its users pass on, added up.

        The first line of every derivation is compared with the engine, and so are these.
        """
        loss = self.definitions.graph.loss
        if not self._gradients:
            self._gradients[loss, ()] = 1
            computed = (node for node in reversed(self.definitions.graph.nodes.values()) if node.op)
            for node in computed:
                if node.name != loss and node.name not in self.definitions.written_out:
                    self._gradients |= {
                        (node.name, at): self._sum(node, at) for at in self.indices(node.name)
                    }
        if (name, index) not in self._gradients:
            self._gradients[name, index] = self._sum(self.definitions.graph.nodes[name], index)
        return self._gradients[name, index]

    def shares_example(self, name: str, consumer: str) -> bool:
        """Whether an example of the node `name` has to do with the same example of its consumer alone."""
        nodes = self.definitions.graph.nodes
        batched = nodes[name].batched and nodes[consumer].batched
        return batched and not self.definitions.mixes_examples(consumer, name)

    def _sum(self, node: Node, index: Index) -> Rational:
        view = _OneMoved(self, (node.name, index))
        total: Rational = 0
        for name in self.definitions.consumers(node.name):
            user, elements = self.definitions.graph.nodes[name], Elements()
            shared = self.shares_example(node.name, name)
            self.fill(view, user, elements, view.seed, index[0] if shared else None)
            total += sum(self._gradients.get(at, 0) * slope_of(value) for at, value in elements.items())
        return total

    def apply(self, op: Op, args: list[Number], params: Mapping[str, Any], *, prime: bool) -> Number:
        lifted = [arg if isinstance(arg, RationalDual) else RationalDual(arg, 0) for arg in args]
        result = op.forward(self.xp, *lifted, **params)
        if prime:
            result = op.partials[0](self.xp, result, *lifted, **params)
        return result if any(isinstance(arg, RationalDual) for arg in args) else value_of(result)


DRAWS = 8  # independent draws that every proof is made on
SPARE = 8  # further ones, for those in which something is divided by zero


class Bench:
    """The rows of the nodes in `targets` add up to 1; `sizes` are small ones unless they are given."""

    def __init__(
        self,
        definitions: Definitions,
        targets: frozenset[str] = frozenset(),
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        self.definitions = definitions
        self._programs = Programs(definitions)
        self._targets, self._sizes = targets, sizes
        self._made: list[RandomModel | None] = []

    def models(self) -> Iterator[RandomModel]:
        """Models in which every element has a value, DRAWS and some spare ones."""
        for draw in range(DRAWS + SPARE):
            if draw == len(self._made):
                try:
                    self._made.append(RandomModel(self._programs, draw, self._targets, self._sizes))
                except ZeroDivisionError:
                    self._made.append(None)
            model = self._made[draw]
            if model is not None:
                yield model


class _OneMoved:
    """A model in which one element moves and all other quantities stay as they are."""

    def __init__(self, model: RandomModel, seed: Seed) -> None:
        self.model, self.seed = model, seed
        self.apply, self.shape, self.graph = model.apply, model.shape, model.graph
        self.sums: dict[tuple[Any, ...], Number] = {}
        self._moved = RationalDual(model.values[seed], 1)

    def element(self, name: str, index: Index, seed: Seed | None) -> Number:
        return self._moved if (name, index) == self.seed else self.model.element(name, index, None)


class OthersHeld:
    """A model in which, beside the loss, only a function of an element alone changes with it."""

    def __init__(self, model: RandomModel) -> None:
        self.model = model
        self.apply, self.shape, self.graph = model.apply, model.shape, model.graph
        self.sums: dict[tuple[Any, ...], Number] = {}
        self._moved: dict[Seed, Elements] = {}

    def element(self, name: str, index: Index, seed: Seed | None) -> Number:
        if seed is None or name == self.model.definitions.graph.loss:
            return self.model.element(name, index, seed)
        found = self._moving(seed).get((name, index))
        return self.model.element(name, index, None) if found is None else found

    def _moving(self, seed: Seed) -> Elements:
        if seed not in self._moved:
            name, index = seed
            elements: Elements = {seed: RationalDual(self.model.values[seed], 1)}
            self._moved[seed] = elements
            nodes = self.model.definitions.graph.nodes
            for consumer in self.model.definitions.moving(name) - {name}:
                shared = self.model.shares_example(name, consumer)
                self.model.fill(self, nodes[consumer], elements, seed, index[0] if shared else None)
        return self._moved[seed]
