"""The step that works out an element, and which elements its formula uses."""

from backprop_tutor.grading.elements import Element
from backprop_tutor.language import Style, to_text
from backprop_tutor.language.expr import Expr, leaves
from backprop_tutor.walkthrough import Solution

__all__ = ["Workbook"]


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
