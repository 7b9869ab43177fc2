"""Notebooks: valid nbformat 4.5, and every cell runs from top to bottom."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from backprop_tutor import UsageError, load, loads, solve
from backprop_tutor.exercise import shipped_names
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_ipynb import NotebookExport

ALL_SORTS = """\
title: All sorts
graph:
  given: {x: [[1, 2], [3, 1/2]], y: [1, -2]}
  parameters: {W: [[1/2, -1], [1, 1/4]], lambda: 2}
  compute:
    a: gelu(x @ W) + elu(x, alpha=2)
    b: softplus(concat(a, x, axis=1))
    c: leaky_relu(y, slope=1/5) + leaky_relu(y, slope=1/3)
    J: mean(b) + sum(abs(c)) + max(a) + sum(a[1, 1:2] ** 2) + lambda
  loss: J
learning_rate: 1/10
steps: 2
"""


def notebook(text: str, **options: Any) -> dict[str, Any]:
    exercise = load(text) if text in shipped_names() else loads(text)
    found: dict[str, Any] = json.loads(NotebookExport().text(Document(solve(exercise), **options)))
    return found


def run(book: dict[str, Any]) -> dict[str, Any]:
    space: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)  # written by the program
    return space


@pytest.mark.parametrize("text", [*shipped_names(), ALL_SORTS], ids=lambda text: text.partition("\n")[0])
def test_it_computes_every_step(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(notebook(text))
    assert "quantities agree." in capsys.readouterr().out


def test_it_is_nbformat() -> None:
    book = notebook("exercise1")
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in book["cells"]:
        assert isinstance(cell["source"], list)
        extra = {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"id", "cell_type", "metadata", "source"} | extra


def test_one_quantity_comes_with_all_before_it() -> None:
    space = run(notebook("exercise1", quantity="dJ/dW2"))
    assert space["dJ_dW2"].tolist() == [[-1, 0]]
    assert "W2_new" not in space


def test_a_blank_one_checks_answers(capsys: pytest.CaptureFixture[str]) -> None:
    book = notebook("exercise1", blank=True)
    run(book)
    assert "net1: not answered yet" in capsys.readouterr().out
    for cell in book["cells"]:
        cell["source"] = [line.replace("net1 = None", "net1 = [[1, 1]]") for line in cell["source"]]
    run(book)
    assert "net1[1]: right\nnet1[2]: wrong" in capsys.readouterr().out


def test_a_huge_exercise_is_refused() -> None:
    rows = ", ".join(["[" + ", ".join(["1"] * 150) + "]"] * 150)
    text = f"title: t\ngraph:\n  given: {{x: [{rows}]}}\n  compute: {{f: sum(x)}}\n  loss: f\n"
    with pytest.raises(UsageError, match="too many"):
        notebook(text)


def test_markup_from_outside_is_text() -> None:
    attack = "'<img src=x onerror=alert(1)> $x$ # [a](b)'"
    book = notebook(f"title: {attack}\ngraph:\n  given: {{x: 2}}\n  compute: {{f: x * x}}\n  loss: f\n")
    assert book["cells"][0]["source"][0].startswith(r"# \<img src=x onerror=alert(1)\> \$x\$ \# \[a\](b)")


def test_formulas_count_axes_as_the_code_does() -> None:
    cells = ["".join(cell["source"]) for cell in notebook("softmax-batch")["cells"]]
    assert "axes from 0" in cells[0]
    pairs = [
        [set(re.findall(r"axis\}?=(\d)", text)) for text in pair]
        for pair in pairwise(cells)
        if pair[0].startswith(("###", "## "))
    ]
    assert any(code for _, code in pairs)
    assert all(formula <= code for formula, code in pairs)


def test_a_blank_one_checks_some_elements_of_a_large_array(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[10 * row + column for column in range(10)] for row in range(10)]
    text = (
        f"title: t\ngraph:\n  given: {{x: {rows}}}\n  compute: {{y: 2 * x, f: sum(y)}}\n  loss: f\nask: [y]\n"
    )
    book = notebook(text, blank=True)
    for cell in book["cells"]:
        cell["source"] = [line.replace("y = None", "y = 2 * x") for line in cell["source"]]
    run(book)
    printed = capsys.readouterr().out
    assert "y[1,2]: right\n" in printed, "as on the sheet: some that are not zero"
    assert "y[10,10]: right\n" in printed
    assert "wrong" not in printed


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("", ["0.668", "0.6682", "0.66819", "0.66818777216816616"], ["0.67", "0.669", "0.66"]),
        ("digits: 2", ["0.67", "0.668", "0.66818777216816616"], ["0.7", "0.66", "0.67001"]),
        ("digits: 5", ["0.66819", "0.668188"], ["0.668", "0.6682", "0.6683"]),
        ("decimals: 1", ["0.7", "0.67"], ["0.6", "1"]),
    ],
)
def test_a_blank_one_asks_for_the_digits_of_the_exercise(
    rule: str, right: list[str], wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """sigmoid(0.7) = 0.668187772168166…"""
    text = (
        f"title: t\n{rule}\ngraph:\n  given: {{x: 0.7}}\n  compute: {{f: sigmoid(x)}}\n  loss: f\nask: [f]\n"
    )
    for typed in right + wrong:
        book = notebook(text, blank=True)
        for cell in book["cells"]:
            cell["source"] = [line.replace("f = None", f"f = {typed}") for line in cell["source"]]
        run(book)
        assert capsys.readouterr().out.strip() == f"f: {'right' if typed in right else 'wrong'}", typed


AXES = """
title: Axes
graph:
  given: {A: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}
  compute: {B: "transpose(A, 1, 3, 2)", C: "sum(B, axis=[1, 3])", D: "concat(C, C, axis=1)", f: sum(D)}
  loss: f
"""


@pytest.mark.parametrize("blank", [False, True])
def test_lists_of_axes_are_counted_from_0_as_well(blank: bool) -> None:
    text = "\n".join("".join(cell["source"]) for cell in notebook(AXES, blank=blank)["cells"])
    assert "axis=[0, 2]" in text if blank else r"\mathrm{axis}=2\right), \mathrm{axis}=0" in text
    assert "axis=3" not in text.replace("}", "")
    assert "counted from 1." not in text
    assert blank or "np.sum(B, axis=(0, 2))" in text
