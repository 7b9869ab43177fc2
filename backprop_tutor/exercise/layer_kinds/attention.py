"""Attention over the rows of an example: softmax(Q Kᵀ / sqrt(d)) V, in one head or more side by side."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from backprop_tutor.engine.infinity import MINUS_INFINITY
from backprop_tutor.exercise.assembler import Assembler, Signal
from backprop_tutor.exercise.layer_arrays import LayerArray
from backprop_tutor.exercise.layer_kind import Flow, LayerCheck, LayerKind
from backprop_tutor.exercise.model import LayerInfo
from backprop_tutor.exercise.rectangles import Numbers
from backprop_tutor.exercise.schema_types import HEADS, TRAINABLE, TRUTH, WEIGHTS, Model, Weights
from backprop_tutor.exercise.schema_types import key as entry  # a key is called `key`
from backprop_tutor.language.counted import many

__all__ = ["AttentionLayer"]

TOKENS = ("example", "token", "unit")
PAIRS = ("example", "token", "token")
WORDS = {"Q": "query", "K": "key", "V": "value", "O": "output"}


class AttentionForm(Model):
    query: Weights = entry(WEIGHTS, "WQ in Q = x WQ: one row an input, one column a unit.")
    key: Weights = entry(WEIGHTS, "WK in K = x WK, of the same shape.")
    value: Weights = entry(WEIGHTS, "WV in V = x WV.")
    output: Weights | None = entry(WEIGHTS, "WO, by which the heads' results are multiplied.", None)


class AttentionLayer(Model, LayerKind, also=TRAINABLE):
    kind = "attention"

    attention: AttentionForm = entry(AttentionForm.reference, "The weights of queries, keys and values.")
    heads: int = entry(HEADS, "How many heads share the columns; 1 if not given.", 1)
    causal: bool = entry(TRUTH, "Whether a token sees none that come after it.", False)

    def leaves(self, n: int) -> Iterator[LayerArray]:
        for letter, word in WORDS.items():
            array = getattr(self.attention, word)
            if array is not None:
                yield LayerArray(f"W{letter}{n}", array, ("attention", word), ("input", "unit"))

    def data_axes(self, count: int) -> tuple[str, ...]:
        return ("token", "input")[-count:]

    def flow(self, check: LayerCheck, flow: Flow) -> Flow:
        n = check.number
        check.axes(flow, (2,), "rows that are tokens")
        hint = "Write one row an input and one column a unit, as in x WQ."
        names = [f"W{letter}{n}" for letter in WORDS if f"W{letter}{n}" in check.values]
        shapes = {name: check.matrix(name, f"the arrays {name}", hint) for name in names}
        query, values = shapes[f"WQ{n}"], shapes[f"WV{n}"]
        for name, shape in shapes.items():
            came = values[1] if name == f"WO{n}" else flow.shape[1]
            source = f"the heads give {many(came, 'column')}" if name == f"WO{n}" else (
                f"{flow.source} {many(came, flow.noun)} a row"
            )  # fmt: skip
            check.fits(name, name, (came, shape[1]), source, hint)
        because = f"queries and keys are multiplied, and WQ{n} has shape {query}"
        check.fits(f"WK{n}", f"WK{n}", query, because, hint)
        for name, shape in ((f"WQ{n}", query), (f"WV{n}", values)):
            if shape[1] % self.heads:
                check.fault(
                    ("heads",),
                    f"{self.heads} heads do not divide the {many(shape[1], 'column')} of {name} {shape}.",
                    "Each head takes equally many columns.",
                )
        return flow.after(n, (flow.shape[0], shapes.get(f"WO{n}", values)[1]), in_steps=False)

    def build(self, net: Assembler, n: int, signal: Signal, name: str) -> Signal:
        (x,) = net.joined(signal).nodes
        Q, K, V = (
            net.apply(f"{letter}{n}", "matmul", (x, net.leaf(f"W{letter}{n}")), axes=TOKENS)
            for letter in "QKV"
        )
        output = net.given(f"WO{n}")
        mask = net.fixed(f"M{n}", causal_mask(net.shape(x)[1]), PAIRS[1:]) if self.causal else ""
        alone = self.heads == 1
        results = []
        for head in range(1, self.heads + 1):
            tag = f"{n}" if alone else f"{n}_{head}"
            q, k, v = (Q, K, V) if alone else tuple(self._part(net, node, head) for node in (Q, K, V))
            scores = net.apply(f"S{tag}", "scores", (q, k), axes=PAIRS)
            if mask:
                scores = net.apply(f"masked{tag}", "add", (scores, mask), axes=PAIRS)
            shares = net.apply(f"A{tag}", "softmax", (scores,), {"axis": 3}, PAIRS)
            last = alone and not output
            results.append(net.apply(name if last else f"O{tag}", "matmul", (shares, v), axes=TOKENS))
        joined = results[0]
        if not alone:
            whole = f"O{n}" if output else name
            joined = net.apply(whole, "concat", tuple(results), {"axis": 3}, TOKENS)
        if output:
            joined = net.apply(name, "matmul", (joined, *output), axes=TOKENS)
        return Signal((joined,), TOKENS)

    def _part(self, net: Assembler, node: str, head: int) -> str:
        """The columns of a head."""
        width = net.shape(node)[2] // self.heads
        columns = ((head - 1) * width + 1, head * width)
        key = ((None, None), (None, None), columns)
        return net.apply(f"{node}_{head}", "index", (node,), {"key": key}, TOKENS)

    def info(self, flow: Flow) -> LayerInfo:
        return LayerInfo(flow.shape[-1], "softmax", bias=False, kind=self.kind, shape=flow.shape)


def causal_mask(tokens: int) -> Numbers:
    """0 where a token sees another, -inf above the diagonal."""
    mask = np.full((tokens, tokens), Fraction(0), dtype=object)
    mask[np.triu_indices(tokens, 1)] = MINUS_INFINITY
    return mask
