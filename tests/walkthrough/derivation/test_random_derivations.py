"""Random graphs and networks: the derivation ends, all lines hold, the last is the engine's gradient."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor import loads, solve
from backprop_tutor.walkthrough.derivation import Explanation, explain

UNARY = ["sin({})", "tanh({})", "sigmoid({})", "relu({})", "softplus({})", "{} ** 2", "-{}", "exp({} / 9)"]
BINARY = ["{} + {}", "{} - {}", "{} * {}", "{} / ({} ** 2 + 1)", "maximum({}, {})"]
VECTORS = ["{} + {}", "{} * {}", "sin({}) - {}", "A @ {} + {}", "relu({}) * {}", "{} * s - {}"]
ACTIVATIONS = ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "elu", "silu"]
LOSSES = ["half_mse", "mse", "half_sse", "sse"]


@st.composite
def circuits(draw: st.DrawFn) -> str:
    """A circuit of single numbers."""
    numbers = [f"{name}: {draw(st.integers(-3, 3))}" for name in "abc"]
    known, lines = ["a", "b", "c"], []
    for number in range(draw(st.integers(2, 7))):
        pattern = draw(st.sampled_from(UNARY + BINARY))
        names = [draw(st.sampled_from(known)) for _ in range(pattern.count("{}"))]
        lines.append(f"    n{number}: {pattern.format(*names)}")
        known.append(f"n{number}")
    tail = " + ".join(known[3:])
    return _text(f"{{{', '.join(numbers)}}}", [*lines, f"    f: {tail}"])


@st.composite
def vector_graphs(draw: st.DrawFn) -> str:
    """A graph of vectors, with a matrix and a number, summed up in the end."""
    known, lines = ["u", "v"], []
    for number in range(draw(st.integers(1, 4))):
        pattern = draw(st.sampled_from(VECTORS))
        names = [draw(st.sampled_from(known)) for _ in range(pattern.count("{}"))]
        lines.append(f"    n{number}: {pattern.format(*names)}")
        known.append(f"n{number}")
    ends = ["sum({} ** 2)", "mean({} * u)", "{} @ v", "sum(softmax({}) * u)"]
    end = draw(st.sampled_from(ends)).format(known[-1])
    parameters = "{u: [1, -2, 1/2], v: [2, 1, -1], s: 3, A: [[1, 0, 2], [1/2, 1, 0], [-1, 1, 1]]}"
    return _text(parameters, [*lines, f"    f: {end}"])


@st.composite
def networks(draw: st.DrawFn) -> str:
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    classes = sizes[-1] > 1 and draw(st.booleans())
    weights = st.fractions(-1, 1, max_denominator=4).map(str)
    lines = ["title: random", "network:", "  layers:"]
    for number, (inputs, units) in enumerate(pairwise(sizes), 1):
        is_last = number == len(sizes) - 1
        act = "softmax" if is_last and classes else draw(st.sampled_from(ACTIVATIONS))
        rows = [[draw(weights) for _ in range(inputs)] for _ in range(units)]
        bias = f", bias: [{', '.join(draw(weights) for _ in range(units))}]" if draw(st.booleans()) else ""
        written = ", ".join(f"[{', '.join(row)}]" for row in rows)
        lines.append(f"    - {{activation: {act}, weights: [{written}]{bias}}}")
    lines.append("data:")
    for _ in range(draw(st.integers(1, 3))):
        x = ", ".join(draw(weights) for _ in range(sizes[0]))
        hot = draw(st.integers(0, sizes[-1] - 1))
        t = [str(int(k == hot)) if classes else draw(weights) for k in range(sizes[-1])]
        lines.append(f"  - {{x: [{x}], t: [{', '.join(t)}]}}")
    loss = "cross_entropy" if classes else draw(st.sampled_from(LOSSES))
    return "\n".join([*lines, f"loss: {loss}", ""])


def _text(parameters: str, compute: list[str]) -> str:
    return "\n".join(["title: random", "graph:", f"  parameters: {parameters}", "  compute:", *compute,
                      "  loss: f", ""])  # fmt: skip


def check(text: str) -> None:
    solution = solve(loads(text))
    graph = solution.graph
    used = graph.upstream(graph.loss)
    for name in [name for name in graph.parameters if name in used]:
        explanation = explain(solution, f"d{graph.loss}/d{name}")
        check_lines(explanation)


def check_lines(explanation: Explanation) -> None:
    """Asking for a form compares its last line with the engine; it raises where they differ."""
    for form in (explanation.index, explanation.scalar, explanation.matrix, explanation.numbers):
        assert all(line.verified is True for section in form.sections for line in section.lines)
    assert explanation.index.sections


@settings(max_examples=40, deadline=None)
@given(circuits())
def test_circuits(text: str) -> None:
    check(text)


@settings(max_examples=25, deadline=None)
@given(vector_graphs())
def test_graphs_of_vectors(text: str) -> None:
    check(text)


@settings(max_examples=15, deadline=None)
@given(networks())
def test_networks(text: str) -> None:
    check(text)
