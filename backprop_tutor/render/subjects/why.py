"""Why a step is as it is, as blocks: first in numbers, then in letters for this element, then for any element
with indices, as far as each of them says something new."""

from collections.abc import Callable, Iterator

from backprop_tutor.language import Expr, Lettering, Style, Sym, to_text
from backprop_tutor.language.expr import Call, Num, Partial
from backprop_tutor.render.blocks import Block, Derivation, Maths, Prose, Reasoned, Words, cell
from backprop_tutor.render.derivations import derivation
from backprop_tutor.render.wording import typed_text
from backprop_tutor.tutor.hints import with_a_gap
from backprop_tutor.tutor.question_step import Form, Steps, StepSides
from backprop_tutor.tutor.questions import Question
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["derived", "why_blocks"]

AGAIN: dict[Form, str] = {
    "in letters": "why again: the same in letters.",
    "for any element": "why again: for any element, with indices.",
}
IN_FULL = "Every line of it: backprop-tutor explain {exercise} {quantity}"


def why_blocks(question: Question, steps: Steps, level: int = 1) -> Iterator[Block]:
    """The step's own formula, with all its numbers but one, so that the answer stays to be found; on request
    (`level` 2, 3) the chain rule of this element in letters, and in general: for the whole array, and of a
    gradient the derivation in letters that `explain` gives."""
    step, style, forms = steps.step(question), steps.style, steps.forms(question)
    form = forms[level - 1]
    said = f"why, {form} ({level} of {len(forms)})" if len(forms) > 1 else f"why, {form}"
    rule = style.prose(step.rule)
    yield Prose(
        (
            Maths(Sym(step.quantity), "asked"),
            Words(": "),
            Words(f"{rule}.", "rule"),
            Words(f"  {said}", "quiet"),
        )
    )
    if step.explanation and level == 1:
        yield Prose((Words(style.prose(step.explanation)),))
    lines = LINES[form](question, steps)
    yield from (each._replace(starts=place > 0) for place, each in enumerate(lines))
    if level < len(forms):
        yield Prose((Words(AGAIN[forms[level]]),), "quiet")
    elif step.by_path:
        exercise, quantity = steps.solution.exercise.name, typed_text(step.quantity, style)
        yield Prose((Words(IN_FULL.format(exercise=exercise, quantity=quantity)),), "quiet")


def derived(solution: Solution, step: Step, lettering: Lettering, style: Style) -> Iterator[Derivation]:
    """The lines that `explain` gives of a gradient, from those of the steps before it on."""
    lines = derivation(solution, step, lettering, alone=False)
    if lines:
        yield _lines(lines[0].left, [(line.expr, style.prose(line.rule)) for line in lines], style)


def _in_numbers(question: Question, steps: Steps) -> Iterator[Derivation]:
    """The formula of what is asked, of a whole array its first element's, and what it uses unasked."""
    side = steps.example(question)
    yield from _worked(side, steps)
    if question.part == "value":
        yield from (lines for behind in steps.behind(side) for lines in _worked(behind, steps))


def _worked(side: StepSides, steps: Steps) -> Iterator[Derivation]:
    shown = [] if side.formula is None else [(side.formula, "")]
    if side.numbers is not None and not isinstance(side.numbers, Num):
        shown.append((with_a_gap(side.numbers, side.formula), "in numbers"))
    if shown:
        yield _lines(side.name, shown, steps.style)


def _in_letters(question: Question, steps: Steps) -> Iterator[Derivation]:
    """The chain rule of one element, path by path, and what its local derivatives come to."""
    from backprop_tutor.walkthrough.chain import chain_of

    step, side = steps.step(question), steps.example(question)
    rule = steps.style.prose(step.rule)
    if not step.by_path or side.formula is None or question.part not in ("value", "formula"):
        if side.formula is not None:
            yield _lines(side.name, [(side.formula, rule)], steps.style)
        return
    chain = chain_of(steps.workings, step, question.place or (0,) * len(step.shape))
    terms = [Call("mul", (link.upstream.name, Partial(link.of, link.local.name))) for link in chain.links]
    rest = [Sym("…")] if chain.left_out else []
    summed: Expr = Call("add", (*terms[:-1], *rest, terms[-1])) if len(terms) > 1 else terms[0]
    first = "upstream times local" if len(terms) == 1 else "one term a path"
    yield _lines(side.name, [(summed, first), (side.formula, rule)], steps.style)


def _in_general(question: Question, steps: Steps) -> Iterator[Derivation]:
    step = steps.step(question)
    name, form = Sym(step.quantity), steps.workings.form(step)
    if form is not None:
        yield _lines(name, [(form, "" if step.node.size == 1 else "the whole array")], steps.style)
    if question.part in ("value", "formula"):
        yield from derived(steps.solution, step, steps.lettering, steps.style)


LINES: dict[Form, Callable[[Question, Steps], Iterator[Derivation]]] = {
    "in numbers": _in_numbers,
    "in letters": _in_letters,
    "for any element": _in_general,
}


def _lines(left: Expr, sides: list[tuple[Expr, str]], style: Style) -> Derivation:
    """`left`, and each side with its rule or a remark; said as `left = side   (rule)`."""
    lines, lead = [], f"{to_text(left, style)} "
    for expr, rule in sides:
        fact = f"{lead}= {to_text(expr, style)}{f'   ({rule})' if rule else ''}"
        lines.append(Reasoned(expr, (Words(rule),), None, facts=cell(fact)))
        lead = ""
    return Derivation(left, tuple(lines))
