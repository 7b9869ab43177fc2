"""Graphs of numbers far apart, at kinks and at poles: solved, or refused at the formula's place."""

import random
import re
from fractions import Fraction

import numpy as np
import pytest

from backprop_tutor import ExerciseError, loads, solve
from backprop_tutor.engine import ops
from backprop_tutor.engine.op import Op
from backprop_tutor.language.expr import Call, Num
from backprop_tutor.walkthrough.chain import chain_of
from backprop_tutor.walkthrough.worked import Workings

NUMBERS = (
    *("0", "1", "-1", "2", "5", "0.1", "0.2", "0.3", "-0.3", "1/3", "700", "-800"),
    *("1e-9", "1e9", "1e-200", "1e60", "1e118", "-1e150", "1e308"),
)
FUNCTIONS = (
    *("relu", "leaky_relu", "elu", "softplus", "silu", "gelu", "sigmoid", "tanh"),
    *("abs", "exp", "log", "sqrt", "sin", "cos", "erf"),
)
PAIRS = ("({}) + ({})", "({}) - ({})", "({})*({})", "({})/({})", "max({}, {})", "min({}, {})", "({})**({})")


def file(given: str, compute: str) -> str:
    lines = "".join(f"    {line}\n" for line in compute.split("; "))
    return f"title: t\ngraph:\n  parameters: {{{given}}}\n  compute:\n{lines}  loss: L\nlearning_rate: 0.1\n"


def drawn(seed: int) -> str:
    draw = random.Random(seed)
    names = ["a", "b"]

    def array() -> str:
        return f"[{', '.join(draw.choices(NUMBERS, k=3))}]"

    def formula(depth: int) -> str:
        if not depth or draw.random() < 0.2:
            return draw.choice(names) if draw.random() < 0.8 else draw.choice(NUMBERS)
        if draw.random() < 0.4:
            return f"{draw.choice((*FUNCTIONS, 'softmax', 'log_softmax'))}({formula(depth - 1)})"
        return draw.choice(PAIRS).format(formula(depth - 1), formula(depth - 1))

    steps = []
    for number in range(draw.randint(1, 3)):
        steps.append(f"c{number}: {formula(draw.randint(1, 3))}")
        names.append(f"c{number}")
    last = names[-1]
    loss = draw.choice((f"sum({last})", f"mean({last} - a)", f"mse({last}, b)", f"sum({last}*a)"))
    return file(
        f"a: {array()}, b: {draw.choice((array(), draw.choice(NUMBERS)))}", f"{'; '.join(steps)}; L: {loss}"
    )


def solved(text: str) -> None:
    solution = solve(loads(text, "mine"))
    for quantity in solution.steps:
        solution.value(quantity)
        solution.confirm(quantity)


def refused(text: str) -> str:
    """What is said of the first quantity that has no value; every other one is solved and confirmed."""
    said = ""
    solution = solve(loads(text, "mine"))
    for quantity in solution.steps:
        try:
            solution.value(quantity)
            solution.confirm(quantity)
        except ExerciseError as error:
            said = said or str(error)
    return said


@pytest.mark.parametrize("seed", range(150))
def test_random_graphs_are_solved_or_refused_at_their_place(seed: int) -> None:
    try:
        said = refused(drawn(seed))
    except ExerciseError as error:
        said = str(error)
    assert not said or re.match(r"mine:[3-8]:\d+: ", said)


def test_what_overflows_on_the_way_of_one_route_is_no_disagreement() -> None:
    """SymPy's x/y² is 0 where y² overflows; dL/db[1] is -∞·0 in floats, though it has a value."""
    steps = "c: b**(-1); d: tanh(a); L: sum((c - 0.6)/(0.6 + c - d*c))"
    said = refused(file("a: -1/2, b: [1e-200, -800]", steps))
    assert said.startswith("mine:5:8: dL/db: the derivative of the power has no finite value at element [1]")


