"""What a session says, before anybody decides how it looks: the same words on a terminal and as lines."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice

from backprop_tutor.errors import LanguageError
from backprop_tutor.exercise.quantity import element_symbol
from backprop_tutor.language import Style, caret
from backprop_tutor.language.expr import Expr, Item, Num, Partial
from backprop_tutor.language.text import to_text
from backprop_tutor.render.equations import number_texts
from backprop_tutor.render.wording import shape_text
from backprop_tutor.tutor.events import Asked, Filled, Guessed, Marked, Skipped, Tried
from backprop_tutor.tutor.question_step import Steps, StepSides
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Among
from backprop_tutor.tutor.summary import OUTCOMES, Summary, time_text

__all__ = [
    "behind_texts",
    "equation_text",
    "example_text",
    "filled_text",
    "guessed_text",
    "needed_for",
    "offers",
    "place_text",
    "question_text",
    "reading",
    "skipped_text",
    "solved_rows",
    "summary_rows",
    "target_text",
    "tried_lines",
    "turning_text",
    "verdict_lines",
]

BACKWARDS = (
    "Now backwards. {loss} is one number: one pass back from it gives its derivative by every quantity, each "
    "from the one just found. Forwards, every weight would need a pass of its own."
)

FRACTION = re.compile(r"-?\d+/\d+")
MAX_BEHIND = 3
MAX_LISTED = 6


def target_text(question: Question, style: Style) -> str:
    """What is asked, as formulas write it: `∂J/∂W1[1,2]`."""
    return _name(question.name, style)


def _name(name: Expr, style: Style) -> str:
    if isinstance(name, Partial):  # between two nodes: ∂net2[1]/∂W2[1,1]
        partial = style.glyphs.partial
        return f"{partial}{to_text(name.of, style)}/{partial}{to_text(name.wrt, style)}"
    return to_text(name, style)


def question_text(question: Question, steps: Steps) -> str:
    """The question, with how a whole array is typed, and what is assumed on a kink."""
    convention = steps.solution.convention(question.quantity, question.place)
    return f"{_asked(question, steps)} {convention}".rstrip()


def _asked(question: Question, steps: Steps) -> str:
    style = steps.style
    target = target_text(question, style)
    match question.part:
        case "upstream":
            return f"Upstream gradient: what is {target}?"
        case "local":
            return f"Local derivative: what is {target}?"
        case "product":
            return f"Their product: what is {target}?"
    step = steps.step(question)
    if question.part == "formula":
        matrices = "Matrices are multiplied with @ and transposed with .T."
        return f"What is {target} as one formula of whole arrays? {matrices}"
    if question.place is not None or step.node.size == 1:
        return f"What is {target}?"
    shape = steps.workings.shape(step.quantity)
    if step.node.batched and step.shape[0] == 1:
        shape = step.shape[1:]
    sample, whole = "[1; 0]" if shape[-1] == 1 else "[1, 0; -1, 1]", f"All {shape_text(shape, style)}"
    lines = ""
    if len(shape) == 2 and step.node.batched and step.shape[0] > 1:
        lines = f" one {'column' if steps.lettering.turned(step.quantity) else 'row'} an example,"
    if len(shape) == 1:
        more = "" if shape == (2,) else ", …" if style.glyphs.scripts else ", ..."
        sample = f"[1, 0{more}]"
        whole = "Both numbers" if shape == (2,) else f"All {shape[0]} numbers"
    return f"What is {target}? {whole} at once,{lines} as in {sample}."


def place_text(asked: Asked, among: Among) -> str:
    """`question 2 of 5`, or `question 2` where nobody knows how many there will be."""
    number = f"question {among.before + asked.number}"
    return number if among.in_all is None else f"{number} of {among.in_all}"


def turning_text(asked: Asked, steps: Steps) -> str:
    """Said once, where the way turns: why one goes backwards."""
    turns = asked.question.phase == "backward" and asked.step == 1 and asked.questions > 1
    if not turns or asked.before or not asked.arrived:
        return ""
    return BACKWARDS.format(loss=steps.quantity(steps.solution.graph.loss))


def offers(asked: Asked) -> list[str]:
    """What may be typed in place of the answer at this question alone: a prediction, or `fill`."""
    found = []
    if asked.rest:
        found.append(f"Two of this kind were right. Type all {asked.rest} that are left at once, or fill.")
    if asked.prediction:
        text, choices = asked.prediction.text, ", ".join(asked.prediction.choices)
        found.append(f"Guess first, without arithmetic: {text} Type {choices}, or answer right away.")
    return found


def guessed_text(event: Guessed) -> str:
    return f"{'Well foreseen.' if event.right else f'Not {event.text}.'} {event.because}"


def filled_text(event: Filled, steps: Steps) -> str:
    return f"The rest of {target_text(event.question, steps.style)} is filled in: {event.filled} numbers."


def tried_lines(event: Tried, steps: Steps) -> list[str]:
    """What was changed, what the loss did, and what the derivative had promised."""
    nudge, style = event.nudge, steps.style
    arrow = "→" if style.glyphs.scripts else "->"
    loss = steps.quantity(steps.solution.graph.loss)

    def number(value: float) -> str:
        return steps.workings.text(value, None)

    name, slope = (_written_name(text, steps) for text in (nudge.name, nudge.gradient))
    step, times = number(nudge.step), style.glyphs.times
    step = f"({step})" if step.startswith("-") else step
    return [
        f"{name}: {number(nudge.before)} {arrow} {number(nudge.after)}, so {loss}: "
        f"{number(nudge.loss_before)} {arrow} {number(nudge.loss_after)}.",
        f"{loss} changes by {number(nudge.change)}; the derivative promises {slope}{times}{step} = "
        f"{number(nudge.slope)}{times}{step} = {number(nudge.promise)}.",
    ]


def _written_name(name: str, steps: Steps) -> str:
    """An element's name as formulas write it."""
    found = steps.solution.find(name)
    node = steps.solution.quantities[found.name]
    index = tuple(at or 0 for at in found.region) if found.region else (0,) * len(node.shape)
    return to_text(element_symbol(found.name, node, index), steps.style)


