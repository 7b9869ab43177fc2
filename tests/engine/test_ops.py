"""Every op: its VJPs against SymPy's diff, central differences and dual numbers; formulas and fractions."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from formula_value import formula_value
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from op_cases import ALL_CASES, Case

from backprop_tutor.engine import ops
from backprop_tutor.engine.systems.dual import DUAL, Dual
from backprop_tutor.engine.systems.element import ELEMENT, Element
from backprop_tutor.engine.systems.exact import EXACT, Irrational
from backprop_tutor.engine.systems.float64 import FLOAT64
from backprop_tutor.engine.systems.form import FORM, Form
from backprop_tutor.engine.systems.many import MANY, Many
from backprop_tutor.engine.systems.symbolic import SYMBOLIC, symbols
from backprop_tutor.language.expr import Expr, Item, Num, Sym

Floats = NDArray[np.float64]
every_case = pytest.mark.parametrize("case", ALL_CASES, ids=str)

RATIONAL = {  # ops whose values and derivatives are fractions wherever the inputs are
    *("add", "sub", "neg", "mul", "div", "matmul", "transpose", "maximum", "minimum"),
    *("identity", "relu", "leaky_relu", "abs", "linear", "half_mse", "mse", "half_sse", "sse"),
    *("sum", "mean", "max", "min", "reshape", "concat", "index"),
    *("var", "prod", "where", "clip", "step", "sign", "stop_gradient", "rows", "one_hot", "permute", "outer"),
    *("conv1d", "conv2d", "max_pool", "mean_pool"),
}


class Run:
    """One case in float64: inputs, output, an upstream gradient, and the gradient of every input."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.op = case.entry
        self.inputs = case.inputs()
        self.output = self.forward(self.inputs)
        self.upstream = np.random.default_rng(1).uniform(-2, 2, self.output.shape)
        self.gradients = [self.vjp(FLOAT64, slot) for slot in range(len(self.inputs))]

    def forward(self, inputs: list[Floats]) -> Floats:
        return FLOAT64.finish(self.op.forward(FLOAT64, *inputs, **self.case.params))

    def vjp(self, xp: Any, slot: int, *arrays: Any) -> Any:
        """The gradient of input `slot`; `arrays` are upstream, output and inputs in the system `xp`."""
        given = arrays or (self.upstream, self.output, *self.inputs)
        return xp.finish(self.op.vjp(slot)(xp, *given, **self.case.params))

    def loss(self, inputs: list[Floats]) -> float:
        return float(np.sum(self.upstream * self.forward(inputs)))

    def elements(self) -> Iterator[tuple[int, tuple[int, ...], float]]:
        """Every element of every input: its slot, its index and its gradient."""
        for slot, gradient in enumerate(self.gradients):
            for index in np.ndindex(gradient.shape):
                yield slot, index, float(gradient[index])


def test_every_op_has_cases() -> None:
    missing = set(ops.TABLE) - {case.op for case in ALL_CASES}
    assert not missing, f"add shapes for {missing} to CASES in op_cases.py"


@every_case
def test_gradients_have_the_shapes_of_their_inputs(case: Case) -> None:
    run = Run(case)
    assert [gradient.shape for gradient in run.gradients] == [x.shape for x in run.inputs]


@every_case
def test_vjps_equal_central_differences(case: Case) -> None:
    run, step = Run(case), 1e-3
    if run.op.stops:
        pytest.skip("its derivative is taken for 0")

    def moved(slot: int, index: tuple[int, ...], by: float) -> float:
        inputs = [x.copy() for x in run.inputs]
        inputs[slot][index] += by
        return run.loss(inputs)

    for slot, index, gradient in run.elements():
        near = moved(slot, index, step) - moved(slot, index, -step)
        far = moved(slot, index, 2 * step) - moved(slot, index, -2 * step)
        assert_allclose(gradient, (8 * near - far) / (12 * step), rtol=1e-7, atol=1e-8)


