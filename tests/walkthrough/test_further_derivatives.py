"""Second derivatives and Jacobians as quantities: values from PyTorch, HIPS autograd, SymPy and paper; names,
proofs, answers and what is told of wrong ones."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray

from backprop_tutor import Solution, check, explain, load, loads, solve
from backprop_tutor.errors import ExerciseError, UsageError
from backprop_tutor.exercise.further_derivatives import MAX_ENTRIES
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.render.answer_sheet import blank_sheet

CIRCUIT = """
title: A Hessian
graph:
  parameters: {x: 3, y: 2}
  compute:
    f: x**2*y + y**3
  loss: f
"""
SOFTMAX = """
title: The Jacobian of softmax
graph:
  given: {t: [0, 1]}
  parameters: {s: [1, 2], w: [1, 1/2]}
  compute:
    p: softmax(s)
    q: s * w
    L: cross_entropy(p, t) + sum(q**3)
  loss: L
"""
NETWORK = """
title: A network
network:
  layers:
    - {activation: tanh, weights: [[1, 1/2], [-1, 1]], bias: [0, 1/4]}
    - {activation: sigmoid, weights: [[1, 2]], bias: [1/4]}
data:
  - {x: [1, 0], t: [1]}
  - {x: [1, 2], t: [0]}
