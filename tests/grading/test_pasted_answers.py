"""Answers as they are pasted from NumPy, MATLAB, a spreadsheet or a chat."""

from functools import cache

import numpy as np
import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.grading import mark, read_answer
from backprop_tutor.grading.answer import canonical_answer
from backprop_tutor.walkthrough import lettering_of


@cache
def solution() -> Solution:
    return solve(load("exercise1"))


PRINTED = {
    "net1": [
        "[[ 1. -1.]]",
        "[1 -1]",
        "1 -1",
        "(1, -1)",
        "[1\n-1]",
        "[1\u00a0−1]",
        "array([[ 1., -1.]])",
        "np.array([1, -1])",
        "matrix([[ 1, -1]])",
        "array([ 1., -1.], dtype=float32)",
        "tensor([[ 1., -1.]], grad_fn=<MmBackward0>)",
        "[np.float64(1.0), np.float64(-1.0)]",
        "[ 1.e+00 -1.e+00]",
        "array([x[1], -1])",
    ],
    "J": ["array(0.5)", "np.float32(0.5)", "tensor(0.5000, dtype=torch.float64)", "jnp.asarray(1/2)"],
    "dJ/dW1": [
        "-1 0; 0 0",
        "[-1 0; 0 0]",
        "[-1 0\n 0 0]",
        "-1 0\n0 0",
        "[[-1 0],[0 0]]",
        "[[-1, 0]; [0, 0]]",
        "((-1, 0), (0, 0))",
        "(( -1 ,0 ),\n (0,0))",
        "{{-1, 0}, {0, 0}}",
        str(np.array([[-1.0, 0], [0, 0]])),
        repr(np.array([[-1.0, 0], [0, 0]])),
    ],
}


@pytest.mark.parametrize(("quantity", "text"), [(q, text) for q, texts in PRINTED.items() for text in texts])
def test_an_array_is_read_as_it_was_printed(quantity: str, text: str) -> None:
    verdict = mark(solution(), quantity, text)
    assert verdict.verdict == "correct", verdict.message
    assert verdict.message == "Right."


def test_a_pasted_array_is_kept_as_it_was_meant() -> None:
    letters = lettering_of(solution().exercise, "nielsen")
    for text in ("[1 -1]", "1 -1", "[[\u200b 1. -1.]]"):
        kept = canonical_answer(text, solution(), "net1", letters)
        assert mark(solution(), "net1", kept).verdict == "correct", kept


def test_spaces_around_a_sign_make_a_sum_of_it() -> None:
    assert read_answer("[1 - 1, 2]", solution()).shape == (2,)
    number = read_answer("1 -1", solution(), "J").number
    assert number is not None
    assert number.value == 0


def test_the_whole_array_answers_for_the_element_that_is_asked() -> None:
    for name, verdict in (("dJ/dW2[1,1]", "correct"), ("dJ/dW2[1,2]", "wrong")):
        for text in ("[-1, 3]", "[[-1 3]]"):
            assert mark(solution(), name, text).verdict == verdict
    assert mark(solution(), "dJ/dW2[1,1]", "[-1, 0, 0]").verdict == "invalid"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1-Feb",
            "01-Feb-25",
            "Feb-01",
            "1. Feb",
            "1/2/2025",
            "01.02.2025",
            "2025-01-02",
            "2026-02-01 00:00:00",
        ),
        *("01/02/25", "01.02.25", "1-mrt", "1-févr.", "1-ene", "1 août", "1-фев", "1月2日"),
    ],
)
def test_a_date_is_told_from_a_fraction(text: str) -> None:
    verdict = mark(solution(), "J", text)
    assert verdict.verdict == "invalid"
    assert "date" in verdict.message


@pytest.mark.parametrize("text", ["#NAME?", "#WERT!", "#DIV/0!", "#N/A", "#NV", "#ÜBERLAUF!", "#####"])
def test_an_error_of_a_spreadsheet_is_called_so(text: str) -> None:
    verdict = mark(solution(), "J", text)
    assert verdict.verdict == "invalid"
    assert "A spreadsheet took this for a formula of its own" in verdict.message


def test_what_is_no_date() -> None:
    for text in ("1/2", "1-2/2025", "2025-1-2", "1/2/4", "1/2/10", "1-out"):
        assert "date" not in mark(solution(), "J", text).message


@pytest.mark.parametrize("text", ["\u200b1/2", "1\u200b/2", "0.5\ufeff", "\u202a0.5\u202c", "0.\u20605", "½"])
def test_what_cannot_be_seen_is_passed_over(text: str) -> None:
    verdict = mark(solution(), "J", text)
    assert verdict.verdict == "correct"
    assert verdict.given.isprintable()


def test_invisible_operators_are_operators() -> None:
    assert mark(solution(), "dJ/dW2[1,1]", "dJ/dnet2[1]\u2062h1[1]").verdict == "correct"
    assert mark(solution(), "J", "1\u20622").given == "1*2"
    assert mark(solution(), "dJ/dnet2[1]", "\u200b1").verdict == "wrong"


def test_what_turns_the_text_round_is_refused() -> None:
    verdict = mark(solution(), "J", "\u202e1/2")
    assert verdict.verdict == "invalid"
    assert verdict.message.endswith("Type this anew.")


@pytest.mark.parametrize(
    "text", ["1.25e-1", "1.25x10^-1", "1.25 x 10^-1", "1.25×10⁻¹", "1.25*10**-1", "1.25·10^(-1)", "1.25ᴇ-1"]
)
def test_powers_of_ten_are_as_precise_as_their_digits(text: str) -> None:
    for sign in ("", "-", "−"):
        number = read_answer(sign + text, solution()).number
        assert number is not None
        assert number.value == (-0.125 if sign else 0.125)
        assert (number.digits, number.unit) == (3, pytest.approx(0.001))
