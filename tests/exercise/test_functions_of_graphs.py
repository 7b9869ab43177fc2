"""Small exercises with each of the functions: shown, explained, exported, and refused in words."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from backprop_tutor import explain, loads, solve
from backprop_tutor.errors import EvaluationError, ExerciseError
from backprop_tutor.exercise.draws import Draws
from backprop_tutor.language import to_text
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_html import HtmlExport
from backprop_tutor.render.exports.to_ipynb import NotebookExport
from backprop_tutor.render.exports.to_tex import LatexExport
from backprop_tutor.walkthrough.solution import Solution
from backprop_tutor.walkthrough.worked import Workings

EXERCISES = {
    "convolution": """
  given: {X: [[1, 2, 0], [0, 1, 3], [2, 1, 1]]}
  parameters: {K: [[1, 0], [-1, 2]], b: 1}
  compute:
    Z: conv2d(X, K, b)
    A: relu(Z)
    L: sum(max_pool(A, 2, 1))
""",
    "channels": """
  given: {X: [[1, 2, 0, 1], [0, 1, 3, 2]]}
  parameters: {K: [[[1, 0], [-1, 2]], [[2, 1], [0, 1]]], b: [0, 1]}
  compute:
    Z: conv1d(X, K, b, stride=2, padding=1)
    P: mean_pool(Z, [1, 3])
    L: sum(P**2)
""",
    "layer norm": """
  given: {t: [[1, 0, 1], [0, 1, 1]]}
  parameters: {x: [[1, 2, 4], [3, -1, 0]], gamma: [1, 2, 1], beta: [0, 1, 0]}
  compute:
    y: layer_norm(x, gamma, beta)
    L: half_sse(y, t)
""",
    "batch norm": """
  given: {t: [[1, 0], [0, 1]]}
  parameters: {x: [[1, 2], [3, -1]], gamma: [1, 2], beta: [0, 1], scale: [1, 2]}
  compute:
    y: batch_norm(x, gamma, beta, epsilon=1/10)
    L: half_sse(rms_norm(y, scale), t)
""",
    "rows": """
  given: {ids: [1, 3, 1], label: 2}
  parameters: {E: [[1, 2], [0, 1], [-1, 1]]}
  compute:
    rows: E[ids]
    p: softmax(mean(rows, axis=1))
    L: sum(one_hot(ids, 3) @ E) - log(p[label])
""",
    "choices": """
  given: {x: [1, -2, 3]}
  parameters: {w: [2, -1, 1/2]}
  compute:
    var: where(w * x >= 1, w**2, 3 * w)
    step: clip(var, -2, 3) + sign(w) * stop_gradient(w)
    L: sum(step[1:3:2]) + sum(w * step(w))
""",
    "reductions": """
  given: {x: [1, -2, 3]}
  parameters: {w: [2, -1, 1/2]}
  compute:
    M: outer(w, x)
    L: var(w) + std(x * w) + prod(w) + norm(w) + logsumexp(w) + sum(transpose(M, 2, 1) @ w)
""",
    "functions": """
  given: {x: 1/2}
  parameters: {w: [1/4, -1/2]}
  compute:
    L: sum(tan(w) + arctan(w) + sinh(w * x) + cosh(w))
