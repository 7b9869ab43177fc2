"""The demonstration as a pure state: where it stands, what is known, what is hidden. It knows no screen."""

from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from backprop_tutor.language import CANONICAL, Lettering
from backprop_tutor.render.pictures.layout import Layout
from backprop_tutor.render.view import StepView, select, view
from backprop_tutor.walkthrough import Quantity, Solution, Step

__all__ = ["LEVELS", "Show"]

LEVELS = ("layer", "quantity", "element")
ROUTES = ("forward_mode",)  # one is quick enough to run between two key presses


@dataclass
class Show:
    """A walk over the steps of a solution. `step` is -1 before the first, `row` None for all elements.

    `asking` hides each value when its step comes; the next move forward shows it. `trained` is the
    place after the last step, where there is something to see.
    """

    solution: Solution
    layout: Layout
    precision: int = 6
    lettering: Lettering = CANONICAL
    training: bool = False
    step: int = -1
    row: int | None = None
    level: str = "quantity"
    asking: bool = False
    hidden: bool = False
    _views: dict[tuple[str, int], StepView] = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        return list(self.solution.steps.values())

    @property
    def current(self) -> Step | None:
        return self.steps[self.step] if 0 <= self.step < len(self.steps) else None

    @property
    def trained(self) -> bool:
        return self.step == len(self.steps)

    @property
    def ended(self) -> bool:
        last = len(self.steps) - (0 if self.training else 1)
        return self.step >= last and not self.hidden and self._at_last_row()

    @property
    def known(self) -> set[str]:
        """The quantities whose values may be shown: all before this step, and its own unless hidden."""
        steps = self.steps[: self.step + 1]
        own = steps[-1].quantity if steps and not self.trained else ""
        partly = self.hidden or not self._at_last_row()
        return {step.quantity for step in steps if not (partly and step.quantity == own)}

    @property
    def index(self) -> tuple[int, ...] | None:
        """The zero-based index of the element that is looked at, None for all of them."""
        shown = self.view()
        if shown is None or self.row is None or not shown.step.shape:
            return None
        is_last = self.row == len(shown.rows) - 1
        place = shown.step.node.size - 1 if is_last else self.row
        return tuple(int(at) for at in np.unravel_index(place, shown.step.shape))

    def view(self) -> StepView | None:
        """The current step with its rows."""
        if self.current is None:
            return None
        key = (self.current.quantity, self.precision)
        if key not in self._views:
            selection = select(self.solution, None, self.current.quantity)
            shown = view(self.solution, selection, self.precision, None, self.lettering, routes=ROUTES)
            self._views[key] = next(shown)
        return self._views[key]

    def reletter(self, lettering: Lettering) -> None:
        """Go on in the letters of another notation."""
        self.lettering = lettering
        self._views.clear()

    def forward(self) -> None:
        if self.hidden:
            self.hidden = False
        elif not self.ended:
            self._forward()
            self.hidden = self.asking and self.current is not None

    def back(self) -> None:
        self.hidden = False
        if self.level == "element" and self.row:
            self.row -= 1
            return
        if self.level == "layer":
            starts = [group[-1] for group in self._groups() if group[-1] < self.step]
            self.step = max(starts, default=-1)
        else:
            self.step = max(self.step - 1, -1)
        self.row = self._rows() - 1 if self.level == "element" and self.current else None

    def finer(self) -> None:
        self._level(+1)

    def coarser(self) -> None:
        self._level(-1)

    def ask(self) -> None:
        """Hide this value and those to come until they are asked for, or stop hiding."""
        self.asking = not self.asking
        self.hidden = self.asking and self.current is not None

    def go(self, text: str) -> None:
        """To the step of a quantity. Raises UsageError."""
        found = self.solution.find(text, self.lettering)
        names = [step.quantity for step in self.steps]
        if found.name not in names:
            self.step, self.row, self.hidden = -1, None, False
            return
        self.step, self.row, self.hidden = names.index(found.name), None, self.asking
        if found.region and None not in found.region:
            self.level = "element"
            self.row = self._place(found)

    def finish(self) -> None:
        self.step, self.row, self.hidden = len(self.steps) - (0 if self.training else 1), None, False

    def _forward(self) -> None:
        if self.level == "element" and self.row is not None and self.row + 1 < self._rows():
            self.row += 1
        elif self.level == "layer":
            ends = [group[-1] for group in self._groups() if group[-1] > self.step]
            self.step = min(ends, default=len(self.steps))
        else:
            self.step += 1
            self.row = 0 if self.level == "element" and self.current else None

    def _at_last_row(self) -> bool:
        return self.row is None or self.row + 1 >= self._rows()

    def _rows(self) -> int:
        shown = self.view()
        return len(shown.rows) if shown else 1

    def _place(self, quantity: Quantity) -> int:
        index = tuple(at or 0 for at in quantity.region)
        return min(int(np.ravel_multi_index(index, self.solution.shapes[quantity.name])), self._rows() - 1)

    def _level(self, by: int) -> None:
        place = LEVELS.index(self.level) + by
        self.level = LEVELS[max(0, min(place, len(LEVELS) - 1))]
        self.row = 0 if self.level == "element" and self.current else None

    def _groups(self) -> list[list[int]]:
        """The steps in groups: those of one phase that belong to one column of the drawing."""
        column = {name: cell.column for cell in self.layout.cells for name in cell.nodes}
        weights = self.layout.weights

        def group(number: int) -> tuple[str, int]:
            step = self.steps[number]
            name = step.node.name
            return step.phase, 0 if step.phase == "update" else column.get(weights.get(name, name), -1)

        return [list(numbers) for _, numbers in groupby(range(len(self.steps)), key=group)]
