"""Blank exports ask for what the exercise asks for, in every form that `ask` has, and say its rules."""

import re
from collections.abc import Callable

import pytest

from backprop_tutor import loads, solve
from backprop_tutor.grading import asked
from backprop_tutor.render.answer_sheet import blank_sheet
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


FORMS = [
    "all",
    "key",
    "forward",
    "backward",
    "update",
    "[all]",
    "[key, update]",
    "[key, dJ/dz, dJ/dz]",
    "[delta1, W1_new]",
    "['W1_new[1]', 'net1[2]', net1]",
    "[{quantity: dJ/dW1, by: whole}, {quantity: h1, by: element}]",
    "['h1(1)[2]', J]",
    "[dJ/dx, dz/dh1, 'd2J/dW2[1,1] dW2[1,2]']",
]
COUNTS: dict[str, Callable[[str], int]] = {
    "html": lambda text: text.count("<input "),
    "md": lambda text: text.count("| ________ |"),
    "tex": lambda text: text.count(r"\underline{\hspace{2.5cm}}"),
    "ipynb": lambda text: len(re.findall(r"'[^']+': \(\d+, '", text)),
}


@pytest.mark.parametrize("ask", FORMS)
def test_every_kind_asks_for_the_elements_of_the_sheet(ask: str) -> None:
    solution = solve(loads(TEXT.format(ask)))
    elements = sum(len(names) for names in ({*question.elements} for question in asked(solution)))
    sheet = blank_sheet(solution, "csv")
    assert sheet.count(",_\n") == len({name for question in asked(solution) for name in question.elements})
    for ending, count in COUNTS.items():
        text = exporter(ending).text(Document(solve(loads(TEXT.format(ask))), blank=True))
        assert count(text) == sheet.count(",_\n"), (ending, elements)


def test_a_large_array_is_asked_by_the_same_few_elements() -> None:
    rows = [[row + column + 1 for column in range(9)] for row in range(9)]
    exercise = loads(
        f"title: t\ngraph:\n  given: {{x: {rows}}}\n  compute: {{y: 2*x, f: sum(y)}}\n  loss: f\nask: [y]\n"
    )
    for ending, count in COUNTS.items():
        assert count(exporter(ending).text(Document(solve(exercise), blank=True))) == 3
