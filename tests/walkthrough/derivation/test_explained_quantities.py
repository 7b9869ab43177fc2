"""What can be asked, and what is said of what cannot."""

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.errors import UsageError
from backprop_tutor.walkthrough import lettering_of
from backprop_tutor.walkthrough.derivation import explain

EXERCISE3 = solve(load("exercise3"))
EXERCISE1 = solve(load("exercise1"))


def test_elements_arrays_and_deltas() -> None:
    assert explain(EXERCISE1, "dJ/dW2[1,1]").value == -1.0
    assert explain(EXERCISE1, "dJ/dW2[1,1]").exact == "-1"
    assert explain(EXERCISE1, "dJ/dW2").value == [[-1.0, 0.0]]
    assert explain(EXERCISE1, "dJ/dW2").exact == [["-1", "0"]]
    assert explain(EXERCISE3, "delta1").value == EXERCISE3.value("dJ/dnet1").tolist()
    assert explain(EXERCISE3, "δ1(2)[1]").value == EXERCISE3.value("dJ/dnet1")[1, 0]
    assert explain(EXERCISE3, "∂J/∂W1[1,2]").value == EXERCISE3.value("dJ/dW1")[0, 1]


def test_derivatives_between_two_quantities() -> None:
    assert explain(EXERCISE1, "dz/dh1").value == [[[1.0, 2.0]]]
    assert explain(EXERCISE1, "dz/dh1").exact == [[["1", "2"]]]
    assert explain(EXERCISE1, "dnet2/dW1[1,1]").value == [[1.0]]
    assert explain(EXERCISE1, "dnet2(1)[1]/dW1[1,1]").value == 1.0
    by_example = explain(EXERCISE3, "dz/dh1").value
    assert (len(by_example), len(by_example[0]), len(by_example[0][0])) == (3, 1, 2)
    assert explain(EXERCISE3, "dz(2)/dh1").value == by_example[1]
    assert explain(EXERCISE3, "dz(2)[1]/dh1(2)[2]").value == by_example[1][0][1]


def test_the_letters_of_a_notation() -> None:
    nielsen = lettering_of(EXERCISE3.exercise, "nielsen")
    assert explain(EXERCISE3, "dC/dw1[1,2]", lettering=nielsen).value == EXERCISE3.value("dJ/dW1")[0, 1]


@pytest.mark.parametrize(
    ("quantity", "what", "hint"),
    [
        ("dJ/dW9", "W9 is not a quantity", "W2"),
        ("dJ/dW1[0,1]", "starts at 1, not 0", "W1 has the shape (2, 2)"),
        ("dJ/dW1[3,1]", "index 3 is out of range", "its indices go from 1 to 2"),
        ("dJ/dnet1(7)[1]", "index 7 is out of range", "from 1 to 3 and from 1 to 2."),
        ("net1", "net1 is a value", "dJ/dnet1"),
        ("W1_new", "W1_new is a value", ""),
        ("dh1/dW2", "h1 does not depend on W2", "J, net2, z"),
        ("dt/dW1", "t does not depend on W1", ""),
        ("dz(1)/dh1(2)", "belong to different examples", "does not act on another"),
        ("dJ/d", "", ""),
        ("", "nothing to read", ""),
        ("W1 + W2", "not the name of one quantity", ""),
    ],
)
def test_what_cannot_be_explained(quantity: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(EXERCISE3, quantity)
    assert what in caught.value.what
    assert hint in str(caught.value)


def test_the_loss_by_itself() -> None:
    explanation = explain(EXERCISE1, "dJ/dJ")
    assert explanation.value == 1.0
    assert explanation.index.sections[-1].lines[-1].verified
    assert explanation.matrix.notes


def test_a_value_on_the_kink_keeps_the_exercises_convention() -> None:
    text = """
title: kink
network:
  layers: [{activation: relu, weights: [[1, -1]]}]
data: [{x: [1, 1], t: [1]}]
loss: half_mse
relu_at_zero: 1/2
"""
    explanation = explain(solve(loads(text)), "dJ/dW1[1,1]")
    assert explanation.exact == "-1/2"
    assert explanation.numbers.sections


def test_an_exercise_is_explained_as_its_solution_is() -> None:
    assert explain(load("exercise1"), "dJ/dW1").exact == explain(EXERCISE1, "dJ/dW1").exact


@pytest.mark.parametrize(
    ("notation", "quantity", "hint"),
    [
        ("nielsen", "dC/dw9", "There are x, y, w^1"),
        ("bishop", "z1", "Ask for one such as dE/dz^1."),
        ("goodfellow", "dW1/dh1", "W^1 does not depend on h^1"),
        ("nielsen", "da1/dy", "y acts on C."),
    ],
)
def test_hints_are_typed_as_the_notation_is(notation: str, quantity: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(EXERCISE3, quantity, lettering=lettering_of(EXERCISE3.exercise, notation))
    assert hint in str(caught.value)
