"""What the quantity is that a question asks, in one line."""

from dataclasses import replace
from functools import cached_property

from backprop_tutor.engine import ops
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language import NOTATIONS, Lettering, Style, Sym, to_text
from backprop_tutor.language.expr import Call, Expr, Partial, has_options
from backprop_tutor.language.notation import OWN
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question, step_of
from backprop_tutor.walkthrough import Step

__all__ = ["Meanings"]

MAX_FORMULA = 90  # columns of a formula; a longer one is told by its rule
MAX_WHERE = 240  # columns of it with the formulas of what it uses and what is not asked


class Meanings:
    """`net1 = W1 x + b1`, `∂J/∂net1: how J reacts to net1`: each in the letters of the session."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def __call__(self, question: Question) -> str:
        step = step_of(self.steps.solution, question.quantity)
        if question.part in ("local", "upstream", "product"):
            return self._of_factor(question)
        if step.phase == "backward":
            return self._of_derivative(question, step)
        if step.form is None:  # worked out as before, with new numbers
            return self._again(step)
        return self._of_value(step)

    def _of_value(self, step: Step) -> str:
        form = self._for_one_example(step)
        rule = self._style.prose(step.rule).removeprefix("loss: ")
        text = self._equation(step, form)
        behind = self._behind(step)
        if isinstance(form, Call) and _is_named(form) and not behind:
            return f"{text}: {self._style.prose(step.explanation or step.rule).rstrip('.')}"
        if form is not None and has_options(form) and len(first := self._first(step)) <= MAX_FORMULA:
            return f"{first}: {rule}"
        where = [self._equation(each, self._for_one_example(each)) for each in behind]
        if len(text) > MAX_FORMULA:
            return f"{self._name(step.quantity)}: {rule}, made of {', '.join(map(self._name, step.uses))}"
        if where and sum(map(len, (text, *where))) <= MAX_WHERE:
            return f"{text}, where {', '.join(where)}"
        return f"{text}: {rule}" if len(text) + len(rule) + 2 <= MAX_FORMULA else text

    def _of_derivative(self, question: Question, step: Step) -> str:
        parts = step.node.parts
        if parts:
            of, *between, last = (self._name(part.name) for part in parts)
            reacts = f"the slope of {of} in {', '.join(between)}" if between else of
            return f"{self._name(step.quantity)}: how {reacts} reacts to {last}"
        name: Expr = Sym(step.quantity)
        by: Expr = Sym(step.node.name)
        if question.place is not None:
            name, by = question.name, element_symbol(step.node.name, step.node, question.place)
        loss = self._name(self.steps.solution.graph.loss)
        said = f"{self._written(name)}: how {loss} reacts to {self._written(by)}"
        return f"{said}, as one formula of whole arrays" if question.part == "formula" else said

    def _of_factor(self, question: Question) -> str:
        match question.part, question.name:
            case "local", Partial(of, wrt):
                return f"local: how {self._written(of)} reacts to {self._written(wrt)}, the rest held still"
            case "upstream", _:
                step = self.steps.step(question)
                loss = self._name(self.steps.solution.graph.loss)
                return f"upstream: how {loss} reacts to {self._name(step.node.name)}, found before"
        return "the share of one path: upstream times local"

    def _again(self, step: Step) -> str:
        return f"{self._name(step.quantity)}: {self._style.prose(step.rule)}, with the new numbers"

    def _behind(self, step: Step) -> list[Step]:
        """The steps of what the formula uses and nobody asks, followed back."""
        steps, asked = self.steps.solution.steps, self.steps.asked
        found, waiting = dict[str, Step](), [*step.uses]
        while waiting:
            name = waiting.pop(0)
            behind = None if name in asked or name in found else steps.get(name)
            if behind is not None and behind.form is not None:
                found[name] = behind
                waiting += behind.uses if behind.phase != "backward" else ()
        return [*found.values()]

    def _equation(self, step: Step, form: Expr | None) -> str:
        return f"{self._name(step.quantity)} = {to_text(form, self._style)}" if form is not None else ""

    def _first(self, step: Step) -> str:
        """What the formula of an array comes to for its first element."""
        first = self.steps.workings.element(step, (0,) * len(step.shape))
        return f"{self._written(first.name)} = {self._written(first.formula or first.name)}"

    def _for_one_example(self, step: Step) -> Expr | None:
        """The formula of the whole array; in a network as it is written for one example: W1 x."""
        node = step.node
        if step.phase == "forward" and step.uses == node.parents and len(node.parents) == 1:
            op = ops.get(node.op)
            if op.activation and not op.passes_on:
                return Call(node.op, (Sym(node.parents[0]),))
        form, columns = self.steps.workings.form(step), self._columns
        if columns is None or form is None or self.steps.lettering.by_columns or step.form is None:
            return form
        return columns.laid_out(self.steps.lettering.rewrite(step.form), step.quantity)

    @cached_property
    def _columns(self) -> Lettering | None:
        """Examples as columns, whatever the notation; None where nothing is a layer of units."""
        solution = self.steps.solution
        if not solution.exercise.is_feed_forward:
            return None
        own = self.steps.lettering.notation or NOTATIONS[OWN]
        axes = {name: node.axes for name, node in solution.quantities.items()}
        return Lettering(replace(own, rows=False), len(solution.exercise.layers or ()), axes)

    @cached_property
    def _style(self) -> Style:
        style = self.steps.style
        if self.steps.solution.exercise.layers is None:
            return style
        return style._replace(glyphs=style.glyphs._replace(matmul=" "))  # W1 x, as it may be typed

    def _name(self, name: str) -> str:
        return self._written(Sym(name))

    def _written(self, name: Expr) -> str:
        return to_text(name, self._style)


def _is_named(form: Call) -> bool:
    """Whether it is a function of quantities, whose name says little to those who meet it first."""
    return form.name in ops.FUNCTIONS.values() and all(isinstance(arg, Sym) for arg in form.args)
