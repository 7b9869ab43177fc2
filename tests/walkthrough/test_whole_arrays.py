"""Formulas of whole arrays: true under NumPy's rules for shapes, also with their numbers put in."""

import re
from dataclasses import replace

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.engine.ops import TABLE
from backprop_tutor.errors import ProofError
from backprop_tutor.exercise import shipped_names
from backprop_tutor.language import NOTATIONS, to_text
from backprop_tutor.walkthrough import Solution, Workings, gradient_step, lettering_of


def solved(parameters: str, compute: str) -> Solution:
    lines = "".join(f"    {line}\n" for line in compute.split("; "))
    return solve(loads(f"title: t\ngraph:\n  parameters: {{{parameters}}}\n  compute:\n{lines}  loss: L\n"))


def line(solution: Solution, quantity: str) -> str:
    node = quantity.removeprefix(solution.gradient_prefix)
    step = solution.steps.get(quantity) or gradient_step(solution.ledger, node)
    workings = Workings(solution)
    form = workings.form(step)
    assert form is not None
    return " = ".join(map(to_text, (form, *workings.array(step))))


MATRIX = "X: [[1, 2, -1], [1/2, -3, 2]]"


@pytest.mark.parametrize(
    ("parameters", "compute", "quantity", "printed"),
    [
        (MATRIX, "a: X[1,2:3]; L: sum(a)", "a", "X[1,2:3] = [2, -1] = [2, -1]"),
        (MATRIX, "q: X[:,2]; L: sum(q)", "q", "X[:,2] = [2, -3] = [2, -3]"),
        (MATRIX, "q: X[2]; L: sum(q)", "q", "X[2] = [1/2, -3, 2] = [1/2, -3, 2]"),
        (
            MATRIX,
            "q: X[:,2]; L: q @ q",
            "dL/dX",
            "place(∂L/∂q, X[:,2]) = place([4, -6], X[:,2]) = [[0, 4, 0], [0, -6, 0]]",
        ),
        (
            "Y: [[1], [2]], Z: [[3], [4]]",
            "c: concat(Z, Y, axis=2); L: sum(c * c)",
            "dL/dY",
            "∂L/∂c[:,2:2] = [[2], [4]] = [[2], [4]]",
        ),
        (MATRIX, "n: X*0; z: softmax(n); L: sum(z * z)", "z", "exp(n)/sum(exp(n), axis=2, keepdims=1) = …"),
        (
            MATRIX,
            "n: X*0; z: softmax(n); L: sum(z * z)",
            "dL/dn",
            "z ⊙ (∂L/∂z - sum(∂L/∂z ⊙ z, axis=2, keepdims=1)) = …",
        ),
        (
            "u: [1, 2], W: [[1, 0, 1], [0, 1, 1]]",
            "m: u @ W; L: m @ m",
            "dL/dW",
            "outer(u, ∂L/∂m) = outer([1, 2], [2, 4, 6]) = [[2, 4, 6], [4, 8, 12]]",
        ),
        ("u: [1, 2], W: [[1, 0, 1], [0, 1, 1]]", "m: u @ W; L: m @ m", "dL/du", "∂L/∂m @ Wᵀ = …"),
        ("W: [[1, 0], [1, 1]], v: [1, 2]", "m: W @ v; L: m @ m", "dL/dv", "Wᵀ @ ∂L/∂m = …"),
        ("W: [[1, 0], [1, 1]], v: [1, 2]", "m: W @ v; L: m @ m", "dL/dW", "outer(∂L/∂m, v) = …"),
        ("u: [1, 2], v: [3, 4]", "m: u @ v; L: m * m", "dL/du", "∂L/∂m·v = 22·[3, 4] = [66, 88]"),
        (MATRIX, "m: min(X, axis=2); L: m @ m", "m", "min(X, axis=2) = …"),
        (MATRIX, "s: sum(X); L: s * s", "dL/dX", "broadcast(∂L/∂s, 2, 3) = …"),
        (MATRIX, "s: sum(X, axis=1); L: s @ s", "dL/dX", "broadcast(∂L/∂s, 2, 3) = …"),
        (
            MATRIX,
            "s: mean(X, axis=2); L: s @ s",
            "dL/dX",
            "broadcast(reshape((∂L/∂s)/3, 2, 1), 2, 3) = …",
        ),
        (
            MATRIX,
            "b: max(X, axis=2); L: b @ b",
            "dL/dX",
            "(reshape(∂L/∂b, 2, 1) ⊙ [X = reshape(b, 2, 1)])"
            "/sum([X = reshape(b, 2, 1)], axis=2, keepdims=1) = …",
        ),
    ],
)
def test_lines_are_true_as_they_are_printed(
    parameters: str, compute: str, quantity: str, printed: str
) -> None:
    found = line(solved(parameters, compute), quantity)
    assert re.fullmatch(re.escape(printed).replace("…", ".*"), found), found


def test_several_counts_are_numbers_and_one_is_a_letter() -> None:
    parameters = "a: [1, 2], B: [[3, 4], [5, 6], [7, 8]]"
    solution = solved(parameters, "p: mse(B, a); L: p*1")
    assert line(solution, "dL/da").startswith("sum(∂L/∂p·(2/N)·(a - B), axis=1)")
    solution = solved(parameters, "p: mse(B, a); q: mse(a*2, a); L: p + q")
    found = line(solution, "dL/da")
    assert found.startswith(
        "sum(∂L/∂p·(2/3)·(a - B), axis=1) + ∂L/∂q·(2/2)·(a - a·2) + ∂L/∂q·(-(2/2)·(a - a·2))·2 = "
    )
    Workings(solution).element(solution.steps["dL/da"], (0,))


def test_a_line_that_numpy_makes_another_array_of_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    right = TABLE["softmax"]
    wrong = replace(right, written=lambda xp, x, axis=None: xp.exp(x) / xp.sum(xp.exp(x), (1,)))
    monkeypatch.setitem(TABLE, "softmax", wrong)
    solution = solved("X: [[1, 2], [3, 4]]", "z: softmax(X); L: sum(z * z)")
    with pytest.raises(ProofError, match="z: its whole-array formula gives other entries"):
        Workings(solution).form(solution.steps["z"])


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("name", shipped_names())
def test_lines_are_true_in_every_notation(name: str, notation: str) -> None:
    """Also with examples as columns, where a bias is a column: each line is evaluated as it is printed."""
    solution = solve(load(name))
    workings = Workings(solution, lettering=lettering_of(solution.exercise, notation))
    for step in solution.steps.values():
        workings.form(step)  # raises ProofError


def test_the_sum_over_examples_in_columns_keeps_the_axis() -> None:
    solution = solve(load("softmax-batch"))
    workings = Workings(solution, lettering=lettering_of(solution.exercise, "nielsen"))
    z, b = (workings.form(solution.steps[name]) for name in ("z", "dJ/db1"))
    assert z is not None
    assert b is not None
    assert to_text(z) == "exp(net1)/sum(exp(net1), axis=1, keepdims=1)"
    assert to_text(b) == "sum(∂J/∂net1, axis=2, keepdims=1)"
