"""What the loss does when one number is changed a little, beside what its derivative promises."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backprop_tutor.engine.evaluate import forward
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.quantity import element_name
from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.walkthrough import Solution

if TYPE_CHECKING:
    from backprop_tutor.grading.elements import Elements, Part

__all__ = ["Nudge", "Nudging"]

HOW_TO_TRY = "Name a number and its new value, as in try {} = 1.01."


class Nudge(NamedTuple):
    """The element `name`, `before` and `after` it was changed, and the loss with each. `slope` is the
    derivative by it, called `gradient`, at the value before."""

    name: str
    gradient: str
    before: float
    after: float
    loss_before: float
    loss_after: float
    slope: float

    @property
    def step(self) -> float:
        return self.after - self.before

    @property
    def change(self) -> float:
        """What the loss does."""
        return self.loss_after - self.loss_before

    @property
    def promise(self) -> float:
        """What it would do if it were a straight line."""
        return self.slope * self.step

    def as_json(self) -> dict[str, Any]:
        return {"nudged": self.name} | {
            key: getattr(self, key) for key in ("before", "after", "change", "slope", "promise")
        }


class Nudging:
    """Runs the forward pass of a solution again with one number changed. Names are read in a notation."""

    def __init__(self, solution: Solution, lettering: Lettering = CANONICAL) -> None:
        self.solution, self.lettering = solution, lettering

    @cached_property
    def elements(self) -> "Elements":
        from backprop_tutor.grading.elements import Elements

        return Elements(self.solution)

    def __call__(self, name: str, value: str) -> Nudge:
        """Raises UsageError for a name or a value that cannot be tried, and says what can."""
        try:
            return self._nudged(name, value)
        except UsageError as error:
            hint = f"{error.hint} {HOW_TO_TRY.format(self._example(name))}".strip()
            raise UsageError(error.what, hint=hint) from None

    def _example(self, name: str) -> str:
        """An element that can be changed: of the array called `name`, or of the first that there is."""
        known = self.solution.first.values
        try:
            quantity = self._found(name).quantity
        except UsageError:
            quantity = ""
        is_apt = quantity in known and quantity != self.solution.graph.loss
        node = quantity if is_apt else self.solution.differentiated[0]
        found = self.solution.graph.nodes[node]
        return self.lettering.typed(element_name(node, found, (0,) * len(found.shape)))

    def _found(self, name: str) -> "Part":
        return self.elements.find(self.elements.canonical(name, self.lettering))

    def _nudged(self, name: str, value: str) -> Nudge:
        solution, elements = self.solution, self.elements
        if not value:
            raise UsageError("Which number, and what instead?")
        part = self._found(name)
        node = solution.node_of(part.quantity)
        if node != part.quantity or node not in solution.first.values:
            raise UsageError(
                f"{name} cannot be changed by itself.", hint="Change a weight, an input or a value."
            )
        if part.single is None:
            raise UsageError(f"{name} is an array.", hint="Change one number of it.")
        graph, index = solution.graph, part.single[1]
        if node == graph.loss or node not in graph.upstream(graph.loss):
            raise UsageError(f"{graph.loss} does not depend on {name} by way of anything else.")
        after = self._number(value)
        values = solution.first.values
        changed = np.array(values[node], dtype=float)
        before = float(changed[index])
        changed[index] = after
        way = graph.downstream([node]) | {node}
        known = {other: array for other, array in values.items() if other not in way}
        with np.errstate(all="ignore"):
            run = forward(graph, FLOAT64, {**known, node: changed}, only=way)
        losses = float(np.asarray(values[graph.loss])), float(np.asarray(run[graph.loss]))
        if not np.isfinite(losses[1]):
            raise UsageError(f"{graph.loss} has no finite value at {name} = {value}.")
        quantity = solution.gradient_prefix + node
        slope = float(np.asarray(solution.first.gradient(node))[index])
        gradient = element_name(quantity, graph.nodes[node], index)
        return Nudge(elements.name(node, index), gradient, before, after, *losses, slope)

    def _number(self, text: str) -> float:
        from backprop_tutor.errors import LanguageError
        from backprop_tutor.grading.answer import read_answer

        try:
            number = read_answer(text, self.solution).number
        except LanguageError as error:
            raise UsageError(str(error)) from None
        if number is None or not np.isfinite(number.value):
            raise UsageError(f"{text} is no number.")
        return number.value
