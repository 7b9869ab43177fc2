"""The names of single elements: `net1(2)[1]`, `dJ/dW1[1,2]`, `W1_new[1,1]`."""

from functools import cached_property

import numpy as np

from backprop_tutor.errors import UsageError
from backprop_tutor.walkthrough import Solution

__all__ = ["Element", "Elements"]

Element = tuple[str, tuple[int, ...]]  # the quantity and the zero-based index


class Elements:
    """Every element of a solution's quantities, by name and by place."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._names: dict[str, dict[tuple[int, ...], str]] = {}
        self._found: dict[str, Element] = {}

    @cached_property
    def batched(self) -> set[str]:
        """The quantities whose first axis is the example."""
        names = [node.name for node in self.solution.graph.nodes.values() if node.batched]
        return {*names, *(self.solution.gradient_prefix + name for name in names)}

    def name(self, quantity: str, index: tuple[int, ...]) -> str:
        return self.names(quantity)[index]

    def names(self, quantity: str) -> dict[tuple[int, ...], str]:
        """The names of all elements of `quantity`, by index."""
        if quantity not in self._names:
            shape = self.solution.shapes[quantity]
            names = {index: self._name(quantity, shape, index) for index in np.ndindex(shape)}
            self._names[quantity] = names
            self._found |= {name: (quantity, index) for index, name in names.items()}
        return self._names[quantity]

    def _name(self, quantity: str, shape: tuple[int, ...], index: tuple[int, ...]) -> str:
        places, example = list(index), ""
        if quantity in self.batched:
            first = places.pop(0) + 1
            example = f"({first})" if shape[0] > 1 else ""
        return quantity + example + (f"[{','.join(str(i + 1) for i in places)}]" if places else "")

    def place(self, name: str) -> Element | None:
        """The element that has exactly this name, None for any other text."""
        if name not in self._found:
            try:
                self.find(name)
            except UsageError:
                return None
        return self._found.get(name)

    def find(self, text: str) -> tuple[str, list[tuple[int, ...]], bool]:
        """The quantity that `text` names, the indices of the elements, and whether it is one element.

        Raises UsageError for an unknown name or an index out of range.
        """
        if text in self._found:
            quantity, index = self._found[text]
            return quantity, [index], True
        shapes = self.solution.shapes
        if text in shapes:
            quantity = text
            self.names(quantity)
            return quantity, list(np.ndindex(shapes[quantity])), not shapes[quantity]
        found = self.solution.find(text)
        if found.name not in shapes:
            raise UsageError(f"there is no quantity called {found.name}", hint="`solve` shows all of them.")
        shape = shapes[found.name]
        indices = list(found.indices(shape))
        self.names(found.name)
        single = not shape or (bool(found.region) and None not in found.region)
        return found.name, indices, single