loss: half_mse
"""


def asking(text: str, *names: str) -> Solution:
    return solve(loads(f"{text}ask: {json.dumps(names)}\n"))


def value(solution: Solution, text: str) -> NDArray[np.float64]:
    found = solution.find(text)
    region = tuple(slice(None) if place is None else place for place in found.region)
    return np.asarray(np.asarray(solution.value(found.name))[region])


def test_a_hessian_in_fractions_is_that_of_sympy() -> None:
    solution = solve(loads(CIRCUIT))
    x, y = sympy.symbols("x y")
    f = x**2 * y + y**3
    for a in (x, y):
        for b in (x, y):
            right = f.diff(a, b).subs({x: 3, y: 2})
            found = solution.find(f"d2f/d{a} d{b}").name
            exact = solution.exact(found)
            assert exact is not None
            assert exact.item() == Fraction(int(right))
            confirmed = solution.confirm(found)
            assert confirmed is not None
            assert confirmed.checks == {"forward_mode": True, "finite_difference": True, "sympy": True}


def _torch_loss(torch: Any, exercise: Exercise, arrays: dict[str, Any]) -> Any:
    x, t = (torch.tensor(exercise.values[name].astype(float)) for name in "xt")
    h = torch.tanh(x @ arrays["W1"].T + arrays["b1"])
    z = torch.sigmoid(h @ arrays["W2"].T + arrays["b2"])
    return ((z - t) ** 2).sum() / (2 * len(x))


@pytest.mark.parametrize(("first", "second"), [("W1", "W1"), ("W1", "W2"), ("b1", "W2"), ("W2", "b2")])
def test_hessians_of_a_network_are_those_of_pytorch(first: str, second: str) -> None:
    torch = pytest.importorskip("torch")
    exercise = loads(NETWORK)
    solution = solve(exercise)
    arrays = {n: torch.tensor(exercise.values[n].astype(float)) for n in ("W1", "b1", "W2", "b2")}

    def gradient(moved: Any) -> Any:
        moving = {**arrays, second: moved}
        moving[first] = moving[first].clone().requires_grad_()
        loss = _torch_loss(torch, exercise, moving if first != second else {**arrays, first: moving[first]})
        return torch.autograd.grad(loss, moving[first], create_graph=True)[0]

    if first == second:
        right = torch.autograd.functional.hessian(
            lambda w: _torch_loss(torch, exercise, {**arrays, first: w}), arrays[first]
        )
    else:
        right = torch.autograd.functional.jacobian(gradient, arrays[second])
    found = value(solution, f"d2J/d{first} d{second}")
    np.testing.assert_allclose(found, right.numpy(), rtol=1e-10, atol=1e-14)
    assert solution.confirm(f"d2J/d{first} d{second}")


def test_hessians_are_those_of_hips_autograd() -> None:
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as anp

    solution = solve(loads(SOFTMAX))
    w, t = np.array([1, 0.5]), np.array([0.0, 1.0])

    def loss(s: Any) -> Any:
        p = anp.exp(s) / anp.sum(anp.exp(s))
        return -anp.sum(t * anp.log(p)) + anp.sum((s * w) ** 3)

    right = autograd.hessian(loss)(np.array([1.0, 2.0]))
    np.testing.assert_allclose(value(solution, "d2L/ds ds"), right, rtol=1e-12)


def test_second_derivatives_are_symmetric() -> None:
    solution = solve(loads(NETWORK))
    a, b = value(solution, "d2J/dW1 dW2"), value(solution, "d2J/dW2 dW1")
    np.testing.assert_allclose(a, np.transpose(b, (2, 3, 0, 1)), rtol=1e-12)


def test_jacobians_between_arrays() -> None:
    solution = asking(SOFTMAX, "dp/ds", "dq[1]/dw", "dq/ds[2]")
    p = value(solution, "p")
    np.testing.assert_allclose(value(solution, "dp/ds"), np.diag(p) - np.outer(p, p), rtol=1e-12)
    assert solution.exact("dq/dw").tolist() == [[1, 0], [0, 2]]  # type: ignore[union-attr]
    assert solution.shapes["dp/ds"] == (2, 2)
    network = solve(loads(NETWORK))
    z = value(network, "z")
    jacobian = value(network, "dz/dnet2")
    assert jacobian.shape == (2, 1, 2, 1)
    np.testing.assert_allclose(jacobian[1, 0, 1, 0], (z * (1 - z))[1, 0], rtol=1e-12)
    assert jacobian[0, 0, 1, 0] == 0


def test_elements_have_names_of_their_own_and_formulas() -> None:
    solution = asking(SOFTMAX, "dp/ds", "d2L/ds dw")
    step = solution.steps["d2L/ds dw"]
    from backprop_tutor.language import to_text
    from backprop_tutor.walkthrough.worked import Workings

    worked = Workings(solution).element(step, (0, 0))
    assert to_text(worked.name) == "∂²L/∂s[1]∂w[1]"
    assert worked.formula is not None
    assert worked.value == pytest.approx(9)
    assert to_text(solution.steps["dp/ds"].name_of((0, 1))) == "∂p[1]/∂s[2]"


def test_asked_ones_are_steps_after_the_gradients_and_before_the_updates() -> None:
    solution = asking(f"{SOFTMAX}learning_rate: 1\n", "dp/ds", "dL/dw")
    steps = list(solution.steps)
    assert steps.index("dL/dw") < steps.index("dp/ds") < steps.index("w_new")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CIRCUIT, "d2f/dx dy"),
        (NETWORK, "d2J/dW1[1,2] dW2[1,1]"),
        (NETWORK, "d2J/dW1 dW1"),
        (SOFTMAX, "d2L/ds dw"),
    ],
)
def test_they_are_explained_line_by_line_to_the_value_that_they_have(text: str, name: str) -> None:
    solution = solve(loads(text))
    explanation = explain(solution, name)
    for form in ("index", "scalar", "numbers"):
        sections = explanation.form(form).sections
        assert sections
        assert all(line.verified for section in sections for line in section.lines)
    np.testing.assert_allclose(np.asarray(explanation.value, dtype=float), value(solution, name), rtol=1e-9)


@pytest.mark.parametrize("name", ["mazur", "exercise1"])
def test_shipped_networks_have_them(name: str) -> None:
    solution = solve(load(name))
    for second in ("d2J/dW1 dW2", "d2J/dW2 dW2"):
        value(solution, second)
        confirmed = solution.confirm(second)
        assert confirmed is not None
        assert True in confirmed.checks.values()


def test_a_sheet_of_them_is_marked() -> None:
    solution = asking(CIRCUIT, "d2f/dx dx", "d2f/dx dy", "d2f/dy dy")
    sheet = {"d2f/dx dx": "4", "d²f/dxdy": "2*x", "∂²f/∂y²": "11"}
    marks = {one.quantity: one.verdict for one in check(solution.exercise, sheet).verdicts}
    assert marks == {"d2f/dx dx": "correct", "d2f/dx dy": "correct", "d2f/dy dy": "wrong"}


def test_a_blank_sheet_asks_them_in_their_shape() -> None:
    exercise = asking(SOFTMAX, "dp/ds", "d2L/ds[1] dw[2]").exercise
    text = blank_sheet(solve(exercise))
    assert "dp/ds: [[_, _], [_, _]]" in text
    assert "d2L/ds[1] dw[2]" in text


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (CIRCUIT, "d2f/dx", "d2f/dx dx"),
        (CIRCUIT, "d2f/dx dq", "q is not a quantity"),
        (CIRCUIT, "d3f/dx dx dx", "A formula with grad( ) goes further"),
        (SOFTMAX, "dp/dw", "p does not depend on w"),
        (SOFTMAX, "d2p/ds ds", "second derivatives of single numbers"),
        (SOFTMAX, "dp[3]/ds", "outside p"),
        (SOFTMAX, "dp[1,1]/ds", "2 indices"),
    ],
)
def test_a_wrong_name_says_what_there_is(text: str, name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        solve(loads(text)).find(name)
    assert said in str(caught.value)
    with pytest.raises(ExerciseError) as fault:
        asking(text, name)
    assert said in str(fault.value)


def test_none_is_worked_out_that_is_too_large() -> None:
    wide = ", ".join(["1"] * 80)
    text = f"title: t\ngraph:\n  parameters: {{w: [{wide}]}}\n  compute: {{L: sum(w**3)}}\n  loss: L\n"
    with pytest.raises(UsageError, match=f"up to {MAX_ENTRIES:,}"):
        solve(loads(text)).find("d2L/dw dw")


def test_notebooks_compute_them(tmp_path: Path) -> None:
    from backprop_tutor.render.code.notebook_code import StepCode

    for text, names in ((SOFTMAX, ("dp/ds", "d2L/ds dw")), (NETWORK, ("d2J/dW1 dW2", "dz/dnet1"))):
        solution = asking(text, *names)
        code = StepCode(solution)
        lines = [code.of(step) for step in solution.steps.values()]
        space: dict[str, Any] = {"np": np} | {
            name: np.asarray(array, dtype=float) for name, array in solution.exercise.values.items()
        }
        exec("\n".join([*code.functions, *lines]), space)  # written by the program
        for name in names:
            found = space["_".join(name.replace("/", " ").split())]
            np.testing.assert_allclose(found, solution.value(name), rtol=1e-10, atol=1e-14)
