"""Answers with what people write around them, and in the ways in which they write them."""

from functools import cache

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.grading import mark


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


HALVES = [
    *("= 0.5", "=0.5", "≈ 0.5", "~0.5", "J = 0.5", "J=1/2", "J ≈ 0.50", "J: 0.5", "ans = 0.5"),
    *("ans =\n\n  0.5000\n", "approx 0.5", "approx. 0.5", "about 0.5", "ca. 0.5", "≈ approx. 0.5"),
    *("0.5.", "0.5;", "0.50...", "0.5…", "1/2.", "$0.5$", r"\(0.5\)", "`0.5`", '"0.5"', "'0.5'"),
    *(r"$\frac{1}{2}$", r"\frac12", r"J = \dfrac{1}{2}.", r"\sqrt{0.25}", r"2^{-1}", r"5\times 10^{-1}"),
    *("1/2 = 0.5", "1/2 ≈ 0.50", "J = 1/2 = 0.5", r"\frac{1}{2}\left(2-1\right)^{2}"),
    *("half_mse(z, t)", "e^-0.6931", "sqrt(0.2501)"),
]  # fmt: skip


@pytest.mark.parametrize("text", HALVES)
def test_a_number_is_read_with_what_stands_around_it(text: str) -> None:
    verdict = mark(solution("exercise1"), "J", text)
    assert verdict.verdict == "correct", verdict.message


ARRAYS = {
    "net1": [
        *("1,-1", "1, -1", "[1,-1,]", "[1,-1].", "[1,-1];", "net1 = [1, -1]", "net1 = 1, -1"),
        *("net1 =\n\n     1\n    -1\n", "1.0,-1.0"),
        *(r"\begin{bmatrix}1\\-1\end{bmatrix}", r"$\begin{pmatrix} 1 & -1 \end{pmatrix}$"),
    ],
    "dJ/dW1": [
        *("[-1,0],[0,0]", "[-1, 0] [0, 0]", "[-1, 0]\n[0, 0]", "ans =\n\n    -1     0\n     0     0\n"),
        *("dJ/dW1 = [-1 0; 0 0]", "∂J/∂W1 = [[-1, 0], [0, 0]]", r"\begin{pmatrix}-1&0\\0&0\end{pmatrix}"),
        *("dJ_dW1 = [-1 0; 0 0]", "dJdW1 = [-1 0; 0 0]", r"\frac{\partial J}{\partial W_1} = [-1 0; 0 0]"),
    ],
    "dJ/dW1[1,1]": [
        *("dJ/dW1[1,1] = -1", "dJ/dW1 = [-1 0; 0 0]"),
        *("dJ_dnet1[1]*x[1]", "delta1[1]·x[1]", "∂J/∂net1[1] x[1]"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("quantity", "text"), [(q, text) for q, texts in ARRAYS.items() for text in texts])
def test_an_array_is_read_with_what_stands_around_it(quantity: str, text: str) -> None:
    verdict = mark(solution("exercise1"), quantity, text)
    assert verdict.verdict == "correct", verdict.message


REFUSED = [
    ("exercise1", "J", "net1[1] = 0.5", "without an equals sign"),  # the answer to something else
    ("exercise1", "J", "1/2 = 0.4", "without an equals sign"),  # two numbers
    ("exercise1", "dJ/dW1[1,1]", "dJ/dW1[1,2] = -1", "without an equals sign"),
    ("exercise1", "net1", "1,5", "Write [1, 5]."),  # 1.5 or two numbers
    ("exercise1", "J", r"\foo{1}", "Curly brackets are not used here."),
    ("exercise1", "net1", "W1*x", "the matrix product is @"),
    ("exercise1", "net1", "dot(W1, x)", "Write A @ B for a matrix product."),
    ("exercise1", "net1", "W1 @ x[1]", "beside one number"),
    ("fan-out", "b", "a1 * x", "Did you mean a?"),  # and not a[1]: a is one number
    ("exercise1", "dJ/dW1[1,1]", "delta1_1 * x[1]", "Write delta1[1]."),
]


@pytest.mark.parametrize(("name", "quantity", "text", "said"), REFUSED)
def test_what_is_not_read_is_refused_with_what_would_be(
    name: str, quantity: str, text: str, said: str
) -> None:
    verdict = mark(solution(name), quantity, text)
    assert verdict.verdict == "invalid"
    assert said in verdict.message


def test_a_function_is_read_as_ascii_prints_it() -> None:
    assert mark(solution("mazur"), "h1[1]", "sigma(net1[1])").verdict == "correct"
    assert mark(solution("mazur"), "h1[1]", r"\sigma(0.3775)").verdict == "correct"


def test_what_is_worked_out_from_decimals_is_as_precise_as_they_are() -> None:
    for text in ("1/(1+e^-0.378)", "0.593", "sigmoid(0.3776)"):
        assert mark(solution("mazur"), "h1[1]", text).verdict == "correct", text
    assert mark(solution("mazur"), "h1[1]", "1/(1+e^-0.40)").verdict == "wrong"


def test_a_last_digit_that_is_off_by_one_is_no_slip() -> None:
    verdict = mark(solution("mazur"), "h1[1]", "0.594")  # 0.59327; W1 transposed gives 0.5945
    assert verdict.verdict == "wrong"
    assert verdict.rounded
    assert not verdict.misconceptions
