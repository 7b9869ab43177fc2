"""The step behind a question: its formula, the formula with numbers, its value, and who needs it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple

from backprop_tutor.language import CANONICAL, Lettering, Style, to_text
from backprop_tutor.language.expr import Expr, Item, Sym, leaves
from backprop_tutor.tutor.questions import Question, step_of
from backprop_tutor.walkthrough import Solution, Step, Worked, Workings, shortened

__all__ = ["Form", "StepSides", "Steps"]

Form = Literal["in numbers", "in letters", "for any element"]  # of why a step is as it is

MAX_BEHIND = 4  # formulas that are followed back
MAX_WRITTEN = 16  # elements of an array whose values are still written out


class StepSides(NamedTuple):
    """`name = formula = numbers = value`; what a step does not have is None or empty."""

    name: Expr
    formula: Expr | None
    numbers: Expr | None
    value: str


class Steps:
    """Works out what there is to say about each of the `questions` on a solution, in the notation
    `lettering`, which `style` has the letters of."""

    def __init__(
        self,
        solution: Solution,
        style: Style,
        questions: Iterable[Question] = (),
        precision: int = 6,
        lettering: Lettering = CANONICAL,
    ) -> None:
        self.solution, self.style, self.lettering = solution, style, lettering
        self.asked = {question.quantity for question in questions}
        self.workings = Workings(solution, precision, lettering)

    def step(self, question: Question) -> Step:
        """The step that answers the question: of an upstream gradient its own."""
        return step_of(self.solution, self._place(question)[0])

    def _place(self, question: Question) -> tuple[str, tuple[int, ...] | None]:
        """The quantity and the element that the question is about."""
        if question.part == "upstream":
            return next(self._elements(question.name))
        return question.quantity, question.place

    def sides(self, question: Question) -> StepSides:
        """The equation that answers the question."""
        step, index = self.step(question), self._place(question)[1]
        if question.factor is not None and question.part != "upstream":
            return self._factor(step, question, question.factor)
        if index is not None:
            return self._worked(self.workings.element(step, index))
        form, array = self.workings.form(step), self.workings.array(step)
        if array:
            return StepSides(question.name, form, array[0], to_text(array[1], self.style))
        return StepSides(question.name, form, None, self.values(step))

    def example(self, question: Question) -> StepSides:
        """The first element of a whole array, as an example of all of them; of one number its own sides."""
        step = self.step(question)
        if question.place is not None or step.node.size == 1:
            return self.sides(question)
        return self._worked(self.workings.element(step, (0,) * len(step.shape)))

    def forms(self, question: Question) -> tuple[Form, ...]:
        """How it can be said why the step is as it is, each time something new: a formula that follows no
        path has no chain of letters, and that of one number is the same for any element."""
        step = self.step(question)
        if step.by_path:
            return "in numbers", "in letters", "for any element"
        return ("in numbers", "for any element") if step.node.size > 1 else ("in numbers",)

    def needed_for(self, question: Question) -> list[str]:
        """The quantities whose steps use this one."""
        return [s.quantity for s in self.solution.steps.values() if question.quantity in s.uses]

    def needed(self, question: Question) -> list[str]:
        """The quantities that the answer is worked out from: given, or asked before. Where the step uses
        one that is not asked, those that it is worked out from in turn."""
        found: dict[str, None] = {}
        waiting = list(self.step(question).uses)
        seen = set(waiting)
        while waiting:
            name = waiting.pop(0)
            if name in self.asked or self.is_told(name):
                found[name] = None
                continue
            uses = [n for n in self.solution.steps[name].uses if n not in seen]
            seen.update(uses)
            waiting += uses
        return list(found)

    def is_told(self, name: str) -> bool:
        """Whether the quantity is given, or told because it only repeats an earlier pass with new numbers."""
        step = self.solution.steps.get(name)
        return step is None or (step.form is None and not step.by_path and name not in self.asked)

    def behind(self, side: StepSides) -> Iterator[StepSides]:
        """The steps of the quantities in the formula that are not asked: of net2[1] in `z[1] = net2[1]`."""
        waiting = [side]
        for _ in range(MAX_BEHIND):
            if not waiting:
                return
            formula = waiting.pop(0).formula
            for quantity, index in dict.fromkeys(self._elements(formula)):
                if quantity not in self.asked and quantity in self.solution.steps:
                    found = self._worked(self.workings.element(self.solution.steps[quantity], index))
                    waiting.append(found)
                    yield found

    def _elements(self, formula: Expr | None) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The elements that a formula mentions, with zero-based indices."""
        for leaf in leaves(formula) if formula is not None else ():
            element = self.solution.element(leaf)
            if element and (isinstance(leaf, Item) or not element[1]):
                yield element

    def values(self, step: Step) -> str:
        """The value of a whole quantity, its middle left out if there is too much of it."""
        if step.node.size <= MAX_WRITTEN:
            return to_text(self.workings.value(step.quantity), self.style)
        shown = islice(self.solution.find(step.quantity).indices(step.shape), 3)
        texts = [self._worked(self.workings.element(step, index)) for index in shown]
        return ", ".join(f"{self.text(s.name)} = {s.value}" for s in texts) + ", …"

    def text(self, expr: Expr) -> str:
        return to_text(expr, self.style)

    def quantity(self, name: str) -> str:
        return to_text(Sym(name), self.style)

    def answer(self, question: Question, text: str) -> str:
        """A saved answer as this notation writes it."""
        from backprop_tutor.grading.answer import written_answer

        return written_answer(text.strip(), self.solution, question.target, self.lettering, self.style)

    def _worked(self, worked: Worked) -> StepSides:
        formula, numbers = (part and shortened(part) for part in (worked.formula, worked.substituted))
        return StepSides(worked.name, formula, numbers, self._number(worked))

    def _number(self, worked: Worked) -> str:
        return self.workings.text(worked.value, worked.exact)

    def _factor(self, step: Step, question: Question, formula: Expr) -> StepSides:
        formula = self.lettering.rewrite(formula)
        value, exact = self.workings.value_of(step, formula)
        numbers = self.workings.substitute(step, formula)
        return StepSides(question.name, formula, numbers, self.workings.text(value, exact))
