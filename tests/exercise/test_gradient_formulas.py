"""`grad(f, x)` in formulas: the backward pass as a part of the graph, and what is wrong with one."""

from fractions import Fraction
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from backprop_tutor import Solution, loads, solve
from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.review import remarks

X, Y = Fraction(3), Fraction(2)


def graph(formulas: str, loss: str = "L", parameters: str = "{x: 3, y: 2}") -> str:
    lines = "".join(f"    {line}\n" for line in dedent(formulas).strip().splitlines())
    leaves = f"  given: {{t: 1}}\n  parameters: {parameters}\n"
    return f"title: t\ngraph:\n{leaves}  compute:\n{lines}  loss: {loss}\n"


def solved(formulas: str, **options: str) -> Solution:
    return solve(loads(graph(formulas, **options)))


def exact(solution: Solution, name: str) -> Any:
    value = solution.exact(name)
    assert value is not None
    return value.tolist()


def nodes(exercise: Exercise) -> set[str]:
    return {name for name, node in exercise.graph.nodes.items() if node.op}


def test_first_second_and_third_derivatives_are_those_on_paper() -> None:
    """f = x²y + y³."""
    solution = solved(
        """
        f: x**2*y + y**3
        fx: grad(f, x)
        fy: grad(f, y)
        fxx: grad(fx, x)
        fxy: grad(fx, y)
        fyx: grad(fy, x)
        fyy: grad(grad(f, y), y)
        fxxy: grad(fxx, y)
        fyyy: grad(grad(grad(f, y), y), y)
        L: fx + fy
        """
    )
    expected = {
        "fx": 2 * X * Y,
        "fy": X**2 + 3 * Y**2,
        "fxx": 2 * Y,
        "fxy": 2 * X,
        "fyx": 2 * X,
        "fyy": 6 * Y,
        "fxxy": 2,
        "fyyy": 6,
        "dL/dx": 2 * Y + 2 * X,
        "dL/dy": 2 * X + 6 * Y,
    }
    assert {name: exact(solution, name) for name in expected} == expected
    for name in ("dL/dx", "dL/dy"):
        confirmed = solution.confirm(name)
        assert confirmed is not None
        assert all(confirmed.checks.values())


def test_the_gradient_has_the_name_that_its_line_gives_it_and_those_on_the_way_their_own() -> None:
    exercise = loads(graph("h: x*y\nf: h**2*t\ng: grad(f, x)\nL: grad(f, h) + g"))
    assert nodes(exercise) - {"h", "f", "g", "L"} == {"f_1", "df/dh"}
    assert exercise.graph.nodes["g"].parents == ("df/dh", "y")


def test_what_is_multiplied_by_1_or_added_to_0_makes_no_node() -> None:
    exercise = loads(graph("f: x + y\ng: grad(f, x)\nL: f + g*grad(x*y, x)"))
    assert nodes(exercise) == {"f", "g", "L", "L_1", "L_2"}
    assert exercise.graph.nodes["g"].parents == ("1",)
    assert exercise.graph.nodes["L_2"].parents == ("g", "y")


def test_a_step_of_maml() -> None:
    """L1 = (t - x)²/2 with dL1/dx = x - t; one step of 1/10, and the derivative through it."""
    solution = solved("L1: (t - x)**2/2\nx2: x - 1/10*grad(L1, x)\nL: (y - x2)**2/2")
    x2 = X - (X - 1) / 10
    assert exact(solution, "x2") == x2
    assert exact(solution, "dL/dx") == -(Y - x2) * Fraction(9, 10)


def test_newtons_step_from_anywhere_ends_in_the_minimum_of_a_quadratic() -> None:
    """f = x²  + xy + 3/2 y² - x - 2y has its minimum where 2x + y = 1 and x + 3y = 2."""
    solution = solved(
        """
        f: x**2 + x*y + 3/2*y**2 - x - 2*y
        fx: grad(f, x)
        fy: grad(f, y)
        a: grad(fx, x)
        b: grad(fx, y)
        d: grad(fy, y)
        det: a*d - b**2
        xn: x - (d*fx - b*fy)/det
        yn: y - (a*fy - b*fx)/det
        L: xn**2 + yn**2
        """
    )
    assert (exact(solution, "xn"), exact(solution, "yn")) == (Fraction(1, 5), Fraction(3, 5))
    assert exact(solution, "dL/dx") == 0


