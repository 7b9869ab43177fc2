"""The derivation of one step, as the prompt's `why` shows it."""

from collections.abc import Iterator

from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Num
from backprop_tutor.render.derivations import derivation
from backprop_tutor.tutor.hints import with_a_gap
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.walkthrough import Step

__all__ = ["why"]


def why(question: Question, steps: Steps) -> Iterator[str]:
    """The step's own formula, in symbols and in numbers but for one, so that the answer stays to be found;
    then in general: for the whole array, and of a gradient the derivation in letters that `explain` gives.
    """
    step, style = steps.step(question), steps.style
    name, form = steps.quantity(step.quantity), steps.workings.form(step)
    yield f"{name}: {style.prose(step.rule)}."
    if step.explanation:
        yield style.prose(step.explanation)
    if question.part == "value":
        yield from _element(question, steps)
    general = [f"{name} = {to_text(form, style)}"] if form is not None and step.node.size > 1 else []
    if question.part == "value":
        general += _derived(step, steps)
    if general:
        yield "In general:"
        yield from general


def _element(question: Question, steps: Steps) -> Iterator[str]:
    """The formula of what is asked, of a whole array its first element's."""
    side = steps.example(question) if question.place is None else steps.sides(question)
    name = to_text(side.name, steps.style)
    if side.formula is not None:
        yield f"{name} = {steps.text(side.formula)}"
    if side.numbers is not None and not isinstance(side.numbers, Num):
        yield f"{name} = {steps.text(with_a_gap(side.numbers))}   (in numbers)"


def _derived(step: Step, steps: Steps) -> Iterator[str]:
    left = ""
    for line in derivation(steps.solution, step, steps.lettering, alone=False):
        shown, rule = f"{steps.text(line.left)} ", steps.style.prose(line.rule)
        yield f"{'' if shown == left else shown}= {steps.text(line.expr)}   ({rule})"
        left = shown
