"""The forms of an explanation: what they promise for graphs that are large, deep or out of the way."""

from itertools import pairwise
from time import process_time

import pytest

from backprop_tutor import load, loads, solve
from backprop_tutor.errors import ProofError
from backprop_tutor.language import NOTATIONS, parse, to_text
from backprop_tutor.language.expr import Call, Sum, Sym
from backprop_tutor.walkthrough import Solution, lettering_of
from backprop_tutor.walkthrough.derivation import FORMS, DerivationForm, explain, matrix_form
from backprop_tutor.walkthrough.derivation.matrix_form import unspread
from backprop_tutor.walkthrough.derivation.terms import walk


def network(sizes: list[int], activation: str, examples: int = 1) -> Solution:
    layers = []
    for inputs, units in pairwise(sizes):
        rows = [[f"{(3 * i + 5 * j) % 7 - 3}/{inputs}" for j in range(inputs)] for i in range(units)]
        written = ", ".join(f"[{', '.join(row)}]" for row in rows)
        layers.append(f"    - {{activation: {activation}, weights: [{written}]}}")
    target = ", ".join(["1"] * sizes[-1])
    inputs_of = [", ".join(str((p + k) % 3) for k in range(sizes[0])) for p in range(examples)]
    data = [f"  - {{x: [{row}], t: [{target}]}}" for row in inputs_of]
    lines = ["title: network", "network:", "  layers:", *layers, "data:", *data, "loss: half_mse", ""]
    return solve(loads("\n".join(lines)))


def all_verified(form: DerivationForm) -> bool:
    return all(line.verified is True for section in form.sections for line in section.lines)


def seconds(solution: Solution, quantity: str) -> float:
    solution.first.prepare(["W1"])
    best = 9.0
    for _ in range(3):
        started = process_time()
        explanation = explain(solution, quantity)
        for form in FORMS:
            explanation.form(form)
        best = min(best, process_time() - started)
    return best


def test_a_wide_network_takes_no_longer_than_a_small_one() -> None:
    small, wide = network([2, 2, 1], "sigmoid"), network([120, 60, 10], "sigmoid", 2)
    assert seconds(wide, "dJ/dW1[3,4]") < 2 * seconds(small, "dJ/dW1[1,2]") + 0.05


def test_long_sums_are_cut_short_and_say_so() -> None:
    explanation = explain(network([30, 20, 10], "tanh", 3), "dJ/dW1[3,4]")
    assert "terms" in explanation.scalar.notes[0].text
    assert any(part == Sym("…") for section in explanation.scalar.sections for line in section.lines
               for part in walk(line.expr))  # fmt: skip
    assert all_verified(explanation.scalar)


def test_the_scalar_form_has_no_sums() -> None:
    for name, quantity in (("exercise3", "dJ/dW1"), ("mazur", "dJ/dW1"), ("softmax-batch", "dJ/dW1")):
        for section in explain(solve(load(name)), quantity).scalar.sections:
            places = [part for line in section.lines for part in walk(line.expr)]
            assert not any(isinstance(part, Sum) for part in places)
            assert not any(isinstance(part, Call) and part.name == "kronecker" for part in places)


def test_a_deep_network_states_its_recursion_once() -> None:
    solution = network([2] * 20 + [1], "tanh")
    explanation = explain(solution, "dJ/dW1[1,2]")
    index = explanation.index
    assert all_verified(index)
    assert len(index.sections) == 21
    rules = [line.rule for section in index.sections for line in section.lines]
    assert rules.count("δ recursion") == 18
    assert len(rules) < 70
    assert all_verified(explanation.scalar)
    assert all_verified(explanation.matrix)


def test_a_deep_network_in_one_go() -> None:
    explanation = explain(network([2] * 8 + [1], "tanh"), "dJ/dW1[1,2]", unroll=True)
    assert all_verified(explanation.index)
    assert len(explanation.index.sections) == 1


