"""Checking a whole set of answers: order, follow-through, marks, and whatever people hand in."""

import re
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from backprop_tutor import load, solve
from backprop_tutor.exercise import loads
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.grading import Checker, asked, check


@cache
def exercise(name: str = "exercise1") -> Exercise:
    return load(name)


RIGHT: dict[str, Any] = {
    "net1": [1, -1],
    "h1": ["1", "0"],
    "z": 1,
    "J": "1/2",
    "dJ/dW2": [[-1, 0]],
    "W2_new": [["1.1", 2]],
}


def verdicts(answers: dict[str, Any]) -> dict[str, str]:
    return {v.quantity: v.verdict for v in check(exercise(), answers).verdicts}


def test_a_right_sheet() -> None:
    result = check(exercise(), RIGHT)
    assert result.all_right
    assert (result.score, result.out_of) == (10.0, 10.0)
    assert [v.quantity for v in result.verdicts] == [
        "net1[1]", "net1[2]", "h1[1]", "h1[2]", "z[1]", "J",
        "dJ/dW2[1,1]", "dJ/dW2[1,2]", "W2_new[1,1]", "W2_new[1,2]",
    ]  # fmt: skip


def test_right_values_from_the_solution_are_right_everywhere() -> None:
    for name in ("exercise3", "softmax-batch", "matrix-graph", "adam-steps", "circuit-xyz", "mazur"):
        solution = solve(exercise(name))
        answers = {q.quantity: np.asarray(solution.value(q.quantity)) for q in asked(solution)}
        assert check(exercise(name), answers).all_right


def test_an_empty_sheet_is_blank() -> None:
    result = check(exercise(), {})
    assert {v.verdict for v in result.verdicts} == {"blank"}
    assert (result.score, result.out_of) == (0.0, 10.0)


def test_follow_through_in_walkthrough_order_whatever_the_order_of_the_sheet() -> None:
    answers = {"W2_new": [[0.9, 1.9]], "dJ/dW2": [[1, 1]], "z": 3, "h1": [1, 1], "net1": [1, 1]}
    found = verdicts(answers)
    assert found["net1[2]"] == "wrong"
    followed = ["h1[2]", "z[1]", "dJ/dW2[1,1]", "dJ/dW2[1,2]", "W2_new[1,1]", "W2_new[1,2]"]
    assert {found[name] for name in followed} == {"follow-through"}


def test_an_element_counts_before_its_array() -> None:
    assert verdicts({**RIGHT, "h1[2]": "5"})["h1[2]"] == "wrong"
    assert verdicts({"dJ/dW2[1,1]": -1})["dJ/dW2[1,1]"] == "correct"


def test_an_array_may_be_one_text() -> None:
    assert verdicts({"dJ/dW2": "[-1, 0]"})["dJ/dW2[1,2]"] == "correct"
    assert verdicts({"dJ/dW2": "delta2*h1"})["dJ/dW2[1,2]"] == "correct"
    assert verdicts({"dJ/dW2": "[-1, 0"})["dJ/dW2[1,2]"] == "invalid"


ODD: list[Any] = [
    None, True, float("nan"), float("inf"), 10**400, Fraction(1, 3), object(), {}, {"a": 1}, [], [[]],
    [[], []], [1], [1, 2, 3], [[1, 2], [3]], [[[[[[[[[[1]]]]]]]]]], "x" * 30_000, "1/0", b"1", "?", "",
    "=cmd|'/c calc'!A0", [None, None],
    ["?", "?"], [[1], 2], np.zeros((2, 2)), np.array(["a", "b"]), {1, 2}, range(2),
]  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("quantity", ["net1", "J", "dJ/dW2", "h1[1]"])
def test_nothing_raises_and_other_lines_do_not_change(quantity: str, value: Any) -> None:
    right = {name: answer for name, answer in RIGHT.items() if not quantity.startswith(name)}
    found = check(exercise(), {**right, quantity: value})
    for verdict in found.verdicts:
        if not verdict.quantity.startswith(quantity.split("[")[0]):
            assert verdict.verdict in ("correct", "follow-through")
        else:
            assert verdict.verdict in ("invalid", "blank", "wrong", "correct")


def test_unknown_names_and_shapes_are_said() -> None:
    result = check(exercise(), {**RIGHT, "dJ/dW9": 1, 7: 2, "x" * 999: 1, "net1[9]": 1, "h1": [1, 2, 3]})  # type: ignore[dict-item]
    assert {problem.quantity for problem in result.problems} == {"dJ/dW9", "7", "x" * 60, "net1[9]", "h1"}
    assert not result.all_right


def test_a_list_that_holds_itself() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert verdicts({"net1": endless})["net1[1]"] == "invalid"


WEIGHED = """
title: Weighed
graph:
  parameters: {x: 2}
  compute: {a: x + 1, b: 2 * a, J: b * b}
  loss: J
ask: [a, b, J]
marks: {J: 3, a: 1/2}
follow_through: 1/2
"""


def test_marks_and_the_share_of_follow_through() -> None:
    weighed = loads(WEIGHED)
    result = check(weighed, {"a": 3, "b": 5, "J": 25})
    assert [v.verdict for v in result.verdicts] == ["correct", "wrong", "follow-through"]
    assert result.marks == (Fraction(1, 2), Fraction(0), Fraction(3, 2))
    assert (result.score, result.out_of) == (2.0, 4.5)
    full = Checker(solve(weighed), follow_through=Fraction(1)).check({"a": 3, "b": 5, "J": 25})
    assert full.score == 3.5


