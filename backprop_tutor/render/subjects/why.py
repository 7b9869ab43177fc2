"""Why a step is as it is, as blocks: its rule, its formula, and the derivation of a gradient line by line."""

from collections.abc import Iterator

from backprop_tutor.language import Expr, Lettering, Style, Sym, to_text
from backprop_tutor.language.expr import Num
from backprop_tutor.render.blocks import Block, Derivation, Maths, Prose, Reasoned, Words, cell
from backprop_tutor.render.derivations import derivation
from backprop_tutor.tutor.hints import with_a_gap
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["derived", "why_blocks"]


def why_blocks(question: Question, steps: Steps) -> Iterator[Block]:
    """The step's own formula, in symbols and in numbers but for one, so that the answer stays to be found;
    then in general: for the whole array, and of a gradient the derivation in letters that `explain` gives.
    """
    step, style = steps.step(question), steps.style
    name, form = Sym(step.quantity), steps.workings.form(step)
    yield Prose((Maths(name, "asked"), Words(": "), Words(f"{style.prose(step.rule)}.", "rule")))
    if step.explanation:
        yield Prose((Words(style.prose(step.explanation)),))
    if question.part == "value":
        yield from _element(question, steps)
    general: list[Derivation] = []
    if form is not None and step.node.size > 1:
        general.append(_lines(name, [(form, "")], style))
    if question.part == "value":
        general += derived(steps.solution, step, steps.lettering, style)
    if general:
        yield Prose((Words("In general:"),))
        yield from (lines._replace(starts=place > 0) for place, lines in enumerate(general))


def derived(solution: Solution, step: Step, lettering: Lettering, style: Style) -> Iterator[Derivation]:
    """The lines that `explain` gives of a gradient, from those of the steps before it on."""
    lines = derivation(solution, step, lettering, alone=False)
    if lines:
        yield _lines(lines[0].left, [(line.expr, style.prose(line.rule)) for line in lines], style)


def _element(question: Question, steps: Steps) -> Iterator[Derivation]:
    """The formula of what is asked, of a whole array its first element's."""
    side = steps.example(question) if question.place is None else steps.sides(question)
    shown = [] if side.formula is None else [(side.formula, "")]
    if side.numbers is not None and not isinstance(side.numbers, Num):
        shown.append((with_a_gap(side.numbers), "in numbers"))
    if shown:
        yield _lines(side.name, shown, steps.style)


def _lines(left: Expr, sides: list[tuple[Expr, str]], style: Style) -> Derivation:
    """`left`, and each side with its rule or a remark; said as `left = side   (rule)`."""
    lines, lead = [], f"{to_text(left, style)} "
    for expr, rule in sides:
        fact = f"{lead}= {to_text(expr, style)}{f'   ({rule})' if rule else ''}"
        lines.append(Reasoned(expr, (Words(rule),), None, facts=cell(fact)))
        lead = ""
    return Derivation(left, tuple(lines))