@every_case
def test_vjps_equal_dual_numbers(case: Case) -> None:
    run = Run(case)
    for slot, index, gradient in run.elements():
        direction = np.zeros(run.inputs[slot].shape)
        direction[index] = 1
        duals = [Dual(x, np.zeros_like(x)) for x in run.inputs]
        duals[slot] = Dual(run.inputs[slot], direction)
        with np.errstate(all="ignore"):  # as the engine runs it: what is not finite is found afterwards
            result = run.op.forward(DUAL, *duals, **case.params)
        assert_allclose(result.value, run.output, rtol=1e-12, atol=1e-15)
        assert_allclose(gradient, np.sum(run.upstream * result.tangent), rtol=1e-11, atol=1e-13)


@every_case
@pytest.mark.parametrize("shared", [None, 0, 1])
def test_many_at_once_are_what_each_is_by_itself(case: Case, shared: int | None) -> None:
    """Three sets of inputs, of which the one at `shared` is the same in all of them."""
    given = case.inputs()
    sets = [
        [x if slot == shared else np.roll(x.ravel(), k).reshape(x.shape) for slot, x in enumerate(given)]
        for k in range(3)
    ]
    together = [
        x if slot == shared else Many(np.stack([one[slot] for one in sets])) for slot, x in enumerate(given)
    ]
    op = case.entry
    with np.errstate(all="ignore"):
        outputs = [FLOAT64.finish(op.forward(FLOAT64, *inputs, **case.params)) for inputs in sets]
        upstreams = [
            k + np.arange(1.0, output.size + 1).reshape(output.shape) for k, output in enumerate(outputs)
        ]
        output = MANY.finish(op.forward(MANY, *together, **case.params))
        same_in_each(output, outputs)
        y, g = Many(np.stack(outputs)), Many(np.stack(upstreams))
        for slot in range(len(given)):
            rule = op.vjp(slot)
            ones = [
                FLOAT64.finish(rule(FLOAT64, g, y, *inputs, **case.params))
                for g, y, inputs in zip(upstreams, outputs, sets, strict=True)
            ]
            same_in_each(MANY.finish(rule(MANY, g, y, *together, **case.params)), ones)


def same_in_each(found: Many, ones: list[Any]) -> None:
    assert found.shape == ones[0].shape
    rows = np.broadcast_to(found.rows, (len(ones), *found.shape))
    assert_allclose(rows, np.stack(ones), rtol=1e-14, atol=1e-15)


@every_case
def test_vjps_equal_sympys_diff_of_the_forward_formula(case: Case) -> None:
    run = Run(case)
    arrays = [symbols(f"x{slot}", shape) for slot, shape in enumerate(case.shapes)]
    place = {
        symbol: sympy.Float(float(value), 30)
        for array, x in zip(arrays, run.inputs, strict=True)
        for symbol, value in zip(array.flat, x.flat, strict=True)
    }
    formula = SYMBOLIC.finish(run.op.forward(SYMBOLIC, *arrays, **case.params))
    assert formula.shape == run.output.shape
    assert_allclose(_numbers(formula, place), run.output, rtol=1e-12, atol=1e-15)

    loss = sympy.Add(*(y * sympy.Float(g) for y, g in zip(formula.flat, run.upstream.flat, strict=True)))
    for slot, index, gradient in run.elements():
        assert_allclose(gradient, _number(loss.diff(arrays[slot][index]), place), rtol=1e-11, atol=1e-13)


@every_case
def test_vjps_in_symbols_equal_those_in_floats(case: Case) -> None:
    run = Run(case)
    arrays = [symbols(f"x{slot}", shape) for slot, shape in enumerate(case.shapes)]
    g, y = symbols("g", run.output.shape), symbols("y", run.output.shape)
    place = {
        symbol: sympy.Float(float(value), 30)
        for array, x in zip((g, y, *arrays), (run.upstream, run.output, *run.inputs), strict=True)
        for symbol, value in zip(array.flat, np.asarray(x).flat, strict=True)
    }
    for slot, gradient in enumerate(run.gradients):
        symbolic = run.vjp(SYMBOLIC, slot, g, y, *arrays)
        assert symbolic.shape == gradient.shape
        assert_allclose(_numbers(symbolic, place), gradient, rtol=1e-12, atol=1e-14)


