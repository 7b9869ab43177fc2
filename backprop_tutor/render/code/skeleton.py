"""A program to fill in: the task, the data, and a line a quantity asked, as Python or as a notebook."""

import json
import textwrap
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.engine.infinity import is_infinite
from backprop_tutor.grading.selection import whole_quantities
from backprop_tutor.language import ASCII, Style, Sym, to_text
from backprop_tutor.language.expr import OPERATORS, Call
from backprop_tutor.language.step_index import split_step
from backprop_tutor.programs.variables import Variable, Variables
from backprop_tutor.render.code.numpy_code import literal
from backprop_tutor.walkthrough import Solution

__all__ = ["CodePart", "as_notebook", "as_python", "skeleton"]

WIDTH = 90
LARGE = 30  # numbers of an array that is read from the exercise's own file, where it lies in one
MOST_FORMULAS = 40
PHASES = {
    "forward": "Forward pass",
    "loss": "Forward pass",
    "backward": "Backward pass",
    "update": "Update",
}


class CodePart(NamedTuple):
    """A piece of the program: `title` in words, then code."""

    title: str
    code: str


def skeleton(solution: Solution) -> list[CodePart]:
    """The parts of a program for the exercise; the first is the task in words."""
    writer = _Writer(solution)
    return [
        CodePart(writer.task(), ""),
        CodePart("Data and parameters" if solution.graph.parameters else "Data", writer.data()),
        *writer.passes(),
    ]


def as_python(parts: list[CodePart], command: str) -> str:
    """The parts as a .py file; `command` checks it."""
    task, *rest = parts
    about = f"{task.title}\n\nPut your own code in the place of each `...`, then check it:\n\n    {command}\n"
    safe = about.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    pieces = [f'"""{safe}"""', "import numpy as np"]
    pieces += [f"# {part.title}\n\n{part.code}" if part.title else part.code for part in rest]
    return "\n\n".join(pieces) + "\n"


def as_notebook(parts: list[CodePart], command: str) -> str:
    """The same as a .ipynb file, a cell a part."""
    task, *rest = parts
    about = (
        f"{task.title}\n\nPut your own code in the place of each `...`, then check the saved notebook:\n\n"
    )
    cells = [_cell("markdown", f"{about}    {command}"), _cell("code", "import numpy as np")]
    for part in rest:
        cells += [_cell("markdown", f"## {part.title}")] if part.title else []
        cells.append(_cell("code", part.code))
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


