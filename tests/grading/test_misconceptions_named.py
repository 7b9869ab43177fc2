"""Each misconception, worked out here by hand on shipped exercises, is named."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.exercise import loads
from backprop_tutor.grading import mark
from backprop_tutor.grading.misconceptions import TABLE, Misconception, coding
from backprop_tutor.grading.misconceptions.edits import EDITS
from backprop_tutor.walkthrough.rule_card import rule_card

IDS = [
    "missing-activation-derivative", "derivative-at-activation", "sign-flipped", "missing-one-over-n",
    "missing-factor-two", "transposed-weights", "transposed-outer-product", "missing-path",
    "one-step-only", "gradient-to-all", "factor-left-out",
    "wrong-layer-input", "activation-not-applied", "bias-omitted", "bias-not-summed", "only-one-example",
    "relu-mask-from-output-gradient", "updated-weights-used", "ascent-not-descent",
    "learning-rate-forgotten", "gradient-not-subtracted", "softmax-derivative-applied-twice",
    "off-diagonal-jacobian-dropped", "upstream-forgotten", "local-forgotten", "arithmetic-slip",
    "descent-not-ascent", "weight-decay-forgotten", "clip-not-applied", "penalty-forgotten", "penalty-factor",
    "hinge-label-forgotten",
]  # fmt: skip

GENERATED = [  # by edits of a formula
    "transposed", "update-forgotten", "one-over-n-twice", "averaged-over-outputs", "function-for-derivative",
    "derivative-for-function", "activation-too-early", "neighbour-taken", "index-transposed", "mean-for-sum",
    "factor-dropped", "square-forgotten", "wrong-power", "squared", "wrong-logarithm", "function-dropped",
    "factor-inverted", "bracket-dropped", "complement-taken", "other-operation", "other-function",
    "factor-doubled",
]  # fmt: skip


def test_the_table_holds_every_misconception_once() -> None:
    ids = [misconception.id for misconception in TABLE]
    assert len(ids) == len(set(ids))
    assert set(ids) == {*IDS, *GENERATED, *(entry.id for entry in coding.ENTRIES)}
    assert all(misconception.summary.endswith(".") for misconception in TABLE)
    assert {covered for m in TABLE for covered in m.covers} <= set(ids)


def test_each_edit_has_an_entry_in_the_table() -> None:
    assert {edit.id for edit in EDITS} <= {misconception.id for misconception in TABLE}


@pytest.mark.parametrize("misconception", TABLE, ids=lambda misconception: misconception.id)
def test_each_has_a_rule_to_read_on_with(misconception: Misconception) -> None:
    assert rule_card(misconception.rule).name == misconception.rule


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


@cache
def values(name: str) -> dict[str, Any]:
    return {quantity: solution(name).value(quantity) for quantity in solution(name).shapes}


def slope(u: Any) -> Any:
    """The sigmoid's."""
    sigma = 1 / (1 + np.exp(-u))
    return sigma * (1 - sigma)


def named(name: str, element: str, value: float) -> tuple[str, ...]:
    verdict = mark(solution(name), element, f"{value:.6g}")
    assert verdict.verdict == "wrong"
    assert verdict.message.startswith(f"You got {value:.6g}. That {'may be' if verdict.ambiguous else 'is'} ")
    return verdict.misconceptions


E3, SB, TB = "exercise3", "softmax-batch", "tanh-bce"


