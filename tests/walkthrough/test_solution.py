"""Solutions: values by name, exact where they can be, updates, and what is confirmed."""

import re
from fractions import Fraction

import numpy as np
import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.errors import EvaluationError, UsageError
from backprop_tutor.language import parse, to_text
from backprop_tutor.language.expr import Num, Sym
from backprop_tutor.walkthrough import Solution, Workings

F = Fraction


def circuit(text: str, **keys: str) -> Solution:
    head = "".join(f"{key}: {value}\n" for key, value in {"title": "t", **keys}.items())
    return solve(loads(head + "graph:\n" + "".join(f"  {line}\n" for line in text.strip().splitlines())))


def test_exercise1_is_solved_as_in_the_notes() -> None:
    solution = solve(load("exercise1"))
    assert solution.exact("h1").tolist() == [[1, 0]]
    assert solution.exact("z").tolist() == [[1]]
    assert solution.exact("J").item() == F(1, 2)
    assert solution.exact("dJ/dW2").tolist() == [[-1, 0]]
    assert solution.exact("dJ/dW1").tolist() == [[-1, 0], [0, 0]]
    assert solution.exact("W2_new").tolist() == [[F(11, 10), 2]]


def test_an_irrational_value_has_no_fraction_and_the_rest_has() -> None:
    solution = circuit("given: {x: 1/3}\ncompute: {a: 2*x, b: exp(a), c: b*0 + a}\nloss: c")
    assert solution.exact("a").item() == F(2, 3)
    assert solution.exact("b") is None
    assert float(solution.value("b")) == pytest.approx(np.exp(2 / 3))


def test_a_gradient_is_exact_where_the_loss_is_not() -> None:
    solution = circuit("parameters: {a: 1/3, L: 2}\ncompute: {z: exp(a), w: a + L, F: z * w}\nloss: F")
    assert solution.exact("F") is None
    assert solution.exact("dF/dz").item() == F(7, 3)
    assert solution.exact("dF/dw") is None


def test_givens_are_differentiated_on_request_and_without_parameters() -> None:
    assert [*solve(load("exercise1")).steps][-3:] == ["dJ/dW1", "W1_new", "W2_new"]
    assert solve(load("exercise1")).exact("dJ/dx").tolist() == [[-1, 0]]
    solution = circuit("given: {x: -2, y: 5, z: -4}\ncompute: {q: x + y, f: q * z}\nloss: f")
    assert {n: solution.exact(f"df/d{n}").item() for n in "xyz"} == {"x": -4, "y": -4, "z": 3}


def test_the_step_and_the_node_of_any_quantity() -> None:
    solution = solve(load("exercise1"))
    assert solution.step("dJ/dW1") is solution.steps["dJ/dW1"]
    left_out = solution.step("dJ/dx")
    assert left_out is not None
    assert "dJ/dx" not in solution.steps
    assert (left_out.quantity, solution.step("dJ/dx")) == ("dJ/dx", left_out)
    assert [solution.step(name) for name in ("x", "W1", "dJ/dJ", "dJ/dQ", "Q")] == [None] * 5
    nodes = [solution.node_of(name) for name in ("net1", "dJ/dnet1", "W1_new", "Q")]
    assert nodes == ["net1", "net1", "", ""]


def test_the_element_that_a_formula_mentions() -> None:
    single, batch = solve(load("exercise1")), solve(load("exercise3"))
    names = single.shapes.keys()
    assert single.element(parse("h1[2]", functions={}, names=names)) == ("h1", (0, 1))
    assert single.element(parse("dJ/dW1[2,1]", functions={}, names=names)) == ("dJ/dW1", (1, 0))
    assert batch.element(parse("h1(3)[2]", functions={}, names=names)) == ("h1", (2, 1))
    assert single.element(Sym("J")) == ("J", ())
    assert [single.element(part) for part in (Sym("N"), Num(F(1)))] == [None, None]