def test_ops_without_letters_are_derived_by_element() -> None:
    text = """
title: odd
graph:
  parameters: {a: [1, 2, 3], b: [[1, 2, 3], [4, 5, 6]]}
  compute:
    c: max(a)
    d: concat(a, a)
    e: reshape(b, 3, 2)
    f: sum(d[2:5]) * c + sum(e ** 2)
  loss: f
"""
    solution = solve(loads(text))
    for quantity, exact in (("df/da[3]", "11"), ("df/db[1,2]", "4")):
        explanation = explain(solution, quantity)
        assert bool(explanation.index.sections) == (quantity == "df/da[3]")
        assert all_verified(explanation.index) or "letters cannot say" in explanation.index.notes[0].text
        assert all_verified(explanation.scalar)
        assert explanation.scalar.sections
        assert explanation.exact == exact
        assert all_verified(explanation.numbers)
    assert explain(solution, "df/da").numbers.sections


def test_a_long_chain_is_cut_where_every_path_meets() -> None:
    formulas = "".join(f"    y{k + 1}: y{k} + sin(y{k})\n" for k in range(12))
    text = f"title: chain\ngraph:\n  parameters: {{y0: 2}}\n  compute:\n{formulas}  loss: y12\n"
    explanation = explain(solve(loads(text)), "dy12/dy0")
    assert all_verified(explanation.index)
    assert len(explanation.index.sections) > 5
    assert max(len(section.lines) for section in explanation.index.sections) < 40


def test_a_matrix_formula_that_is_wrong_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_transpose(expr: object, axes: object) -> object:
        found = right(expr, axes)  # type: ignore[arg-type]
        if isinstance(found, Call) and found.name == "matmul":
            return Call("matmul", found.args[::-1])
        return found

    right = matrix_form.whole
    monkeypatch.setattr(matrix_form, "whole", without_transpose)
    with pytest.raises((ProofError, ValueError)):
        _ = explain(solve(load("mazur")), "dJ/dW1").matrix


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_notation_changes_no_value_and_proves_its_own_lines(notation: str) -> None:
    solution = solve(load("tanh-bce"))
    letters = lettering_of(solution.exercise, notation)
    plain = explain(solution, "dJ/dW1")
    written = explain(solution, letters.typed("dJ/dW1"), lettering=letters)
    assert written.value == plain.value
    for form in FORMS:
        assert all_verified(written.form(form))
    result = written.index.sections[-1].result
    indices = {part.index for part in walk(result) if isinstance(part, Sum)}
    assert indices == {letters.indices.example}


def test_columns_in_the_matrix_form() -> None:
    solution = solve(load("exercise3"))
    nielsen = explain(solution, "dC/dw1", lettering=lettering_of(solution.exercise, "nielsen"))
    last = nielsen.matrix.sections[-1].lines[-1]
    assert to_text(last.expr) == "δ1 @ xᵀ"
    assert [shape for _, shape in last.shapes] == [(2, 3), (3, 2)]


def regression(rows: int, compute: str) -> Solution:
    x = ", ".join(f"[{k % 7}, {k % 5 - 2}]" for k in range(rows))
    y = ", ".join(str(k % 3) for k in range(rows))
    return solve(loads(f"title: regression\ngraph:\n  given: {{X: [{x}], y: [{y}]}}\n"
                       f"  parameters: {{w: [1, -1]}}\n  compute:\n{compute}  loss: J\n"))  # fmt: skip


def test_a_large_graph_is_proved_on_small_models() -> None:
    solution = regression(400, "    p: tanh(X @ w)\n    e: p - y\n    J: mean(e ** 2)\n")
    started = process_time()
    explanation = explain(solution, "dJ/dw[2]")
    for form in FORMS:
        assert explanation.form(form).sections
        assert all_verified(explanation.form(form))
    assert process_time() - started < 2
    assert "/400" in to_text(explanation.index.sections[-1].result)