def cases() -> list[Any]:
    """Name of the exercise, element, wrong value, id."""
    v, s, t = values(E3), values(SB), values(TB)
    h, net, d2 = v["h1"], v["net1"], v["dJ/dnet2"]
    x, W2 = v["x"], v["W2"]
    twice = s["dJ/dnet1"] * s["z"] * (1 - s["z"])
    residual = values("residual-block")
    fan = values("fan-out")
    return [
        (E3, "dJ/dnet1(1)[1]", v["dJ/dh1"][0, 0], "missing-activation-derivative"),
        (E3, "dJ/dnet1(2)[1]", v["dJ/dh1"][1, 0] * slope(h[1, 0]), "derivative-at-activation"),
        (E3, "dJ/dnet1(3)[2]", v["dJ/dh1"][2, 1] * net[2, 1] * (1 - net[2, 1]), "derivative-at-activation"),
        (E3, "dJ/dz(1)[1]", -v["dJ/dz"][0, 0], "sign-flipped"),
        (E3, "dJ/dW2[1,2]", 3 * v["dJ/dW2"][0, 1], "missing-one-over-n"),
        (E3, "J", 3 * v["J"], "missing-one-over-n"),
        (E3, "J", 2 * v["J"], "missing-factor-two"),
        (E3, "dJ/dz(2)[1]", 2 * v["dJ/dz"][1, 0], "missing-factor-two"),
        (E3, "dJ/dW1[1,2]", v["dJ/dW1"][1, 0], "transposed-outer-product"),
        (E3, "net1(3)[1]", (x[2] @ v["W1"])[0], "transposed-weights"),
        (E3, "dJ/dW2[1,1]", (d2[:, 0] * x[:, 0]).sum(), "wrong-layer-input"),
        (E3, "dJ/dW2[1,1]", (d2[:, 0] * net[:, 0]).sum(), "wrong-layer-input"),
        (E3, "h1(3)[2]", net[2, 1], "activation-not-applied"),
        (E3, "dJ/dW2[1,1]", d2[1, 0] * h[1, 0], "only-one-example"),
        (E3, "dJ/dW2[1,1]", 3 * d2[1, 0] * h[1, 0], "only-one-example"),
        (E3, "J", 0.5 * (v["t"][2, 0] - v["z"][2, 0]) ** 2, "only-one-example"),
        (E3, "dJ/dh1(1)[2]", d2[0, 0] * v["W2_new"][0, 1], "updated-weights-used"),
        (E3, "W2_new[1,1]", W2[0, 0] + 0.5 * v["dJ/dW2"][0, 0], "ascent-not-descent"),
        (E3, "W2_new[1,1]", W2[0, 0] - v["dJ/dW2"][0, 0], "learning-rate-forgotten"),
        (E3, "W2_new[1,1]", 0.5 * v["dJ/dW2"][0, 0], "gradient-not-subtracted"),
        (E3, "dJ/dnet1(1)[1]", h[0, 0] * (1 - h[0, 0]), "upstream-forgotten"),
        (E3, "dJ/dW2[1,1]", h[:, 0].sum(), "upstream-forgotten"),
        (E3, "dJ/dW2[1,1]", d2.sum(), "local-forgotten"),
        (E3, "dJ/dh1(1)[2]", d2[0, 0], "local-forgotten"),
        (E3, "net2(1)[1]", W2[0, 0] * h[0, 0] - W2[0, 1] * h[0, 1], "arithmetic-slip"),
        (E3, "dJ/dW2[1,2]", (d2 * h)[:, 1].sum() - 2 * d2[1, 0] * h[1, 1], "arithmetic-slip"),
        (E3, "dJ/dW1[1,1]", (v["dJ/dh1"] * x)[:, 0].sum(), "local-forgotten"),
        (SB, "dJ/dnet1(1)[1]", twice[0, 0], "softmax-derivative-applied-twice"),
        (SB, "dJ/db1[1]", s["dJ/dnet1"][1, 0], "bias-not-summed"),
        (SB, "net1(1)[3]", s["net1"][0, 2] - 1, "bias-omitted"),
        (TB, "dJ/dnet1(1)[2]", t["dJ/dh1"][0, 1], "missing-activation-derivative"),
        ("residual-block", "dJ/dx[1]", residual["dJ/dy"][0], "missing-path"),
        ("residual-block", "n[1]", residual["n"][0] - 1, "bias-omitted"),
        ("fan-out", "df/dx", fan["df/db"] * fan["a"], "missing-path"),
    ]  # fmt: skip


@pytest.mark.parametrize("case", range(34))
def test_a_misconception_is_named(case: int) -> None:
    name, element, value, expected = cases()[case]
    assert expected in named(name, element, value)


def test_every_case_is_tested() -> None:
    assert len(cases()) == 34


def test_a_diagonal_alone_is_named_where_softmax_s_gradient_is_asked() -> None:
    s = values(SB)
    assert s["dJ/dz"][0, 1] == 0
    assert "off-diagonal-jacobian-dropped" in mark(solution(SB), "dJ/dnet1(1)[2]", "0").misconceptions


def test_relu_s_mask_taken_from_the_gradient_is_named() -> None:
    text = """
title: A ReLU whose net and gradient differ in sign
graph:
  parameters: {n: [2, -1.5], c: [-0.75, 0.5]}
  compute: {h: relu(n), p: h * c, J: sum(p)}
  loss: J
"""
    exercise = solve(loads(text))
    assert exercise.value("dJ/dn").tolist() == [-0.75, 0]
    assert mark(exercise, "dJ/dn[1]", "0").misconceptions == ("relu-mask-from-output-gradient",)
    assert "relu-mask-from-output-gradient" in mark(exercise, "dJ/dn[2]", "1/2").misconceptions


def test_the_simplest_is_named_first_and_said_to_be_uncertain() -> None:
    verdict = mark(solution("exercise1"), "dJ/dW2[1,1]", "1")
    assert verdict.misconceptions == ("sign-flipped", "upstream-forgotten")
    assert verdict.ambiguous
    assert "It is not certain" in verdict.message


