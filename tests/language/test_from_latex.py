"""LaTeX in place of a formula, as it is pasted from notes."""

import time

import pytest

from backprop_tutor.language.from_latex import from_latex

WRITTEN = {
    r"\frac{1}{2}": "((1)/(2))",
    r"-\dfrac12": "-((1)/(2))",
    r"\frac{\frac{1}{2}}{3}": "((((1)/(2)))/(3))",
    r"\frac{1}{1+e^{-0.3775}}": "((1)/(1+e^(-0.3775)))",
    r"\sqrt{0.25}": "sqrt(0.25)",
    r"5\times 10^{-1}": "5*10^(-1)",
    r"\begin{bmatrix}1\\-1\end{bmatrix}": "[1; -1]",
    r"\begin{pmatrix} 1 & -1 \\ 0 & 2 \end{pmatrix}": "[1, -1; 0, 2]",
    r"\left[1,\;2\right]": "[1, 2 ]",
    r"\frac{\partial J}{\partial W_{1}}": "∂J/∂W_1",
    r"\mathrm{relu}(x_{1})": "relu(x_1)",
    r"W_{1,2}^{T}": "W[1,2]^T",
    r"\sigma(z)\cdot\eta": "sigma(z)*eta",
    "{1, -1}": "{1, -1}",
    r"\foo{1}": "foo{1}",
    "x + 1": "x + 1",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_latex_is_a_text_of_the_language(text: str) -> None:
    assert from_latex(text) == WRITTEN[text]


@pytest.mark.parametrize(
    "text",
    ["{" * 900 + "\\", r"\frac{" * 300, "^{" * 900 + "}" * 900, r"\sqrt" * 400, r"\begin{matrix}" * 140],
)
def test_hostile_latex_costs_little(text: str) -> None:
    began = time.process_time()
    from_latex(text)
    assert time.process_time() - began < 1.0
