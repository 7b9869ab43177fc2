"""Every graph that the engine takes is explained: each gradient, in every form, with every line proved."""

import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_tutor import loads, solve
from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.ops.derivatives import CHAIN
from backprop_tutor.errors import EvaluationError
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.derivation import FORMS, DerivationForm, Explanation, explain

sys.path.insert(0, str(Path(__file__).parents[2] / "engine"))
from random_graphs import RandomGraph

SEEDS = 28
ROUNDS = 2  # how often a graph is grown by each of its ops
# Those that want shapes of their own, which tests of functions and of kinds of layers give them; and what the
# seeds happen to leave out.
NOT_GROWN = {
    *("batch_norm", "layer_norm", "rms_norm", "conv1d", "conv2d", "outer", "dropout"),
    *("recurrent", "cell_state", "gated_sum", "scaled", "scores"),
    *("maximum", "cross_entropy_sum", "cross_entropy_logits"),
}
OPS = sorted(ops.TABLE.keys() - {CHAIN})


class Rational(RandomGraph):
    """Its leaves are fractions, so that the exact route is taken as well."""

    def leaf(self, shape: tuple[int, ...]) -> str:
        name = super().leaf(shape)
        self.leaves[name] = self.values[name] = np.round(8 * self.values[name]) / 8
        return name

    def finish(self) -> Graph:
        """Some end in a gradient, and so in its derivative."""
        if len(self.values) % 4 == 0:
            self.grow(CHAIN)
        return super().finish()

    def solved(self) -> Solution:
        to_fractions = np.frompyfunc(Fraction, 1, 1)
        values = {name: np.asarray(to_fractions(v), dtype=object) for name, v in self.leaves.items()}
        return solve(Exercise("random", "random", self.graph, values))


def grown(seed: int) -> Rational:
    """Grown by a few ops of its own, so that together the graphs hold all of them."""
    rng = np.random.default_rng(840 + seed)
    names = OPS[seed::SEEDS]
    turns = iter(names * ROUNDS)

    def choose(options: Sequence[Any]) -> Any:
        return next(turns) if options is names else options[rng.integers(len(options))]

    return Rational(choose, names, len(names) * ROUNDS)


def proved(form: DerivationForm) -> bool:
    return all(line.verified is True for section in form.sections for line in section.lines)


def unsaid(form: DerivationForm) -> bool:
    return any("cannot be written" in note.text for note in form.notes)


def check(explanation: Explanation) -> None:
    for name in FORMS:
        form = explanation.form(name)
        assert form.sections or form.notes, name
        assert proved(form), name
    for form in (explanation.scalar, explanation.numbers):
        assert form.sections or "longer than anybody reads" in form.notes[0].text
    assert all(paths.count >= 0 for paths in explanation.paths)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_graphs_are_explained(seed: int) -> None:
    solution = grown(seed).solved()
    graph = solution.graph
    used = graph.upstream(graph.loss)
    names = [node.name for node in graph.nodes.values() if node.role != "constant" and node.name in used]
    try:
        solution.prepare(f"d{graph.loss}/d{name}" for name in names)
    except EvaluationError:
        pytest.skip("a standard deviation of 0 has no derivative")
    inner = [name for name in names if graph.nodes[name].op and name != graph.loss]
    for name in names:
        check(explain(solution, f"d{graph.loss}/d{name}"))
    for name in graph.parameters:
        below = [node for node in inner if node in graph.downstream([name]) and "/" not in node]
        if below:
            check(explain(solution, f"d{below[0]}/d{name}"))


def test_the_random_graphs_hold_every_op() -> None:
    grown_here = set().union(*(grown(seed).used for seed in range(SEEDS)))
    assert set(OPS) - grown_here <= NOT_GROWN


def circuit(parameters: str, *compute: str) -> Solution:
    lines = "".join(f"    {line}\n" for line in compute)
    return solve(loads(f"title: t\ngraph:\n  parameters: {parameters}\n  compute:\n{lines}  loss: L\n"))


