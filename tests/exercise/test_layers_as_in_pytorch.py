"""Every kind of layer against PyTorch: outputs, loss, all gradients, and one update."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_tutor import loads, solve

torch = pytest.importorskip("torch")

RATE = 0.1
Arrays = Mapping[str, Any]  # tensors by our names
QUICK = settings(max_examples=8, deadline=None)
SEED = st.integers(0, 10**6)


class Numbers:
    """Random numbers of two decimals, as lists for a file and as tensors."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.tensors: dict[str, Any] = {}

    def __call__(self, name: str, *shape: int, learned: bool = True) -> Any:
        array = np.round(self.random.uniform(-1, 1, shape), 2)
        self.tensors[name] = torch.tensor(array, dtype=torch.float64, requires_grad=learned)
        return array.tolist()


def compare(
    layers: list[Any], numbers: Numbers, output: Callable[[Arrays], Any], x: Any, t: Any, **values: Any
) -> None:
    """`output` is z of the tensors, the examples first; J is 1/(2N) times the squared error."""
    text = {"title": "One", "network": {"layers": layers}, "loss": "half_mse", "learning_rate": RATE}
    text["data"] = [{"x": one, "t": target} for one, target in zip(x, t, strict=True)]
    solution = solve(loads(json.dumps(text)))
    tensors = numbers.tensors
    z = output(tensors)
    target = torch.tensor(np.array(t), dtype=torch.float64)
    loss = ((target - z) ** 2).sum() / (2 * len(x))
    loss.backward()
    assert solution.loss == pytest.approx(loss.item(), rel=1e-9, abs=1e-12)
    for name, tensor in tensors.items():
        if tensor.requires_grad:
            assert solution.value(name) == pytest.approx(tensor.detach().numpy())
            gradient = tensor.grad.numpy()
            assert solution.value(f"dJ/d{name}") == pytest.approx(gradient, rel=1e-7, abs=1e-10), name
            if solution.graph.nodes[name].role == "parameter":
                new = f"{name}_new"
                after = tensor.detach().numpy() - RATE * gradient
                assert solution.value(new) == pytest.approx(after, rel=1e-9, abs=1e-12)
    for name, wanted in values.items():
        assert solution.value(name) == pytest.approx(wanted.detach().numpy(), rel=1e-9, abs=1e-12), name


def rows(random: np.random.Generator, *shape: int) -> list[Any]:
    rounded: list[Any] = np.round(random.uniform(-2, 2, shape), 2).tolist()
    return rounded


def gate(numbers: Numbers, tag: str, units: int, inputs: int) -> dict[str, Any]:
    return {
        "weights": numbers(f"W{tag}", units, inputs),
        "recurrent": numbers(f"U{tag}", units, units),
        "bias": numbers(f"b{tag}", units),
    }


def put(module: Any, **arrays: Any) -> Any:
    """`module` with these tensors in the place of its parameters, through which gradients flow."""
    return lambda *inputs: torch.func.functional_call(module, arrays, inputs)


def recurrent(module: Any, kind: str, gates: str, tensors: Arrays, layer: int) -> Any:
    """A module of PyTorch, whose gates stand one below the other, in their order `gates`."""

    def stacked(letter: str) -> Any:
        names = [f"{letter}_{g}{layer}" for g in gates] if gates else [f"{letter}{layer}"]
        return torch.cat([tensors[name] for name in names])

    zero = torch.zeros_like(stacked("b"))
    if kind == "gru":
        own = [tensors.get(f"d_{g}{layer}", torch.zeros_like(tensors[f"b_{g}{layer}"])) for g in gates]
        zero = torch.cat(own)
    arrays = {"weight_ih_l0": stacked("W"), "weight_hh_l0": stacked("U")}
    return put(module, **arrays, bias_ih_l0=stacked("b"), bias_hh_l0=zero)


SIZES = {"examples": st.integers(1, 3), "steps": st.integers(1, 4), "inputs": st.integers(1, 3)}