class _Writer:
    def __init__(self, solution: Solution) -> None:
        self.solution, self.exercise = solution, solution.exercise
        self.variables = Variables(solution.ledger)
        self.asked = whole_quantities(solution)

    def task(self) -> str:
        lines = [self.exercise.title]
        for paragraph in self.exercise.description.splitlines():
            lines += ["", *textwrap.wrap(paragraph, WIDTH)]
        formulas = list(self._formulas())
        left = len(formulas) - MOST_FORMULAS
        lines += ["", *(f"    {line}" for line in formulas[:MOST_FORMULAS])]
        lines += [f"    ... and {left} more"] if left > 0 else []
        if self.exercise.rates:
            lines += ["", f"Update: {self.exercise.update}."]
        if how := self._how(" ".join(formulas)):
            lines += ["", *textwrap.wrap(how, WIDTH)]
        return "\n".join(lines)

    def _how(self, formulas: str) -> str:
        said = ["Arrays of several examples have one row an example."] if self.solution.batched else []
        steps = [v for q in self.asked if (v := self.variables.own(q)).step]
        if steps:
            said.append(f"{steps[0].name}[s - 1] is step s.")
        if steps or "[" in formulas or "axis=" in formulas:
            said.append("The formulas count steps, indices and axes from 1, Python from 0.")
        said += self.solution.conventions
        return " ".join(said)

    def _formulas(self) -> Iterator[str]:
        graph, style = self.solution.graph, Style(ASCII)

        def shown(name: str) -> str:
            return to_text(Sym(name), style)

        for node in graph.nodes.values():
            if not node.op or not graph.is_named(node.name):
                continue
            if self.exercise.layers:
                yield f"{shown(node.name)} = {_called(node, list(map(shown, node.parents)))}"
            elif (formula := graph.source(node.name).formula) is not None:
                yield f"{shown(node.name)} = {to_text(formula, style)}"

    def data(self) -> str:
        leaves = self.solution.graph.named("given", "parameter")
        lines = [f"{self.variables.own(name)} = {self._array(name)}" for name in leaves]
        if self.exercise.rates:
            rates = [_number(rate) for rate in self.exercise.rates]
            listed = f"[{', '.join(rates)}]"
            lines.append(f"learning_rate = {rates[0] if len(rates) == 1 else listed}")
        return "\n".join(lines)

    def _array(self, name: str) -> str:
        values, kept = self.exercise.values[name], self.exercise.kept.get(name)
        if kept and values.size > LARGE:
            path = str(kept.path.resolve())
            if kept.path.suffix.lower() == ".npz":
                member = repr(kept.array) if kept.array else "0"
                loaded = f"np.load({path!r})"
                return f"{loaded}[{member}]" if kept.array else f"next(iter({loaded}.values()))"
            skipped, columns = _csv_layout(kept.path, kept.columns)
            used = f", usecols={columns}" if columns is not None else ""
            return f'np.loadtxt({path!r}, delimiter=",", skiprows={skipped}{used}, ndmin=2)'
        if not values.shape:
            return _number(values.item())
        rows = [_nested(row) for row in values.tolist()]
        text = f"[{', '.join(rows)}]"
        if len(text) > WIDTH:
            lines = textwrap.wrap(", ".join(rows), WIDTH) if values.ndim == 1 else [f"{row}," for row in rows]
            text = "[\n" + "".join(f"    {line}\n" for line in lines) + "]"
        return f"np.array({text}, dtype=float)"

    def passes(self) -> Iterator[CodePart]:
        declared: set[str] = set()
        for phase, quantities in groupby(self.asked, self._phase):
            lines: list[str] = []
            for quantity in quantities:
                variable = self.variables.own(quantity)
                if variable.step and variable.name not in declared:
                    declared.add(variable.name)
                    lines += [self._declared(variable), ""]
                lines += [f"# {self._about(quantity)}", f"{variable} = ...", ""]
            yield CodePart(phase, "\n".join(lines).rstrip("\n"))

    def _declared(self, variable: Variable) -> str:
        own = (self.variables.own(q) for q in self.solution.ledger.lines)
        most = max(other.step for other in own if other.name == variable.name)
        return f"{variable.name} = [None] * {most}  # one array a step"

    def _phase(self, quantity: str) -> str:
        step = self.solution.step(quantity)
        return PHASES[step.phase] if step else "Forward pass"

    def _about(self, quantity: str) -> str:
        """`dJ/dW1: shape (2, 3), a row a unit, a column an input`."""
        node = self.solution.quantities[quantity]
        name, step = split_step(quantity)
        shown = f"{name} of step {step}" if step and quantity.count("<") == 1 else quantity
        if not node.shape:
            return f"{shown}: a single number, shape ()"
        axes = f", {' × '.join(node.axes)}" if len(node.axes) == len(node.shape) else ""
        return f"{shown}: shape {node.shape}{axes}"


def _number(value: Any) -> str:
    """A number as code, exactly: 0.1, -3, 1 / 3."""
    if is_infinite(float(value)):
        return "-np.inf"
    if isinstance(value, Fraction):
        decimal = repr(float(value))
        whole = str(value) if value.denominator == 1 else decimal
        return whole if Fraction(whole) == value else literal(value)
    return repr(float(value))


def _nested(values: Any) -> str:
    return f"[{', '.join(map(_nested, values))}]" if isinstance(values, list) else _number(values)


def _csv_layout(path: Path, columns: tuple[Fraction | str, ...] | None) -> tuple[int, list[int] | None]:
    """How many lines of a .csv file are a header, and which columns are meant, from 0."""
    import csv

    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = next(csv.reader(stream), [])
    header = [cell.strip() for cell in first]
    is_header = not all(cell.replace("/", "").lstrip("+-").replace(".", "").isalnum() for cell in header)
    is_header = is_header or any(cell[:1].isalpha() for cell in header)
    if columns is None:
        return int(is_header), None
    if all(isinstance(column, Fraction) for column in columns):
        start, stop = int(Fraction(columns[0])) - 1, int(Fraction(columns[-1]))
        return int(is_header), list(range(start, stop))
    return 1, [header.index(str(column)) for column in columns]


def _called(node: Node, parents: list[str]) -> str:
    """What a layer's node computes from its `parents`, as one writes it by hand: W1 x + b1."""
    op = ops.get(node.op)
    if node.op in OPERATORS:
        return to_text(Call(node.op, tuple(map(Sym, parents))))
    if op.weighted == "layer":
        return f"{parents[1]} {parents[0]}" + (f" + {parents[2]}" if len(parents) > 2 else "")
    said = [f"{key}={value}" for key, value in node.params.items() if op.loss or op.penalty]
    return f"{op.name}({', '.join((*parents, *said))})" if op.spelled else parents[0]
