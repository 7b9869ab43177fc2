"""Kinds of layers in files: names and shapes of what they make, and what is said where they do not fit."""

import numpy as np
import pytest
from kind_files import ATTENTION, EVERY, GATE, IMAGE, RNN, STEPS, text

from backprop_tutor import loads, solve
from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise import Exercise
from backprop_tutor.exercise.draws import Draws
from backprop_tutor.exercise.review import remarks
from backprop_tutor.exercise.rewrite import VersionText


def exercise(layers: list[str], data: list[str], loss: str = "half_mse") -> Exercise:
    return loads(text(layers, data, loss))


def faults(layers: list[str], data: list[str], loss: str = "half_mse") -> str:
    with pytest.raises(ExerciseError) as caught:
        exercise(layers, data, loss)
    return str(caught.value)


@pytest.mark.parametrize("name", EVERY)
def test_every_gradient_is_confirmed(name: str) -> None:
    solution = solve(exercise(*EVERY[name]))
    for node in solution.graph.nodes:
        if f"dJ/d{node}" in solution.shapes:
            confirmation = solution.confirm(f"dJ/d{node}")
            assert confirmation is None or any(confirmation.checks.values())


@pytest.mark.parametrize("name", EVERY)
def test_versions_are_written_into_the_file(name: str) -> None:
    written = text(*EVERY[name])
    one = loads(written)
    draws = Draws(one)
    version = draws.draw(draws.stream("1"))
    again = loads(VersionText(written, "one.yaml").write(version, draws.varied))
    assert draws.varied
    assert "mask2" not in draws.varied
    for leaf, values in version.values.items():
        assert np.array_equal(again.values[leaf], values), leaf


@pytest.mark.parametrize("name", EVERY)
def test_it_is_reviewed(name: str) -> None:
    solution = solve(exercise(*EVERY[name]))
    first = solution.first
    assert isinstance(remarks(solution.exercise, first.values, {}, first.exact), list)


def test_names_of_a_recurrence() -> None:
    solution = solve(exercise([*EVERY["rnn"][0]], [STEPS]))
    names = {"x<1>", "net1<2>", "h1<2>", "net2", "z", "dJ/dh1<0>", "dJ/dU1", "h1<0>_new", "delta1<2>"}
    for name in names:
        assert solution.find(name)
    assert solution.graph.nodes["h1<2>"].axes == ("example", "unit")


def test_names_of_gates() -> None:
    solution = solve(exercise(*EVERY["lstm"]))
    for name in ("W_i1", "U_f1", "net_o1<2>", "g1<1>", "c1<2>", "h1<2>", "z", "dJ/dc1<1>", "W_g1_new"):
        assert name in solution.shapes, name
    after = solve(exercise(*EVERY["gru, reset after"])).shapes
    assert {"r1<1>", "u1<2>", "n1<2>", "d_n1", "d_n1_new"} <= after.keys()


def test_names_of_attention() -> None:
    solution = solve(exercise(*EVERY["attention"]))
    assert {"Q1", "K1", "V1", "S1_1", "S1_2", "A1_2", "WQ1_new"} <= solution.shapes.keys()
    assert solution.value("A1_1")[0, 0, 1] == 0
    assert not solution.graph.nodes["S1_1"].parents[0].startswith("M")


def test_what_a_block_is_called() -> None:
    inner = "{residual: [{activation: relu, weights: [[1, 0], [0, 1]]}]}"
    shapes = solve(exercise([inner, inner], ["{x: [1, 2], t: [1, 2]}"])).shapes
    assert {"h1", "y1", "W2", "h2", "z"} <= shapes.keys()
    assert "y2" not in shapes


def test_a_plain_image_is_one_channel() -> None:
    assert exercise(*EVERY["conv and pool"]).graph.nodes["x"].shape == (1, 1, 2, 2)


def test_exact_where_everything_is_rational() -> None:
    for name in ("conv and pool", "dropout", "residual", "embedding"):
        solution = solve(exercise(*EVERY[name]))
        assert all(solution.exact(f"dJ/d{p}") is not None for p in (*solution.graph.parameters, "x"))


