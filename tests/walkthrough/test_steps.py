"""Steps: their order, rules and formulas; every printed formula gives the value."""

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.engine.op import elementwise
from backprop_tutor.engine.ops import FUNCTIONS, TABLE, register
from backprop_tutor.errors import ProofError
from backprop_tutor.exercise import shipped_names
from backprop_tutor.language import to_text
from backprop_tutor.walkthrough import Solution, Workings, gradient_step, shortened


def formulas(solution: Solution, quantity: str) -> list[str]:
    step = solution.steps[quantity]
    workings = Workings(solution)
    found = []
    for index in np.ndindex(step.shape):
        worked = workings.element(step, index)
        assert worked.formula is not None
        assert worked.substituted is not None
        found.append(" = ".join(map(to_text, (worked.name, worked.formula, worked.substituted))))
    return found


def test_steps_come_in_the_order_in_which_they_are_worked_out() -> None:
    assert list(solve(load("exercise1")).steps) == [
        *("net1", "h1", "net2", "z", "J"),
        *("dJ/dz", "dJ/dnet2", "dJ/dW2", "dJ/dh1", "dJ/dnet1", "dJ/dW1"),
        *("W1_new", "W2_new"),
    ]


def test_element_formulas_read_as_on_paper() -> None:
    solution = solve(load("exercise1"))
    assert formulas(solution, "net1")[1] == "net1[2] = W1[2,1]·x[1] + W1[2,2]·x[2] = -1·1 + 1·0"
    assert formulas(solution, "h1")[1] == "h1[2] = max(0, net1[2]) = max(0, -1)"
    assert formulas(solution, "dJ/dz") == ["∂J/∂z[1] = -(1/N)·(t[1] - z[1]) = -(1/1)·(2 - 1)"]
    assert formulas(solution, "dJ/dnet1")[1] == "∂J/∂net1[2] = ∂J/∂h1[2]·relu'(net1[2]) = -2·0"
    assert formulas(solution, "W2_new")[0] == ("W2_new[1,1] = W2[1,1] - η·∂J/∂W2[1,1] = 1 - (1/10)·(-1)")


def test_the_sigmoid_is_differentiated_in_its_own_output() -> None:
    solution = solve(load("exercise3"))
    assert formulas(solution, "dJ/dnet1")[0].startswith(
        "∂J/∂net1(1)[1] = ∂J/∂h1(1)[1]·h1(1)[1]·(1 - h1(1)[1]) = "
    )
    assert "sum over the training set" in solution.steps["dJ/dW1"].rule


def test_operators_stand_as_they_were_written() -> None:
    lines = "".join(f"    {line}\n" for line in ("a: w*0", "b: 1*w", "c: w + 0", "L: a + b + c"))
    solution = solve(loads(f"title: t\ngraph:\n  parameters: {{w: 3}}\n  compute:\n{lines}  loss: L\n"))
    assert formulas(solution, "a") == ["a = w·0 = 3·0"]
    assert formulas(solution, "b") == ["b = 1·w = 1·3"]
    assert formulas(solution, "c") == ["c = w + 0 = 3 + 0"]
    assert not any("elements are" in step.explanation for step in solution.steps.values())


def test_a_minimum_is_written_as_one() -> None:
    text = "title: t\ngraph:\n  parameters: {v: [1, -4]}\n  compute: {f: min(v)}\n  loss: f\n"
    assert formulas(solve(loads(text)), "f") == ["f = min(v[1], v[2]) = min(1, -4)"]


def test_fan_out_sums_over_the_paths() -> None:
    solution = solve(
        loads("title: t\ngraph:\n  given: {x: 3}\n  compute: {a: x*x, b: sin(x), f: a + b}\n  loss: f\n")
    )
    assert "sum over 3 paths" in solution.steps["df/dx"].rule
    assert formulas(solution, "df/dx")[0].startswith("∂f/∂x = ∂f/∂a·x + ∂f/∂a·x + ∂f/∂b·cos(x) = ")


@pytest.mark.parametrize("name", shipped_names())
def test_every_formula_of_a_shipped_exercise_gives_the_value(name: str) -> None:
    solution = solve(load(name))
    workings = Workings(solution)
    steps = [*solution.steps.values()]
    steps += [gradient_step(solution.ledger, given) for given in solution.graph.named("given")]
    for step in steps:
        for index in np.ndindex(step.shape):
            workings.element(step, index)  # raises ProofError where the formula is wrong


def test_a_wrong_formula_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    op = elementwise(
        "cube",
        lambda xp, x: xp.power(x, 3),
        (lambda xp, y, x: 3 * xp.power(x, 2),),
        written=lambda xp, x: xp.power(x, 2),  # what is printed is a square
        rule="cube",
        derivative=("power rule",),
        says="",
    )
    monkeypatch.setitem(TABLE, "cube", op)
    monkeypatch.setitem(FUNCTIONS, "cube", "cube")
    register(op)
    solution = solve(loads("title: t\ngraph:\n  given: {x: 3}\n  compute: {f: cube(x)}\n  loss: f\n"))
    with pytest.raises(ProofError, match="f: its formula gives 9"):
        Workings(solution).element(solution.steps["f"], ())
    assert formulas(solution, "df/dx") == ["∂f/∂x = 3·x² = 3·3²"]


def test_one_weight_of_a_large_network_costs_that_weight() -> None:
    rows = ", ".join("[" + ", ".join(["1"] * 300) + "]" for _ in range(20))
    inputs = ", ".join(["1"] * 300)
    solution = solve(
        loads(
            "title: t\nnetwork:\n  layers:\n"
            f"    - {{activation: linear, weights: [{rows}]}}\n"
            f"data: [{{x: [{inputs}], t: [{', '.join(['0'] * 20)}]}}]\nloss: sse\n"
        )
    )
    step = solution.steps["net1"]
    formula = step.element((0, 3))
    assert formula is not None
    assert to_text(shortened(formula)) == (
        "W1[4,1]·x[1] + W1[4,2]·x[2] + W1[4,3]·x[3] + … + W1[4,300]·x[300]"
    )
    assert to_text(solution.steps["dJ/dW1"].element((3, 7))) == "∂J/∂net1[4]·x[8]"  # type: ignore[arg-type]
