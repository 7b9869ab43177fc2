"""The number systems: exact special values, broadcasting on paper, dual numbers, and one shared namespace."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from numpy.testing import assert_allclose

from backprop_tutor.engine.systems.base import System
from backprop_tutor.engine.systems.dual import DUAL, Dual
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.exact import EXACT, MAX_BITS, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.engine.systems.formal import broadcast_shapes, matmul_shape
from backprop_tutor.engine.systems.many import MANY
from backprop_tutor.engine.systems.precise import PRECISE
from backprop_tutor.engine.systems.symbolic import SYMBOLIC, symbols
from backprop_tutor.errors import ShapeError
from backprop_tutor.language import to_text
from backprop_tutor.language.expr import Num, Sym

SYSTEMS = (FLOAT64, EXACT, PRECISE, SYMBOLIC, DUAL, MANY, ELEMENT, FORM)
NAMESPACE = [name for name in vars(System) if not name.startswith("_")]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_every_system_has_the_whole_namespace(system: Any) -> None:
    missing = [name for name in NAMESPACE if name != "pi" and not callable(getattr(system, name, None))]
    assert not missing
    if system is not EXACT:
        assert system.pi is not None


HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("function", "at", "value"),
    [
        ("exp", 0, 1),
        ("log", 1, 0),
        ("sin", 0, 0),
        ("cos", 0, 1),
        ("tanh", 0, 0),
        ("erf", 0, 0),
        ("sigmoid", 0, HALF),
        ("sqrt", Fraction(9, 4), Fraction(3, 2)),
        ("sqrt", 0, 0),
    ],
)
def test_special_values_are_exact(function: str, at: Any, value: Any) -> None:
    result = EXACT.finish(getattr(EXACT, function)(EXACT.finish(Fraction(at)))).item()
    assert isinstance(result, Fraction)
    assert result == value
    assert_allclose(getattr(FLOAT64, function)(float(at)), float(value))


@pytest.mark.parametrize(
    ("function", "at"),
    [
        *((name, HALF) for name in ("exp", "log", "sin", "cos", "tanh", "erf", "sigmoid", "softplus")),
        ("softplus", 0),
        ("sqrt", 2),
        ("sqrt", HALF),
        ("sqrt", -4),
        ("log", 0),
    ],
)
def test_other_values_are_irrational(function: str, at: Any) -> None:
    with pytest.raises(Irrational):
        getattr(EXACT, function)(EXACT.finish(Fraction(at)))


def test_pi_is_irrational() -> None:
    with pytest.raises(Irrational):
        _ = EXACT.pi


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [(HALF, 3, Fraction(1, 8)), (HALF, -2, 4), (-3, 2, 9), (0, 0, 1), (Fraction(9, 4), HALF, Fraction(3, 2))],
)
def test_powers_of_fractions(base: Any, exponent: Any, value: Any) -> None:
    assert EXACT.power(Fraction(base), Fraction(exponent)).item() == value


@pytest.mark.parametrize(
    ("base", "exponent"), [(2, HALF), (2, Fraction(1, 3)), (-1, HALF), (9, 9**9), (9, -(9**9)), (3, MAX_BITS)]
)
def test_powers_that_are_irrational_or_too_long(base: int, exponent: Any) -> None:
    with pytest.raises(Irrational):
        EXACT.power(Fraction(base), Fraction(exponent))


@given(mutually_broadcastable_shapes(num_shapes=3, max_dims=4, max_side=4))
def test_broadcasting_on_paper_is_numpys(shapes: Any) -> None:
    assert broadcast_shapes(*shapes.input_shapes) == shapes.result_shape


@given(st.lists(st.lists(st.integers(1, 3), max_size=3).map(tuple), min_size=2, max_size=3))
def test_what_numpy_does_not_broadcast_is_a_shape_error(shapes: list[tuple[int, ...]]) -> None:
    try:
        expected = np.broadcast_shapes(*shapes)
    except ValueError:
        with pytest.raises(ShapeError, match=r"do not fit together"):
            broadcast_shapes(*shapes)
    else:
        assert broadcast_shapes(*shapes) == expected


@given(*[st.lists(st.integers(1, 3), max_size=4).map(tuple)] * 2)
def test_matrix_products_on_paper_are_numpys(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    try:
        expected = (np.ones(a) @ np.ones(b)).shape
    except ValueError:
        with pytest.raises(ShapeError):
            matmul_shape(a, b)
    else:
        assert matmul_shape(a, b) == expected


def test_an_element_costs_that_element() -> None:
    asked = []

    def at(index: tuple[int, ...]) -> Any:
        asked.append(index)
        return Sym(f"w{index}")

    large = Element((1000, 1000), at)
    assert ELEMENT.transpose(large * 2 + large).at((3, 4)) is not None
    assert set(asked) == {(4, 3)}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.symbol("W", (2, 3)) @ Form.symbol("x", (3,)), "W @ x"),
        (FORM.transpose(Form.symbol("W", (2, 3))), "Wᵀ"),
        (FORM.transpose(FORM.transpose(Form.symbol("W", (2, 3)))), "W"),
        (Form.symbol("a", (3,)) * Form.symbol("b", (3,)), "a ⊙ b"),
        (Form.symbol("a", (3,)) * 2, "a·2"),
        (1 - Form.symbol("a", (3,)), "1 - a"),
        (FORM.sum(Form.symbol("A", (2, 3)), (0,)), "sum(A, axis=1)"),
        (FORM.sum(Form.symbol("A", (2, 3)), (0, 1)), "sum(A)"),
        (FORM.index(Form.symbol("A", (2, 3)), (1, slice(0, 2))), "A[2,1:2]"),
    ],
)
def test_whole_arrays_are_written_as_formulas(form: Form, text: str) -> None:
    assert to_text(form.expr) == text


@pytest.mark.parametrize(
    ("operation", "value", "slope"),
    [
        (lambda x: x + 1, 4.0, 1.0),
        (lambda x: 1 + x, 4.0, 1.0),
        (lambda x: x - 1, 2.0, 1.0),
        (lambda x: 1 - x, -2.0, -1.0),
        (lambda x: 2 * x, 6.0, 2.0),
        (lambda x: x * x, 9.0, 6.0),
        (lambda x: x / 2, 1.5, 0.5),
        (lambda x: 6 / x, 2.0, -2 / 3),
        (lambda x: -x, -3.0, -1.0),
        (lambda x: DUAL.power(x, 2), 9.0, 6.0),
        (lambda x: DUAL.power(2, x), 8.0, 8 * math.log(2)),
        (lambda x: DUAL.power(x, x), 27.0, 27 * (math.log(3) + 1)),
        (lambda x: np.asarray(2.0) * x, 6.0, 2.0),
        (lambda x: DUAL.max(DUAL.concat((DUAL.reshape(x, (1,)), np.array([3.0])), 0), (0,)), 3.0, 0.5),
    ],
)
def test_dual_numbers_carry_the_derivative_along(operation: Any, value: float, slope: float) -> None:
    result = operation(Dual(np.array(3.0), np.array(1.0)))
    assert isinstance(result, Dual)
    assert_allclose([float(result.value), float(result.tangent)], [value, slope])


FUNCTIONS = (
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "erf",
    "sigmoid",
    "softplus",
)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_many_digits_begin_as_floats_do(function: str) -> None:
    points = np.array([0.1, 1 / 3, 1.0, 7.5])
    found = getattr(PRECISE, function)(PRECISE.array(points))
    assert_allclose(found.astype(float), getattr(FLOAT64, function)(points), rtol=1e-14)


def test_no_digit_is_lost() -> None:
    large, small = (PRECISE.finish(PRECISE.number(Fraction(text))) for text in ("1e308", "1e-308"))
    assert float((large + small) - large) == 1e-308
    assert float(PRECISE.exp(large) / PRECISE.exp(large - 1)) == math.e
    assert PRECISE.eq(large + small, large).item() is False
    assert PRECISE.gt(large + small, large).item() is True
    assert PRECISE.eq(PRECISE.number(Fraction(1, 3)) * 3, 1).item() is True


@pytest.mark.parametrize(
    ("function", "arguments"), [("log", (-1,)), ("power", (-8, 1 / 3)), ("power", (0, -1))]
)
def test_what_is_not_real_is_no_number(function: str, arguments: tuple[float, ...]) -> None:
    found = getattr(PRECISE, function)(*map(PRECISE.array, map(np.asarray, arguments)))
    assert math.isnan(found.item())


def test_symbols_are_named_as_on_paper() -> None:
    assert [str(symbol) for symbol in symbols("W1", (1, 2)).flat] == ["W1[1,1]", "W1[1,2]"]
    assert symbols("J", ()).item() == sympy.Symbol("J", real=True)


def test_numbers_are_lifted_into_formulas() -> None:
    assert Form.lift(Fraction(1, 3)).expr == Num(Fraction(1, 3))
    assert Element.lift(2).at(()) == Num(Fraction(2))
