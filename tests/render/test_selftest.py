"""Blank pages: the digits they ask for, and the answers that they call right without holding them."""

from hashlib import sha256

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise.precision import Precision
from backprop_tutor.language import Style
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports import exporter
from backprop_tutor.render.selftest import fingerprints
from backprop_tutor.render.session_texts import solved_rows
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import questions_of

EXERCISE = "title: A weight\ngraph:\n  parameters: {w: 1/2}\n  compute: {J: exp(w)}\n  loss: J\n"


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


@pytest.mark.parametrize(
    ("typed", "value", "precision", "is_right"),
    [
        ("593e-1", 0.59326999, Precision(), True),
        ("590e-1", 0.59326999, Precision(), False),
        ("590e-1", 0.59326999, Precision(2), True),
        ("593e-1", 0.59326999, Precision(4), False),
        ("5933e-1", 0.59326999, Precision(4), True),
        ("590e-1", 0.59326999, Precision(decimals=2), True),
        ("600e-1", 0.59326999, Precision(decimals=2), False),
        ("0", 0.0012, Precision(decimals=2), True),
        ("130e-3", 0.0012, Precision(decimals=3), False),
        ("100e-3", 0.0012, Precision(decimals=3), True),
        ("12346e2", 123.456, Precision(decimals=2), True),
        ("100e0", 0.996, Precision(decimals=2), True),
        ("0", 0.0, Precision(decimals=2), True),
    ],
)
def test_the_page_knows_an_answer_with_the_digits_asked(
    typed: str, value: float, precision: Precision, is_right: bool
) -> None:
    """`typed` as the page writes what was typed: digits, at least three, and the place of the first."""
    found = sha256(f"salt|J|{typed}".encode()).hexdigest()[:16]
    assert (found in fingerprints("salt", "J", value, None, precision)) == is_right


def test_after_a_slip_only_ones_own_value_is_shown() -> None:
    solution = solve(load("mazur"))
    questions = questions_of(solution)
    question = next(question for question in questions if question.target == "h1[1]")
    steps = Steps(solution, Style(), questions)
    shown = " ".join(text for _, text in solved_rows(question, steps, own="0.6457"))
    assert "0.6457" in shown
    assert "0.377" not in shown  # net1[1], where the slip was made
    assert "0.593" not in shown
    assert "0.377" in " ".join(text for _, text in solved_rows(question, steps))