X = "{X: [[1, 2], [3, 4], [5, 6]]}"
OUT_OF_THE_WAY: list[tuple[str, tuple[str, ...], str, Any]] = [
    ("{v: [1, 2]}", ("c: concat(v, v)", "L: sum(c * c)"), "v[1]", "4"),
    ("{v: [1, 2]}", ("L: max(v) ** 2",), "v[1]", "0"),
    ("{v: [1, 2, 3]}", ("L: sum(v[2:3] ** 2)",), "L_1[1]", "4"),
    ("{v: [1, 2, 3]}", ("L: sum(v[1:2] ** 2)",), "v", ["2", "4", "0"]),
    ("{v: [1, 2, 3], w: [4, 5]}", ("L: sum(v[1:2] * w)",), "v", ["4", "5", "0"]),
    ("{v: [1, 2, 3], w: [4, 5]}", ("z: softmax(v)", "L: sum(z[1:2] * w)"), "v", None),
    (X, ("a: reshape(X, 2, 3)", "L: sum(a @ X)"), "X[1,1]", "8"),
    ("{X: [[1, 2], [3, 4]]}", ("L: X[1,1] * X[2,2]",), "L_1", "4"),
    (X, ("a: sum(X, axis=2)", "L: sum(a * a)"), "X[1,1]", "6"),
    ("{A: [[1, 2], [3, 4]], b: [1, 2]}", ("L: sum(A + b)",), "b[1]", "2"),
    ("{u: [1, 2], W: [[1, 2, 3], [3, 4, 5]], v: [1, 2, 3]}", ("L: u @ W @ v",), "W[1,1]", "1"),
    (X, ("a: mean(X ** 2, axis=2)", "L: mean(a * a)"), "X[1,1]", "5/3"),
    ("{a: [1, 2], b: [1, 2, 4]}", ("L: mse(a, b[1:2]) + half_mse(b, max(a))",), "b", ["-1/3", "0", "2/3"]),
    ("{Q: [[1, 2], [3, 4]], K: [[1, 0], [1, 2], [1, 1]], V: [[1, 2], [0, 1], [1, 3]]}",
     ("A: softmax(Q @ K.T / sqrt(2))", "L: sum((A @ V) ** 2)"), "Q", None),
    ("{X: [[1, 2], [3, 4]], t: [[1, 0], [0, 1]]}", ("L: -sum(t * log(softmax(X)))",), "X", None),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "compute", "quantity", "exact"), OUT_OF_THE_WAY)
def test_graphs_out_of_the_way(parameters: str, compute: tuple[str, ...], quantity: str, exact: Any) -> None:
    explanation = explain(circuit(parameters, *compute), f"dL/d{quantity}")
    check(explanation)
    assert explanation.exact == exact


@pytest.mark.parametrize("loss", ["half_mse", "mse", "half_sse", "sse", "cross_entropy"])
@pytest.mark.parametrize("hidden", [False, True])
def test_softmax_layers(loss: str, hidden: bool) -> None:
    layers = "{activation: softmax, weights: [[1, 0], [0, 1]]}"
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    layers += f", {{activation: {last}, weights: [[1, 2], [0, 1]]}}" if hidden else ""
    text = f"title: t\nnetwork:\n  layers: [{layers}]\ndata: [{{x: [1, 2], t: [1, 1]}}]\nloss: {loss}\n"
    for quantity in ("dJ/dW1[1,2]", "dJ/dnet1", "dJ/dz"):
        check(explain(solve(loads(text)), quantity))


def test_a_chain_of_500_nodes_and_a_sum_of_400_terms_meet_no_recursion_limit() -> None:
    chain = circuit("{a0: 1, w: 1}", *(f"a{k + 1}: a{k} * w" for k in range(500)), "L: a500")
    terms = circuit("{x: 2}", f"a: {' + '.join(['x'] * 400)}", "L: a * a")
    for solution, quantity, value in ((chain, "dL/dw", "500"), (terms, "dL/dx", "640000")):
        explanation = explain(solution, quantity)
        for name in FORMS:
            assert explanation.form(name).sections or explanation.form(name).notes
            assert proved(explanation.form(name))
        assert explanation.exact == value
        assert all(step.element(()) for step in solution.steps.values())


def test_a_network_of_1000_layers_states_its_recursion_at_both_ends() -> None:
    layers = ", ".join(["{activation: tanh, weights: [[1/2]]}"] * 1000)
    text = f"title: t\nnetwork:\n  layers: [{layers}]\ndata: [{{x: [1], t: [1]}}]\nloss: half_mse\n"
    explanation = explain(solve(loads(text)), "dJ/dW1[1,1]")
    for form in (explanation.index, explanation.matrix):
        assert len(form.sections) < 10
        assert "The 994 from {} to {} follow the same recursion." in [note.text for note in form.notes]
    assert explanation.numbers.sections
