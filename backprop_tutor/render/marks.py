"""A marked sheet as lines of text: a table where there is room, and under each row what was wrong."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from backprop_tutor.grading.verdict import Judgement
from backprop_tutor.homework.marked import Marked, Row
from backprop_tutor.language import Style, display_width, padded
from backprop_tutor.render.equations import equation
from backprop_tutor.walkthrough import Solution, Workings

__all__ = ["Line", "marks_lines", "right_value", "worked_step"]

MAX_ANSWER = 28
NARROW = 60
GLYPHS = {"correct": "✓", "follow-through": "✓", "wrong": "✗", "undecided": "?", "invalid": "!", "blank": "·"}
SILENT = ("correct", "blank")
ORDER = get_args(Judgement)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report, with the verdict that it belongs to (for a colour)."""

    text: str
    verdict: str = ""


def marks_lines(marked: Marked, width: int, style: Style, reveal: Workings | None = None) -> Iterator[Line]:
    """The report on one sheet; with `reveal`, the step that leads to each answer that is not right."""
    exercise = marked.exercise
    version = f" (version {exercise.variant.id})" if exercise.variant else ""
    yield Line(style.spell(f"{exercise.title}{version}"))
    yield Line("")
    for fault in marked.faults:
        said = _located(f"{fault.what} {fault.hint}".strip(), fault.line)
        yield from _wrapped(style.spell(said), width, 0)
    if marked.faults:
        yield Line("")
    names = max(display_width(row.name) for row in marked.rows)
    answers = max(display_width(_answer(row)) for row in marked.rows)
    said = ""  # of an array that was answered as a whole, once
    for row in marked.rows:
        yield _row(row, names, answers, width, style)
        message = _located(row.message, row.line)
        if message != said and (row.verdict.verdict not in SILENT or not row.line):
            yield from _wrapped(style.spell(message), width, 4)
        said = message
        if reveal and not row.verdict.passed:
            yield from _wrapped(worked_step(reveal, row.quantity, style), width, 4)
    yield Line("")
    yield Line(_total(marked))


def _located(what: str, line: int) -> str:
    return f"line {line}: {what}" if line else what


def _row(row: Row, names: int, answers: int, width: int, style: Style) -> Line:
    verdict = row.verdict.verdict
    glyph = GLYPHS[verdict] if style.glyphs.scripts else {"✓": "ok", "✗": "x"}.get(GLYPHS[verdict], "-")
    marks = f"{_points(row.marks)}/{_points(row.out_of)}"
    answer = _answer(row)
    if width < NARROW:
        return Line(f"{row.name} = {answer}: {verdict}, {marks}", verdict)
    cells = (padded(row.name, names), padded(answer, answers), f"{glyph:2} {verdict:14}", marks)
    return Line("  ".join(cells).rstrip(), verdict)


def _answer(row: Row) -> str:
    text = row.verdict.echo or row.verdict.given or ("?" if row.line else "(none)")
    return text if len(text) <= MAX_ANSWER else f"{text[: MAX_ANSWER - 1]}…"


def _wrapped(text: str, width: int, indent: int) -> Iterator[Line]:
    for line in textwrap.wrap(text, max(width - indent, 20)):
        yield Line(" " * indent + line)


def _total(marked: Marked) -> str:
    count = marked.count()
    parts = ", ".join(f"{count[verdict]} {verdict}" for verdict in ORDER if count[verdict])
    if not marked.out_of:
        return f"No answer carries marks here ({parts})."
    return f"Score: {_points(marked.score)} of {_points(marked.out_of)} ({parts})."


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