@pytest.mark.parametrize(
    ("given", "compute"),
    [
        ("a: [1e308, 1e-200], b: 700", "c: a; L: mean(c - a)"),
        ("a: [-0.3, 1e-9]", "c: (a*a)**(-1); L: sum(c)"),
        ("a: [1, 0.2, 3]", "c: log_softmax(1e60 + a) + a; d: (c + a) - c; e: c - d; L: sum(e*a)"),
        ("a: 1/3", "c: 1e60**a; d: (c*0.2 - max(c, 0))*3; e: cos(d)*tanh(0.1); L: e*a"),
        ("a: [1e60, 0.6], b: 1/3", "c: (b + a) - (a + b); L: sum(c)"),
        ("a: [1e9, 1e60], b: [0.3, 700]", "c: log_softmax(b - 3); L: sum(c*a)"),
        ("a: 0.1", "L: sin(max(a, 0) - 1e150)"),
        ("a: 0, b: [0.6, 700]", "c: 1e308 + b; L: mean(c - a)"),
        ("a: [1e9, 1e9, 0], b: 1e16, t: [0.2, 0.8, 0]", "c: b*b; L: cross_entropy(softmax(c + a), t)"),
        ("a: 5, b: 1e9", "c: sin(b); L: silu(tanh(b)) + c + a"),
    ],
)
def test_what_rounding_decides_is_no_disagreement(given: str, compute: str) -> None:
    solved(file(given, compute))


@pytest.mark.parametrize(
    ("given", "compute"),
    [
        ("a: [1e16, -2, 0.5], b: 1", "c: softmax(a - 1e9); L: sum(c*b)"),
        ("a: [1e308, -0.3, 2], b: [0, -1e9, 0]", "c: softmax(a + b); L: sum(c)"),
        ("a: [1e9, -800], b: 0.1", "c: softmax(a); L: sum(c*b) + softplus(b)"),
    ],
)
def test_a_formula_that_overflows_in_floats_is_no_disagreement(given: str, compute: str) -> None:
    """exp(1e16)/(exp(1e16) + …) is ∞/∞ as it is written: the engine has it less its largest element."""
    solution = solve(loads(file(given, compute)))
    workings = Workings(solution)
    for quantity, step in solution.steps.items():
        workings.form(step)
        for index in np.ndindex(solution.shapes[quantity]):
            workings.element(step, index)
            if step.phase == "backward":
                chain_of(workings, step, index)


def test_a_wrong_formula_of_such_numbers_is_one() -> None:
    solution = solve(loads(file("a: [1e16, -2, 0.5], b: 1", "c: softmax(a); L: sum(c*b)")))
    workings = Workings(solution)
    step = solution.steps["c"]
    formula = step.element((0,))
    assert formula is not None
    assert workings.precisely.agree(step, formula, (0,))
    assert not workings.precisely.agree(step, Call("mul", (Num(Fraction(2)), formula)), (0,))


@pytest.mark.parametrize("size", ["1e10", "1e17", "1e308"])
def test_silu_of_a_large_number_has_the_slope_1(size: str) -> None:
    assert solve(loads(file(f"a: {size}", "L: silu(a)"))).value("dL/da") == 1


ACTIVATIONS = [op for op in ops.activations().values() if op.name in ops.FUNCTIONS]
LOSSES = [op for op in ops.losses().values() if op.name in ops.FUNCTIONS]
NETS = "[-1e5, -800, -701, 0, 701, 800, 1e5]"


@pytest.mark.parametrize("op", ACTIVATIONS, ids=lambda op: op.name)
def test_nets_beyond_700_go_through_every_activation(op: Op) -> None:
    solved(file(f"a: {NETS}", f"c: {op.name}(a); L: sum(c*c)"))


@pytest.mark.parametrize("op", LOSSES, ids=lambda op: op.name)
@pytest.mark.parametrize("squashed", ["a/1e5", "sigmoid(a)", "softmax(a)", "a"])
@pytest.mark.parametrize("target", ["[0, 0, 0, 1, 0, 0, 0]", "[0, 0, 0, 0, 0, 0, 1]"])
def test_and_every_loss_is_solved_or_says_what_has_no_value(op: Op, squashed: str, target: str) -> None:
    text = file(f"a: {NETS}", f"c: {squashed}; L: {op.name}(c, t)")
    try:
        said = refused(text.replace("graph:\n", f"graph:\n  given: {{t: {target}}}\n"))
    except ExerciseError as error:
        said = str(error)
    assert not said or re.match(r"mine:[3-9]:\d+: .*no finite value", said)
