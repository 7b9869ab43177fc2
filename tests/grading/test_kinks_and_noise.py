"""Answers where a value sits on a kink, or is 0 up to rounding: one right value, and the convention said."""

from typing import Any

import pytest

from backprop_tutor import solve
from backprop_tutor.exercise import loads
from backprop_tutor.grading import check
from backprop_tutor.render.answer_sheet import FORMATS, blank_sheet
from backprop_tutor.render.view import notes

TENTHS = """
title: A kink in tenths
network:
  layers:
    - {activation: relu, weights: [[0.1, 0.2], [0.7, 0.1]], bias: [-0.3, 0]}
    - {activation: linear, weights: [[1, 1]]}
data:
  - {x: [1, 1], t: [0.5]}
loss: half_mse
learning_rate: 0.1
"""
GRAPH = """
title: Kinks
graph:
  given: {a: 0.1, b: 0.2, c: 0.3}
  parameters: {w: 1}
  compute:
    d: a*w + b*w - c
    h: FORMULA
    f: (h + 1)**2
  loss: f
"""
NOISE = """
title: Noise
graph:
  given: {x: 0.3}
  parameters: {w: 1}
  compute:
    u: log(exp(x*w)) - x
    f: (u + 1)**2
  loss: f
"""


def verdicts(text: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {v.quantity: v for v in check(loads(text), answers).verdicts if v.verdict != "blank"}


def judged(text: str, answers: dict[str, Any]) -> dict[str, str]:
    return {name: verdict.verdict for name, verdict in verdicts(text, answers).items()}


def test_only_the_value_of_the_convention_is_right() -> None:
    assert set(judged(TENTHS, {"dJ/dnet1": [[0, 0.3]], "W1_new": [[0.1, 0.2], [0.67, 0.07]]}).values()) == {
        "correct"
    }
    wrong = judged(TENTHS, {"dJ/dnet1": [[0.3, 0.3]], "W1_new": [[0.07, 0.17], [0.67, 0.07]]})
    assert wrong["dJ/dnet1[1]"] == "wrong"
    assert wrong["W1_new[1,1]"] != "correct"


@pytest.mark.parametrize("given", ["0", "5.551115123125783e-17", "-2.8e-17", "ln(1)"])
def test_noise_is_right_where_the_value_is_0(given: str) -> None:
    assert judged(TENTHS, {"net1[1]": given}) == {"net1[1]": "correct"}
    assert judged(NOISE, {"u": given}) == {"u": "correct"}


@pytest.mark.parametrize("given", ["0.05", "1e-6", "1e-10", "ln(1.001)"])
def test_what_is_not_0_is_wrong_there(given: str) -> None:
    assert judged(TENTHS, {"net1[1]": given}) == {"net1[1]": "wrong"}
    assert judged(NOISE, {"u": given}) == {"u": "wrong"}


def test_what_ones_own_rounded_value_leaves_is_right() -> None:
    """ln(1.35) = 0.300105."""
    text = NOISE.replace("u: log(exp(x*w)) - x", "e: exp(x*w)\n    u: log(e) - x")
    assert judged(text, {"e": "1.35", "u": "0.000105"}) == {"e": "correct", "u": "correct"}
    assert judged(text, {"e": "1.349859", "u": "0.002"})["u"] == "wrong"


def test_noise_is_pointed_out() -> None:
    assert "0 as far as floating point can tell, the rest being rounding noise: u." in notes(
        solve(loads(NOISE))
    )


def test_a_students_own_tenths_make_no_noise_either() -> None:
    """With net1 = 0.1 + 0.2 - 0.3 from a slip of one's own, relu' is taken at 0."""
    text = TENTHS.replace("bias: [-0.3, 0]", "bias: [-0.4, 0]").replace("loss:", "relu_at_zero: 1\nloss:")
    answers = {"net1[1]": "0.1 + 0.2 - 0.3", "dJ/dnet1[1]": "0.3"}
    assert judged(text, answers) == {"net1[1]": "wrong", "dJ/dnet1[1]": "follow-through"}


@pytest.mark.parametrize(
    ("formula", "at_zero", "right", "said"),
    [
        ("relu(d)", "0", "0", "relu(x) = max(0, x) has the derivative 0 at 0"),
        ("max(0, d)", "0", "0", "relu(x) = max(0, x) has the derivative 0 at 0"),
        ("maximum(d, 0)", "0", "0", "relu(x) = max(0, x) has the derivative 0 at 0"),
        ("relu(d)", "1/2", "1", "relu(x) = max(0, x) has the derivative 1/2 at 0"),
        ("max(d, 0)", "1/2", "1", "relu(x) = max(0, x) has the derivative 1/2 at 0"),
        ("maximum(0, d)", "1", "2", "relu(x) = max(0, x) has the derivative 1 at 0"),
        ("leaky_relu(d)", "0", "1/50", "leaky ReLU has the derivative 1/100 at 0"),
        ("abs(d)", "0", "0", "|x| has the derivative 0 at 0"),
        ("maximum(a + b, c) + 0*d", "0", "0", "equal arguments of max have the derivative 1/2 each"),
    ],
)
def test_the_convention_is_said(formula: str, at_zero: str, right: str, said: str) -> None:
    text = f"{GRAPH.replace('FORMULA', formula)}relu_at_zero: {at_zero}\n"
    solution = solve(loads(text))
    assert str(solution.exact("df/dd")) == right
    assert f"By convention, {said}." in solution.conventions
    assert any(said in note for note in notes(solution))
    assert all(
        said in blank_sheet(solution, form).replace("\n# ", " ").replace("\\|", "|") for form in FORMATS
    )
    if "a + b" not in formula:
        wrong = verdicts(text, {"df/dd": "17/3"})["df/dd"]
        assert wrong.verdict == "wrong"
        assert said in wrong.message


def test_nothing_is_said_away_from_a_kink() -> None:
    solution = solve(loads(TENTHS.replace("-0.3", "-0.2")))
    assert not solution.conventions
    assert "convention" not in blank_sheet(solution)


def test_a_masked_score_is_minus_infinity() -> None:
    text = """
title: A mask
graph:
  given: {s: [1, 2], m: [0, -inf], t: [0, 1]}
  parameters: {w: 1}
  compute:
    S: s*w + m
    z: softmax(S)
    f: half_sse(z, t)
  loss: f
"""
    solution = solve(loads(text))
    assert solution.value("z").tolist() == [1, 0]
    assert solution.value("df/dS").tolist() == [0, 0]
    assert judged(text, {"S": ["1", "-inf"], "z": [1, 0]}) == dict.fromkeys(
        ("S[1]", "S[2]", "z[1]", "z[2]"), "correct"
    )
    assert judged(text, {"S": ["-inf", "2"]})["S[2]"] == "wrong"