@QUICK
@given(
    seed=SEED, units=st.integers(1, 3), every=st.booleans(), word=st.sampled_from(["tanh", "relu"]), **SIZES
)
def test_rnn(seed: int, units: int, every: bool, word: str, examples: int, steps: int, inputs: int) -> None:
    numbers = Numbers(seed)
    first = {"rnn": word, **gate(numbers, "1", units, inputs)}
    first["initial"] = {"learned": numbers("h1<0>", units)}
    last = {"activation": "linear", "weights": numbers("W2", 2, units), "bias": numbers("b2", 2)}
    x = rows(numbers.random, examples, steps, inputs)
    t = rows(numbers.random, examples, *((steps,) if every else ()), 2)
    module = torch.nn.RNN(inputs, units, nonlinearity=word, batch_first=True, dtype=torch.float64)

    def output(tensors: Arrays) -> Any:
        start = tensors["h1<0>"].expand(1, examples, units).contiguous()
        states, _ = recurrent(module, "rnn", "", tensors, 1)(torch.tensor(x, dtype=torch.float64), start)
        return (states if every else states[:, -1]) @ tensors["W2"].T + tensors["b2"]

    compare([first, last], numbers, output, x, t)


@QUICK
@given(seed=SEED, units=st.integers(1, 3), **SIZES)
def test_stacked_rnn_with_a_state_an_example(
    seed: int, units: int, examples: int, steps: int, inputs: int
) -> None:
    numbers = Numbers(seed)
    layers = [
        {"rnn": "tanh", **gate(numbers, "1", units, inputs)},
        {"rnn": "tanh", **gate(numbers, "2", 2, units), "initial": numbers("h2<0>", examples, 2)},
    ]
    x, t = rows(numbers.random, examples, steps, inputs), rows(numbers.random, examples, 2)
    below = torch.nn.RNN(inputs, units, batch_first=True, dtype=torch.float64)
    above = torch.nn.RNN(units, 2, batch_first=True, dtype=torch.float64)

    def output(tensors: Arrays) -> Any:
        states, _ = recurrent(below, "rnn", "", tensors, 1)(torch.tensor(x, dtype=torch.float64))
        states, _ = recurrent(above, "rnn", "", tensors, 2)(states, tensors["h2<0>"][None])
        return states[:, -1]

    compare(layers, numbers, output, x, t)


@QUICK
@given(seed=SEED, units=st.integers(1, 3), every=st.booleans(), **SIZES)
def test_lstm(seed: int, units: int, every: bool, examples: int, steps: int, inputs: int) -> None:
    numbers = Numbers(seed)
    layer = {"lstm": {g: gate(numbers, f"_{g}1", units, inputs) for g in "ifog"}}
    layer["initial"] = {"h": numbers("h1<0>", units), "c": {"learned": numbers("c1<0>", units)}}
    x = rows(numbers.random, examples, steps, inputs)
    t = rows(numbers.random, examples, *((steps,) if every else ()), units)
    module = torch.nn.LSTM(inputs, units, batch_first=True, dtype=torch.float64)

    def output(tensors: Arrays) -> Any:
        start = tuple(tensors[name].expand(1, examples, units).contiguous() for name in ("h1<0>", "c1<0>"))
        call = recurrent(module, "lstm", "ifgo", tensors, 1)
        states, _ = call(torch.tensor(x, dtype=torch.float64), start)
        return states if every else states[:, -1]

    compare([layer], numbers, output, x, t)


@QUICK
@given(seed=SEED, units=st.integers(1, 3), every=st.booleans(), **SIZES)
def test_gru_that_resets_after(
    seed: int, units: int, every: bool, examples: int, steps: int, inputs: int
) -> None:
    numbers = Numbers(seed)
    gates = {g: gate(numbers, f"_{g}1", units, inputs) for g in "run"}
    gates["n"]["recurrent_bias"] = numbers("d_n1", units)
    layer = {"gru": gates, "reset": "after"}
    x = rows(numbers.random, examples, steps, inputs)
    t = rows(numbers.random, examples, *((steps,) if every else ()), units)
    module = torch.nn.GRU(inputs, units, batch_first=True, dtype=torch.float64)

    def output(tensors: Arrays) -> Any:
        states, _ = recurrent(module, "gru", "run", tensors, 1)(torch.tensor(x, dtype=torch.float64))
        return states if every else states[:, -1]

    compare([layer], numbers, output, x, t)


