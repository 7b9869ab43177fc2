"""The derivation of one step, as the prompt's `why` shows it."""

from collections.abc import Iterator

from backprop_tutor.language import to_text
from backprop_tutor.render.derivations import derivation
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.steps import Steps

__all__ = ["why"]


def why(question: Question, steps: Steps) -> Iterator[str]:
    """Lines without numbers: the answer stays to be found.

    The step's own formulas, and of a gradient the derivation that `explain` gives in letters.
    """
    step, style = steps.step(question), steps.style
    yield f"{steps.quantity(step.quantity)}: {step.rule}."
    if step.explanation:
        yield step.explanation
    if step.form is not None and step.node.size > 1:
        yield f"{steps.quantity(step.quantity)} = {to_text(step.form, style)}"
    side = steps.example(question) if question.place is None else steps.sides(question)
    if side.formula is not None and question.part == "value":
        yield f"{to_text(side.name, style)} = {to_text(side.formula, style)}"
    if question.part == "value":
        left = ""
        for line in derivation(steps.solution, step, alone=False):
            shown = f"{to_text(line.left, style)} "
            yield f"{'' if shown == left else shown}= {to_text(line.right, style)}   ({line.rule})"
            left = shown
