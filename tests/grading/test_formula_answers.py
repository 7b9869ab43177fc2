"""Formulas are judged as formulas: at other values of the quantities in them, not only at these."""

from functools import cache

import pytest

from backprop_tutor import Solution, load, solve
from backprop_tutor.exercise import loads
from backprop_tutor.grading import Marker, mark
from backprop_tutor.language import ASCII, Style, to_text
from backprop_tutor.walkthrough.worked import Workings


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


RIGHT = [
    ("exercise1", "dJ/dW2[1,1]", "-(t - z)*h1[1]"),
    ("exercise1", "dJ/dW2[1,1]", "(z-t) h₁[1]"),
    ("exercise1", "dJ/dW2[1,1]", "delta2*h1[1]"),
    ("exercise1", "dJ/dW2[1,1]", "-(2 - z)*h1[1]"),
    ("exercise1", "dJ/dW2[1,1]", "∂J/∂z · ReLU(net1[1])"),
    ("exercise1", "dJ/dW1[1,1]", "delta2*W2[1,1]*relu'(net1[1])*x[1]"),
    ("exercise1", "W2_new[1,2]", "W2[1,2] - η dJ/dW2[1,2]"),
    ("exercise1", "W2_new[1,2]", "W2[1,2] - 1/10*(z-t)*h1[2]"),
    ("exercise1", "J", "1/2*(t-z)²"),
    ("exercise1", "dJ/dW2", "delta2*h1"),
    ("exercise1", "net1", "W1@x"),
    ("exercise3", "h1(2)[1]", "σ(net1(2)[1])"),
    ("exercise3", "h1(2)[1]", "1/(1+exp(-net1(2)[1]))"),
    ("exercise3", "dJ/dW2[1,1]", "sum(delta2*h1[:,1:1])"),
    ("exercise3", "dJ/dW2", "delta2.T @ h1"),
    ("exercise3", "dJ/dnet2(1)[1]", "-1/N*(t(1)[1]-z(1)[1])*sigmoid'(net2(1)[1])"),
    ("leaky-relu", "dJ/dnet1[1]", "dJ/dh1[1]*leaky_relu'(net1[1])"),
    ("residual-block", "dJ/dx[1]", "dJ/dy[1] + W[1,1]*dJ/dn[1] + W[2,1]*dJ/dn[2]"),
    ("residual-block", "n", "W@x + b"),
    ("fan-out", "df/da", "x + 2a"),
]


@pytest.mark.parametrize(("name", "quantity", "text"), RIGHT)
def test_a_right_formula(name: str, quantity: str, text: str) -> None:
    verdict = mark(solution(name), quantity, text)
    assert (verdict.verdict, verdict.message) == ("correct", "Right.")


NUMBER_ONLY = [
    ("exercise1", "dJ/dW2[1,1]", "x[1]-2"),
    ("exercise1", "dJ/dW2[1,1]", "-h1[1]"),
    ("exercise1", "dJ/dW2[1,1]", "-(t - z)*x[1]"),
    ("fan-out", "df/da", "x + 2"),
    ("circuit-xyz", "df/dx", "-4*y/5"),
]


@pytest.mark.parametrize(("name", "quantity", "text"), NUMBER_ONLY)
def test_the_number_is_right_and_the_formula_is_not(name: str, quantity: str, text: str) -> None:
    verdict = mark(solution(name), quantity, text)
    assert verdict.verdict == "wrong"
    assert "The number is right, the formula is not" in verdict.message


def test_a_wrong_formula_is_diagnosed_by_its_number() -> None:
    verdict = mark(solution("exercise3"), "dJ/dnet1(1)[1]", "dJ/dh1(1)[1]")
    assert verdict.misconceptions[0] == "missing-activation-derivative"


@pytest.mark.parametrize(
    ("quantity", "text", "reason"),
    [
        ("J", "x", "one number"),
        ("J", "1/(z-1)", "no finite value"),
        ("J", "W1 @ W1 @ x @ W2", ""),
        ("J", "softmax(x, axis=9)", ""),
        ("J", "sum(x, axis=5)", ""),
        ("J", "relu(x, x)", ""),
        ("J", "x[9]", "outside"),
        ("W1_new", "x", "shape"),
    ],
)
def test_a_formula_without_a_value_is_invalid(quantity: str, text: str, reason: str) -> None:
    verdict = mark(solution("exercise1"), quantity, text)
    assert verdict.verdict == "invalid"
    assert reason in verdict.message


def test_an_example_has_to_be_named_where_there_are_several() -> None:
    verdict = mark(solution("exercise3"), "dJ/dW2[1,1]", "delta2(1)[1]*h1[1]")
    assert verdict.verdict == "invalid"
    assert "3 examples" in verdict.message