@QUICK
@given(seed=SEED, units=st.integers(1, 3), **SIZES)
def test_gru_that_resets_before(seed: int, units: int, examples: int, steps: int, inputs: int) -> None:
    """As it was published; PyTorch has the other one only."""
    numbers = Numbers(seed)
    layer = {"gru": {g: gate(numbers, f"_{g}1", units, inputs) for g in "run"}}
    x, t = rows(numbers.random, examples, steps, inputs), rows(numbers.random, examples, units)

    def output(q: Arrays) -> Any:
        h = torch.zeros(examples, units, dtype=torch.float64)
        for s in range(steps):
            now = torch.tensor(x, dtype=torch.float64)[:, s]
            r = torch.sigmoid(now @ q["W_r1"].T + h @ q["U_r1"].T + q["b_r1"])
            u = torch.sigmoid(now @ q["W_u1"].T + h @ q["U_u1"].T + q["b_u1"])
            n = torch.tanh(now @ q["W_n1"].T + (r * h) @ q["U_n1"].T + q["b_n1"])
            h = (1 - u) * n + u * h
        return h

    compare([layer], numbers, output, x, t)


@QUICK
@given(
    seed=SEED,
    examples=st.integers(1, 2),
    channels=st.integers(1, 2),
    kernels=st.integers(1, 2),
    size=st.tuples(st.integers(1, 3), st.integers(1, 2)),
    stride=st.integers(1, 2),
    padding=st.integers(0, 1),
    pool=st.sampled_from(["max", "mean"]),
)
def test_conv2d_and_pools(
    seed: int,
    examples: int,
    channels: int,
    kernels: int,
    size: tuple[int, int],
    stride: int,
    padding: int,
    pool: str,
) -> None:
    numbers = Numbers(seed)
    conv = {"kernel": numbers("K1", kernels, channels, *size), "bias": numbers("b1", kernels)}
    x = rows(numbers.random, examples, channels, 5, 4)
    tensor = torch.tensor(x, dtype=torch.float64)
    pools = {"max": torch.nn.functional.max_pool2d, "mean": torch.nn.functional.avg_pool2d}

    def shape(q: Arrays) -> Any:
        net = torch.nn.functional.conv2d(tensor, q["K1"], q["b1"], stride, padding)
        return pools[pool](torch.tanh(net), (2, 1), 1).flatten(1)

    units = shape(numbers.tensors).shape[1]
    layers = [
        {"conv": {**conv, "stride": stride, "padding": padding}, "activation": "tanh"},
        {"pool": pool, "size": [2, 1], "stride": 1},
        "flatten",
        {"activation": "linear", "weights": numbers("W4", 1, units)},
    ]
    compare(layers, numbers, lambda q: shape(q) @ q["W4"].T, x, rows(numbers.random, examples, 1))


@QUICK
@given(seed=SEED, examples=st.integers(1, 2), channels=st.integers(1, 2), padding=st.integers(0, 1))
def test_conv1d(seed: int, examples: int, channels: int, padding: int) -> None:
    numbers = Numbers(seed)
    conv = {"kernel": numbers("K1", 2, channels, 2), "padding": padding}
    x = rows(numbers.random, examples, channels, 4)
    tensor = torch.tensor(x, dtype=torch.float64)

    def output(q: Arrays) -> Any:
        net = torch.nn.functional.conv1d(tensor, q["K1"], None, 1, padding)
        return torch.nn.functional.max_pool1d(net, 2)

    t = rows(numbers.random, *output(numbers.tensors).shape)
    compare([{"conv": conv}, {"pool": "max", "size": 2}], numbers, output, x, t)


@QUICK
@given(
    seed=SEED,
    examples=st.integers(2, 4),
    units=st.integers(2, 3),
    norm=st.sampled_from(["batch", "layer", "rms"]),
)
def test_norms(seed: int, examples: int, units: int, norm: str) -> None:
    numbers = Numbers(seed)
    beta = {} if norm == "rms" else {"beta": numbers("beta2", units)}
    layers = [
        {"activation": "linear", "weights": numbers("W1", units, 2)},
        {"norm": norm, "gamma": numbers("gamma2", units), **beta, "epsilon": 0.01},
    ]
    x, t = rows(numbers.random, examples, 2), rows(numbers.random, examples, units)

    def output(q: Arrays) -> Any:
        h = torch.tensor(x, dtype=torch.float64) @ q["W1"].T
        if norm == "batch":
            return torch.nn.functional.batch_norm(
                h, None, None, q["gamma2"], q["beta2"], training=True, eps=0.01
            )
        if norm == "layer":
            return torch.nn.functional.layer_norm(h, (units,), q["gamma2"], q["beta2"], 0.01)
        return h / torch.sqrt((h**2).mean(-1, keepdim=True) + 0.01) * q["gamma2"]

    compare(layers, numbers, output, x, t)


