"""`.ipynb`: each step as text and a cell of plain NumPy that computes it, compared at the end."""

import json
from collections.abc import Iterator
from typing import Any

from backprop_tutor.errors import UsageError
from backprop_tutor.language import Sym, to_latex, to_text
from backprop_tutor.render.document import Document
from backprop_tutor.render.markdown import code, escape_markdown
from backprop_tutor.render.notebook_code import StepCode
from backprop_tutor.render.numpy_code import identifier, literal
from backprop_tutor.render.selftest import fingerprints, salt_of
from backprop_tutor.render.texts import PHASE_TITLES, quantity_text, shape_text
from backprop_tutor.walkthrough import Solution, Step, Workings

__all__ = ["NotebookExport"]

MAX_NUMBERS = 20_000  # in the cells of a notebook that people still open
BY_ROWS = "In the formulas examples are columns; in the code they are the rows of an array."
CHECK = '''\
import hashlib
from decimal import ROUND_HALF_UP, Decimal


def significant(value, digits):
    number = Decimal(float(value))
    if abs(number) < 1e-12:
        return "0"
    exponent = number.adjusted()
    whole = int(number.scaleb(digits - 1 - exponent).to_integral_value(ROUND_HALF_UP))
    if abs(whole) == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    return f"{whole}e{exponent}"


def check(name, answer, right):
    """Compare an answer with the right one by its hash: the notebook does not hold the values."""
    if answer is None:
        return print(f"{name}: not answered yet")
    answer = np.asarray(answer, dtype=float)
    for index, (element, hashes) in enumerate(right.items()):
        value = answer.flat[index] if answer.size == len(right) else float("nan")
        text = significant(value, 4) if np.isfinite(value) else "?"
        found = hashlib.sha256(f"{SALT}|{element}|{text}".encode()).hexdigest()[:16]
        print(f"{element}: {'right' if found in hashes else 'wrong'}")
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
        cells = [
            {"id": f"cell-{number}", **cell}
            for number, cell in enumerate(_blank(document) if document.blank else _worked(document), 1)
        ]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        notebook = {
            "cells": cells,
            "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


COUNTED = "The formulas count axes and indices from 1, the code of NumPy counts them from 0."


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def _worked(document: Document) -> Iterator[dict[str, Any]]:
    steps = document.steps
    codes = StepCode(document.solution)
    bodies = [codes.of(step) for step in steps]  # first: it says which functions are needed
    yield _markdown(f"{_title(document)}\n\n{COUNTED}")
    uses_math = any("math.erf" in text for text in [*codes.functions, *bodies])
    imports = "import math\n\nimport numpy as np" if uses_math else "import numpy as np"
    yield _code("\n\n\n".join([imports, *codes.functions]))
    yield _markdown("## Given")
    yield _code(_data(document.solution))
    phase = ""
    for step, body in zip(steps, bodies, strict=True):
        title = f"## {PHASE_TITLES[step.phase]}\n\n" if step.phase != phase else ""
        phase = step.phase
        yield _markdown(title + _about(document, step))
        yield _code(f"{body}\n{identifier(step.quantity)}")
    yield _markdown("## Comparison\n\nThe exercise's own values, worked out by other code.")
    yield _code(_comparison(document.solution, steps))


def _title(document: Document) -> str:
    exercise = document.solution.exercise
    layout = f"\n\n{BY_ROWS}" if document.lettering.by_columns else ""
    return f"# {escape_markdown(exercise.title)}\n\n{escape_markdown(exercise.description)}{layout}"


def _about(document: Document, step: Step) -> str:
    style = document.style
    name = code(quantity_text(step.quantity, style))
    workings = Workings(document.solution, lettering=document.lettering)
    shape = shape_text(workings.shape(step.quantity), style)
    rule, why = (escape_markdown(style.prose(text)) for text in (step.rule, step.explanation))
    text = f"### {name} ({shape})\n\n*{rule}.* {why}"
    form = workings.form(step)
    if form is None:
        return text
    return f"{text}\n\n$${to_latex(Sym(step.quantity), style)} = {to_latex(form, style)}$$"


def _data(solution: Solution) -> str:
    lines = []
    for name, values in solution.exercise.values.items():
        lines.append(f"{identifier(name)} = np.array({literal(values.tolist())}, dtype=float)")
    if solution.rate:
        lines += [f"{identifier(k)} = {literal(v)}" for k, v in solution.rate.numbers.items()]
    return "\n".join(lines)


def _comparison(solution: Solution, steps: tuple[Step, ...]) -> str:
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
    yield _markdown(_title(document))
    yield _code(f"import numpy as np\n\n{CHECK}\n\nSALT = {salt!r}")
    yield _markdown("## Given")
    yield _code(_data(document.solution))
    for view in document.views:
        name = quantity_text(view.step.quantity, document.style)
        shape = shape_text(view.step.shape, document.style)
        yield _markdown(f"### {code(name)} ({shape})\n\nPut your answer in place of `None`.")
        right = {
            element: fingerprints(salt, element, row.value, row.exact)
            for row in view.rows
            if (element := to_text(row.name, document.style))
        }
        variable = identifier(view.step.quantity)
        yield _code(f"{variable} = None\ncheck({view.step.quantity!r}, {variable}, {right!r})")
