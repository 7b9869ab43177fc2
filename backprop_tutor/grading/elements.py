"""The names of single elements: `net1(2)[1]`, `dJ/dW1[1,2]`, `W1_new[1,1]`."""

from functools import cached_property
from math import prod
from typing import NamedTuple

import numpy as np

from backprop_tutor.errors import UsageError
from backprop_tutor.walkthrough import Solution

__all__ = ["Element", "Elements", "Part"]

Index = tuple[int, ...]
Element = tuple[str, Index]  # the quantity and the zero-based index


class Part(NamedTuple):
    """Some elements of a quantity, None for all of them."""

    quantity: str
    indices: list[Index] | None

    @property
    def single(self) -> Element | None:
        if self.indices is None or len(self.indices) != 1:
            return None
        return self.quantity, self.indices[0]


class Elements:
    """Every element of a solution's quantities, by name and by place."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._names: dict[Element, str] = {}
        self._all: dict[str, dict[Index, str]] = {}
        self._found: dict[str, Part] = {}

    @cached_property
    def batched(self) -> set[str]:
        """The quantities whose first axis is the example."""
        names = [node.name for node in self.solution.graph.nodes.values() if node.batched]
        return {*names, *(self.solution.gradient_prefix + name for name in names)}

    def name(self, quantity: str, index: Index) -> str:
        if (quantity, index) not in self._names:
            name = self._name(quantity, index)
            self._names[quantity, index] = name
            self._found[name] = Part(quantity, [index])
        return self._names[quantity, index]

    def names(self, quantity: str) -> dict[Index, str]:
        """The names of all elements of `quantity`, by index."""
        if quantity not in self._all:
            shape = self.solution.shapes[quantity]
            self._all[quantity] = {index: self.name(quantity, index) for index in np.ndindex(shape)}
        return self._all[quantity]

    def _name(self, quantity: str, index: Index) -> str:
        places, example = list(index), ""
        if quantity in self.batched:
            first = places.pop(0) + 1
            example = f"({first})" if self.solution.shapes[quantity][0] > 1 else ""
        return quantity + example + (f"[{','.join(str(i + 1) for i in places)}]" if places else "")

    def place(self, name: str) -> Element | None:
        """The element that has this name, None for any other text."""
        try:
            return self.find(name).single
        except UsageError:
            return None

    def find(self, text: str) -> Part:
        """What `text` names. Raises UsageError for an unknown name or an index out of range."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Part:
        shapes = self.solution.shapes
        found = self.solution.find(text)
        if found.name not in shapes:
            raise UsageError(f"there is no quantity called {found.name}.", hint="`solve` shows all of them.")
        shape = shapes[found.name]
        if prod(shape) > 1 and all(place is None for place in found.region):
            return Part(found.name, None)
        return Part(found.name, list(found.indices(shape)))
