"""The step that works out an element, and which elements its formula uses."""

from backprop_tutor.grading.elements import Element
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Expr, Item, Num, Sym, leaves
from backprop_tutor.walkthrough import Solution, Step, gradient_step

__all__ = ["Workbook"]


class Workbook:
    """The formulas of single elements, kept as they are asked for."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._formulas: dict[Element, Expr | None] = {}
        self._texts: dict[Element, str] = {}
        self._others: dict[str, Step] = {}

    def step(self, quantity: str) -> Step | None:
        """The step of `quantity`; None for data and parameters."""
        solution = self.solution
        if quantity in solution.steps:
            return solution.steps[quantity]
        name = quantity.removeprefix(solution.gradient_prefix)
        if name == quantity or name == solution.graph.loss or quantity not in solution.shapes:
            return None
        if quantity not in self._others:
            self._others[quantity] = gradient_step(solution, name)
        return self._others[quantity]

    def formula(self, quantity: str, index: tuple[int, ...]) -> Expr | None:
        if (quantity, index) not in self._formulas:
            step = self.step(quantity)
            self._formulas[quantity, index] = step.element(index) if step else None
        return self._formulas[quantity, index]

    def text(self, quantity: str, index: tuple[int, ...]) -> str:
        """The formula on one line, nothing where there is none."""
        if (quantity, index) not in self._texts:
            formula = self.formula(quantity, index)
            self._texts[quantity, index] = to_text(formula) if formula else ""
        return self._texts[quantity, index]

    def used(self, quantity: str, index: tuple[int, ...]) -> list[Element]:
        """The elements in the formula, in order, each once."""
        formula = self.formula(quantity, index)
        found = (self._element(leaf) for leaf in leaves(formula)) if formula else ()
        return list(dict.fromkeys(element for element in found if element))

    def _element(self, leaf: Expr) -> Element | None:
        base = leaf.base if isinstance(leaf, Item) else leaf
        if not isinstance(base, Sym) or base.name not in self.solution.shapes:
            return None
        places = []
        if isinstance(leaf, Item):
            places = [*([leaf.example] if leaf.example else []), *leaf.index]
        index = tuple(int(place.value) - 1 for place in places if isinstance(place, Num))
        missing = len(self.solution.shapes[base.name]) - len(index)
        return base.name, (0,) * missing + index  # a single example goes unsaid
