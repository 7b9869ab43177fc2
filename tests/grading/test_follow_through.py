"""The right method on the student's own values earns its marks; the slip is paid for once."""

from functools import cache

import numpy as np
import pytest

from backprop_tutor import Solution, load, loads, solve
from backprop_tutor.grading import Verdict, mark


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


def marked(name: str, *answers: tuple[str, str]) -> list[Verdict]:
    """The verdicts on answers given one after the other."""
    history: dict[str, Verdict] = {}
    verdicts = []
    for quantity, text in answers:
        verdicts.append(mark(solution(name), quantity, text, history))
        history |= {part.quantity: part for part in verdicts[-1].elements()}
    return verdicts


def judgements(name: str, *answers: tuple[str, str]) -> list[str]:
    return [verdict.verdict for verdict in marked(name, *answers)]


def test_a_slip_is_carried_through_to_the_update() -> None:
    answers = [("net1[2]", "1"), ("h1[2]", "1"), ("z", "3"), ("dJ/dW2", "[1, 1]"), ("W2_new[1,2]", "1.9")]
    verdicts = marked("exercise1", *answers)
    assert [v.verdict for v in verdicts] == ["wrong", *["follow-through"] * 4]
    assert {v.origin for v in verdicts[1:]} == {"net1[2]"}
    assert verdicts[1].message == "Your method is right; the slip was in net1[2]."


def test_quantities_that_are_not_asked_follow_from_the_student_s_own() -> None:
    assert "dJ/dnet2" not in [ask.quantity for ask in solution("exercise1").exercise.ask]
    assert judgements("exercise1", ("z", "3"), ("dJ/dW2[1,1]", "1")) == ["wrong", "follow-through"]


def test_the_right_value_stays_right_after_a_slip() -> None:
    assert judgements("exercise1", ("net1[1]", "2"), ("h1[1]", "1")) == ["wrong", "correct"]


@pytest.mark.parametrize("skipped", ["?", "2,5", "qwertz"])
def test_an_answer_that_says_nothing_does_not_block(skipped: str) -> None:
    assert judgements("exercise1", ("net1[1]", skipped), ("h1[1]", "1"))[1] == "correct"
    verdicts = marked("exercise1", ("net1[2]", "1"), ("h1[2]", skipped), ("z", "1"))
    assert verdicts[2].verdict == "correct"  # the true h1 stands in
    verdicts = marked("exercise1", ("net1[2]", "1"), ("h1[2]", skipped), ("z", "3"))
    assert verdicts[2].verdict == "follow-through"  # or the student's own, worked out and not written


def test_a_zero_that_kills_every_term_earns_nothing() -> None:
    verdicts = marked("exercise3", ("dJ/dz(1)[1]", "0"), ("dJ/dnet2(1)[1]", "0"))
    assert verdicts[1].verdict == "wrong"
    assert "dJ/dz(1)[1] = 0" in verdicts[1].message


def test_a_zero_in_one_of_several_terms_does_not_matter() -> None:
    s = solution("exercise3")
    h, delta = s.value("h1")[:, 0], s.value("dJ/dnet2")[:, 0]
    own = f"{delta[1] * h[1] + delta[2] * h[2]:.6g}"
    assert judgements("exercise3", ("dJ/dnet2(1)[1]", "0"), ("dJ/dW2[1,1]", own))[1] == "follow-through"


def test_relu_of_a_wrong_net_is_no_trivial_zero() -> None:
    assert judgements("exercise1", ("net1[1]", "-1"), ("h1[1]", "0")) == ["wrong", "follow-through"]


def test_rounding_on_the_way_is_no_slip() -> None:
    answers = [("h1(1)[1]", "0.731"), ("h1(1)[2]", "0.622")]
    own = 0.731 * 1 - 2 * 0.622  # the true value is -0.51386…
    assert judgements("exercise3", *answers, ("net2(1)[1]", f"{own:.5g}")) == ["correct"] * 3


def test_a_misconception_is_named_in_the_student_s_own_numbers() -> None:
    wrong_upstream = 0.25
    s = solution("exercise3")
    delta = wrong_upstream * s.value("W2")[0, 0]
    answers = [
        ("dJ/dnet2(1)[1]", "0.25"),
        ("dJ/dh1(1)[1]", f"{delta:.6g}"),
        ("dJ/dnet1(1)[1]", f"{delta:.6g}"),
    ]
    verdicts = marked("exercise3", *answers)
    assert [v.verdict for v in verdicts] == ["wrong", "follow-through", "wrong"]
    assert verdicts[2].misconceptions[0] == "missing-activation-derivative"


def test_the_derivative_may_be_taken_at_net_or_written_with_the_wrong_h() -> None:
    s = solution("exercise3")
    g, net = s.value("dJ/dh1")[0, 0], s.value("net1")[0, 0]
    sigma = 1 / (1 + np.exp(-net))
    at_net, with_h = g * sigma * (1 - sigma), g * 0.6 * 0.4
    for own in (at_net, with_h):
        verdict = marked("exercise3", ("h1(1)[1]", "0.6"), ("dJ/dnet1(1)[1]", f"{own:.6g}"))[1]
        assert verdict.passed


TWO_STEPS = """
title: Two steps
graph:
  parameters: {w: 3}
  compute: {J: w ** 2}
  loss: J
learning_rate: 1/4
steps: 2
"""


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_slip_is_carried_through_later_passes(optimizer: str) -> None:
    """J = w², dJ/dw = 2w; here the student forgot the 2 of the first derivative, and worked on rightly."""
    solved = solve(loads(f"{TWO_STEPS}optimizer: {{name: {optimizer}}}\n"))
    v1 = 3.0
    w1 = 3 - v1 / 4
    v2 = 2 * w1 + (0.9 * v1 if optimizer == "momentum" else 0)
    work = {"dJ/dw": v1, "w_new1": w1, "J2": w1**2, "dJ2/dw": 2 * w1, "w_new": w1 - v2 / 4}
    history: dict[str, Verdict] = {}
    for quantity, number in work.items():
        history[quantity] = mark(solved, quantity, repr(number), history)
    assert [verdict.verdict for verdict in history.values()] == ["wrong", *["follow-through"] * 4]
    assert history["w_new"].origin == "dJ/dw"


def test_the_slip_of_an_update_is_named_in_every_pass() -> None:
    solved = solve(loads(TWO_STEPS))
    assert mark(solved, "w_new1", "4.5").misconceptions == ("ascent-not-descent",)
    assert mark(solved, "w_new", "2.25").misconceptions == ("ascent-not-descent",)


@pytest.mark.parametrize(
    ("quantity", "text"), [("W1_new", "W1"), ("J3", "J*2"), ("W1_new[1,1]", "W1[1,1] + 1")]
)
def test_formulas_for_quantities_of_later_passes_are_judged(quantity: str, text: str) -> None:
    assert mark(solution("adam-steps"), quantity, text).verdict == "wrong"
    assert (
        mark(solution("adam-steps"), "W1_new", "W1 + (W1_new1 - W1) + (W1_new2 - W1_new1)*1").verdict
        == "wrong"
    )