def test_n_counts_examples_and_the_loss_adds_up_over_the_steps() -> None:
    layers, data = EVERY["rnn a row a step"]
    solution = solve(exercise(layers, data))
    z = np.stack([solution.value(f"z<{s}>") for s in (1, 2)], axis=1)
    t = np.array([[[1], [2]], [[1], [0.5]]])
    assert solution.loss == pytest.approx(((t - z) ** 2).sum() / 4)
    mean = solve(exercise(layers, data, "{name: mse, reduction: elements}"))
    assert mean.loss == pytest.approx(((t - z) ** 2).mean())


def test_classes_are_targets_of_a_step_or_of_all() -> None:
    layers = [RNN, "{activation: softmax, weights: [[1], [2], [1/2]]}"]
    last = solve(exercise(layers, ["{x: [[1], [2]], t: 3}"], "cross_entropy"))
    assert last.loss == pytest.approx(-np.log(last.value("z")[0, 2]))
    each = solve(exercise(layers, ["{x: [[1], [2]], t: [3, 1]}"], "cross_entropy"))
    wanted = -np.log(each.value("z<1>")[0, 2]) - np.log(each.value("z<2>")[0, 0])
    assert each.loss == pytest.approx(wanted)


def test_rows_of_tokens_count_no_examples() -> None:
    layers = [f"{{{ATTENTION}}}", "{activation: softmax, weights: [[1, 0], [0, 1]]}"]
    solution = solve(exercise(layers, ["{x: [[1, 2], [3, 5]], t: [[1, 0], [0, 1]]}"], "cross_entropy"))
    z = solution.value("z")[0]
    assert solution.loss == pytest.approx(-np.log(z[0, 0]) - np.log(z[1, 1]))


def test_frozen_and_tied_arrays() -> None:
    solution = solve(exercise(*EVERY["tied"]))
    assert solution.graph.nodes["W2"].op
    assert set(solution.graph.parameters) == {"W1", "U1"}
    assert solution.value("W2")[0, 0] == solution.value("W1")[0, 0]


def test_a_hundred_steps_are_no_recursion() -> None:
    data = f"{{x: [{', '.join(f'[{s % 5}]' for s in range(400))}], t: [1]}}"
    solution = solve(exercise(["{rnn: tanh, weights: [[1/2]], recurrent: [[1/2]]}"], [data]))
    assert np.isfinite(solution.value("dJ/dU1")).all()
    assert solution.symbolic("dJ/dU1").shape == (1, 1)


LONG = f"{{x: [{', '.join('[1]' for _ in range(6_000))}], t: [1]}}"
OTHER_GATE = "{weights: [[1], [2]], recurrent: [[1]]}"