def _number(expr: sympy.Expr, place: dict[sympy.Symbol, sympy.Float]) -> float:
    return float(sympy.sympify(expr).xreplace(place).doit().evalf(20))


def _numbers(array: Any, place: dict[sympy.Symbol, sympy.Float]) -> Floats:
    return np.array([_number(expr, place) for expr in array.flat]).reshape(array.shape)


@every_case
def test_shapes_worked_out_on_paper_are_numpys(case: Case) -> None:
    run = Run(case)
    forms = [Form.symbol(f"x{slot}", shape) for slot, shape in enumerate(case.shapes)]
    output = run.op.forward(FORM, *forms, **case.params)
    assert output.shape == run.output.shape
    for slot, gradient in enumerate(run.gradients):
        form = run.vjp(FORM, slot, Form.symbol("g", output.shape), Form.symbol("y", output.shape), *forms)
        assert form.shape == gradient.shape


@every_case
def test_formulas_of_elements_give_numpys_values(case: Case) -> None:
    run = Run(case)
    named = {"g": run.upstream, "y": run.output, **{f"x{k}": x for k, x in enumerate(run.inputs)}}
    arrays = [_quantity(f"x{slot}", shape) for slot, shape in enumerate(case.shapes)]

    def value(expr: Expr) -> float:
        return formula_value(expr, lookup)

    def lookup(name: str, index: tuple[int, ...]) -> float:
        if name == "N":
            return float(run.op.examples(run.inputs[0]))
        return float(named[name][tuple(i - 1 for i in index)])

    for rule in filter(None, (run.op.forward, run.op.written)):
        _assert_elements(rule(ELEMENT, *arrays, **case.params), run.output, value)
    for slot, gradient in enumerate(run.gradients):
        g, y = _quantity("g", run.output.shape), _quantity("y", run.output.shape)
        _assert_elements(run.vjp(ELEMENT, slot, g, y, *arrays), gradient, value)


def _quantity(name: str, shape: tuple[int, ...]) -> Element:
    return Element(
        shape, lambda i: Item(Sym(name), tuple(Num(Fraction(k + 1)) for k in i)) if i else Sym(name)
    )


def _assert_elements(array: Element, expected: Floats, value: Callable[[Expr], float]) -> None:
    assert array.shape == expected.shape
    for index in np.ndindex(expected.shape):
        assert_allclose(value(array.at(index)), expected[index], rtol=1e-12, atol=1e-14)


@every_case
def test_fractions_equal_floats(case: Case) -> None:
    run = Run(case)
    try:
        inputs = [_fractions(x) for x in run.inputs]
        output = EXACT.finish(run.op.forward(EXACT, *inputs, **case.params))
        gradients = [
            run.vjp(EXACT, slot, _fractions(run.upstream), output, *inputs) for slot in range(len(inputs))
        ]
    except Irrational:
        assert case.op not in RATIONAL
        return
    for exact, expected in zip((output, *gradients), (run.output, *run.gradients), strict=True):
        assert exact.shape == expected.shape
        assert all(isinstance(number, Fraction | int) for number in exact.flat)
        assert_allclose(exact.astype(float), expected, rtol=1e-12, atol=1e-14)


def _fractions(array: Floats) -> Any:
    return EXACT.finish(np.frompyfunc(Fraction, 1, 1)(array))


@pytest.mark.parametrize("name", ops.TABLE)
def test_every_entry_says_what_a_student_needs(name: str) -> None:
    op = ops.get(name)
    assert op.name == name
    assert op.rule
    assert op.computes.endswith(".")
    for slot in range(op.arity[0]):
        assert op.derivative_rule(slot)
        assert op.explanation(slot).endswith(".")
    assert callable(op.vjps) or len(op.derivative) <= len(op.vjps)