""",
}


def exercise(name: str) -> str:
    return f"title: {name}\ngraph:{EXERCISES[name]}  loss: L\nlearning_rate: 1/10\n"


@pytest.fixture(params=EXERCISES)
def solution(request: pytest.FixtureRequest) -> Solution:
    return solve(loads(exercise(request.param)))


def test_every_parameter_is_explained_and_proved(solution: Solution) -> None:
    for name in solution.graph.parameters:
        explanation = explain(solution, f"dL/d{name}")
        lines = [line for form in ("scalar", "matrix", "numbers") for line in _lines(explanation.form(form))]
        assert lines
        assert all(line.verified for line in lines)


def _lines(form: Any) -> Iterator[Any]:
    return (line for section in form.sections for line in section.lines)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_step_is_shown_with_a_formula_that_gives_its_value(name: str) -> None:
    solution = solve(loads(exercise(name)))
    workings = Workings(solution, 6)
    for step in solution.steps.values():
        workings.equation(step)
        for index in np.ndindex(np.shape(solution.value(step.quantity))):
            workings.element(step, index)


def test_the_notebook_runs_and_agrees(solution: Solution, capsys: pytest.CaptureFixture[str]) -> None:
    book = json.loads(NotebookExport().text(Document(solution)))
    space: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)  # written by the program
    assert "quantities agree." in capsys.readouterr().out


def test_it_is_written_as_a_page_and_in_latex(solution: Solution) -> None:
    document = Document(solution)
    assert "<math" in HtmlExport().text(document)
    assert "tabular" in LatexExport().text(document)


def test_versions_draw_rows_that_there_are() -> None:
    draws = Draws(loads(exercise("rows")))
    for number in range(20):
        values = draws.draw(draws.stream(str(number))).values
        assert all(1 <= number <= 3 for number in [*values["ids"], values["label"].item()])


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("convolution", ("[[1, 0], [-1, 2]]", "[[1, 0, 1, 1]]"), "6:8: Z: the window of 1×4 is larger than"),
        ("convolution", ("(A, 2, 1)", "(A, 2, 0)"), "the stride is 0."),
        ("convolution", ("(A, 2, 1)", "(A, 3)"), "the window of 3×3 is larger than its input of 2×2"),
        (
            "convolution",
            ("b: 1}", "b: [1]}"),
            "the bias of shape (1,) does not fit the kernels",
        ),
        (
            "channels",
            ("[[[1, 0], [-1, 2]], [[2, 1], [0, 1]]]", "[[[1, 0]], [[0, 1]]]"),
            "(2, 4) has 2 channels",
        ),
        ("channels", ("stride=2", "stride=1/2"), "the stride is 1/2."),
        ("layer norm", ("gamma: [1, 2, 1]", "gamma: [1, 2]"), "gamma and beta of shape (3,), not (2,)"),
        ("rows", ("[1, 3, 1]", "[1, 4, 1]"), "3:20: ids[2] = 4 is no whole number from 1 to 3."),
        ("rows", ("[1, 3, 1]", "[1, 3/2, 1]"), "3:20: ids[2] = 3/2 is no whole number from 1 to 3."),
        ("rows", ("label: 2", "label: 0"), "label = 0 is no whole number from 1 to 2."),
        ("rows", ("E[ids]", "E[E]"), "E in [ ] is not given."),
        ("rows", ("E[ids]", "E[ids,1]"), "a name in [ ] stands alone."),
        ("rows", ("(ids, 3)", "(ids)"), "one_hot needs the number of classes."),
        ("choices", ("where(w * x >= 1,", "where(w * x,"), "where( ) begins with a comparison."),
        ("choices", ("clip(var", "clip(var > 1"), "A comparison stands only at the beginning of where( )."),
        ("reductions", ("(M, 2, 1)", "(M, 2, 2)"), "the axes 2, 2 are not an order of the 2 axes"),
        ("reductions", ("outer(w, x)", "outer(w, 2)"), "outer takes two vectors"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(name: str, change: tuple[str, str], fault: str) -> None:
    text = exercise(name)
    assert change[0] in text
    with pytest.raises(ExerciseError) as caught:
        loads(text.replace(*change))
    assert fault in str(caught.value)


def test_a_mask_that_hides_everything_is_an_error() -> None:
    text = "title: x\ngraph:\n  given: {m: [[0, -inf], [-.inf, -inf]]}\n  parameters: {S: [[1, 2], [3, 4]]}\n"
    formulas = "  compute:\n    A: softmax(S + m)\n    L: sum(A**2)\n  loss: L\n"
    with pytest.raises(EvaluationError, match="the mask hides everything in row 2"):
        solve(loads(text + formulas)).value("A")
    open_again = solve(loads(text.replace("-.inf, -inf", "-.inf, 0") + formulas))
    np.testing.assert_allclose(open_again.value("A"), [[1, 0], [0, 1]])


def test_names_that_are_ordinary_words_are_free() -> None:
    text = "title: x\ngraph:\n  parameters: {norm: 2, sign: 3}\n  compute:\n    std: norm * sign\n"
    assert solve(loads(f"{text}    L: std**2\n  loss: L\n")).value("dL/dnorm") == 36


def test_max_with_0_has_an_indicator_for_its_derivative() -> None:
    text = "title: x\ngraph:\n  parameters: {w: [2, -3]}\n  compute:\n    m: maximum(0, w)\n    L: sum(m)\n"
    lines = list(_lines(explain(solve(loads(f"{text}  loss: L\n")), "dL/dw").index))
    assert to_text(lines[-1].expr) == "[w[i] > 0]"


def test_a_layer_may_apply_log_softmax() -> None:
    layer = "{activation: log_softmax, weights: [[1, 0], [-1, 1]], bias: [0, 1]}"
    text = f"title: x\nnetwork:\n  layers: [{layer}]\ndata: [{{x: [1, 2], t: [0, -1]}}]\nloss: half_mse\n"
    solution = solve(loads(text))
    net = np.array([1.0, 2.0])
    np.testing.assert_allclose(solution.value("z"), [net - np.log(np.exp(net).sum())])
    assert all(line.verified for line in _lines(explain(solution, "dJ/dW1").index))
