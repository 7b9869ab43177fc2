"""The factors of a chain rule as answers: as numbers of one's own, and as formulas in what comes before."""

from pathlib import Path

import pytest

from backprop_tutor import Solution, load, loads, solve
from backprop_tutor.grading.verdict import Verdict
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session_marker import SessionMarker

CHAIN = """
title: Two factors of 1
graph:
  given: {x: 1}
  parameters: {w: 1, v: 1}
  compute: {a: w * x, b: v * a, c: a * a, J: b + c}
  loss: J
"""


def marked(solution: Solution, target: str, text: str, **history: str) -> Verdict:
    questions = questions_of(solution, ["all"], factors=True)
    question = next(question for question in questions if question.target == target)
    return SessionMarker(solution, questions)(question, text, history)


SLOPE = "dJ/dnet1[1] local ∂h1[1]/∂net1[1]"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("0.241", "correct"),  # 0.593·0.407
        ("0.24130071", "correct"),
        ("h1[1]*(1 - h1[1])", "correct"),
        ("0.245", "wrong"),
        ("h1[1]", "wrong"),
        ("dJ/dnet1[1]/dJ/dh1[1]", "invalid"),
        ("dJ/dW1[1,1]/x[1]/dJ/dh1[1]", "invalid"),
    ],
)
def test_a_local_derivative(text: str, verdict: str) -> None:
    history = {"net1[1]": "0.378", "h1[1]": "0.593"}
    assert marked(solve(load("mazur")), SLOPE, text, **history).verdict == verdict


def test_rounding_before_it_is_no_slip() -> None:
    decimals = loads((load("mazur").path or Path()).read_text(encoding="utf-8") + "\ndecimals: 2\n")
    assert marked(solve(decimals), SLOPE, "0.2419", **{"h1[1]": "0.59"}).verdict == "correct"
    assert marked(solve(decimals), SLOPE, "0.27", **{"h1[1]": "0.59"}).verdict == "wrong"


def test_the_factor_of_what_enters_twice_is_its_whole_derivative() -> None:
    solution = solve(loads(CHAIN.replace("w: 1, v: 1", "w: 3, v: 1")))
    local = "dJ/da local ∂c/∂a"
    assert [q.target for q in questions_of(solution, factors=True)].count(local) == 1
    assert marked(solution, local, "6").verdict == "correct"
    assert marked(solution, local, "2*a").verdict == "correct"
    assert marked(solution, local, "3").verdict == "wrong"


def test_a_factor_alone_is_not_the_product_though_its_number_is() -> None:
    solution = solve(loads(CHAIN))
    products = [q for q in questions_of(solution, factors=True) if q.part == "product"]
    first = products[0]
    assert marked(solution, first.target, "1").verdict == "correct"
    assert marked(solution, first.target, "dJ/db").verdict == "wrong"
    assert marked(solution, first.target, "dJ/db*v").verdict == "correct"
    assert marked(solution, first.target, "dJ/da/2*v").verdict == "invalid"
