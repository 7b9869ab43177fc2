"""What textbooks state, whatever the author called the pieces, or whether they have names at all."""

import pytest
from printed_lines import ASCII, LATEX, UNICODE
from test_printed_lines import Page

from backprop_tutor import loads, solve
from backprop_tutor.language import to_text
from backprop_tutor.walkthrough import lettering_of
from backprop_tutor.walkthrough.derivation import Explanation, explain

ROWS = "x: [[1, 2, 4], [2, 0, 1]], t: [[1, 0, 0], [0, 1, 1]]"
COLUMNS = "X: [[1, 2], [3, 1], [2, 5]], T: [[1, 0], [0, 1], [1, 1]]"
CLASSES = "X: [[1, 2], [3, 1], [2, 5]], Y: [[1, 0], [0, 1], [1, 0]]"
TOKENS = "E: [[1, 0], [0, 1], [1, 1]], Y: [[1, 0], [0, 1], [1, 1]]"


def explained(given: str, parameters: str, compute: str, quantity: str) -> Explanation:
    lines = "".join(f"    {line.strip()}\n" for line in compute.split(";"))
    leaves = f"  given: {{{given}}}\n  parameters: {{{parameters}}}\n"
    text = f"title: t\ngraph:\n{leaves}  compute:\n{lines}  loss: L\n"
    exercise = loads(text)
    return explain(solve(exercise), quantity, lettering=lettering_of(exercise))


def last_lines(explanation: Explanation) -> tuple[str, str]:
    """In index and in matrix form."""
    style = explanation.lettering.styled()
    forms = (explanation.index, explanation.matrix)
    index, matrix = (to_text(form.sections[-1].lines[-1].expr, style) for form in forms)
    return index, matrix