def test_a_graph_too_large_to_prove_says_so() -> None:
    solution = regression(1500, "    p: X[2:1500] @ w\n    J: sum(p * p)\n")
    explanation = explain(solution, "dJ/dw")
    assert "too large" in explanation.index.notes[-1].text
    solution = regression(1500, "    p: X[1:1200] @ w\n    J: sum(p * p)\n")
    index = explain(solution, "dJ/dw").index
    assert "too large" in index.notes[-1].text
    assert {line.verified for section in index.sections for line in section.lines} == {None}


def test_every_kind_of_op_in_one_graph() -> None:
    text = """
title: every kind of op
graph:
  given: {x: [1, 2], t: [0, 1, 0], X: [[1, 2], [3, 4]], T: [[1, 0], [0, 1]]}
  parameters: {W: [[1, 0], [0, 1], [1, 1]], V: [[1, 2], [0, 1]]}
  compute:
    n: W @ x
    z: softmax(n)
    Z: sigmoid(X @ V)
    a: cross_entropy(z, t) + bce(Z, T) + sum(log_softmax(n) * t) + maximum(sum(n), 3)
    b: abs(n[1]) + gelu(n[2]) + sqrt(n[3]) + 2 ** n[1] + elu(n[1]) + silu(n[2]) + erf(n[3]) + cos(n[1])
    J: a + b + mean(leaky_relu(X), axis=1)[2] + half_sse(Z, T) + softplus(a)
  loss: J
"""
    solution = solve(loads(text))
    for quantity in ("dJ/dW", "dJ/dV", "dJ/dX[1,2]", "dJ/dn"):
        explanation = explain(solution, quantity)
        for form in (explanation.index, explanation.scalar, explanation.numbers):
            assert form.sections, quantity
            assert all_verified(form), quantity
        marks = [line.verified for section in explanation.matrix.sections for line in section.lines]
        assert True in marks
        assert False not in marks


def test_targets_that_do_not_add_up_stay_in_the_formula() -> None:
    text = """
title: sums
network:
  layers: [{activation: softmax, weights: [[1, 0], [0, 1], [1, -1]]}]
data: [{x: [1, 2], t: [1, 1, 0]}]
loss: cross_entropy
"""
    index = explain(solve(loads(text)), "dJ/dW1").index
    assert all_verified(index)
    assert to_text(index.sections[-1].result) == "(1/N)·Σ_p (z(p)[i]·Σ_k t(p)[k] - t(p)[i])·x(p)[j]"
    rules = [line.rule for section in index.sections for line in section.lines]
    assert "targets add up to 1" not in rules


def test_log_softmax_in_the_matrix_form() -> None:
    text = """
title: log
graph:
  given: {t: [0, 1, 0]}
  parameters: {n: [1, 2, 3]}
  compute: {y: log_softmax(n), J: -sum(t * y)}
  loss: J
"""
    explanation = explain(solve(loads(text)), "dJ/dn")
    assert all_verified(explanation.matrix)
    assert all_verified(explanation.index)


def test_entries_that_are_picked_are_proved_in_the_matrix_form() -> None:
    text = """
title: picked
graph:
  parameters: {v: [1, 2], X: [[1, 2], [3, 4]]}
  compute:
    c: concat(v, v)
    L: sum(c * c) + X[1,1] * X[2,2]
  loss: L
"""
    solution = solve(loads(text))
    matrix = explain(solution, "dL/dv").matrix
    assert to_text(matrix.sections[-1].result) == "∂L/∂c[1:2] + ∂L/∂c[3:4]"
    assert all_verified(matrix)
    assert all_verified(explain(solution, "dL/dX").matrix)


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("broadcast(1, 4)*c + broadcast(1, 4)*c", "c + c"),
        ("(broadcast(1, 2, 2)*2*A) @ B", "(2·A) @ B"),
        ("broadcast(1/3, 3)*c", "(1/3)·c"),
        ("A @ broadcast(1, 2, 2)", "A @ broadcast(1, 2, 2)"),
        ("sum(broadcast(c, 2, 2), axis=1)", "sum(broadcast(c, 2, 2), axis=1)"),
    ],
)
def test_numbers_are_not_spread_out_before_arrays(formula: str, shown: str) -> None:
    tree = parse(formula, functions={"broadcast": "broadcast", "sum": "sum"})
    assert to_text(unspread(tree)) == shown