def test_a_delta_that_is_no_quantity_is_no_name() -> None:
    solution = circuit("given: {x: 2}\nparameters: {w: 1}\ncompute: {net1: 3*x, f: w*x}\nloss: f")
    with pytest.raises(UsageError, match="is no derivative of the loss"):
        solution.find("delta1")


def test_a_node_the_loss_does_not_use_has_the_gradient_zero() -> None:
    solution = circuit("given: {x: 2}\nparameters: {a: 1, b: [1, 2]}\ncompute: {f: a*x, g: 3*b}\nloss: f")
    assert solution.value("df/db").tolist() == [0, 0]
    assert solution.exact("df/db").tolist() == [0, 0]


def test_unknown_names_and_failing_arithmetic_are_errors() -> None:
    with pytest.raises(UsageError, match="dJ/dQ"):
        solve(load("exercise1")).value("dJ/dQ")
    with pytest.raises(EvaluationError, match=r"f: quotient of x, y .*division by zero"):
        circuit("given: {x: 1, y: 0}\ncompute: {f: x / y}\nloss: f").value("f")
    with pytest.raises(EvaluationError, match="df/dx"):
        circuit("given: {x: 0}\ncompute: {f: sqrt(x)}\nloss: f").value("df/dx")


OPTIMIZERS = {
    "sgd": "sgd",
    "momentum": "{name: momentum, momentum: 1/2}",
    "nesterov": "{name: nesterov, momentum: 1/2}",
    "adam": "{name: adam}",
}


def by_hand(name: str, steps: int) -> float:
    """w after `steps` updates of f = (w - 3)² from w = 1 with learning rate 1/10, written out plainly."""
    w, v, m, s = 1.0, 0.0, 0.0, 0.0
    for k in range(1, steps + 1):
        g = 2 * (w - 3)
        if name == "adam":
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
            w -= 0.1 * (m / (1 - 0.9**k)) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
            continue
        v = (0.0 if name == "sgd" else 0.5) * v + g
        w -= 0.1 * (g + 0.5 * v if name == "nesterov" else v)
    return w


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("steps", [1, 2, 4])
def test_optimizers_run_as_many_updates_as_asked(name: str, steps: int) -> None:
    solution = circuit(
        "parameters: {w: 1}\ncompute: {f: (w - 3)**2}\nloss: f",
        learning_rate="1/10",
        optimizer=OPTIMIZERS[name],
        steps=str(steps),
    )
    assert float(solution.value("w_new")) == pytest.approx(by_hand(name, steps), rel=1e-12)
    if name != "adam":
        assert float(solution.exact("w_new").item()) == pytest.approx(by_hand(name, steps), rel=1e-12)


def test_optimizers_agree_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    for name, make in {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5),
        "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5, nesterov=True),
        "adam": lambda p: torch.optim.Adam(p, lr=0.1),
    }.items():
        w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        optimizer = make([w])
        for _ in range(3):
            optimizer.zero_grad()
            ((w - 3) ** 2).backward()
            optimizer.step()
        assert by_hand(name, 3) == pytest.approx(w.item(), rel=1e-12)


def test_every_parameter_moves_from_gradients_at_the_old_ones() -> None:
    solution = circuit("parameters: {a: 2, b: 3}\ncompute: {f: a * b}\nloss: f", learning_rate="1", steps="2")
    assert [solution.exact(n).item() for n in ("a_new1", "b_new1")] == [-1, 1]
    assert [solution.exact(n).item() for n in ("a_new", "b_new")] == [-2, 2]
    assert solution.exact("f2").item() == -1
    assert solution.confirm("df2/da").checks["forward_mode"] is True


def test_a_gradient_is_confirmed_by_every_route_and_a_value_is_not() -> None:
    solution = solve(load("exercise3"))
    for name in ("dJ/dW1", "dJ/dW2", "dJ/dnet1"):
        assert solution.confirm(name).checks == dict.fromkeys(
            ("forward_mode", "finite_difference", "sympy"), True
        )
    assert solution.confirm("h1") is None


