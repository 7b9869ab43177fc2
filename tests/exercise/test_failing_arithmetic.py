"""Arithmetic that fails is told at its place in the file, in the author's own words, in few of them."""

import pytest

from backprop_tutor import EvaluationError, loads, solve


def failure(text: str, quantity: str) -> EvaluationError:
    with pytest.raises(EvaluationError) as caught:
        solve(loads(text, "mine")).value(quantity)
    return caught.value


def graph(parameters: str, compute: str) -> str:
    lines = "".join(f"    {line}\n" for line in compute.split("; "))
    return f"title: t\ngraph:\n  parameters: {{{parameters}}}\n  compute:\n{lines}  loss: L\n"


@pytest.mark.parametrize(
    ("parameters", "compute", "quantity", "message"),
    [
        ("w: 1, x: 2", "L: w/(x-2)", "L", "mine:5:8: L: quotient of w, x - 2 has no finite value: division"),
        ("x: -1", "a: x + 1; L: a*log(x)", "L", "mine:6:8: L: logarithm of x has no finite value: logarithm"),
        ("w: 1", "L: w*1e308*100", "L", "mine:5:8: L: product of w·1e308, 100 has no finite value: overflow"),
        ("w: 1e300", "L: w*1e308", "L", "mine:5:8: L: product of w, 1e308 has no finite value: overflow"),
        (
            "x: 0",
            "L: sqrt(x)",
            "dL/dx",
            "mine:5:8: dL/dx: the derivative of the square root has no finite value",
        ),
        (
            "x: 3",
            "L: sqrt(x - 3)",
            "dL/dx",
            "mine:5:8: dL/d(x - 3): the derivative of the square root has no finite value",
        ),
    ],
)
def test_of_a_graph(parameters: str, compute: str, quantity: str, message: str) -> None:
    error = failure(graph(parameters, compute), quantity)
    assert str(error).startswith(message)
    assert len(str(error)) < 200


def test_of_a_network() -> None:
    layers = "".join(f"    - {{activation: linear, weights: {w}}}\n" for w in ("[[1e200, 1]]", "[[1e200]]"))
    text = f"title: t\nnetwork:\n  layers:\n{layers}data: [{{x: [1e10, 1], t: [1]}}]\nloss: mse\n"
    assert str(failure(text, "J")).startswith("mine:5:7: net2: weighted sum (net) of h1, W2 has no finite")


def test_long_formulas_and_sums_are_cut_short() -> None:
    long = " + ".join([*["w"] * 1_000, "1e308*w", "1e308*w", "w"])
    error = failure(graph("w: 1", f"L: {long}"), "L")
    assert "…" in str(error)
    assert len(str(error)) < 300
