"""One value per quantity: floats are fractions rounded, and rounding noise is 0."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from graphs import circuit

from backprop_tutor.engine.evaluate import (
    exact_gradients,
    exact_pass,
    float_gradients,
    float_pass,
    rounded,
)
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.noise import moved, settled
from backprop_tutor.engine.oracles import confirm, kinks
from backprop_tutor.errors import EvaluationError

TENTHS = {"a": "1/10", "b": "1/5", "c": "3/10"}


def fractions(leaves: dict[str, Any]) -> dict[str, Any]:
    return {name: np.vectorize(Fraction, otypes=[object])(value) for name, value in leaves.items()}


def floats(leaves: dict[str, Any]) -> dict[str, Any]:
    return {name: array.astype(float) for name, array in fractions(leaves).items()}


def tenths(op: str, *, tie: bool = False, **params: Any) -> Graph:
    """An op at 0.1 + 0.2 - 0.3, or of 0.1 + 0.2 and 0.3."""
    inside = {"s": ("add", "a", "b"), "d": ("sub", "s", "c")}
    step = (op, "s", "c") if tie else (op, "d")
    return circuit(dict.fromkeys(TENTHS, ()), {**inside, "h": (*step, params), "J": ("mul", "h", "s")})


ON_A_KINK = [
    (tenths("relu"), 0),
    (tenths("relu", at_zero=Fraction(1, 2)), "3/20"),
    (tenths("leaky_relu"), "3/1000"),
    (tenths("abs"), 0),
    (tenths("maximum", tie=True), "9/20"),
    (tenths("minimum", tie=True), "9/20"),
]


@pytest.mark.parametrize(("graph", "slope"), ON_A_KINK)
@pytest.mark.parametrize("leaves", [fractions(TENTHS), floats(TENTHS)], ids=["exact", "floats"])
def test_no_branch_is_taken_on_noise(graph: Graph, slope: Any, leaves: dict[str, Any]) -> None:
    assert 0.1 + 0.2 - 0.3 != 0
    values = float_pass(graph, leaves)
    exact = exact_pass(graph, leaves)
    gradients = float_gradients(graph, values, ["a"], exact_gradients(graph, exact, ["a"]))
    assert values["d"] == 0 if "d" in values else True
    assert float(gradients["a"]) == pytest.approx(float(Fraction(slope)), rel=1e-15)
    assert "h" in kinks(graph, values, exact)
    assert confirm(graph, values, "a", gradients["a"]).checks["forward_mode"]


@pytest.mark.parametrize(("graph", "slope"), ON_A_KINK)
def test_every_float_is_the_fraction_rounded(graph: Graph, slope: Any) -> None:
    exact = exact_pass(graph, fractions(TENTHS))
    found = exact_gradients(graph, exact, TENTHS)
    values = float_pass(graph, fractions(TENTHS))
    gradients = float_gradients(graph, values, TENTHS, found)
    assert set(found) == set(gradients)
    assert found["a"] == Fraction(slope)
    for floating, rational in ((values, exact), (gradients, found)):
        assert {name: float(floating[name]) for name in rational} == {
            name: float(number.item()) for name, number in rational.items()
        }


def test_a_float_branch_starts_from_exact_parents() -> None:
    steps = {"s": ("add", "a", "b"), "d": ("sub", "s", "c"), "e": ("exp", "a"), "p": ("mul", "d", "e")}
    graph = circuit(dict.fromkeys(TENTHS, ()), {**steps, "h": ("relu", "p"), "J": ("add", "h", "e")})
    values = float_pass(graph, fractions(TENTHS))
    assert values["p"] == 0
    assert float_gradients(graph, values, ["c"])["c"] == 0


def test_noise_is_told_where_it_was() -> None:
    steps = {"e": ("exp", "x"), "l": ("log", "e"), "u": ("sub", "l", "x"), "J": ("relu", "u")}
    graph, noise = circuit({"x": (3,)}, {**steps, "J": ("sum", "u")}), dict[str, Any]()
    x = np.array([0.3, 1.0, 0.7])
    left_over = np.log(np.exp(x)) - x
    assert left_over.any()
    values = float_pass(graph, {"x": x}, noise=noise)
    assert not values["u"].any()
    assert noise["u"].tolist() == (left_over != 0).tolist()


@pytest.mark.parametrize("small", [1e-13, -1e-14, 3e-300])
def test_a_small_number_is_no_noise(small: float) -> None:
    graph = circuit({"x": (2,), "w": (2,)}, {"p": ("mul", "x", "w"), "J": ("sum", "p")})
    noise: dict[str, Any] = {}
    values = float_pass(graph, {"x": np.array([small, 1]), "w": np.array([1.0, 5])}, noise=noise)
    assert values["p"].tolist() == [small, 5]
    assert not noise


def test_what_is_small_by_its_nature_is_no_noise() -> None:
    x = np.array([-40.0, 1])
    value = np.exp(x)
    assert settled(value, {"x": x}, lambda moved: np.exp(moved["x"]))[1] is None
    a, b = np.array(1.0), np.array(1 - 1e-12)
    assert settled(a - b, {"a": a, "b": b}, lambda moved: moved["a"] - moved["b"])[1] is None


def test_a_fraction_too_large_for_a_float_is_an_error() -> None:
    graph = circuit({"w": ()}, {"p": ("mul", "w", "w"), "J": ("div", "p", "w")})
    with pytest.raises(EvaluationError, match="p: product of w, w has no finite value: overflow"):
        float_pass(graph, fractions({"w": "1" + "0" * 200}))
    assert rounded(fractions({"w": "-1" + "0" * 400}))["w"] == -np.inf


def test_every_number_is_moved_by_between_half_of_the_jitter_and_all_of_it() -> None:
    inputs = {"x": np.full((40, 5), 4.0), "y": np.float64(-2), "z": np.zeros(3)}
    runs = [moved(inputs, run, jitter=1e-6) for run in (1, 2, 3)]
    shares = np.array([(run["x"] / 4 - 1).ravel() for run in runs]) / 1e-6
    assert np.abs(shares).min() >= 0.5 - 1e-6
    assert np.abs(shares).max() < 1
    assert 0.4 < (shares > 0).mean() < 0.6
    assert all(len(np.unique(run.round(9))) == run.size for run in shares)  # no two numbers alike
    assert all(len(np.unique(number.round(9))) == 3 for number in shares.T)  # nor one in two runs
    assert all(0.5e-6 <= abs(run["y"] / -2 - 1) < 1e-6 and not run["z"].any() for run in runs)
