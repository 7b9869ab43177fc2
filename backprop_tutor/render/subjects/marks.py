"""A marked sheet as blocks: every answer with its verdict, what happened, and the marks."""

from collections.abc import Iterator
from fractions import Fraction
from typing import get_args

from backprop_tutor.grading.verdict import Judgement
from backprop_tutor.homework.marked import MarkedAnswer, MarkedSheet
from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Block, Cell, Column, Heading, Prose, Row, Table, Words, cell
from backprop_tutor.render.equations import equation
from backprop_tutor.walkthrough import Solution, Workings

__all__ = ["marks_blocks", "right_value", "worked_step"]

MAX_ANSWER = 120  # characters of an answer that is shown whole
GLYPHS = {"correct": "✓", "follow-through": "✓", "wrong": "✗", "undecided": "?", "invalid": "!", "blank": "·"}
SILENT = ("correct", "blank")
ORDER = get_args(Judgement)


def marks_blocks(marked: MarkedSheet, style: Style, reveal: Workings | None = None) -> Iterator[Block]:
    """The report on one sheet; with `reveal`, the step that leads to each answer that is not right."""
    exercise = marked.exercise
    version = f" (version {exercise.variant.id})" if exercise.variant else ""
    yield Heading((Words(f"{exercise.title}{version}"),))
    for fault in marked.faults:
        yield Prose((Words(_located(f"{fault.what} {fault.hint}".strip(), fault.line)),), "note")
    columns = (
        Column(cell("quantity"), "asked"),
        Column(cell("your answer"), "yours", least=12),
        Column(cell("verdict"), least=16),
        Column(cell("what happened"), least=26),
        Column(cell("marks"), flush="right"),
    )
    rows, said = [], ""  # of an array that was answered as a whole, once
    for answer in marked.rows:
        message = _located(answer.message, answer.line)
        is_said = message == said or (answer.verdict.verdict in SILENT and answer.line > 0)
        said = message
        step = worked_step(reveal, answer.quantity, style) if reveal and not answer.verdict.passed else ""
        rows.append(_row(answer, "" if is_said else message, step))
    yield Table(columns, tuple(rows), foot=_total(marked), caption=(Words(_score(marked)),))


def _located(what: str, line: int) -> str:
    return f"line {line}: {what}" if line else what


def _row(answer: MarkedAnswer, message: str, step: str) -> Row:
    verdict = answer.verdict.verdict
    marks = f"{_points(answer.marks)}/{_points(answer.out_of)}"
    judged = Words(f"{GLYPHS[verdict]} {verdict}", verdict)
    happened: Cell = (*(cell(message) if message else ()), *(cell(Words(step, "value")) if step else ()))
    said = " ".join(filter(None, [f"{answer.name} = {_answer(answer)}: {verdict}, {marks}.", message, step]))
    return Row((cell(answer.name), cell(_answer(answer)), cell(judged), happened, cell(marks)), cell(said))


def _answer(row: MarkedAnswer) -> str:
    text = row.verdict.echo or row.verdict.given or ("?" if row.line else "(none)")
    return text if len(text) <= MAX_ANSWER else f"{text[: MAX_ANSWER - 1]}…"


def _total(marked: MarkedSheet) -> Row:
    marks = f"{_points(marked.score)}/{_points(marked.out_of)}" if marked.out_of else "0"
    return Row((cell("total"), (), (), cell(_counted(marked)), cell(marks)), ((),), "total")


def _score(marked: MarkedSheet) -> str:
    if not marked.out_of:
        return f"No answer carries marks here ({_counted(marked)})."
    return f"Score: {_points(marked.score)} of {_points(marked.out_of)} ({_counted(marked)})."


def _counted(marked: MarkedSheet) -> str:
    count = marked.count()
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in ORDER if count[verdict])


def _points(marks: Fraction | float) -> str:
    """Marks to a hundredth: `0.33`, `10`."""
    return f"{round(float(marks), 2):g}"


def worked_step(workings: Workings, element: str, style: Style) -> str:
    """The whole step of one element: `dJ/dW2[1,1] = dJ/dnet2[1]·h1[1] = -1·1 = -1`."""
    solution = workings.solution
    quantity = solution.find(element)
    step = solution.step(quantity.name)
    assert step is not None, f"{element} is given"
    index = next(quantity.indices(solution.shapes[quantity.name]))
    return " ".join(equation(workings.element(step, index), workings.precision, style))


def right_value(solution: Solution, element: str) -> dict[str, float | str | None]:
    """The right value of one element, in floating point and, where it has one, as a fraction."""
    quantity = solution.find(element)
    index = next(quantity.indices(solution.shapes[quantity.name]))
    exact = solution.exact(quantity.name)
    return {
        "value": float(solution.value(quantity.name)[index]) + 0.0,
        "exact": None if exact is None else str(exact[index]),
    }
