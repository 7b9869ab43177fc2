"""An op added in one place is everywhere: in graphs, in every number system, in formulas, in the proofs."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from graphs import circuit
from numpy.testing import assert_allclose
from op_cases import cases_of

from backprop_tutor.engine import ops
from backprop_tutor.engine.evaluate import exact_gradients, exact_pass, float_gradients, float_pass
from backprop_tutor.engine.op import Op, elementwise
from backprop_tutor.engine.oracles import confirm
from backprop_tutor.engine.symbolic_pass import local_derivative, symbolic_gradients
from backprop_tutor.engine.systems.element import ELEMENT
from backprop_tutor.engine.systems.exact import EXACT
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.errors import ProofError, ShapeError, UsageError
from backprop_tutor.language import parse, to_latex, to_text

CUBE = elementwise(
    "cube",
    lambda xp, x: xp.power(x, 3),
    (lambda xp, y, x: 3 * xp.power(x, 2),),
    rule="third power",
    derivative=("power rule",),
    computes="A number times itself, twice.",
    says="The power rule: x³ has the derivative 3x².",
    aliases=("third_power",),
)
MISH = elementwise(
    "mish",
    lambda xp, x: x * xp.tanh(xp.softplus(x)),
    (
        lambda xp, y, x: (
            xp.tanh(xp.softplus(x)) + x * xp.sigmoid(x) * (1 - xp.power(xp.tanh(xp.softplus(x)), 2))
        ),
    ),
    rule="Mish",
    derivative=("derivative of Mish",),
    computes="Mish is x·tanh(softplus(x)).",
    says="The product rule and the chain rule give Mish'.",
)
DOUBLE = elementwise(
    "double",
    lambda xp, x: 2 * x,
    (lambda xp, y, x: 2,),
    rule="doubling",
    derivative=("constant factor",),
    computes="Twice the number.",
    says="A constant factor stays.",
)


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Op], Op]]:
    """Adds an op to the table, for one test."""
    monkeypatch.setattr(ops, "TABLE", dict(ops.TABLE))
    monkeypatch.setattr(ops, "FUNCTIONS", dict(ops.FUNCTIONS))
    local_derivative.cache_clear()
    yield ops.register
    local_derivative.cache_clear()


def run(op: Op, x: list[float]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    graph = circuit({"x": (len(x),)}, {"y": (op.name, "x"), "q": ("mul", "y", "x"), "J": ("sum", "q")})
    values = float_pass(graph, {"x": np.array(x)})
    return graph, values, float_gradients(graph, values)


@pytest.mark.parametrize("op", [CUBE, MISH, DOUBLE], ids=lambda op: op.name)
def test_a_new_op_is_differentiated_and_proved(op: Op, add: Callable[[Op], Op]) -> None:
    add(op)
    graph, values, gradients = run(op, [0.5, -1.25, 2])
    for name in ("x", "y"):
        assert confirm(graph, values, name, gradients[name]).checks == {
            "forward_mode": True,
            "finite_difference": True,
            "sympy": True,
        }
    assert local_derivative(op.name) is not None
    assert set(symbolic_gradients(graph)) == {"x", "y", "q"}


def test_a_new_op_is_exact_and_printed(add: Callable[[Op], Op]) -> None:
    add(CUBE)
    graph, _, gradients = run(CUBE, [0.5, -1.25, 2])
    leaves = {"x": EXACT.finish([Fraction(1, 2), Fraction(-5, 4), Fraction(2)])}
    exact = exact_gradients(graph, exact_pass(graph, leaves), ["x"])["x"]
    assert exact.tolist() == [Fraction(1, 2), Fraction(-125, 16), 32]
    assert_allclose(exact.astype(float), gradients["x"])
    assert str(local_derivative("cube")) == "3*x1**2"

    x = Form.symbol("x", (3,))
    g, y = Form.symbol("dJ/dy", (3,)), Form.symbol("y", (3,))
    assert to_text(CUBE.forward(FORM, x).expr) == "x³"
    assert to_text(CUBE.vjp(0)(FORM, g, y, x).expr) == "∂J/∂y ⊙ (3·x²)"
    assert r"x^{3}" in to_latex(CUBE.forward(FORM, x).expr)
    assert to_text(FORM.call("cube", x).expr) == "cube(x)"
    assert to_text(CUBE.forward(ELEMENT, ELEMENT.number(2)).at(())) == "2³"


def test_a_new_op_is_read_from_text_under_all_its_names(add: Callable[[Op], Op]) -> None:
    add(CUBE)
    for spelling in ("cube(x)", "third_power(x)"):
        assert to_text(parse(spelling, functions=ops.FUNCTIONS, names=frozenset("x"))) == "cube(x)"


def test_a_new_op_gets_test_cases_by_itself(add: Callable[[Op], Op]) -> None:
    add(CUBE)
    assert [case.shapes for case in cases_of("cube")] == [((),), ((3,),), ((1, 3),), ((2, 1),), ((2, 3),)]


def test_a_wrong_rule_does_not_get_past_the_proofs(add: Callable[[Op], Op]) -> None:
    wrong = add(
        elementwise(
            "cube",
            CUBE.forward,
            (lambda xp, y, x: 2 * xp.power(x, 2),),
            rule="third power",
            derivative=("power rule",),
            says="",
        )
    )
    graph, values, gradients = run(wrong, [0.5, -1.25, 2])
    for route in ("forward_mode", "finite_difference", "sympy"):
        with pytest.raises(ProofError, match=f"dJ/dx: {route}"):
            confirm(graph, values, "x", gradients["x"], [route])
    with pytest.raises(ProofError, match="cube: its local derivative is written"):
        local_derivative("cube")


def _pairs_of(xp: Any, x: Any) -> Any:
    assert x.ndim == 1
    return x * x


@pytest.mark.parametrize("forward", [_pairs_of, lambda xp, x: xp.nowhere(x), lambda xp, x: x.shape[2] * x])
def test_a_rule_that_fails_on_a_shape_is_an_error_of_the_graph(
    forward: Callable[..., Any], add: Callable[[Op], Op]
) -> None:
    lax = Op("lax", forward, (lambda xp, g, y, x: g,), rule="lax", derivative=("lax",), says="Lax.")
    add(lax)
    with pytest.raises(ShapeError, match=r"lax does not take the shape \(2, 2\)"):
        circuit({"x": (2, 2)}, {"y": ("lax", "x"), "J": ("sum", "y")})


def test_an_op_that_is_not_there_is_named() -> None:
    assert "cube" not in ops.TABLE
    assert "third_power" not in ops.FUNCTIONS
    with pytest.raises(UsageError, match="there is no op called 'cube'"):
        run(CUBE, [1.0])
