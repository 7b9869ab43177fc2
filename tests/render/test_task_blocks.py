"""What a sheet and a blank page state: everything that is needed to work an exercise, as it can be typed."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.engine import ops
from backprop_tutor.engine.expression import evaluate
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.exercise import shipped_names
from backprop_tutor.homework.marked import SheetMarker
from backprop_tutor.homework.sheet_file import read_sheet
from backprop_tutor.render.answer_sheet import FORMATS, blank_sheet
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter
from backprop_tutor.walkthrough import lettering_of
from backprop_tutor.walkthrough.stated_task import StatedTask, definition

sys.path.append(str(Path(__file__).parent.parent / "exercise"))
from kind_files import EVERY, text

RECURRENT = """
title: Over three steps
graph:
  given:      {x: [[1], [2], [3]], y: [[2], [3], [4]], h<0>: [0, 0]}
  parameters: {Wx: [[1/10], [-1/5]], Wh: [[1, 0], [0, 1]], b: [0, 0], Wy: [[1, -1]]}
  sequence:   {s: 3}
  compute:
    net<s>: Wx @ x[s] + Wh @ h<s-1> + b
    h<s>:   tanh(net<s>)
    E<s>:   mse(Wy @ h<s>, y[s], reduction=sum)
    L:      sum<s>(E<s>)
  loss: L
learning_rate: 1/10
optimizer: {name: adam, beta1: 4/5, clip_norm: 1}
regularization: {l2: 1/10}
"""
ENDINGS = ("html", "md", "tex", "ipynb")


def comments(yaml: str) -> list[str]:
    """The lines of a task, those that were broken put together."""
    lines: list[str] = []
    for line in yaml.split("\nexercise:")[0].splitlines():
        if line.startswith("#     "):
            lines[-1] += line[5:]
        else:
            lines.append(line.removeprefix("#").strip())
    return lines


@pytest.mark.parametrize("name", shipped_names())
def test_every_formula_is_stated_as_it_can_be_typed(name: str) -> None:
    solution = solve(load(name))
    sheet = blank_sheet(solution, "yaml", lettering_of(solution.exercise, None))
    stated = dict(line.split(" = ", 1) for line in comments(sheet) if " = " in line)
    asked = set(re.findall(r"(?m)^  ([^':]+):", sheet))
    formulas = {key: formula for key, formula in stated.items() if key in asked}
    if not formulas:
        assert name.startswith(("hessian-two-weights", "exercise2")), "only derivatives are asked"
        return
    answers = "".join(f"  {key}: {formula}\n" for key, formula in formulas.items())
    marked = SheetMarker(solution).mark(read_sheet(f"answers:\n{answers}", "a.yaml"))
    given = [row.verdict for row in marked.rows if row.line]
    assert {verdict.verdict for verdict in given} <= {"correct"}, given


@pytest.mark.parametrize("kind", EVERY)
def test_layers_of_every_kind_are_stated(kind: str) -> None:
    solution = solve(loads(text(*EVERY[kind])))
    stated = StatedTask(solution)
    named = {node.name for node in solution.graph.nodes.values() if node.op}
    assert named == set(stated.formulas) | {name for name in named if solution.graph.is_data(name)}
    lines = comments(blank_sheet(solution))
    for name in ("x", "t", *solution.graph.parameters):
        begin = re.escape(name)
        assert any(re.match(rf"{begin}(\(\d\))?(\[[\d,]+\])? = ", line) for line in lines)
    assert ("Update " in "\n".join(lines)) == bool(solution.graph.parameters)
    assert "N = " in "\n".join(lines)


def test_a_recurrence_is_stated_once_and_its_update_in_full() -> None:
    lines = comments(blank_sheet(solve(loads(RECURRENT))))
    for line in (
        "net<s> = Wx @ x[s] + Wh @ h<s-1> + b for s = 1, 2, 3",
        "h<s> = tanh(net<s>) for s = 1, 2, 3",
        "E<s> = mse(Wy @ h<s>, y[s], reduction=sum) for s = 1, 2, 3",
        "L = E<1> + E<2> + E<3> + L_penalty",
        "mse(z, t, reduction=sum) = Σ (t - z)² over all examples and outputs.",
        "tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x))",
        "Elements, rows and axes are counted from 1.",
        "m_new = β1*m + (1 - β1)*clipped",
        "β1 = 4/5",
        "β2 = 999/1000",
        "κ = 1",
        "m and v start at 0.",
        "k counts the updates from 1.",
    ):
        assert line in lines, "\n".join(lines)
    assert any(line.startswith("L_penalty = ") and "Wh**2" in line.replace("²", "**2") for line in lines)
    assert any(line.startswith("norm: the root of the sum") for line in lines)


@pytest.mark.parametrize(("reduction", "said"), [("examples", "N = 2,"), ("elements", "n = 4,"), ("sum", "")])
def test_what_a_loss_divides_by_is_said(reduction: str, said: str) -> None:
    exercise = text(
        ["{activation: linear, weights: [[1, 2], [0, 1]]}"],
        ["{x: [1, 0], t: [2, 1]}", "{x: [0, 1], t: [1, 1]}"],
        f"{{name: mae, reduction: {reduction}}}",
    )
    for form in FORMATS:
        sheet = blank_sheet(solve(loads(exercise)), form).replace("`", "").replace("\\", "")
        assert "Σ |t - z|" in sheet
        assert said in sheet
        assert len(re.findall(r"[Nn] = \d", sheet)) == bool(said)


@pytest.mark.parametrize("ending", ENDINGS)
def test_blank_pages_state_the_formulas_the_loss_and_the_rate(ending: str) -> None:
    page = exporter(ending).text(Document(solve(load("leaky-relu")), blank=True))
    for said in ("sse", "learning rate 1/10", "significant digits", "relu"):
        assert said in page.replace("\\_", "_")


def test_a_part_of_a_formula_is_stated_where_it_is_asked() -> None:
    exercise = """
title: Parts
graph: {given: {x: [1, 2]}, parameters: {W: [[1, 2], [3, 4]]}, compute: {z: sum((W @ x)**2)}, loss: z}
ask: [z_1, z]
"""
    assert blank_sheet(solve(loads(exercise))).count("W @ x") >= 2


DEFINED = [name for name, op in ops.TABLE.items() if op.definition]


@pytest.mark.parametrize("name", DEFINED)
def test_definitions_are_the_functions(name: str) -> None:
    op, x = ops.get(name), np.linspace(-3, 3, 31)
    settings = op.chosen({})
    found = evaluate(definition(op, settings), FLOAT64, lambda leaf: x)
    np.testing.assert_allclose(found, op.forward(FLOAT64, x, **settings), rtol=1e-12, atol=1e-12)


def test_every_activation_and_loss_is_explained() -> None:
    for op in ops.TABLE.values():
        if op.loss:
            assert op.loss.formula
        if op.activation and not op.activation.word:
            assert op.definition or op.means