def test_what_cannot_be_tested_elsewhere_is_undecided() -> None:
    text = "title: A root\ngraph:\n  parameters: {x: 0}\n  compute: {q: x * 3, J: q + 1}\n  loss: J\n"
    verdict = mark(solve(loads(text)), "q", "sqrt(-(x^2)) + 0*x")
    assert verdict.verdict == "undecided"


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("dJ/dnet1", "(z - t)/N"),
        ("dJ/dnet1", "-(t - z)/3"),
        ("dJ/dnet1(1)[1]", "(z(1)[1] - t(1)[1])/N"),
        ("dJ/dW1[1,1]", "sum((z[:,1:1] - t[:,1:1])*x[:,1:1])/N"),
    ],
)
def test_targets_that_sum_to_one_go_on_doing_so(quantity: str, text: str) -> None:
    assert mark(solution("softmax-batch"), quantity, text).verdict == "correct"


@pytest.mark.parametrize("text", ["delta2*W2[1,1]*x[1]", "(z - t)*W2[1,1]*x[1]"])
def test_a_formula_for_units_that_stay_on_says_so(text: str) -> None:
    verdict = mark(solution("exercise1"), "dJ/dW1[1,1]", text)
    assert verdict.verdict == "correct"
    assert "as long as every unit stays on or off" in verdict.message


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("dJ/dW2[1,2]", "(t - z)*h1[1]"),
        ("dJ/dW2[1,1]", "W2[1,1]"),
        ("dJ/dW2[1,1]", "h1[1]*h1[1]"),
        ("dJ/dW2[1,1]", "t - z"),
    ],
)
def test_a_formula_is_not_blamed_for_what_only_its_number_says(quantity: str, text: str) -> None:
    verdict = mark(solution("exercise1"), quantity, text)
    assert (verdict.verdict, verdict.misconceptions) == ("wrong", ())


@pytest.mark.parametrize(
    ("name", "quantity", "text", "cause"),
    [
        ("exercise1", "dJ/dW2[1,1]", "(t - z)*h1[1]", "sign-flipped"),
        ("exercise1", "dJ/dW2[1,1]", "2*(z - t)*h1[1]", "missing-factor-two"),
        ("exercise1", "W2_new[1,1]", "W2[1,1] + 1/10*dJ/dW2[1,1]", "ascent-not-descent"),
        ("exercise3", "dJ/dnet2(1)[1]", "-dJ/dz(1)[1]*sigmoid'(net2(1)[1])", "sign-flipped"),
        ("softmax-batch", "dJ/dnet1", "z - t", "missing-one-over-n"),
        ("exercise1", "dJ/dW2", "-delta2*h1", "sign-flipped"),
        ("mazur", "net1[1]", "W1[1,1]*x[1] - W1[1,2]*x[2] + b1[1]", "arithmetic-slip"),
    ],
)
def test_a_wrong_formula_is_told_its_cause_for_certain(
    name: str, quantity: str, text: str, cause: str
) -> None:
    verdict = mark(solution(name), quantity, text)
    assert (verdict.verdict, verdict.misconceptions, verdict.ambiguous) == ("wrong", (cause,), False)


def test_an_array_formula_is_marked_entry_by_entry() -> None:
    verdict = mark(solution("exercise1"), "W2_new", "W2")
    assert [entry.verdict for entry in verdict.elements()] == ["wrong", "correct"]
    assert "1 of 2 entries are right" in verdict.message


def test_the_formula_of_a_whole_array_answers_for_its_element() -> None:
    assert mark(solution("matrix-graph"), "dJ/dW[1,1]", "X.T @ dJ/dN").verdict == "correct"
    assert mark(solution("matrix-graph"), "dJ/dW[1,1]", "-X.T @ dJ/dN").misconceptions == ("sign-flipped",)


@pytest.mark.parametrize("text", ["(z - t).T/3", "[-0.0785, 0.0815, -0.003; 0, 0, 0; 0, 0, 0]"])
def test_a_transposed_square_is_told_so(text: str) -> None:
    s = solution("softmax-batch")
    if text.startswith("["):
        rows = s.value("dJ/dnet1").T
        text = "[" + "; ".join(", ".join(f"{number:.6g}" for number in row) for row in rows) + "]"
    verdict = mark(s, "dJ/dnet1", text)
    assert verdict.verdict == "wrong"
    assert verdict.message.startswith("This is transposed")


@pytest.mark.parametrize(
    ("exercise", "text", "marked", "said"),
    [
        ("exercise1", "2*h1[3] + 1", "h1[3]", "An index of h1 is outside 1 to 2."),
        ("exercise1", " h1 [ 3 ]", "h1 [ 3 ]", "An index of h1 is outside 1 to 2."),
        ("exercise3", "h1[1]", "h1[1]", "h1 has 3 examples. Say which one: h1(1)[…] is the first's."),
        ("exercise3", "W1 @ h1", "W1 @ h1", "The shapes (2, 2) and (3, 2) do not fit @: "),
    ],
)
def test_a_formula_without_a_value_is_marked_and_told_in_sentences(
    exercise: str, text: str, marked: str, said: str
) -> None:
    verdict = mark(solution(exercise), "net1(1)[1]" if exercise == "exercise3" else "net1[1]", text)
    assert verdict.verdict == "invalid"
    assert verdict.place is not None
    assert text[slice(*verdict.place)] == marked
    assert verdict.message.startswith(said)


