"""Gradients in formulas, second derivatives and Jacobians on every kind of page."""

import json
from typing import Any

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_html import HtmlExport
from backprop_tutor.render.exports.to_ipynb import NotebookExport
from backprop_tutor.render.exports.to_md import MarkdownExport
from backprop_tutor.render.exports.to_tex import LatexExport

SECOND = """
title: Second derivatives
graph:
  parameters: {s: [1, 2], w: [1, 1/2]}
  compute:
    p: softmax(s)
    q: s * w
    L: sum(p * q) + sum(q**3)
  loss: L
ask: [dp/ds, 'd2L/ds[1] dw[1]', d2L/dw dw]
"""
THROUGH = """
title: Through a gradient
graph:
  given: {v: [1, 2]}
  parameters: {w: [1, 2]}
  compute:
    h: tanh(w)
    f: sum(h**3) + w[1]*w[2]
    Hv: grad(sum(grad(f, w)*v), w)
    L: sum(Hv**2) + grad(f, h)[1]
  loss: L
learning_rate: 1/10
steps: 2
"""


def document(text: str) -> Document:
    return Document(solve(loads(text)))


@pytest.mark.parametrize("text", [SECOND, THROUGH])
def test_notebooks_run_and_agree_with_the_engine(text: str) -> None:
    space: dict[str, Any] = {}
    for cell in json.loads(NotebookExport().text(document(text)))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)  # written by the program; it ends in its own comparison


def test_they_are_printed_as_a_textbook_has_them() -> None:
    tex, markdown, html = (
        export().text(document(SECOND)) for export in (LatexExport, MarkdownExport, HtmlExport)
    )
    assert r"\partial^{2} L/\partial s[1]\,\partial w[1]" in tex
    assert r"\partial p[1]/\partial s[2]" in tex
    assert "∂²L/∂s[1]∂w[1]" in markdown or r"\partial^{2} L" in markdown
    assert "<msup><mo" in html


def test_derivatives_by_derivatives_have_brackets() -> None:
    tex = LatexExport().text(document(THROUGH))
    assert r"\left(\partial f/\partial h\right)" in tex
    assert "dL/ddf" not in tex
