"""Blank answer sheets: one place an asked element, in walkthrough order, the task in comments."""

import csv
import io
import textwrap
from collections.abc import Iterator
from itertools import groupby

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading.elements import Elements
from backprop_tutor.grading.selection import Asked, asked
from backprop_tutor.walkthrough import Solution, Workings

__all__ = ["FORMATS", "blank_sheet"]

FORMATS = ("yaml", "csv", "md")
WIDTH = 90
SHOWN = 64  # numbers of a leaf that the task lists
BLANK = "?"
HOW = "Write each answer in the place of its ?: a number, a fraction such as -1/2, or an expression."
HOW_IN_CELLS = "Put an apostrophe before a fraction ('1/2), so that the spreadsheet makes no date of it."


def blank_sheet(solution: Solution, form: str = "yaml") -> str:
    """The text of a sheet in one of `FORMATS`."""
    questions = asked(solution)
    writers = {"yaml": _yaml, "csv": _csv, "md": _markdown}
    return writers[form](solution, questions)


def _yaml(solution: Solution, questions: list[Asked]) -> str:
    exercise = solution.exercise
    lines = [f"# {line}".rstrip() for line in _task(solution)]
    lines += [
        "#",
        f"# {HOW}",
        f"exercise: {_quoted(exercise.name)}",
    ]
    lines += [f"variant: {exercise.variant.id}"] if exercise.variant else []
    lines += ["answers:"]
    lines += [f"  {key}: {places}" for key, places in _keys(solution, questions)]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else "'" + name.replace("'", "''") + "'"


def _csv(solution: Solution, questions: list[Asked]) -> str:
    exercise = solution.exercise
    rows = [[f"# {line}".rstrip()] for line in (*_task(solution), "", HOW, HOW_IN_CELLS)]
    rows += [["exercise", exercise.name]]
    rows += [["variant", exercise.variant.id]] if exercise.variant else []
    rows += [["quantity", "answer"]]
    rows += [[name, BLANK] for question in questions for name in question.elements]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    return text if text.isascii() else f"\ufeff{text}"  # by which Excel knows UTF-8


def _markdown(solution: Solution, questions: list[Asked]) -> str:
    exercise = solution.exercise
    lines = [f"# {exercise.title}", "", "Name: ______________________________", ""]
    lines += [exercise.description, ""] if exercise.description else []
    lines += ["```", *_numbers(solution), "```", ""]
    if exercise.variant:
        lines += [f"Version {exercise.variant.id}.", ""]
    lines += ["| quantity | answer |", "|---|---|"]
    lines += [f"| `{name}` | {' ' * 30} |" for question in questions for name in question.elements]
    return "\n".join(lines) + "\n"


def _task(solution: Solution) -> Iterator[str]:
    yield solution.exercise.title
    for paragraph in solution.exercise.description.splitlines():
        yield from textwrap.wrap(paragraph, WIDTH)
    yield from _numbers(solution)


def _numbers(solution: Solution) -> Iterator[str]:
    """What is given: every leaf with its numbers, the loss, the learning rate."""
    workings = Workings(solution)
    graph = solution.graph
    for node in graph.nodes.values():
        if node.role in ("given", "parameter"):
            numbers = (
                _written(workings, solution, node.name) if node.size <= SHOWN else f"{node.size:,} numbers"
            )
            yield from textwrap.wrap(f"{node.name} = {numbers}", WIDTH, subsequent_indent="    ")
    for node in graph.nodes.values():
        if node.op and solution.exercise.layers:
            yield f"{node.name} = {_call(node.op, node.parents)}"
    yield from _rate(solution.exercise)


def _call(op: str, parents: tuple[str, ...]) -> str:
    if op == "linear":
        return f"{parents[1]} {parents[0]}" + (f" + {parents[2]}" if len(parents) > 2 else "")
    return parents[0] if op == "identity" else f"{op}({', '.join(parents)})"


def _rate(exercise: Exercise) -> Iterator[str]:
    if exercise.learning_rate is not None:
        steps = f", {exercise.steps} steps" if exercise.steps > 1 else ""
        yield f"update: {exercise.optimizer.name}, learning rate {exercise.learning_rate}{steps}"


def _written(workings: Workings, solution: Solution, name: str) -> str:
    floats, exact = solution.value(name), solution.exact(name)

    def build(index: tuple[int, ...]) -> str:
        if len(index) == floats.ndim:
            return workings.text(float(floats[index]), None if exact is None else exact[index])
        return f"[{', '.join(build((*index, i)) for i in range(floats.shape[len(index)]))}]"

    return build(())


def _keys(solution: Solution, questions: list[Asked]) -> Iterator[tuple[str, str]]:
    """A quantity asked in full with blanks in its shape; each element of one that is not."""
    elements = Elements(solution)
    for quantity, group in groupby(questions, lambda question: question.quantity):
        names = [name for question in group for name in question.elements]
        if len(names) == len(elements.names(quantity)):
            yield quantity, _blanks(solution.shapes[quantity])
        else:
            yield from ((name, BLANK) for name in names)


def _blanks(shape: tuple[int, ...]) -> str:
    if not shape:
        return BLANK
    return f"[{', '.join([_blanks(shape[1:])] * shape[0])}]"