def test_a_case_of_a_more_general_misconception_is_no_less_certain() -> None:
    verdict = mark(solution(E3), "dJ/dnet1(1)[1]", f"{values(E3)['dJ/dh1'][0, 0]:.6g}")
    assert verdict.misconceptions == ("missing-activation-derivative", "local-forgotten")
    assert "not certain" not in verdict.message


def test_the_message_has_the_numbers() -> None:
    verdict = mark(solution("mazur"), "dJ/dz[1]", "1.4827")
    assert verdict.misconceptions == ("missing-factor-two",)
    assert verdict.message == (
        "You got 1.4827. That is -(t[1] - z[1]) with the 2 of the square kept and the 1/2 forgotten; "
        "here they cancel."
    )


def test_a_small_whole_number_is_told_a_possible_cause_only() -> None:
    verdict = mark(solution("exercise1"), "dJ/dW2[1,1]", "-2")
    assert verdict.misconceptions == ("missing-factor-two",)
    assert verdict.ambiguous
    assert verdict.message == (
        "You got -2. That may be ∂J/∂net2[1]·h1[1] with the 2 of the square kept and the 1/2 forgotten; "
        "here they cancel. It is not certain: so simple a number comes out in other ways too."
    )


def test_an_arithmetic_slip_says_in_which_term() -> None:
    s = solution("mazur")
    first = s.value("W1")[0, 0] * s.value("x")[0, 0]
    verdict = mark(s, "net1[1]", f"{s.value('net1')[0, 0] - 2 * first:.6g}")
    assert verdict.misconceptions == ("arithmetic-slip",)
    assert "the sign of the term W1[1,1]·x[1] turned round" in verdict.message


def test_without_a_cause_the_right_factors_are_pointed_out() -> None:
    history = {
        name: mark(solution(E3), name, f"{values(E3)[q][i]:.6g}")
        for name, q, i in [("dJ/dh1(1)[1]", "dJ/dh1", (0, 0)), ("h1(1)[1]", "h1", (0, 0))]
    }
    verdict = mark(solution(E3), "dJ/dnet1(1)[1]", "7.7777", history)
    assert verdict.misconceptions == ()
    assert "dJ/dh1(1)[1] and h1(1)[1] are right already" in verdict.message
    assert "hint" not in verdict.message  # only the tutor has hints


def test_random_numbers_are_given_no_cause() -> None:
    random = np.random.default_rng(1)
    given = 0
    for element in ("dJ/dW1[1,1]", "dJ/dW1[1,2]", "dJ/dW2[1,1]", "dJ/dnet1(1)[1]", "net2(2)[1]"):
        for guess in random.uniform(-1, 1, 100):
            given += bool(mark(solution(E3), element, f"{guess:.4g}").misconceptions)
    assert given <= 5


@pytest.mark.parametrize(
    ("name", "quantity", "text"), [("exercise1", "net1[2]", "1"), (E3, "z(1)[1]", "-0.374")]
)
def test_a_sign_is_missed_in_every_step(name: str, quantity: str, text: str) -> None:
    assert mark(solution(name), quantity, text).misconceptions[0] == "sign-flipped"


def test_rounding_is_not_taken_for_a_misconception() -> None:
    s = solution("mazur")
    for name in ("W1_new[1,1]", "W1_new[1,2]", "h1[2]"):
        quantity = s.find(name)
        value = float(s.value(quantity.name)[next(quantity.indices(s.shapes[quantity.name]))])
        places = 2 - math.floor(math.log10(abs(value)))
        cut_off = math.floor(value * 10**places) / 10**places
        verdict = mark(s, name, f"{cut_off:.{places}f}")
        assert (verdict.verdict, verdict.misconceptions, verdict.rounded) == ("wrong", (), True), name


@pytest.mark.parametrize("formula", ["W @ x", "x @ W"])
def test_weights_on_either_side_of_a_product_may_be_transposed(formula: str) -> None:
    given, leaves = "given: {x: [1, 2]}", "parameters: {W: [[5, 3], [2, 7]]}"
    text = f"title: t\ngraph:\n  {given}\n  {leaves}\n  compute: {{n: {formula}, L: sum(n*n)}}\n  loss: L\n"
    solution = solve(loads(text))
    W, x = (solution.value(name) for name in "Wx")
    wrong = W.T @ x if formula == "W @ x" else x @ W.T
    for place, value in enumerate(wrong.tolist(), 1):
        assert "transposed-weights" in mark(solution, f"n[{place}]", str(value)).misconceptions
