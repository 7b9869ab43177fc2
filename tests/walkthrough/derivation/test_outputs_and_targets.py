"""Softmax with cross-entropy, and sigmoid with bce, end in the outputs less the targets."""

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.language import to_text
from backprop_tutor.walkthrough.derivation import explain

GRAPH = """
title: A graph
graph:
  given: {{x: {x}, y: {y}}}
  parameters: {{W: {W}}}
  compute: {{s: x @ W, p: {f}(s), L: "{loss}(p, y)"}}
  loss: L
"""
BATCH = {"x": "[[1, 2], [0, 1]]", "W": "[[1/5, -3/10, 1/2], [-1/2, 7/10, -1/5]]"}
VECTOR = {"x": "[1, 2]", "W": "[[1/5, -3/10, 1/2], [-1/2, 7/10, -1/5]]"}


@pytest.mark.parametrize(
    ("form", "loss", "f", "arrays", "y", "last"),
    [
        ("index", "cross_entropy", "softmax", BATCH, "[[0, 1, 0], [1, 0, 0]]", "(1/2)·(p[i,j] - y[i,j])"),
        ("matrix", "cross_entropy", "softmax", BATCH, "[[0, 1, 0], [1, 0, 0]]", "(1/2)·(p - y)"),
        ("index", "cross_entropy", "softmax", BATCH, "[2, 1]", "(1/2)·(p[i,j] - y[i,j])"),
        ("index", "cross_entropy", "softmax", VECTOR, "[1/2, 1/2, 0]", "p[i] - y[i]"),
        ("matrix", "cross_entropy", "softmax", VECTOR, "3", "p - y"),
        ("index", "bce", "sigmoid", BATCH, "[[0, 1, 0], [1, 0, 1/2]]", "(1/2)·(p[i,j] - y[i,j])"),
        ("matrix", "bce", "sigmoid", BATCH, "[[0, 1, 0], [1, 0, 1/2]]", "(1/2)·(p - y)"),
        ("index", "bce", "sigmoid", VECTOR, "[0, 1, 1]", "(1/3)·(p[i] - y[i])"),
    ],
)
def test_graphs(form: str, loss: str, f: str, arrays: dict[str, str], y: str, last: str) -> None:
    text = GRAPH.format(**arrays, y=y, f=f, loss=loss)
    section = explain(solve(loads(text)), "dL/ds").form(form).sections[-1]
    assert to_text(section.result) == last
    assert all(line.verified is True for line in section.lines)