def test_relus_step_has_the_derivative_0() -> None:
    solution = solved("f: relu(x*y)**2\ng: grad(relu(x*y), x)\nL: f + grad(g, x) + grad(grad(f, x), x)")
    assert exact(solution, "g") == Y
    assert exact(solution, "L") == (X * Y) ** 2 + 2 * Y**2
    assert exact(solution, "dL/dx") == 2 * X * Y**2


def test_what_does_not_depend_on_it_has_the_gradient_0_with_a_remark() -> None:
    text = graph("f: x**2\ng: grad(f, z)\nL: sum(g) + f + grad(f, y)", parameters="{x: 3, y: 2, z: [1, 2]}")
    solution = solve(loads(text))
    assert exact(solution, "g") == [0, 0]
    assert exact(solution, "L") == 9
    found = remarks(solution.exercise, solution.first.values, {})
    said = [remark.text for remark in found if remark.kind == "zero gradient"]
    assert [text.split(" is 0")[0] for text in said] == ["grad(f, z) in g", "grad(f, y) in L"]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("grad(z, x)", "grad is of one number, but `z` has the shape (2,)"),
        ("grad(2*z, x)", "grad is of one number, but `2·z` has the shape (2,)"),
        ("grad(x)", "a gradient is written grad(f, x)"),
        ("grad(x, y, t)", "a gradient is written grad(f, x)"),
        ("grad(x, y*t)", "a gradient is written grad(f, x)"),
        ("grad(x, z[1])", "a gradient is written grad(f, x)"),
        ("grad(x, y, axis=1)", "a gradient is written grad(f, x)"),
        ("grad(x, nobody)", "nobody is not a quantity"),
        ("grad", "grad is a function"),
        ("grad(grad(grad(grad(grad(x**9, x), x), x), x), x)", "no derivative of an order above 4"),
    ],
)
def test_a_fault_is_told_at_its_place(formula: str, said: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(graph(f"f: {formula}\nL: x*f", parameters="{x: 3, y: 2, z: [1, 2]}"))
    fault, *_ = caught.value.faults
    assert said in fault.what
    assert (fault.line, fault.column) >= (6, 8)


def test_no_quantity_is_called_like_the_function() -> None:
    with pytest.raises(ExerciseError, match="the name grad is that of a function"):
        loads(graph("grad: x*y\nL: 2*grad"))


def test_the_nodes_that_are_made_count_towards_the_limits() -> None:
    formulas = "\n".join(["f: sum(z**2)", *(f"g{k}: grad(f*{k}, z)" for k in range(2, 30)), "L: f"])
    zeros = f"{{z: [{', '.join(['1'] * 50)}]}}"
    text = graph(formulas, parameters=zeros)
    assert loads(text, max_elements=5_000).graph.size > 1_500
    with pytest.raises(ExerciseError, match="the limit is 1,000"):
        loads(text, max_elements=1_000)


def test_exercises_with_gradients_agree_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    solution = solved(
        """
        net: W @ z + b
        h: tanh(net)
        f: sum(softmax(v * h)**2)
        g: grad(f, z)
        Hv: grad(sum(g*z), W)
        L: (sum(g**2)**0.5 - 1)**2 + mean(Hv**2)
        """,
        parameters="{W: [[1, 1/2], [-1, 1]], b: [1/2, 1/4], v: [1, -2], z: [1, 2]}",
    )
    start = {name: torch.tensor(solution.value(name).tolist(), dtype=torch.float64) for name in "Wbvz"}
    W, b, v, z = (start[name].requires_grad_() for name in "Wbvz")
    f = (torch.softmax(v * torch.tanh(W @ z + b), 0) ** 2).sum()
    (g,) = torch.autograd.grad(f, z, create_graph=True)
    (Hv,) = torch.autograd.grad((g * z).sum(), W, create_graph=True)
    L = ((g**2).sum() ** 0.5 - 1) ** 2 + (Hv**2).mean()
    for name, right in {"g": g, "Hv": Hv, "L": L}.items():
        np.testing.assert_allclose(solution.value(name), right.detach().numpy(), rtol=1e-12)
    for name, right in zip("Wbvz", torch.autograd.grad(L, [W, b, v, z]), strict=True):
        np.testing.assert_allclose(solution.value(f"dL/d{name}"), right.numpy(), rtol=1e-9, atol=1e-13)
        confirmed = solution.confirm(f"dL/d{name}")
        assert confirmed is not None
        assert confirmed.checks["forward_mode"]