@pytest.mark.parametrize(
    ("layers", "data", "said"),
    [
        ([RNN.replace("weights: [[1]]", "weights: [[1, 2]]")], STEPS,
         "4:28: layer 1: weights have 2 columns (shape (1, 2)), but the examples have 1 input: "
         "the shape must be (1, 1)."),
        ([RNN.replace("recurrent: [[1]]", "recurrent: [[1, 2]]")], STEPS,
         "4:46: layer 1: the recurrent matrix has shape (1, 2), but the layer has 1 unit (weights "
         "(1, 1)): the shape must be (1, 1)."),
        ([RNN[:-1] + ", initial: [0, 0]}"], STEPS,
         "layer 1: the initial state has shape (2,), but the layer has 1 unit: the shape must be "
         "(1,)"),
        ([RNN], "{x: [[1], [2]], t: [1, 2, 3]}", "t has shape (1, 3), but the last layer gives (1, 2, 1)"),
        ([RNN], "{x: [[[1]], [[2]]], t: [1]}",
         "layer 1: it takes rows that are steps, but the examples have the shape (2, 1, 1)."),
        ([f"{{lstm: {{i: {GATE}, f: {OTHER_GATE}, o: {GATE}, g: {GATE}}}}}"], STEPS,
         "layer 1: the weights of f have shape (2, 1), but the other gates have 1 unit: the shape "
         "must be (1, 1)."),
        ([f"{{gru: {{r: {GATE}, u: {GATE}, n: {GATE[:-1]}, recurrent_bias: [1]}}}}}}"], STEPS,
         "layer 1: a recurrent bias belongs to `reset: after`."),
        (["{conv: {kernel: [[[[1, 0], [-1, 2]]]]}}", "flatten"], "{x: [[1]], t: [1]}",
         "4:23: layer 1: the window of 2×2 is larger than its input of 1×1 (shapes (1, 1, 1) and "
         "(1, 1, 2, 2))."),
        (["{conv: {kernel: [[[[1]]]], stride: 0}}"], IMAGE, "0 is out of range. Write a whole number from 1"),
        (["{conv: {kernel: [[[[1]], [[2]]]]}}"], IMAGE,
         "layer 1: the kernels have shape (1, 2, 1, 1) and take 2 channels, but the examples have "
         "the shape (1, 2, 2): 1 channel."),
        (["{conv: {kernel: [[1]]}}"], IMAGE,
         "layer 1: the kernels have shape (1, 1), but they need four or three axes."),
        (["{pool: max, size: 3}"], IMAGE, "layer 1: the window of 3×3 is larger than its input of 2×2"),
        (["{norm: batch, gamma: [1, 2, 3]}"], "{x: [1, 2], t: [1, 2]}",
         "layer 1: gamma has shape (3,), but the examples have the shape (2,): the shape must be "
         "(2,)."),
        (["{norm: rms, gamma: [1, 2], beta: [0, 1]}"], "{x: [1, 2], t: [1, 2]}",
         "layer 1: rms norm has no beta."),
        ([f"{{{ATTENTION}, heads: 3}}"], "{x: [[1, 2]], t: [[1, 2]]}",
         "layer 1: 3 heads do not divide the 2 columns of WQ1 (2, 2)."),
        ([f"{{{ATTENTION}}}"], "{x: [[1, 2, 3]], t: [[1, 2]]}",
         "layer 1: WQ1 has shape (2, 2), but the examples have 3 inputs a row: the shape must be "
         "(3, 2)."),
        (["{embedding: [[1], [3]]}", "flatten"], "{x: [1, 3], t: [1, 2]}",
         "7:13: x[2] = 3 is no whole number from 1 to 2."),
        (["{embedding: [[1], [3]]}", "flatten"], "{x: [1, 1/2], t: [1, 2]}",
         "x[2] = 1/2 is no whole number from 1 to 2."),
        ([RNN, "{embedding: [[1], [3]]}"], STEPS, "layer 2: an embedding stands first"),
        (["{dropout: {mask: [1, 0, 1], keep: 1/2}}"], "{x: [1, 2], t: [1, 2]}",
         "layer 1: the mask has shape (3,), but the examples have the shape (2,)"),
        (["{dropout: {mask: [1, 2], keep: 0}}"], "{x: [1, 2], t: [1, 2]}",
         "layer 1: nothing can be kept with keep 0."),
        (["{residual: [{activation: relu, weights: [[1, 2]]}]}"], "{x: [1, 2], t: [1]}",
         "layer 1: the residual block gives the shape (1,) an example, but takes (2,): they "
         "cannot be added."),
        (["flaten"], "{x: [1], t: [1]}",
         "`flaten` is no layer. A layer is a mapping, or the word `flatten`."),
        (["{lsmt: {}}"], STEPS, "there is no key `lsmt` here. Did you mean `lstm`?"),
        ([RNN], LONG,
         "the network has more than 10,000 nodes"),
        ([RNN, "{rnn: tanh, weights: {tied: W3}, recurrent: [[1]]}"], STEPS,
         "layer 2: W3 are no weights of another layer's own. There are W1, U1, U2."),
        ([RNN.replace("tanh", "tanh, slope: 1/5")], STEPS, "`slope` belongs to leaky_relu, not to tanh."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(layers: list[str], data: str, said: str) -> None:
    assert said in faults(layers, [data])


def test_sequences_have_one_length() -> None:
    said = faults([RNN], [STEPS, "{x: [[1], [2], [3]], t: [1]}"])
    assert "example 2: x has shape 3 × 1, but in example 1 it has shape 2 × 1." in said


def test_every_fault_is_said_at_once() -> None:
    layers = [RNN.replace("recurrent: [[1]]", "recurrent: [[1, 2]]"), "{activation: relu, weights: [[1, 2]]}"]
    said = faults(layers, [STEPS])
    assert "layer 1: the recurrent matrix" in said
    assert "layer 2: weights have 2 columns" in said
