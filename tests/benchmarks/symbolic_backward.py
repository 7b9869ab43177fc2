"""The symbolic backward pass for all parameters, against SymPy's diff of the composed loss per weight."""

from time import perf_counter
from typing import Any

import sympy
from measure import exponent, in_turn, report
from sample_networks import network
from sympy.core.cache import clear_cache

from backprop_tutor import loads
from backprop_tutor.engine.evaluate import forward
from backprop_tutor.engine.graph import Graph
from backprop_tutor.engine.symbolic_pass import symbolic_gradients
from backprop_tutor.engine.systems.symbolic import SYMBOLIC, symbols

SIZES = ([2, 2, 1], [4, 4, 2], [8, 8, 4], [16, 16, 8])
DEPTHS = (10, 30, 100, 300, 1000)
STEPS = (25, 50, 100, 200, 400)
SAMPLE = 24  # weights of a large network that are differentiated, spread evenly over all; the rest is scaled


def recurrence(steps: int) -> Graph:
    """An RNN with a loss at every step, all of which share their weights."""
    rows = [[step % 3] for step in range(steps)]
    text = (
        f"title: RNN\ngraph:\n  given: {{x: {rows}, y: {rows}, h<0>: [0, 0]}}\n"
        "  parameters: {Wx: [[1/10], [-1/5]], Wh: [[1, 0], [0, 1]], b: [0, 0], Wy: [[1, -1]]}\n"
        f"  sequence: {{s: {steps}}}\n  compute:\n    h<s>: tanh(Wx @ x[s] + Wh @ h<s-1> + b)\n"
        "    E<s>: half_sse(Wy @ h<s>, y[s])\n    L: sum<s>(E<s>)\n  loss: L\n"
    )
    return loads(text).graph


def parameters(graph: Graph) -> int:
    return sum(graph.nodes[name].size for name in graph.parameters)


def backward(graph: Graph) -> dict[str, Any]:
    clear_cache()
    return symbolic_gradients(graph)


def composed_loss(graph: Graph) -> tuple[sympy.Expr, list[sympy.Symbol]]:
    """The loss written out in the leaves, and the symbols of all weights."""
    known = {node.name: symbols(node.name, node.shape) for node in graph.nodes.values() if not node.op}
    loss = forward(graph, SYMBOLIC, known)[graph.loss].item()
    return loss, [symbol for name in graph.parameters for symbol in known[name].flat]


def diff_seconds(graph: Graph, *, full: bool) -> tuple[float, int]:
    """Seconds of differentiating the composed loss by every weight, and how many were really done."""
    loss, weights = composed_loss(graph)
    chosen = weights if full or len(weights) <= 60 else weights[:: max(1, len(weights) // SAMPLE)]
    clear_cache()
    start = perf_counter()
    for weight in chosen:
        loss.diff(weight)
    return (perf_counter() - start) * len(weights) / len(chosen), len(chosen)


def run(*, full: bool) -> None:
    counts, ours = [], []
    for sizes in SIZES:
        graph, _ = network(sizes, "sigmoid", "sigmoid", "half_mse", examples=1)
        label, count = "-".join(map(str, sizes)), parameters(graph)
        (seconds,) = in_turn(lambda graph=graph: backward(graph), rounds=5)
        theirs, done = diff_seconds(graph, full=full)
        counts.append(count)
        ours.append(seconds)
        how = f"all {count} weights" if done == count else f"scaled from {done} of {count}"
        print(f"  {label}: ours {seconds * 1e3:.1f} ms, diff {theirs:.2f} s ({how}): {theirs / seconds:.0f}x")
        if label in ("2-2-1", "16-16-8"):
            report(
                f"faster than diff at {label}", theirs / seconds, 150 if count == 408 else 1, at_least=True
            )
    report("growth with the number of parameters, exponent", exponent(counts, ours), 1.1, unit="")

    deep = []
    for depth in DEPTHS:
        graph, _ = network([2] * (depth + 1), "sigmoid", "sigmoid", "half_mse", examples=1)
        deep += in_turn(lambda graph=graph: backward(graph), rounds=3)
    shown = ", ".join(f"{d} layers {s * 1e3:.0f} ms" for d, s in zip(DEPTHS, deep, strict=True))
    print(f"  {shown}")
    report("growth with depth, exponent", exponent(DEPTHS, deep), 1.1, unit="")

    graphs = [recurrence(steps) for steps in STEPS]
    long = in_turn(*((lambda graph=graph: backward(graph)) for graph in graphs), rounds=3)
    print(f"  {', '.join(f'{n} steps {s * 1e3:.0f} ms' for n, s in zip(STEPS, long, strict=True))}")
    report("growth with the steps of a recurrence, exponent", exponent(STEPS, long), 1.1, unit="")
