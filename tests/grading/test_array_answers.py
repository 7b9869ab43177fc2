"""Whole vectors and matrices: the shape first, then entry by entry; and the verdict as JSON."""

from functools import cache

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.errors import UsageError
from backprop_tutor.grading import mark
from backprop_tutor.grading.array_answer import Fit, fit


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


@pytest.mark.parametrize(
    ("given", "wanted", "batched", "expected"),
    [
        ((2, 3), (2, 3), False, Fit.FITS),
        ((3, 2), (2, 3), False, Fit.TRANSPOSED),
        ((6,), (2, 3), False, Fit.WRONG),
        ((3,), (3,), False, Fit.FITS),
        ((3, 1), (3,), False, Fit.FITS),
        ((1, 3), (3,), False, Fit.FITS),
        ((2,), (1, 2), True, Fit.FITS),
        ((2, 1), (1, 2), True, Fit.FITS),
        ((2,), (1, 2), False, Fit.FITS),
        ((2, 1), (1, 2), False, Fit.TRANSPOSED),
        ((2, 3), (3, 2), True, Fit.TRANSPOSED),
        ((2, 2), (3, 2), True, Fit.WRONG),
    ],
)
def test_shapes(given: tuple[int, ...], wanted: tuple[int, ...], batched: bool, expected: Fit) -> None:
    assert fit(given, wanted, batched=batched) is expected


def test_a_transposed_matrix_is_told_so_before_its_values_are_judged() -> None:
    verdict = mark(solution("exercise1"), "dJ/dW2", "[7; 8]")
    assert verdict.verdict == "wrong"
    assert "transposed" in verdict.message
    assert verdict.entries == ()


def test_a_wrong_shape_costs_nothing() -> None:
    verdict = mark(solution("exercise1"), "dJ/dW1", "[1, 2, 3]")
    assert verdict.verdict == "invalid"
    assert "2×2" in verdict.message


def test_a_matrix_is_marked_entry_by_entry() -> None:
    verdict = mark(solution("exercise1"), "dJ/dW2", "[-2, 0]")
    assert verdict.verdict == "wrong"
    assert [entry.verdict for entry in verdict.entries] == ["wrong", "correct"]
    assert [entry.quantity for entry in verdict.elements()] == ["dJ/dW2[1,1]", "dJ/dW2[1,2]"]
    assert verdict.misconceptions == ("missing-factor-two",)
    assert verdict.message.startswith("1 of 2 entries are right. dJ/dW2[1,1]: You got -2.")


def test_an_unreadable_entry_spoils_its_own_place_only() -> None:
    verdict = mark(solution("exercise1"), "net1", "[1, 1/(z - 1)]")
    assert [entry.verdict for entry in verdict.entries] == ["correct", "invalid"]


def test_a_right_matrix_in_several_forms() -> None:
    for text in ("[-1,0;0,0]", "[[-1,0],[0,0]]", "[delta2*W2[1,1]*x[1], 0; 0, 0]"):
        assert mark(solution("exercise1"), "dJ/dW1", text).verdict == "correct"


def test_other_names_of_an_element() -> None:
    verdict = mark(solution("exercise1"), "delta2", "-1")
    assert (verdict.quantity, verdict.verdict) == ("dJ/dnet2[1]", "correct")
    assert mark(solution("exercise1"), "z", "[1]").quantity == "z[1]"
    with pytest.raises(UsageError):
        mark(solution("exercise1"), "dJ/dW9", "1")


def test_the_verdict_as_json() -> None:
    assert mark(solution("exercise1"), "dJ/dW2[1,1]", "-2").document() == {
        "quantity": "dJ/dW2[1,1]",
        "given": "-2",
        "verdict": "wrong",
        "misconceptions": ["missing-factor-two"],
        "ambiguous": True,
        "message": "You got -2. That may be ∂J/∂net2[1]·h1[1] with the 2 of the square kept and the 1/2 "
        "forgotten; here they cancel. It is not certain: so simple a number comes out in other ways too.",
    }


def test_an_array_with_commas_and_no_brackets_is_shown_with_them() -> None:
    softmax = solve(load("softmax-batch"))
    verdict = mark(softmax, "z", "1,2,0;0,1,0;2,1,2")
    assert verdict.verdict == "invalid"
    assert verdict.message.startswith("An array is typed in brackets")
    assert verdict.message.endswith("Write [1, 2, 0; 0, 1, 0; 2, 1, 2].")
    assert "decimal comma" in mark(softmax, "z(1)[1]", "1,2").message
    assert "ends too early" in mark(softmax, "z", "1 +").message
