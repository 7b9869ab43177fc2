"""A solution as plain lines, one fact a line: for screen readers, pipes and dumb terminals."""

from collections.abc import Iterable, Iterator

from backprop_tutor.language import Style, to_text
from backprop_tutor.render.equations import array_equation, equation, values
from backprop_tutor.render.texts import (
    PHASE_TITLES,
    Checks,
    at_a_glance,
    has_matrix_form,
    mark,
    shape_text,
    typed_text,
)
from backprop_tutor.render.view import Leaf, StepView
from backprop_tutor.walkthrough import Solution

__all__ = ["PlainRenderer"]


class PlainRenderer:
    """Gives out lines; `form` is element, matrix or both."""

    def __init__(self, style: Style, precision: int, form: str = "both") -> None:
        self.style = style
        self.precision = precision
        self.form = form

    def header(self, solution: Solution, leaves: Iterable[Leaf]) -> Iterator[str]:
        exercise = solution.exercise
        yield f"exercise: {exercise.title}"
        for line in exercise.description.splitlines():
            yield f"task: {line}"
        yield f"graph: {at_a_glance(solution, self.style)}"
        yield from self.leaves(leaves)

    def leaves(self, leaves: Iterable[Leaf]) -> Iterator[str]:
        for leaf in leaves:
            kind = "given" if leaf.node.role == "given" else "parameter"
            yield f"{kind}: {typed_text(leaf.node.name, self.style)}, {shape_text(leaf.shape, self.style)}"
            for name, value in leaf.elements:
                yield f"{kind}: {to_text(name, self.style)} = {value}"
            if leaf.left_out:
                yield f"{kind}: {leaf.left_out:,} more elements of {typed_text(leaf.node.name, self.style)}"

    def step(self, view: StepView) -> Iterator[str]:
        step = view.step
        if view.skipped:
            yield f"skipped: {view.skipped:,} steps (ask for one with --quantity)"
        name = typed_text(step.quantity, self.style)
        place = f"{PHASE_TITLES[step.phase]} {view.number} of {view.of}"
        yield f"step: {place}: {name}, {shape_text(view.shape, self.style)}"
        yield f"rule: {view.rule}"
        if view.explanation:
            yield f"why: {view.explanation}"
        if has_matrix_form(view) and self.form != "element":
            yield f"matrix form: {' '.join(array_equation(view, self.style))}"
        if self.form != "matrix" or not has_matrix_form(view):
            for row in view.rows:
                yield " ".join(equation(row, self.precision, self.style))
        else:
            for row in view.rows:
                yield f"{to_text(row.name, self.style)} {' '.join(values(row, self.precision, self.style))}"
        if view.left_out:
            yield f"left out: {view.left_out:,} more elements (ask for one with --quantity)"
        if mark(view, self.style):
            yield f"verified: {mark(view, self.style)}"

    def footer(self, checks: Checks, notes: Iterable[str]) -> Iterator[str]:
        for note in notes:
            yield f"note: {note}"
        for line in checks.lines():
            yield f"check: {line}"
