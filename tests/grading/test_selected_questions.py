"""Which elements are asked, in which pieces and in which order."""

from functools import cache

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.errors import UsageError
from backprop_tutor.exercise import loads
from backprop_tutor.grading import asked


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


def names(name: str, *selection: str) -> list[str]:
    return [question.name for question in asked(solution(name), selection)]


def test_small_arrays_are_asked_element_by_element_in_walkthrough_order() -> None:
    assert names("exercise1") == [
        "net1[1]", "net1[2]", "h1[1]", "h1[2]", "z[1]", "J",
        "dJ/dW2[1,1]", "dJ/dW2[1,2]", "W2_new[1,1]", "W2_new[1,2]",
    ]  # fmt: skip


def test_words_select() -> None:
    assert names("exercise1", "forward")[-1] == "J"
    assert names("exercise1", "backward")[0] == "dJ/dz[1]"
    assert names("exercise1", "update")[0] == "W1_new[1,1]"
    assert names("exercise1", "key")[:2] == ["z[1]", "J"]
    everything = names("exercise1", "all")
    assert everything == [*names("exercise1", "forward"), *names("exercise1", "backward", "update")]


def test_a_name_of_every_step_selects_each() -> None:
    assert names("lstm-two-steps", "c<s>") == ["c<1>", "c<2>"]
    assert names("rnn-three-steps", "dJ/dnet<s>[2]") == [f"dJ/dnet<{step}>[2]" for step in (3, 2, 1)]
    with pytest.raises(UsageError, match="g2<s>"):
        names("lstm-two-steps", "g2<s>")


def test_names_select_whole_quantities_and_elements() -> None:
    assert names("exercise1", "J", "net1[2]") == ["net1[2]", "J"]
    assert names("exercise1", "delta2", "dJ/dx") == ["dJ/dnet2[1]", "dJ/dx[1]", "dJ/dx[2]"]
    with pytest.raises(UsageError):
        names("exercise1", "dJ/dW9")


LARGE = """
title: Larger arrays
graph:
  parameters: {W: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], v: %s}
  compute: {A: 2 * W, u: v * v, J: sum(A) + sum(u)}
  loss: J
"""


def test_larger_arrays_are_typed_whole_and_very_large_ones_asked_in_places() -> None:
    large = solve(loads(LARGE % list(range(40))))
    questions = {question.quantity: question for question in asked(large, ["A"])}
    assert questions["A"].whole
    assert questions["A"].index is None
    assert len(questions["A"].elements) == 9
    places = [question.name for question in asked(large, ["u"])]
    assert places == ["u[2]", "u[21]", "u[40]"]  # u[1] is 0


def test_an_exercise_says_how_it_is_asked() -> None:
    text = LARGE % [1, 2] + "ask: [{quantity: A, by: element}, {quantity: u, by: whole}]\n"
    found = asked(solve(loads(text)))
    assert [question.name for question in found] == [
        *(f"A[{i},{j}]" for i in (1, 2, 3) for j in (1, 2, 3)),
        "u",
    ]