RESULTS = {
    "layer norm without a name for any piece": (
        (ROWS, "g: [1, 2, 1]",
         "y: (x - mean(x, axis=2, keepdims=1)) / sqrt(var(x, axis=2, keepdims=1) + 1/100); "
         "L: half_sse(g * y, t)", "dL/dx"),
        "(1/sqrt((Σ_n (x[i,n] - (Σ_u x[i,u])/3)²)/3 + 1/100))·(∂L/∂y[i,j] - (1/3)·Σ_l ∂L/∂y[i,l] "
        "- (1/3)·y[i,j]·Σ_l ∂L/∂y[i,l]·y[i,l])",
        "(1/sqrt((1/3)·sum((x - (1/3)·sum(x, axis=2, keepdims=1))², axis=2, keepdims=1) + 1/100)) ⊙ (∂L/∂y "
        "- (1/3)·sum(∂L/∂y, axis=2, keepdims=1) - (1/3)·(y ⊙ sum(∂L/∂y ⊙ y, axis=2, keepdims=1)))",
    ),
    "batch norm with names for mean and variance alone": (
        (COLUMNS, "g: [1, 2]",
         "m: mean(X, axis=1); v: mean((X - m) ** 2, axis=1); y: (X - m) / sqrt(v + 1/100); "
         "L: half_sse(g * y, T)", "dL/dX"),
        "(1/sqrt(v[j] + 1/100))·(∂L/∂y[i,j] - (1/3)·Σ_k ∂L/∂y[k,j] - y[i,j]·(1/3)·Σ_k ∂L/∂y[k,j]·y[k,j])",
        "(1/sqrt(v + 1/100)) ⊙ (∂L/∂y - (1/3)·sum(∂L/∂y, axis=1) - (1/3)·(y ⊙ sum(∂L/∂y ⊙ y, axis=1)))",
    ),
    "rms norm": (
        ("x: [1, 2, 4], t: [1, 0, 0]", "g: [1, 2, 1]", "r: sqrt(mean(x ** 2) + 1/100); y: x / r; "
         "L: half_sse(g * y, t)", "dL/dx"),
        "(1/r)·(∂L/∂y[i] - y[i]·(1/3)·Σ_k ∂L/∂y[k]·y[k])",
        "(1/r)·(∂L/∂y - (1/3)·sum(∂L/∂y ⊙ y)·y)",
    ),
    "cross-entropy written as a formula": (
        (CLASSES, "W: [[1, 0], [1/2, 1]]",
         "S: X @ W; P: softmax(S); L: -mean(sum(Y * log(P), axis=2))", "dL/dS"),
        "(1/3)·(P[i,j] - Y[i,j])",
        "(1/3)·(P - Y)",
    ),
    "sigmoid with bce written as a formula": (
        ("x: [1, 2, 4], y: [1, 0, 1]", "w: 1/2",
         "s: w * x; p: sigmoid(s); L: -mean(y * log(p) + (1 - y) * log(1 - p))", "dL/ds"),
        "(1/3)·(p[i] - y[i])",
        "(1/3)·(p - y)",
    ),
    "attention with other letters": (
        (TOKENS, "A: [[1, 0], [0, 1]], B: [[1, 1], [0, 1]]",
         "S: E @ A @ (E @ B).T / sqrt(2); P: softmax(S); O: P @ E; L: half_sse(O, Y)", "dL/dS"),
        "P[i,j]·(∂L/∂P[i,j] - Σ_l ∂L/∂P[i,l]·P[i,l])",
        "P ⊙ (∂L/∂P - sum(∂L/∂P ⊙ P, axis=2, keepdims=1))",
    ),
    "keys": (
        (TOKENS, "Q: [[1, 0], [0, 1], [1, 2]], K: [[1, 1], [0, 1], [2, 1]]",
         "S: Q @ K.T / sqrt(2); P: softmax(S); O: P @ E; L: half_sse(O, Y)", "dL/dK"),
        "(1/sqrt(2))·Σ_k ∂L/∂S[k,i]·Q[k,j]",
        "(1/sqrt(2))·((∂L/∂S)ᵀ @ Q)",
    ),
    "hinge loss with weight decay": (
        ("x: [1, 2], y: -1, lam: 1/10", "w: [1, 1/2]",
         "f: w @ x; L: max(0, 1 - y * f) + lam / 2 * sum(w ** 2)", "dL/dw"),
        "lam·w[i] - [1 - y·f > 0]·y·x[i]",
        "∂L/∂f·x + lam·w",
    ),
    "Huber loss": (
        ("X: [[1, 2], [3, 1]], y: [1, 9]", "w: [1, 1/2]", "z: X @ w; L: huber(z, y)", "dL/dz"),
        "-(1/2)·(sign(y[i] - z[i]) if abs(y[i] - z[i]) > 1 else y[i] - z[i])",
        "-(1/2)·([y > z] - [z > y] if abs(y - z) > 1 else y - z)",
    ),
    "one example, no bias, a mean": (
        ("X: [[1, 2]], y: [[1]]", "W: [[1], [1/2]]", "Z: X @ W; L: mean((Z - y) ** 2)", "dL/dW"),
        "2·(Z[1,1] - y[1,1])·X[1,i]",
        "Xᵀ @ ∂L/∂Z",
    ),
    "a weight at three places": (
        ("x: 2, t: 1", "w: 1/2", "a: w * x; b: tanh(w * a); c: w * b; L: half_sse(c, t)", "dL/dw"),
        "∂L/∂a·x + ∂L/∂b·(1 - tanh(w·a)²)·a + ∂L/∂c·b",
        "∂L/∂a·x + ∂L/∂b·(1 - b²)·a + ∂L/∂c·b",
    ),
    "a sum of losses": (
        ("x: [1, 2], t: 1", "w: [1, 1/2]", "E: half_sse(w @ x, t); R: sum(w ** 2); L: E + R", "dL/dw"),
        "2·w[i] - (t - Σ_k w[k]·x[k])·x[i]",
        "2·w - (t - w @ x)·x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_the_last_line_is_what_textbooks_state(name: str) -> None:
    case, index, matrix = RESULTS[name]
    assert last_lines(explained(*case)) == (index, matrix)


@pytest.mark.parametrize("name", RESULTS)
def test_every_line_of_it_is_proved_as_it_is_printed(name: str) -> None:
    explanation = explained(*RESULTS[name][0])
    page = Page(explanation)
    for script in (UNICODE, ASCII, LATEX):
        page.check(script)


def test_a_recurrence_of_many_steps_fits_a_page_in_matrices_too() -> None:
    steps = 30
    text = (
        f"title: t\ngraph:\n  given: {{x: {[[k % 3] for k in range(steps)]}, h<0>: [0, 0], t: [1, 0]}}\n"
        "  parameters: {W: [[1/2], [1/4]], U: [[1/2, 1/4], [0, 1/2]]}\n  sequence: {s: 30}\n  compute:\n"
        "    n<s>: W @ x[s] + U @ h<s-1>\n    h<s>: tanh(n<s>)\n    L: half_sse(h<30>, t)\n  loss: L\n"
    )
    solution = solve(loads(text))
    form = explain(solution, "dL/dU").matrix
    assert len(form.sections) < 10
    assert any("follow in the same way" in note.text for note in form.notes)
    assert len(explain(solution, "dL/dU", every=True).matrix.sections) == 2 * steps + 1


def test_rules_are_said_in_the_letters_of_the_notation() -> None:
    text = (
        "title: t\nnetwork:\n  layers:\n    - {rnn: tanh, weights: [[1]], recurrent: [[1]]}\n"
        "    - {activation: linear, weights: [[1]]}\ndata: [{x: [[1], [2]], t: [[1], [2]]}]\nloss: half_mse\n"
    )
    exercise = loads(text)
    letters = lettering_of(exercise, "nielsen")
    form = explain(solve(exercise), letters.typed("dJ/dU1"), lettering=letters).index
    rules = [line.rule for section in form.sections for line in section.lines]
    assert any("definition of C" in rule for rule in rules)
    assert not any("J" in rule or "net1" in rule for rule in rules)
