"""Single elements: their names (`net1(2)[1]`, `dJ/dW1[1,2]`), and the formulas that work them out."""

from collections.abc import Mapping
from contextlib import suppress
from math import prod
from typing import NamedTuple, TypeVar

import numpy as np

from backprop_tutor.errors import LanguageError, UsageError
from backprop_tutor.exercise.quantity import Quantity, element_name, element_symbol, split_name
from backprop_tutor.language import Lettering, Style, Sym, to_text
from backprop_tutor.language.expr import Expr, leaves
from backprop_tutor.walkthrough import Solution

__all__ = ["Element", "Elements", "Part", "Workbook"]

Index = tuple[int, ...]
Element = tuple[str, Index]  # the quantity and the zero-based index
T = TypeVar("T")


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

    def name(self, quantity: str, index: Index) -> str:
        if (quantity, index) not in self._names:
            name = element_name(quantity, self.solution.quantities[quantity], index)
            self._names[quantity, index] = name
            self._found[name] = Part(quantity, [index])
        return self._names[quantity, index]

    def names(self, quantity: str) -> dict[Index, str]:
        """The names of all elements of `quantity`, by index."""
        if quantity not in self._all:
            shape = self.solution.shapes[quantity]
            self._all[quantity] = {index: self.name(quantity, index) for index in np.ndindex(shape)}
        return self._all[quantity]

    def respelled(self, by_name: Mapping[str, T]) -> dict[str, T]:
        """The entries of `by_name` under the names that questions have: `dJ/dnet1` for `delta1`, and those
        of its elements for a row."""
        found: dict[str, T] = {}
        for text, value in by_name.items():
            name, region = self.solution.find(text)
            is_whole = all(place is None for place in region)
            indices = () if is_whole else Quantity(name, region).indices(self.solution.shapes[name])
            found |= dict.fromkeys([name] if is_whole else [self.name(name, i) for i in indices], value)
        return found

    def written(self, name: str, style: Style) -> str:
        """The name of a quantity or of an element in the letters of `style`."""
        quantity, places = split_name(name)
        if quantity in self.solution.shapes:
            return to_text(Sym(quantity), style) + places
        part = self.find(name)
        if part.single is None:
            return to_text(Sym(part.quantity), style)
        node = self.solution.quantities[part.quantity]
        return to_text(element_symbol(part.quantity, node, part.single[1]), style)

    def canonical(self, text: str, lettering: Lettering) -> str:
        """A name in the program's own letters: as it is where they have it, else read in a notation."""
        if lettering.notation and split_name(text.strip())[0] not in self.solution.shapes:
            with suppress(LanguageError):
                return lettering.canonical(text)
        return text

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
        found = self.solution.find(text)
        shape = self.solution.shapes[found.name]
        if prod(shape) > 1 and all(place is None for place in found.region):
            return Part(found.name, None)
        return Part(found.name, list(found.indices(shape)))


class Workbook:
    """The formulas of single elements, kept as they are asked for."""

    def __init__(self, solution: Solution, style: Style) -> None:
        self.solution, self.style = solution, style
        self._formulas: dict[Element, Expr | None] = {}
        self._texts: dict[Element, str] = {}

    def formula(self, quantity: str, index: tuple[int, ...]) -> Expr | None:
        if (quantity, index) not in self._formulas:
            step = self.solution.step(quantity)
            self._formulas[quantity, index] = step.element(index) if step else None
        return self._formulas[quantity, index]

    def text(self, quantity: str, index: tuple[int, ...]) -> str:
        """The formula on one line, nothing where there is none."""
        if (quantity, index) not in self._texts:
            formula = self.formula(quantity, index)
            self._texts[quantity, index] = to_text(formula, self.style) if formula else ""
        return self._texts[quantity, index]

    def used(self, quantity: str, index: tuple[int, ...]) -> list[Element]:
        """The elements in the formula, in order, each once."""
        formula = self.formula(quantity, index)
        found = (self.solution.element(leaf) for leaf in leaves(formula)) if formula else ()
        return list(dict.fromkeys(element for element in found if element))
