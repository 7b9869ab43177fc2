"""Every op as NumPy code: run, it gives what the engine gives, forward and backward."""

import math
from typing import Any

import numpy as np
import pytest
from op_cases import ALL_CASES, Case

from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.language import Sym, div, mul, neg, power, sub
from backprop_tutor.language.expr import Num
from backprop_tutor.language.identifiers import identifier
from backprop_tutor.render.code.numpy_code import Code, NumpyCode, literal


def value(code: Any, system: NumpyCode, known: dict[str, Any]) -> Any:
    space: dict[str, Any] = {"np": np, "math": math}
    for definition in system.helpers.values():
        exec(definition, space)  # written by the program
    return eval(Code.lift(code).text, space | known)


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_every_op_computes_what_the_engine_computes(case: Case) -> None:
    system = NumpyCode()
    inputs = case.inputs()
    known = {f"x{k}": array for k, array in enumerate(inputs)}
    codes = [Code(name, array.shape) for name, array in known.items()]
    right = FLOAT64.finish(case.entry.forward(FLOAT64, *inputs, **case.params))
    forward = case.entry.forward(system, *codes, **case.params)
    assert forward.shape == right.shape
    np.testing.assert_allclose(value(forward, system, known), right, rtol=1e-12)

    known["y"] = right
    known["g"] = np.linspace(-1.0, 2.0, right.size).reshape(right.shape)
    y, g = Code("y", right.shape), Code("g", right.shape)
    for slot in range(len(inputs)):
        expected = case.entry.vjp(slot)(FLOAT64, known["g"], right, *inputs, **case.params)
        code = Code.lift(case.entry.vjp(slot)(system, g, y, *codes, **case.params))
        found = np.broadcast_to(value(code, system, known), np.shape(expected))
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_brackets_stand_where_python_needs_them() -> None:
    a, b, c = (Code(letter, ()) for letter in "abc")
    assert Code.map(sub, a, Code.map(sub, b, c)).text == "a - (b - c)"
    assert Code.map(div, a, Code.map(mul, b, c)).text == "a / (b * c)"
    assert Code.map(power, Code.map(neg, a), b).text == "(-a)**b"
    assert Code.map(neg, Code.map(sub, a, b)).text == "-(a - b)"
    assert Code.map(sub, a, Code.scalar(Num(-1))).text == "a - -1"  # type: ignore[arg-type]


def test_names_are_python() -> None:
    assert identifier("dJ/dW1") == "dJ_dW1"
    assert identifier("lambda") == "lambda_"
    assert identifier("np") == "np_"
    assert Code.scalar(Sym("η")).text == "η"
    assert literal([[0.5, -1.0]]) == "[[0.5, -1.0]]"