def rules_of(form: DerivationForm) -> list[str]:
    return [line.rule for section in form.sections for line in section.lines]


def test_the_scalar_form_says_where_other_elements_drop_out() -> None:
    layer = "{activation: sigmoid, weights: [[1, 2]]}"
    data = "data: [{x: [1, 2], t: [1]}, {x: [1, 1], t: [0]}]\nloss: bce\n"
    explanation = explain(loads(f"title: t\nnetwork: {{layers: [{layer}]}}\n{data}"), "dJ/dnet1(2)[1]")
    assert "derivative of the sigmoid; 0 for the other elements" in rules_of(explanation.scalar)
    assert "derivative of the sigmoid" in rules_of(explanation.index)
    opened = [to_text(line.expr) for section in explanation.index.sections for line in section.lines
              if line.rule == "multiply out"]  # fmt: skip
    assert opened
    assert all(line.startswith("-(1/N)·(") for line in opened)
    softmax = rules_of(explain(solve(load("softmax-batch")), "dJ/dW1[1,2]").scalar)
    assert "softmax Jacobian" in softmax  # nothing is 0 there: δ - z is -z elsewhere
    assert "linearity of net; 0 for the other elements" in softmax


def test_rules_are_called_by_what_they_do() -> None:
    def rules(formula: str) -> list[str]:
        text = f"title: t\ngraph:\n  parameters: {{x: 2, y: 3}}\n  compute: {{L: {formula}}}\n  loss: L\n"
        return rules_of(explain(loads(text), "dL/dx").index)

    assert "power rule and exponential rule" in rules("x ** x + y")
    assert "exponential" in rules("y ** x")
    assert "open the brackets" in rules("x * y + (x - y) * x")
    assert "multiply out" not in rules("x * y + (x - y) * x")


@pytest.mark.parametrize(
    ("parameters", "compute", "quantity", "line"),
    [
        ("P: [[1, 2], [3, 4]], V: [[1, 0], [1, 1]]", "L: sum((P @ V)**2)", "dL/dP", "2·(P @ V @ Vᵀ)"),
        ("A: [[1, 2], [3, 4]], b: [1, 2]", "L: sum((A + b)**2)", "dL/db", "2·sum(A + b, axis=1)"),
        ("X: [[1, 2], [3, 4]]", "L: sum(X)", "dL/dX", "broadcast(1, 2, 2)"),
        ("X: [[1, 2], [3, 4]]", "s: sum(X); L: s*mean(X)", "dL/ds", "(1/4)·sum(X)"),
    ],
)
def test_what_a_product_broadcasts_is_not_said_twice(
    parameters: str, compute: str, quantity: str, line: str
) -> None:
    lines = "".join(f"    {part}\n" for part in compute.split("; "))
    text = f"title: t\ngraph:\n  parameters: {{{parameters}}}\n  compute:\n{lines}  loss: L\n"
    matrix = explain(solve(loads(text)), quantity).matrix
    assert all_verified(matrix)
    assert to_text(matrix.sections[-1].lines[-1].expr) == line


@pytest.mark.parametrize(
    ("count", "shown", "left_out"), [(16, 16, []), (17, 4, ["13 elements are left out"])]
)
def test_a_few_elements_are_all_worked_out_and_of_many_a_sample(
    count: int, shown: int, left_out: list[str]
) -> None:
    weights = ", ".join(map(str, range(1, count + 1)))
    solution = solve(
        loads(f"title: x\ngraph: {{parameters: {{w: [{weights}]}}, compute: {{J: sum(w**2)}}, loss: J}}\n")
    )
    form = explain(solution, "dJ/dw").numbers
    assert len(form.sections) == shown
    assert [note.text.split(";")[0] for note in form.notes] == left_out
