"""Blank exports ask for what the exercise asks for, also where it says so in a word, and say its rules."""

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.grading import asked
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter

TEXT = """
title: t
network:
  layers:
    - {{activation: relu, weights: [[1, 0], [-1, 1]]}}
    - {{activation: linear, weights: [[1, 2]], bias: [0]}}
data:
  - {{x: [0, 0], t: [2]}}
loss: half_mse
learning_rate: 1/10
digits: 4
ask: {}
"""


@pytest.mark.parametrize(
    "ask", ["all", "key", "forward", "backward", "update", "[key, dJ/dz]", "[forward, 'dJ/dW1[1,2]']"]
)
def test_words_stand_for_their_quantities(ask: str) -> None:
    solution = solve(loads(TEXT.format(ask)))
    shown = {found.step.quantity for found in Document(solution, blank=True).views}
    assert shown == {question.quantity for question in asked(solution)}


@pytest.mark.parametrize("ending", ["html", "md", "tex", "ipynb"])
def test_digits_and_conventions_are_said(ending: str) -> None:
    text = exporter(ending).text(Document(solve(loads(TEXT.format("all"))), blank=True))
    assert "at least 4 significant digits" in text
    assert "derivative 0 at 0" in text