@QUICK
@given(seed=SEED, examples=st.integers(1, 3), norm=st.sampled_from(["batch", "layer"]))
def test_norms_of_images(seed: int, examples: int, norm: str) -> None:
    numbers = Numbers(seed)
    shape = (2,) if norm == "batch" else (2, 2, 3)
    layers = [
        {"conv": {"kernel": numbers("K1", 2, 1, 2, 2)}},
        {"norm": norm, "gamma": numbers("gamma2", *shape), "beta": numbers("beta2", *shape)},
    ]
    x, t = rows(numbers.random, examples, 1, 3, 4), rows(numbers.random, examples, 2, 2, 3)

    def output(q: Arrays) -> Any:
        h = torch.nn.functional.conv2d(torch.tensor(x, dtype=torch.float64), q["K1"])
        if norm == "batch":
            return torch.nn.functional.batch_norm(h, None, None, q["gamma2"], q["beta2"], training=True)
        return torch.nn.functional.layer_norm(h, shape, q["gamma2"], q["beta2"])

    compare(layers, numbers, output, x, t)


@QUICK
@given(
    seed=SEED,
    examples=st.integers(1, 2),
    tokens=st.integers(1, 3),
    heads=st.integers(1, 2),
    causal=st.booleans(),
    is_last=st.booleans(),
)
def test_attention(seed: int, examples: int, tokens: int, heads: int, causal: bool, is_last: bool) -> None:
    numbers = Numbers(seed)
    width = 2 * heads
    arrays = {
        "query": numbers("WQ1", 3, width),
        "key": numbers("WK1", 3, width),
        "value": numbers("WV1", 3, 4),
    }
    if not is_last:
        arrays["output"] = numbers("WO1", 4, 2)
    layers = [{"attention": arrays, "heads": heads, "causal": causal}]
    x = rows(numbers.random, examples, tokens, 3)
    t = rows(numbers.random, examples, tokens, 4 if is_last else 2)

    def output(q: Arrays) -> Any:
        rows_of = torch.tensor(x, dtype=torch.float64)
        Q, K, V = ((rows_of @ q[f"W{letter}1"]).unflatten(2, (heads, -1)).transpose(1, 2) for letter in "QKV")
        h = torch.nn.functional.scaled_dot_product_attention(Q, K, V, is_causal=causal)
        h = h.transpose(1, 2).flatten(2)
        return h if is_last else h @ q["WO1"]

    compare(layers, numbers, output, x, t)


@QUICK
@given(seed=SEED, examples=st.integers(1, 3), tokens=st.integers(1, 4))
def test_embedding(seed: int, examples: int, tokens: int) -> None:
    numbers = Numbers(seed)
    layers = [
        {"embedding": numbers("E1", 3, 2)},
        "flatten",
        {"activation": "linear", "weights": numbers("W3", 1, 2 * tokens)},
    ]
    x = numbers.random.integers(1, 4, (examples, tokens)).tolist()

    def output(q: Arrays) -> Any:
        return torch.nn.functional.embedding(torch.tensor(x) - 1, q["E1"]).flatten(1) @ q["W3"].T

    compare(layers, numbers, output, x, rows(numbers.random, examples, 1))


@QUICK
@given(seed=SEED, examples=st.integers(1, 3))
def test_dropout_and_residual(seed: int, examples: int) -> None:
    numbers = Numbers(seed)
    inner = [
        {"activation": "tanh", "weights": numbers("W3", 3, 2), "bias": numbers("b3", 3)},
        {"activation": "linear", "weights": numbers("W4", 2, 3)},
    ]
    layers = [
        {"activation": "sigmoid", "weights": numbers("W1", 2, 2)},
        {"dropout": {"mask": [1, 0], "keep": 0.25}},
        {"residual": inner},
    ]
    x = rows(numbers.random, examples, 2)

    def output(q: Arrays) -> Any:
        h = torch.sigmoid(torch.tensor(x, dtype=torch.float64) @ q["W1"].T)
        h = h * torch.tensor([1.0, 0.0], dtype=torch.float64) * 4
        return h + torch.tanh(h @ q["W3"].T + q["b3"]) @ q["W4"].T

    compare(layers, numbers, output, x, rows(numbers.random, examples, 2))
