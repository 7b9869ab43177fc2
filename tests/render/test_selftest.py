"""Blank pages: the digits they ask for, and the answers that they call right without holding them."""

import re
from typing import Any

import pytest

from backprop_tutor import check, load, loads, solve
from backprop_tutor.grading.book import Book
from backprop_tutor.grading.history import History
from backprop_tutor.language import Style
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter
from backprop_tutor.render.exports.to_ipynb import CHECK
from backprop_tutor.render.screens.session_texts import solved_rows
from backprop_tutor.render.selftest import right_numbers, sealed
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import questions_of

EXERCISE = "title: A weight\ngraph:\n  parameters: {w: 1/2}\n  compute: {J: exp(w)}\n  loss: J\n"
FACTORS = (1, 1.00000001, 0.99999, 1.0001, 0.9995, 1.001, 0.995, 1.01)


@pytest.mark.parametrize("kind", ["html", "md", "tex", "ipynb"])
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "at least 3 significant digits"),
        ("digits: 5", "5 significant digits"),
        ("decimals: 2", "2 decimals"),
    ],
)
def test_a_blank_page_says_how_many_digits_are_asked(kind: str, key: str, said: str) -> None:
    document = Document(solve(loads(EXERCISE + key)), blank=True)
    assert said in exporter(kind).text(document)
    full = Document(solve(loads(EXERCISE + key)))
    assert said not in exporter(kind).text(full)


def said_right(text: str, typed: float) -> bool:
    """What a notebook with the exercise `text` says of J."""
    code: dict[str, Any] = {"SALT": "salt"}
    exec(CHECK, code)  # as the notebook runs it
    history = History(Book(solve(loads(text))))
    right = code["opened"]("J", sealed("salt", "J", right_numbers(history, ("J", ()))))
    return bool(code["is_right"](typed, **right))


@pytest.mark.parametrize("key", ["", "digits: 5", "decimals: 2", "decimals: 4", "tolerance: 1/50"])
@pytest.mark.parametrize(
    "formula", ["exp(w)", "w/16", "w/1000", "1000*sin(w)", "w - 1/2", "sigmoid(w)/10000"]
)
def test_a_notebook_calls_right_what_the_grader_does(key: str, formula: str) -> None:
    text = f"{EXERCISE.replace('exp(w)', formula)}{key}"
    exercise = loads(text)
    value = float(solve(exercise).value("J"))
    typed = {float(f"{value * factor:.{digits}g}") for digits in range(1, 9) for factor in FACTORS}
    for number in sorted({0.0, 1e-17, 0.004, 0.006, *typed}):
        (verdict,) = (v.verdict for v in check(exercise, {"J": repr(number)}).verdicts if v.quantity == "J")
        assert said_right(text, number) == (verdict == "correct"), number


def test_right_numbers_cannot_be_read() -> None:
    document = Document(solve(loads(EXERCISE)), blank=True)
    for kind in ("html", "ipynb"):
        assert not re.search(r"1\.?648|1649", exporter(kind).text(document))


def test_after_a_slip_only_ones_own_value_is_shown() -> None:
    solution = solve(load("mazur"))
    questions = questions_of(solution, ["all"])
    question = next(question for question in questions if question.target == "h1[1]")
    steps = Steps(solution, Style(), questions)
    shown = " ".join(text for _, text in solved_rows(question, steps, own="0.6457"))
    assert "0.6457" in shown
    assert "0.377" not in shown  # net1[1], where the slip was made
    assert "0.593" not in shown
    assert "0.377" in " ".join(text for _, text in solved_rows(question, steps))
