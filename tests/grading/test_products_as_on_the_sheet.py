"""Answers in the words of the sheet: `W1 x` is a matrix product, `x1` is no quantity."""

import json
from functools import cache

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.grading import Marker, mark
from backprop_tutor.render.solution_json import solution_json
from backprop_tutor.render.view import select
from backprop_tutor.walkthrough import lettering_of


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


RIGHT = {
    "exercise1": [
        ("net1", "W1 x"),
        ("net1[2]", "W1 x"),
        ("net1", "-(-W1 x)"),
        ("net1", "½ (W1 x + W1 x)"),
        ("h1", "relu(W1 x)"),
        ("z", "W2 relu(W1 x)"),
        ("z[1]", "(W2) h1"),
        ("dJ/dW2", "delta2 h1"),
        ("W2_new", "W2 - eta dJ/dW2"),
        ("dJ/dW1", "dJ/dnet1.T @ x"),
        ("dJ/dW1", "dJ/dnet1 @ x.T"),
        ("dJ/dW1[1,1]", "dJ/dnet1.T @ x"),
        ("dJ/dW1[2,1]", "dJ/dnet1 @ x.T"),
        ("dJ/dh1", "dJ/dnet2 @ W2"),
        ("dJ/dh1", "W2.T @ dJ/dnet2"),
        ("dJ/dh1[2]", "W2.T @ dJ/dnet2"),
    ],
    "exercise3": [  # three examples
        ("net1", "W1 x"),
        ("h1", "sigmoid(W1 x)"),
        ("net1(2)[1]", "W1 x"),
        ("net1(1)[1]", "W1[1,1] x(1)[1] + W1[1,2] x(1)[2]"),
    ],
    "mazur": [("net1", "W1 x + b1"), ("z", "sigmoid(W2 h1 + b2)")],
}


@pytest.mark.parametrize(
    ("name", "quantity", "text"), [(n, *pair) for n, pairs in RIGHT.items() for pair in pairs]
)
def test_a_product_without_a_sign_is_that_of_the_sheet(name: str, quantity: str, text: str) -> None:
    verdict = mark(solution(name), quantity, text)
    assert verdict.verdict == "correct", verdict.message


def test_with_examples_as_columns_it_is_the_same_product() -> None:
    several = solution("exercise3")
    letters = lettering_of(several.exercise, "nielsen")
    for quantity, text in (("net1", "w1 x"), ("net1(2)[1]", "w1 x"), ("h1", "sigmoid(w1 x)")):
        assert Marker(several).mark(quantity, text, {}, letters).verdict == "correct", text


@pytest.mark.parametrize(
    "name", ["exercise1", "exercise3", "mazur", "leaky-relu", "linear-regression", "tanh-bce"]
)
def test_the_formulas_of_the_solution_are_right_answers(name: str) -> None:
    solved = solution(name)
    for step in json.loads(solution_json(solved, select(solved), 6))["steps"]:
        verdict = mark(solved, step["quantity"], step["formula"])
        assert verdict.verdict == "correct", (step["quantity"], step["formula"], verdict.message)


def test_a_product_the_wrong_way_round_is_no_answer() -> None:
    for text in ("x.T @ dJ/dnet1", "x @ dJ/dnet1.T"):
        verdict = mark(solution("mazur"), "dJ/dW1", text)
        assert (verdict.verdict, verdict.misconceptions) == ("wrong", ("transposed",)), text


def test_an_element_of_one_array_times_another_stays_what_it_is() -> None:
    assert mark(solution("exercise1"), "net1", "W1 x[1]").verdict == "invalid"
    assert mark(solution("exercise1"), "J", "(t-z) (t-z)/2").verdict == "correct"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dJ/dnet1[1]*x1", "Write x[1]."),
        ("z1*2", "Write z[1]."),
        ("W112*2", "Write W1[1,2]."),
        ("dJ/db1*2", "Layer 1 has no bias."),
        ("b2", "Layer 2 has no bias."),
        ("dJ/dW3", "There are W1 and W2."),
        ("np.exp(z)", "exp(x)"),
        ("x if x else 0", "relu(x)"),
        ("x then 0", "relu(x)"),
    ],
)
def test_a_name_that_is_not_there_is_told_why(text: str, told: str) -> None:
    verdict = mark(solution("exercise1"), "dJ/dW1[1,1]", text)
    assert verdict.verdict == "invalid"
    assert told in verdict.message


def test_an_update_without_a_learning_rate_is_told_so() -> None:
    for text in ("W1_new", "W1 - eta*dJ/dW1"):
        assert "learning_rate" in mark(solution("exercise2"), "J", text).message
    assert "x is not updated" in mark(solution("exercise1"), "J", "x_new").message