def test_kinks_are_reported() -> None:
    solution = circuit("parameters: {w: [0, 1]}\ncompute: {h: relu(w), f: sum(h)}\nloss: f")
    assert solution.kinks["h"].tolist() == [True, False]
    confirmed = solution.confirm("df/dw")
    assert confirmed.checks["finite_difference"] is None
    assert "kink" in confirmed.unchecked["finite_difference"]


def test_expressions_are_in_the_symbols_of_their_neighbours() -> None:
    solution = solve(load("exercise1"))
    assert str(solution.symbolic("net2").item()) == "W2[1,1]*h1[1,1] + W2[1,2]*h1[1,2]"
    assert str(solution.symbolic("dJ/dW1[2,1]").item()) == "dJ/dnet1[1,2]*x[1,1]"


@pytest.mark.parametrize(("name", "quantity"), [("exercise1", "dJ/dW1[1,1]"), ("exercise3", "dJ/dW1[2,1]")])
def test_a_closed_form_holds_leaves_alone_and_gives_the_value(name: str, quantity: str) -> None:
    solution = solve(load(name))
    closed = solution.symbolic(quantity, closed=True).item()
    numbers = {}
    for symbol in closed.free_symbols:
        found = solution.find(
            re.sub(r"^([xt])\[(\d+),", r"\1(\2)[", str(symbol))
            if name == "exercise3"
            else re.sub(r"^([xt])\[1,", r"\1[", str(symbol))
        )
        assert found.name in solution.exercise.values
        [index] = found.indices(solution.shapes[found.name])
        numbers[symbol] = float(solution.value(found.name)[index])
    [index] = (asked := solution.find(quantity)).indices(solution.shapes[asked.name])
    assert float(closed.subs(numbers)) == pytest.approx(float(solution.value(asked.name)[index]))


def test_a_closed_form_that_would_be_too_long_is_refused() -> None:
    solution = solve(load("three-hidden"))
    with pytest.raises(UsageError, match="more than 2,000 operations"):
        solution.symbolic("dJ/dW1[1,1]", closed=True)
    with pytest.raises(UsageError, match="not a computed quantity"):
        solution.symbolic("x")


def test_a_parameter_that_the_loss_does_not_use_stays_as_it_is() -> None:
    solution = circuit(
        "parameters: {w: 1, v: [1, 2]}\ncompute: {q: v*w, L: w*w}\nloss: L", learning_rate="1/2"
    )
    assert solution.exact("v_new").tolist() == [1, 2]
    assert solution.exact("w_new").item() == 0
    assert solution.value("dL/dv").tolist() == [0, 0]
    assert "dL/dv" not in solution.steps


def test_a_selection_is_written_with_its_own_numbers() -> None:
    solution = circuit(
        "parameters: {X: [[1, 2, -1], [3, -3, 2]]}\ncompute: {a: 'X[1,2:3]', L: sum(a)}\nloss: L"
    )
    assert [*map(to_text, Workings(solution).array(solution.steps["a"]))] == ["[2, -1]", "[2, -1]"]
    assert len(Workings(solution).array(solution.steps["L"])) == 2


def test_a_gradient_that_cancels_is_confirmed_as_far_as_its_terms_reach() -> None:
    text = """
title: Terms that cancel
graph:
  given: {a: 0.1, b: 0.2, c: 0.3}
  parameters: {w: 1}
  compute:
    d: tanh(w)*a + tanh(w)*b - tanh(w)*c
    f: (900*d + 1)**2 + d
  loss: f
"""
    solution = solve(loads(text))
    assert solution.value("df/dw") == 0
    assert solution.confirm("df/dw").checks == dict.fromkeys(  # type: ignore[union-attr]
        ("forward_mode", "finite_difference", "sympy"), True
    )
