"""Which misconceptions an exercise cannot tell apart, and the number to change."""

import subprocess
import sys

from backprop_tutor import Solution, load, solve
from backprop_tutor.exercise import loads
from backprop_tutor.grading.ambiguities import Coincidences, ambiguities


def coincidences(solution: Solution) -> set[tuple[str, str, str]]:
    """Quantity, misconception and the other one, empty for the right method."""
    found = Coincidences(solution).of(solution)
    return {(quantity, first[0], second[0] if second else "") for quantity, first, second in found}


TWO = """
title: Two twos
graph:
  parameters: {x: %s, w: 2}
  compute: {a: x * w, J: a ** 2}
  loss: J
"""


def test_coincidences_are_found_with_the_number_to_change() -> None:
    found = {(a.quantity, a.first, a.second): a for a in ambiguities(solve(load("exercise1")))}
    ambiguity = found["dJ/dW2", "sign-flipped", "upstream-forgotten"]
    assert ambiguity.number == "x[1]"
    assert ambiguity.text == (
        "dJ/dW2 (with a sign turned round or the gradient that comes back forgotten: change x[1])"
    )


def test_a_misconception_that_gives_the_right_value() -> None:
    found = ambiguities(solve(load("exercise1")))
    assert [(a.quantity, a.first) for a in found if not a.second] == [
        ("net1", "wrong-layer-input"),
        ("h1", "derivative-for-function"),  # relu'(1) is relu(1)
    ]


def test_the_change_that_is_named_helps() -> None:
    ones = coincidences(solve(loads((TWO % 1).replace("w: 2", "w: 1"))))
    assert ("dJ/dx", "local-forgotten", "") in ones
    assert ("dJ/dx", "local-forgotten", "") not in coincidences(solve(loads(TWO % 3)))


def test_what_always_coincides_is_no_fault_of_the_exercise() -> None:
    found = coincidences(solve(load("exercise1")))
    assert not any("derivative-at-activation" in pair for pair in found)  # relu'(h) is relu'(net)


def test_validate_warns() -> None:
    run = [sys.executable, "-m", "backprop_tutor", "validate", "exercise1", "--plain"]
    output = subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout
    warnings = [line.strip().removeprefix("warning: ") for line in output.splitlines() if "warning:" in line]
    assert warnings == [
        "A usual slip goes unseen, since it gives the right value, in net1 (with the input of another "
        "layer taken: change x[2]); h1 (with a derivative taken for the function itself: change x[1]).",
        "Two usual slips give the same number, and cannot be told apart, in dJ/dW2 (with a sign turned "
        "round or the gradient that comes back forgotten: change x[1]).",
    ]