def test_marks_are_found_under_any_name_of_a_quantity() -> None:
    text = """
title: One example
network:
  layers: [{activation: relu, weights: [[1, 0], [-1, 1]]}, {activation: linear, weights: [[1, 2]]}]
data: [{x: [1, 0], t: [2]}]
loss: half_mse
ask: [h1, dJ/dnet1, dJ/dW1]
marks: {'h1(1)[2]': 5, delta1: 2, 'dJ/dW1[2]': 3, 'dJ/dW1[2,2]': 0}
"""
    checker = Checker(solve(loads(text)))
    assert checker.weights == (1, 5, 2, 2, 1, 1, 3, 0)


def test_the_document_is_that_of_check() -> None:
    document = check(exercise(), {**RIGHT, "J": "1"}).document()
    assert list(document) == ["format", "exercise", "score", "out_of", "answers"]
    assert (document["format"], document["exercise"], document["score"]) == (1, "exercise1", 9.0)
    assert list(document["answers"][0]) == [
        "quantity", "given", "verdict", "misconceptions", "ambiguous", "message"
    ]  # fmt: skip


def test_checking_twice_gives_the_same() -> None:
    three = exercise("exercise3")
    solution = solve(three)
    answers = {"net1": (solution.value("net1") * 1.1).tolist(), "h1": solution.value("h1").tolist()}
    assert check(three, answers) == check(three, answers)


class Hostile:
    """An object whose every method raises."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise RuntimeError

    def __float__(self) -> float:
        raise RuntimeError


def test_what_is_no_mapping_is_a_problem_and_raises_nothing() -> None:
    things: list[Any] = [None, [("J", 1)], Hostile(), 3, "J: 1/2"]
    for thing in things:
        result = check(exercise("exercise1"), thing)
        assert [problem.quantity for problem in result.problems] == ["answers"]
        assert result.score == 0


def test_no_object_raises_anything() -> None:
    for answer in (Hostile(), 10**5000, Fraction(1, 10**5000), [Hostile()], {Hostile()}, b"1/2"):
        answers: dict[Any, Any] = {"J": answer, Hostile(): 1, "z": "1"}
        verdicts = {v.quantity: v.verdict for v in check(exercise("exercise1"), answers).verdicts}
        assert (verdicts["J"], verdicts["z[1]"]) == ("invalid", "correct")


@pytest.mark.parametrize("answer", [[0.5], [[0.5]], np.array([0.5]), np.array([[0.5]]), np.float64(0.5)])
def test_an_array_of_one_number_is_a_number(answer: Any) -> None:
    verdicts = check(exercise("exercise1"), {"J": answer}).verdicts
    assert {v.quantity: v.verdict for v in verdicts}["J"] == "correct"


def test_no_message_gives_a_right_value_away() -> None:
    """The value of a term may be what another question asks."""
    result = check(exercise("fan-out"), {"a": 1, "b": 2, "df/db": 1, "df/dx": 9})
    assert result.verdicts[-1].misconceptions or any(v.misconceptions for v in result.verdicts)
    assert not any(re.search(r"= ?4\b", v.message) for v in result.verdicts)


def test_a_slip_is_not_put_down_to_an_answer_that_was_not_read() -> None:
    answers = {"net1": [1, 1], "h1": [1, 1], "z": 3, "dJ/dW2": [[-1], [0]], "W2_new": [[0.9, 1.9]]}
    verdicts = {v.quantity: v for v in check(exercise("exercise1"), answers).verdicts}
    assert verdicts["dJ/dW2[1,1]"].number is None
    assert verdicts["W2_new[1,1]"].origin == "net1[2]"


def test_a_square_answered_transposed_is_named_so_in_every_wrong_entry() -> None:
    right = solve(load("mazur")).value("dJ/dW2")
    whole = check(load("mazur"), {"dJ/dW2": right.T.round(7).tolist()})
    one_by_one = {f"dJ/dW2[{i + 1},{j + 1}]": f"{right[j, i]:.7f}" for i in (0, 1) for j in (0, 1)}
    for result in (whole, check(load("mazur"), one_by_one)):
        told = {v.quantity: (v.misconceptions, v.ambiguous) for v in result.verdicts if v.verdict == "wrong"}
        assert told == dict.fromkeys(("dJ/dW2[1,2]", "dJ/dW2[2,1]"), (("transposed",), False))


def test_a_matrix_of_another_shape_answered_transposed_is_named_so() -> None:
    right = solve(load("exercise3")).value("h1")
    result = check(load("exercise3"), {"h1": right.T.round(6).tolist()})
    named = {v.misconceptions for v in result.verdicts if v.quantity.startswith("h1")}
    assert named == {("transposed",)}


def test_single_entries_that_are_those_of_the_transpose_are_named_so() -> None:
    right = solve(load("exercise3")).value("h1")  # three examples, two units
    answers = {
        "h1(1)[2]": f"{right[1, 0]:.5g}",
        "h1(2)[1]": f"{right[0, 1]:.5g}",
        "h1(1)[1]": f"{right[0, 0]:.5g}",
    }
    told = {v.quantity: v.misconceptions for v in check(load("exercise3"), answers).verdicts}
    assert told["h1(1)[2]"] == told["h1(2)[1]"] == ("transposed",)
