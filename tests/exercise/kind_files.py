"""A small exercise of every kind of layer."""

__all__ = ["ATTENTION", "EVERY", "GATE", "IMAGE", "RNN", "STEPS", "text"]

RNN = "{rnn: tanh, weights: [[1]], recurrent: [[1]]}"
STEPS = "{x: [[1], [2]], t: [1]}"
IMAGE = "{x: [[1, 2], [3, 4]], t: [1]}"
ATTENTION = "attention: {query: [[1, 0], [0, 1]], key: [[1, 0], [0, 1]], value: [[1, 0], [0, 1]]}"
GATE = "{weights: [[1]], recurrent: [[1/2]]}"

EVERY = {
    "rnn": ([f"{RNN[:-1]}, initial: {{learned: [1/2]}}}}", "{activation: linear, weights: [[2]]}"], [STEPS]),
    "rnn a row a step": ([RNN], ["{x: [[1], [2]], t: [[1], [2]]}", "{x: [[0], [1]], t: [[1], [1/2]]}"]),
    "lstm": ([f"{{lstm: {{i: {GATE}, f: {GATE}, o: {GATE}, g: {GATE}}}}}"], [STEPS]),
    "gru": ([f"{{gru: {{r: {GATE}, u: {GATE}, n: {GATE}}}}}"], [STEPS]),
    "gru, reset after": (
        [f"{{gru: {{r: {GATE}, u: {GATE}, n: {GATE[:-1]}, recurrent_bias: [1]}}}}, reset: after}}"], [STEPS],
    ),
    "conv and pool": (
        [
            "{conv: {kernel: [[[[1, 2]]]], bias: 1/2}, activation: relu}",
            "{pool: max, size: [2, 1]}",
            "flatten",
        ],
        [IMAGE],
    ),
    "conv in one dimension": (
        ["{conv: {kernel: [[[1, 2]]]}}", "{pool: mean, size: 2}"],
        ["{x: [1, 2, 3], t: [[1]]}"],
    ),
    "batch norm": (
        ["{norm: batch, gamma: [1, 2], beta: [0, 1]}"],
        ["{x: [1, 2], t: [1, 2]}", "{x: [3, 1], t: [1, 0]}"],
    ),
    "rms norm": (["{norm: rms, gamma: [1, 2]}"], ["{x: [1, 2], t: [1, 2]}"]),
    "attention": (
        [f"{{{ATTENTION}, heads: 2, causal: true}}"],
        ["{x: [[1, 2], [3, 5]], t: [[1, 2], [3, 4]]}"],
    ),
    "embedding": (["{embedding: [[1, 2], [3, 4]]}", "flatten"], ["{x: [1, 2], t: [1, 0, 3, 4]}"]),
    "dropout": (["{dropout: {mask: [1, 0], keep: 1/2}}"], ["{x: [1, 2], t: [3, 2]}"]),
    "residual": (["{residual: [{activation: relu, weights: [[1, 2], [0, 1]]}]}"], ["{x: [1, 2], t: [1, 2]}"]),
    "tied": ([RNN, "{rnn: tanh, weights: {tied: W1.T}, recurrent: {tied: U1}, trainable: false}"], [STEPS]),
}  # fmt: skip


def text(layers: list[str], data: list[str], loss: str = "half_mse") -> str:
    lines = ["title: One", "network:", "  layers:", *(f"    - {layer}" for layer in layers)]
    lines += ["data:", *(f"  - {example}" for example in data), f"loss: {loss}", "learning_rate: 1/10"]
    return "\n".join(lines)
