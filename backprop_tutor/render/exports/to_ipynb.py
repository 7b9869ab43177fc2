"""`.ipynb`: each step as text and a cell of plain NumPy that computes it, compared at the end."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from backprop_tutor.errors import UsageError
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import name_of
from backprop_tutor.language.identifiers import identifier
from backprop_tutor.render.axes import axes_from_zero
from backprop_tutor.render.blocks import Block, WorkedStep
from backprop_tutor.render.code.notebook_code import StepCode
from backprop_tutor.render.code.numpy_code import literal
from backprop_tutor.render.confirmations import Checks
from backprop_tutor.render.document import ROUTES, Document
from backprop_tutor.render.painters.markdown import MarkdownPainter
from backprop_tutor.render.selftest import salt_of
from backprop_tutor.render.view import Selection, StepView, view
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["NotebookExport"]

MAX_NUMBERS = 20_000  # in the cells of a notebook that people still open
FROM_ZERO = "Elements are counted from 1, as on paper; axes from 0, as the code counts both."
BY_ROWS = "In the formulas examples are columns; in the code they are the rows of an array."
CHECK = '''\
import base64
import hashlib
import json
from decimal import Decimal


def opened(element, text):
    """What tells the right answers to an element; sealed, so that nobody reads them by chance."""
    data = base64.b64decode(text)
    blocks = (hashlib.sha256(f"{SALT}|{element}|{n}".encode()).digest() for n in range(len(data) // 32 + 1))
    return json.loads(bytes(a ^ b for a, b in zip(data, b"".join(blocks))))


def is_right(value, places, right, exact):
    """Whether a number is among those that are right with as many places after the point as it has."""
    number = Decimal(repr(float(value))).normalize()
    last = places + len(right) - 1
    number = round(number, last) if -number.as_tuple().exponent > last else number
    at = max(-number.as_tuple().exponent, places)
    bounds = right[at - places]
    return bounds is not None and int(bounds[0]) <= int(number.scaleb(at)) <= int(bounds[1])


def check(name, answer, size, right):
    """Compare an answer with the right one."""
    if answer is None:
        return print(f"{name}: not answered yet")
    answer = np.asarray(answer, dtype=float)
    for element, (place, text) in right.items():
        value = answer.flat[place] if answer.size == size else float("nan")
        found = np.isfinite(value) and is_right(value, **opened(element, text))
        print(f"{element}: {'right' if found else 'wrong'}")
'''


class NotebookExport:
    """Raises UsageError for an exercise with more numbers than a notebook should hold."""

    def text(self, document: Document) -> str:
        graph = document.solution.graph
        if graph.size > MAX_NUMBERS:
            raise UsageError(
                f"this exercise holds more than {MAX_NUMBERS:,} numbers, too many for a notebook.",
                hint="Export .html or .json instead.",
            )
        return notebook(_blank(document) if document.blank else _worked(document))


def notebook(cells: Iterator[dict[str, Any]]) -> str:
    """The file of these cells."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    written = {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, 1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def markdown_cell(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code_cell(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def _worked(document: Document) -> Iterator[dict[str, Any]]:
    views, painter = every_view(document), painter_of(document)
    codes = StepCode(document.solution)
    bodies = {v.step.quantity: codes.of(v.step) for v in views}  # first: it says which functions are needed
    yield markdown_cell(_title(document, painter))
    yield code_cell(imports_code(codes, list(bodies.values())))
    yield markdown_cell("\n\n".join(["## Given", *painter.paint(document.makes.given(document.leaves))]))
    yield code_cell(data_code(document.solution))
    titles: list[Block] = []
    for block in document.makes.steps(views, Checks()):
        titles.append(block)
        if isinstance(block, WorkedStep):
            name = name_of(block.quantity.expr)
            yield markdown_cell("\n\n".join(painter.paint(titles)))
            yield code_cell(f"{bodies[name]}\n{identifier(name)}")
            titles = []
    yield markdown_cell("## Comparison\n\nThe exercise's own values, worked out by other code.")
    yield code_cell(comparison_code(document.solution, [found.step for found in views]))


def every_view(document: Document) -> list[StepView]:
    """Of every step that is computed by the end, also of those that other documents leave out."""
    solution = document.solution
    steps = solution.steps.values() if document.quantity is None else document.steps
    selection = Selection(tuple((step, None) for step in steps))
    every = view(solution, selection, document.precision, None, document.lettering, every=True, routes=ROUTES)
    shown = {known.step.quantity: known for known in document.views}
    return [shown.get(found.step.quantity, found) for found in every]


def _title(document: Document, painter: MarkdownPainter) -> str:
    said = [FROM_ZERO, *([BY_ROWS] if document.lettering.by_columns else [])]
    heading = document.task.heading() if document.blank else document.makes.heading()
    return "\n\n".join([*painter.paint(heading), " ".join(said)])


def painter_of(document: Document) -> MarkdownPainter:
    """Paints formulas with their axes counted as the code counts them."""
    return MarkdownPainter(axes_from_zero(document.style), blank=document.blank)


def imports_code(codes: StepCode, lines: Sequence[str]) -> str:
    """What the lines need: modules and functions."""
    uses_math = any("math.erf" in text for text in [*codes.functions, *lines])
    imports = "import math\n\nimport numpy as np" if uses_math else "import numpy as np"
    return "\n\n\n".join([imports, *codes.functions])


def data_code(solution: Solution) -> str:
    lines = []
    for name, values in solution.exercise.values.items():
        lines.append(f"{identifier(name)} = np.array({literal(values.tolist())}, dtype=float)")
    if solution.rate:
        lines += [f"{identifier(k)} = {literal(v)}" for k, v in solution.rate.numbers.items()]
    return "\n".join(lines)


def comparison_code(solution: Solution, steps: Sequence[Step]) -> str:
    values = {step.quantity: literal(solution.value(step.quantity).tolist()) for step in steps}
    listed = "\n".join(f"    {name!r}: ({identifier(name)}, {value})," for name, value in values.items())
    return (
        f"expected = {{\n{listed}\n}}\n"
        "for name, (found, right) in expected.items():\n"
        "    np.testing.assert_allclose(found, right, rtol=1e-9, atol=1e-12, err_msg=name)\n"
        'print(f"All {len(expected)} quantities agree.")'
    )


def _blank(document: Document) -> Iterator[dict[str, Any]]:
    exercise = document.solution.exercise
    salt = salt_of(exercise.name, exercise.title)
    painter = painter_of(document)
    yield markdown_cell(_title(document, painter))
    yield code_cell(f"import numpy as np\n\n{CHECK}\n\nSALT = {salt!r}")
    yield markdown_cell("\n\n".join(["## Given", *painter.paint(document.task.statement(counting=False))]))
    yield code_cell(data_code(document.solution))
    for known in document.views:
        name, shape = known.step.quantity, known.step.node.shape
        right = {
            (element := to_text(row.name, document.style)): (
                place_of(index, shape),
                document.sealed[element],
            )
            for index, row in zip(known.indices, known.rows, strict=True)
        }
        step = painter.paint([document.makes.step(known)])
        yield markdown_cell("\n\n".join([*step, "Put your answer in place of `None`."]))
        size = known.step.node.size
        yield code_cell(f"{identifier(name)} = None\ncheck({name!r}, {identifier(name)}, {size}, {right!r})")


def place_of(index: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """The place of an element among all of its array, row by row."""
    place = 0
    for at, size in zip(index, shape, strict=True):
        place = place * size + at
    return place