def test_a_cause_is_found_where_some_other_numbers_have_no_value() -> None:
    """The logarithm of a random number near 1/4 often has none."""
    text = "title: A logarithm\nlearning_rate: 1/10\ngraph:\n  parameters: {w: 1/4, v: 1}\n"
    solved = solve(loads(text + "  compute: {a: log(w), J: a*a*v}\n  loss: J\n"))
    assert mark(solved, "w_new", "w - 1/10*dJ/dw").verdict == "correct"
    assert mark(solved, "w_new", "w + 1/10*dJ/dw").misconceptions == ("ascent-not-descent",)


@pytest.mark.parametrize(
    ("name", "quantity", "text", "later"),
    [
        ("exercise1", "net1[1]", "h1[1]", "h1"),
        ("exercise1", "net1", "h1", "h1"),
        ("exercise1", "net1[1]", "dJ/dW2[1,1]/delta2", "dJ/dW2"),
        ("exercise1", "z", "t - sqrt(2J)", "J"),
        ("exercise1", "dJ/dnet2", "dJ/db2", None),
        ("exercise3", "dJ/dnet2(1)[1]", "dJ/dh1(1)[1]/W2[1,1]", "dJ/dh1"),
        ("exercise1", "dJ/dW2[1,1]", "(W2[1,1] - W2_new[1,1])/η", "W2_new"),
        ("adam-steps", "W1_new1", "W1_new2 + 1/10", "W1_new2"),
        ("fan-out", "a", "f - x", "f"),
    ],
)
def test_what_comes_after_a_quantity_cannot_find_it(
    name: str, quantity: str, text: str, later: str | None
) -> None:
    verdict = mark(solution(name), quantity, text)
    assert not verdict.passed
    if later:
        assert verdict.verdict == "invalid"
        assert f"{later} comes after {quantity.split('[')[0].split('(')[0]}," in verdict.message
        assert verdict.place is not None


def test_what_comes_before_may_be_a_parameter_or_another_derivative() -> None:
    assert mark(solution("mazur"), "dJ/dW2[1,1]", "dJ/dnet2[1]*h1[1]").verdict == "correct"
    assert mark(solution("mazur"), "dJ/dW1[1,1]", "dJ/db1[1]*x[1]").verdict == "correct"
    assert mark(
        solution("mazur"), "dJ/dnet1[1]", "(W2[1,1]*dJ/dnet2[1] + W2[2,1]*dJ/dnet2[2])*h1[1]*(1-h1[1])"
    )


PRINTED = """
title: What is printed
graph:
  given: {x: [1, -2, 3], t: [0, 1, 0]}
  parameters: {W: [[1, 2, 0], [0, 1, 1], [2, 0, 1]], a: 1/2}
  compute:
    n: W @ x
    h: FORMULA
    y: concat(h, x)
    L: half_sse(y[2:4], t) + sum(y)
  loss: L
"""


@pytest.mark.parametrize(
    "formula",
    [
        "relu(n)",
        "abs(n)",
        "max(n, x)",
        "min(n, 0)*a",
        "max(n)*x",
        "mean(n) + n",
        "softmax(n)",
        "leaky_relu(n)",
    ],
)
def test_every_formula_that_is_printed_is_an_answer(formula: str) -> None:
    """Of elements and of whole arrays, in Unicode and in ASCII, with letters and with numbers."""
    exercise = loads(PRINTED.replace("FORMULA", formula))
    solution = solve(exercise)
    workings = Workings(solution)
    marker = Marker(solution)
    for quantity, step in solution.steps.items():
        if step.form is None:
            continue
        for style in (Style(), Style(glyphs=ASCII)):
            printed = to_text(workings.form(step), style)
            assert marker.mark(quantity, printed, {}).verdict == "correct", (quantity, printed)
            for array in workings.array(step)[:1]:
                if "place(" not in (text := to_text(array, style)):  # of which quantity is said in letters
                    assert marker.mark(quantity, text, {}).verdict == "correct"


def test_a_condition_may_stand_without_brackets() -> None:
    solution = solve(loads(PRINTED.replace("FORMULA", "relu(n)")))
    typed = "∂L/∂h[2] if n[2] > 0 else 0"
    assert Marker(solution).mark("dL/dn[2]", typed, {}).verdict == "correct"


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("outer(∂L/∂n, x)", "correct"),
        ("outer(x, ∂L/∂n)", "wrong"),
        ("outer(outer(outer(x, x), outer(x, x)), outer(outer(x, x), outer(x, outer(x, x))))", "invalid"),
        ("broadcast(1, 100000, 100000)", "invalid"),
        ("place(x, W)", "wrong"),
        ("place(1, x[9])", "invalid"),
        ("1 if x > 0 else 2", "invalid"),
        ("(1 if x > 0", "invalid"),
        ("(1 if x else 0)", "invalid"),
        ("[x = t", "invalid"),
        ("x > 0", "invalid"),
    ],
)
def test_what_only_looks_like_a_printed_formula(typed: str, verdict: str) -> None:
    solution = solve(loads(PRINTED.replace("FORMULA", "relu(n)")))
    assert Marker(solution).mark("dL/dW", typed, {}).verdict == verdict
