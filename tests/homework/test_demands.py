"""Which gradients a version must not have at zero."""

import pytest

from backprop_tutor import Solution, loads, solve
from backprop_tutor.homework.demands import Demands, RefusedError, asked_gradients

GRAPH = """
title: Names with a delta in them
graph:
  given: {x: 2}
  parameters: {w: 3, mydelta: 1}
  compute: {net1: w*x + mydelta, f: net1**2}
  loss: f
"""
EVERY = ["df/dnet1", "df/dmydelta", "df/dnet1_1", "df/dw"]


@pytest.mark.parametrize(
    ("ask", "gradients"),
    [
        ("[df/dmydelta, f]", ["df/dmydelta"]),
        ("[delta1]", ["df/dnet1"]),
        ("[δ1, df/dw]", ["df/dnet1", "df/dw"]),
        ("[f]", EVERY),
        ("key", EVERY),
    ],
)
def test_the_gradients_asked_are_found_by_their_names(ask: str, gradients: list[str]) -> None:
    found = asked_gradients(solve(loads(f"{GRAPH}ask: {ask}\n")))
    assert found == gradients


def relu_network(weights: str, data: str = "{x: [1, 2], t: [9]}", output: str = "[[1, 2]]") -> Solution:
    return solve(
        loads(
            "title: t\nnetwork:\n  layers:\n"
            f"    - {{activation: relu, weights: {weights}}}\n"
            f"    - {{activation: linear, weights: {output}}}\n"
            f"data: [{data}]\nloss: half_sse\n"
        )
    )


GOOD = relu_network("[[1, 1], [-1, 0]]")


@pytest.mark.parametrize(
    ("version", "why"),
    [
        (relu_network("[[2, 1], [-1, 0]]"), ""),
        (relu_network("[[-2, 1], [-1, 0]]"), "a value lies on the kink of h1"),
        (relu_network("[[-2, -1], [-1, 0]]"), "no unit of h1 is alive"),
        (relu_network("[[2, 1], [1, 0]]"), "every unit of h1 is alive"),
        (relu_network("[[2, 1]]", output="[[1]]"), ""),  # a single unit has to be
        (relu_network("[[2, 1], [-1, 0]]", "{x: [1, 2], t: [9]}, {x: [1, 3], t: [9]}"), ""),
        (
            relu_network("[[2, 1, 0], [-1, 0, 0]]", "{x: [1, 2, 5], t: [9]}, {x: [1, 2, 5], t: [8]}"),
            "two examples have the same x",
        ),
        (relu_network("[[2], [-1]]", "{x: [1], t: [9]}, {x: [2], t: [8]}"), ""),
        (
            relu_network("[[2, 1], [-1, 0]]", "{x: [1, 2], t: [9]}, {x: [1, 2], t: [8]}"),
            "two examples have the same x",
        ),
        (relu_network("[[2, 1], [-1, 0]]", "{x: [1, 2], t: [4]}"), "dJ/dz is zero in every entry"),
        (relu_network("[[2, 1], [-1, 0]]", "{x: [1, 2], t: [103]}"), "J needs more than 4 digits"),
        (relu_network("[[2, 1], [-1, 0]]", "{x: [1, 2], t: [102]}"), ""),  # J = 98²/2 = 4802
    ],
)
def test_what_makes_a_version_no_good_exercise(version: Solution, why: str) -> None:
    demands = Demands(GOOD.exercise)
    if why:
        with pytest.raises(RefusedError, match=f"^{why}$"):
            demands.effort(version)
    else:
        assert demands.effort(version) > 0


def test_effort_is_one_an_entry_that_is_not_zero_and_its_digits() -> None:
    text = "title: t\ngraph:\n  parameters: {{w: {}, v: {}}}\n  compute: {{f: w * v}}\n  loss: f\n"

    def effort(w: str, v: str) -> int:
        solution = solve(loads(text.format(w, v)))
        return Demands(solution.exercise).effort(solution)

    small = effort("2", "3")  # 2, 3, 6 and the gradients 3 and 2
    assert small == effort("-2", "3") == effort("3", "3")
    assert effort("4", "3") == small + 1  # f = 12
    assert effort("12", "3") == small + 3  # 12 twice, and 36
    assert effort("1/2", "3") > small


def test_what_the_exercise_breaks_itself_is_not_asked_of_a_version() -> None:
    text = "title: t\nnetwork:\n  layers: [{{activation: sigmoid, weights: [[{}]]}}]\n"
    text += "data: [{{x: [1], t: [1]}}]\nloss: half_sse\n"
    moderate, saturated = (solve(loads(text.format(weight))) for weight in ("1", "50"))
    with pytest.raises(RefusedError, match="a unit of z is saturated"):
        Demands(moderate.exercise).effort(saturated)
    assert Demands(saturated.exercise).effort(saturated) > 0
