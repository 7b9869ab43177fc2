"""Quantities that an author calls N, π or η: their own name wins over the letter of the formulas."""

from fractions import Fraction

import pytest

from backprop_tutor import Solution, load, loads, solve
from backprop_tutor.grading import check, mark
from backprop_tutor.walkthrough import Workings
from backprop_tutor.walkthrough.derivation.explanation import explain

OWN = """
title: Their own letters
graph:
  given: {N: 3, π: 2, x: 2}
  parameters: {w: -4}
  compute: {a: N*x, f: a*w*π}
  loss: f
"""
RATE = OWN + "learning_rate: 1/10\n"
ETA = OWN.replace("N", "η")


@pytest.mark.parametrize("text", [OWN, RATE, ETA])
def test_every_step_is_worked_with_the_authors_numbers(text: str) -> None:
    solution = solve(loads(text))
    workings = Workings(solution)
    for step in solution.steps.values():
        worked = workings.element(step, ())
        assert worked.exact == solution.exact(step.quantity).item()
    assert solution.exact("f").item() == -48
    explanation = explain(solution, "df/dw")
    assert explanation.exact == "12"
    assert all(line.verified for section in explanation.index.sections for line in section.lines)


@pytest.mark.parametrize(
    ("text", "quantity", "answer", "verdict"),
    [
        (RATE, "a", "N*x", "correct"),
        (RATE, "df/dw", "N*x*π", "correct"),
        (RATE, "df/dw", "N*x*N - N*x", "wrong"),
        (RATE, "df/da", "w*π", "correct"),
        (RATE, "w_new", "w - η*a*π", "correct"),
        (ETA, "df/dw", "η*x*π", "correct"),
        (ETA, "df/dw", "12", "correct"),
    ],
)
def test_formulas_with_them_are_judged_as_formulas(
    text: str, quantity: str, answer: str, verdict: str
) -> None:
    assert mark(solve(loads(text)), quantity, answer).verdict == verdict


def test_a_sheet_knows_them() -> None:
    result = check(loads(RATE), {"a": "N*x", "df/dw": "π*a", "w_new": "-26/5"})
    assert [v.verdict for v in result.verdicts if v.verdict != "blank"] == ["correct"] * 3


def mean(examples: str) -> Solution:
    return solve(loads(
        f"title: t\ngraph:\n  given: {{x: {examples}, t: 1}}\n  parameters: {{w: 2}}\n"
        "  compute: {z: x*w, J: 'half_mse(z, t)'}\n  loss: J\n"
    ))  # fmt: skip


def test_n_is_known_to_answers_where_a_formula_has_it_and_to_no_other_step() -> None:
    solution = mean("[1, 2, 3]")
    assert solution.letters["N"] == 3
    assert mark(solution, "dJ/dz[1]", "-(1/N)*(t - z[1])").verdict == "correct"
    assert solution.steps["J"].numbers == {"N": Fraction(3)}
    assert solution.steps["z"].numbers == {}
    assert "N" not in solve(loads(RATE)).letters


def test_the_settings_of_an_optimizer_are_letters_of_answers() -> None:
    text = RATE + "optimizer: momentum\n"
    solution = solve(loads(text))
    assert set(solution.letters) == {"η", "μ"}
    assert mark(solution, "v_w_new", "μ*0 + df/dw").verdict == "correct"
    assert set(solve(load("exercise1")).letters) == {"π", "η", "N"}