def example_text(questions: Sequence[Question], style: Style) -> str:
    """What the number in round brackets means, where one is asked with it."""
    for question in questions:
        if isinstance(question.name, Item) and isinstance(question.name.example, Num):
            return f"The ({question.name.example.value}) in {target_text(question, style)} is the example."
    return ""


def reading(marked: Marked) -> str:
    """How an answer was read, where that is not simply what was typed."""
    plain = "".join(marked.text.split())
    return marked.echo if marked.echo and "".join(marked.echo.split()) != plain else ""


def verdict_lines(marked: Marked) -> tuple[str, list[str], str]:
    """The verdict in a word, what is said of it, and, where it could not be read, two lines with carets."""
    word = marked.verdict.capitalize()
    said = [] if marked.message in ("", "Right.") else [marked.message]
    if marked.verdict == "wrong" and not said:
        said.append("No single known slip gives this number. A hint may help.")
    if marked.place is None:
        return word, said, ""
    start, end = marked.place
    return word, said, caret(LanguageError("", text=marked.text, start=start, end=end))


def skipped_text(event: Skipped, steps: Steps) -> str:
    if event.answer:
        answer = steps.answer(event.question, event.answer)[:60]
        return f"Your {target_text(event.question, steps.style)} = {answer} stands from here on."
    return "Skipped."


def solved_rows(question: Question, steps: Steps, own: str = "") -> list[tuple[str, str]]:
    """The full step, a label and a text a row: rule, symbols, numbers, value, what needs it next. Where an
    earlier slip made it another value, the student's `own` is shown, and no right number of that slip."""
    side = steps.sides(question)
    name = _name(side.name, steps.style)
    rows = [("rule", steps.style.prose(steps.step(question).rule))] if question.part == "value" else []
    if side.formula is not None and side.formula != side.name:
        rows.append(("symbols", f"{name} = {steps.text(side.formula)}"))
    if own:
        answer = steps.answer(question, own)[:60]
        rows.append(("yours", f"{name} = {answer}, from your earlier value; go on with it"))
    else:
        rows += _in_numbers(question, steps, side, name)
    if question.part == "value" and (users := needed_for(question, steps)):
        rows.append(("next", f"needed for {users}"))
    return rows


def _in_numbers(question: Question, steps: Steps, side: StepSides, name: str) -> Iterator[tuple[str, str]]:
    if question.part == "value" and question.place is not None:
        yield from (("where", text) for text in behind_texts(side, steps))
    numbers = "" if side.numbers is None else steps.text(side.numbers)
    if numbers and numbers != side.value:
        yield "numbers", f"{name} = {numbers}"
    yield "value", " ".join([name, *_value_sides(side.value, steps)])


def _value_sides(value: str, steps: Steps) -> list[str]:
    """`= 11/10 = 1.1`: beside a fraction its decimal."""
    if not FRACTION.fullmatch(value):
        return [f"= {value}"]
    exact = Fraction(value)
    return number_texts(float(exact), exact, steps.workings.precision, steps.style)


def behind_texts(side: StepSides, steps: Steps) -> list[str]:
    """What a formula uses without its being asked, each worked out."""
    return [equation_text(behind, steps) for behind in islice(steps.behind(side), MAX_BEHIND)]


def equation_text(side: StepSides, steps: Steps) -> str:
    """`net2[1] = W2[1,1]·h1[1] + … = 1·1 + … = 1`: each side once."""
    sides = [steps.text(part) for part in (side.formula, side.numbers) if part is not None]
    return " = ".join(dict.fromkeys([_name(side.name, steps.style), *sides, side.value]))


def needed_for(question: Question, steps: Steps) -> str:
    """The quantities whose steps use this one."""
    names = [steps.quantity(name) for name in steps.needed_for(question)]
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more


def summary_rows(summary: Summary) -> list[tuple[str, str]]:
    """How many questions went how; what did not happen is left out, but for what was right at once."""
    said = {
        "at once": "right at once",
        "after hints": "right after hints",
        "after another try": "right after another try",
    }
    rows = [
        (said.get(name, name), str(summary.counts[name]))
        for name in OUTCOMES
        if summary.counts[name] or name == "at once"
    ]
    if summary.follow_through:
        rows.append(("of these follow-through", str(summary.follow_through)))
    return [*rows, ("questions", str(summary.questions)), ("time", time_text(summary.seconds))]
