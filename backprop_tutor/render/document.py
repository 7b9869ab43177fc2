"""What an export holds, before anybody decides how it looks: the chosen steps, each confirmed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from backprop_tutor.grading.book import Book
from backprop_tutor.grading.history import History
from backprop_tutor.grading.selection import asked
from backprop_tutor.language import CANONICAL, Lettering, Style, to_text
from backprop_tutor.render.blocks import Block
from backprop_tutor.render.confirmations import Checks
from backprop_tutor.render.derivations import derivation
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.selftest import right_numbers, salt_of, sealed
from backprop_tutor.render.subjects.solution import SolutionBlocks, solution_blocks
from backprop_tutor.render.subjects.task import ON_PAPER, TaskBlocks
from backprop_tutor.render.view import Leaf, Selection, StepView, leaf_rows, select, view
from backprop_tutor.walkthrough import Solution, Step
from backprop_tutor.walkthrough.derivation.derivation_form import Line

__all__ = ["ROUTES", "Document"]

WRITTEN_OUT = 400  # numbers of an array that is given
ROUTES = ("forward_mode", "finite_difference")  # SymPy's own diff takes seconds; `solve` runs it


@dataclass(frozen=True)
class Document:
    """A solution as it is to be exported: the step of one `quantity`, or the whole walkthrough.

    `form` is element, matrix or both. A `blank` document asks for the values instead of showing them,
    and then for those that the exercise asks for. A version may be that of one `student`.
    """

    solution: Solution
    quantity: str | None = None
    form: str = "both"
    precision: int = 6
    blank: bool = False
    derivations: bool = False
    progress: Callable[[int, int], None] | None = None
    lettering: Lettering = CANONICAL
    student: str = ""

    @cached_property
    def style(self) -> Style:
        return style_for(notation=self.lettering)

    @cached_property
    def selection(self) -> Selection:
        """Raises UsageError where there is no such quantity."""
        if not self.blank or self.quantity is not None:
            return select(self.solution, None, self.quantity, self.lettering)
        chosen: dict[str, tuple[tuple[int, ...], ...]] = {}
        for question in asked(self.solution):
            chosen[question.quantity] = (*chosen.get(question.quantity, ()), *question.indices)
        steps = filter(None, map(self.solution.step, chosen))
        return Selection(tuple((step, None) for step in steps), chosen)

    @cached_property
    def views(self) -> tuple[StepView, ...]:
        shown = view(
            self.solution,
            self.selection,
            self.precision,
            self.progress,
            self.lettering,
            every=self.blank,
            routes=ROUTES,
        )
        return tuple(shown)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What is computed by the end of the document: its steps, and all before the one of a `quantity`."""
        shown = [view.step for view in self.views]
        order = list(self.solution.steps.values())
        if self.quantity is None or not shown:
            return tuple(shown)
        before = order.index(shown[0]) if shown[0] in order else len(order)
        return (*order[:before], *shown)

    @cached_property
    def leaves(self) -> list[Leaf]:
        return leaf_rows(self.solution, self.precision, lettering=self.lettering, most=WRITTEN_OUT)

    @cached_property
    def sealed(self) -> dict[str, str]:
        """By the name of each element asked, what tells the right answers to it."""
        history = History(Book(self.solution))
        salt = salt_of(self.solution.exercise.name, self.solution.exercise.title)
        found = {}
        for shown in self.views:
            for index, row in zip(shown.indices, shown.rows, strict=True):
                name = to_text(row.name, self.style)
                found[name] = sealed(salt, name, right_numbers(history, (shown.step.quantity, index)))
        return found

    @cached_property
    def makes(self) -> SolutionBlocks:
        """What makes the blocks that the document is painted from."""
        return SolutionBlocks(
            self.solution,
            self.style,
            self.precision,
            self.form,
            blank=self.blank,
            document=True,
            derivation=self._derivation,
        )

    @cached_property
    def task(self) -> TaskBlocks:
        """What makes the blocks that a blank document states before it asks."""
        return TaskBlocks(self.solution, self.lettering)

    def blocks(self) -> Iterator[Block]:
        if not self.blank:
            yield from solution_blocks(self.makes, self.leaves, self.views)
            return
        yield from self.task.heading()
        yield from self.task.statement(how=ON_PAPER)
        yield from self.makes.steps(self.views, Checks())

    def _derivation(self, step: Step) -> list[Line]:
        """The lines that prove a gradient, where the document is to have them."""
        if not self.derivations or self.blank:
            return []
        return derivation(self.solution, step, self.lettering, alone=self.quantity is not None)
