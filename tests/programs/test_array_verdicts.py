"""`check_arrays` and `assert_arrays`: names, shapes, tolerances, follow-through, and values of every kind."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from program_files import exercise3

from backprop_tutor import UsageError, assert_arrays, check_arrays, load, loads, solve
from backprop_tutor.programs.array_verdict import ArrayResult, ArrayVerdict

EXERCISE3 = load("exercise3")
RNN = load("rnn-three-steps")


def space_of(*changes: tuple[str, str]) -> dict[str, Any]:
    space: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        exec(compile(exercise3(*changes), "mine.py", "exec"), space)
    return space


def verdict(result: ArrayResult, quantity: str) -> ArrayVerdict:
    return next(v for v in result.verdicts if v.quantity == quantity)


def test_arrays_are_found_under_every_accepted_name() -> None:
    values = solve(EXERCISE3).values
    names = {
        "dJ/dW1": ("dJ_dW1", "dW1", "grad_W1", "dJ/dW1"),
        "dJ/dnet1": ("dJ_dnet1", "dnet1", "delta1", "dJ/dnet1"),
        "net1": ("net1",),
        "W1_new": ("W1_new",),
    }
    for quantity, variables in names.items():
        for variable in variables:
            found = verdict(check_arrays(EXERCISE3, {variable: values[quantity]}), quantity)
            assert found.verdict == "correct"
            assert found.variable == variable or "/" in variable


def test_a_name_of_another_quantity_is_not_taken_for_a_gradient() -> None:
    text = "title: t\ngraph:\n  parameters: {W: 2, x: 3}\n  compute: {dW: W * x, f: dW**2}\n  loss: f\n"
    result = check_arrays(loads(text), {"dW": 6.0, "f": 36.0})
    assert verdict(result, "dW").verdict == "correct"
    assert verdict(result, "df/dW").verdict == "blank"


@pytest.mark.parametrize("kind", [list, np.array, tuple])
def test_steps_of_a_recurrence_are_entries(kind: Any) -> None:
    values = solve(RNN).values
    states = [values[f"h<{s}>"] for s in (1, 2, 3)]
    result = check_arrays(RNN, {"h": kind(states), "dh": kind([values[f"dJ/dh<{s}>"] for s in (1, 2, 3)])})
    assert {verdict(result, f"h<{s}>").verdict for s in (1, 2, 3)} == {"correct"}
    assert verdict(result, "h<2>").variable == "h[1]"
    assert {verdict(result, f"dJ/dh<{s}>").verdict for s in (1, 2, 3)} == {"correct"}
    short = check_arrays(RNN, {"h": states[:2]})
    assert verdict(short, "h<3>").verdict == "blank"
    shifted = check_arrays(RNN, {"h": [values["h<0>"], *states]})
    assert verdict(shifted, "h<1>").verdict == "wrong"


def test_what_is_not_set_is_blank() -> None:
    result = check_arrays(EXERCISE3, {"net1": ..., "h1": None})
    assert {v.verdict for v in result.verdicts} == {"blank"}
    assert (result.score, result.out_of) == (0, 13)


@pytest.mark.parametrize(
    ("off", "dtype", "is_right"),
    [(5e-7, float, True), (2e-6, float, False), (5e-4, np.float32, True), (2e-3, np.float32, False)],
)
def test_right_is_within_a_share_of_the_largest_number(off: float, dtype: Any, is_right: bool) -> None:
    right = solve(EXERCISE3).values["dJ/dW1"]
    moved = right.copy()
    moved.flat[0] += off * np.abs(right).max()
    found = verdict(check_arrays(EXERCISE3, {"dW1": moved.astype(dtype)}), "dJ/dW1")
    assert (found.verdict == "correct") == is_right


def test_an_axis_of_length_one_too_many_is_wrong_and_both_shapes_are_told() -> None:
    for extra in ([None], [..., None]):
        values = solve(EXERCISE3).values["dJ/dW1"][tuple(extra)]
        found = verdict(check_arrays(EXERCISE3, {"dW1": values}), "dJ/dW1")
        assert found.verdict == "wrong"
        assert str(values.shape) in found.message
        assert "(2, 2)" in found.message
        assert found.misconceptions == ("other-shape",)
        assert not found.ambiguous
    loss = check_arrays(EXERCISE3, {"J": [solve(EXERCISE3).loss]})
    assert verdict(loss, "J").verdict == "wrong"


KEPT_DIMS = (
    ("h1 = sigmoid(net1)", "h1 = sigmoid(net1)[None]"),
    ("dW2 = delta2.T @ h1", "dW2 = delta2[0].T @ h1[0]"),
    ("dW1 = dnet1.T @ x", "dW1 = dnet1[0].T @ x"),
)
COLUMNS = (  # every array with its examples as columns
    ("net1 = x @ W1.T", "net1 = W1 @ x.T"),
    ("net2 = h1 @ W2.T", "net2 = W2 @ h1"),
    ("(t - z)", "(t.T - z)"),
    ("(z - t)", "(z - t.T)"),
    ("dW2 = delta2.T @ h1", "dW2 = delta2 @ h1.T"),
    ("dh1 = delta2 @ W2", "dh1 = W2.T @ delta2"),
    ("dW1 = dnet1.T @ x", "dW1 = dnet1 @ x"),
)


def test_what_follows_from_a_wrong_shape_is_follow_through() -> None:
    result = check_arrays(EXERCISE3, space_of(*KEPT_DIMS))
    wrong = [v.quantity for v in result.verdicts if v.verdict == "wrong"]
    assert wrong == ["h1"]


def test_columns_for_rows_are_one_fault() -> None:
    result = check_arrays(EXERCISE3, space_of(*COLUMNS))
    first = result.verdicts[0]
    assert (first.verdict, first.misconceptions) == ("wrong", ("transposed",))
    assert [v.quantity for v in result.verdicts if v.verdict == "wrong"] == ["net1"]
    assert verdict(result, "dJ/dW1").verdict == "correct"


def test_a_right_value_is_right_after_a_wrong_one() -> None:
    right = solve(EXERCISE3).values
    result = check_arrays(EXERCISE3, {**space_of(("dz = (z - t) / N", "dz = z - t")), "dW1": right["dJ/dW1"]})
    assert verdict(result, "dJ/dW1").verdict == "correct"
    assert verdict(result, "dJ/dW2").verdict == "follow-through"


def test_an_array_that_is_not_asked_explains_what_follows_from_it() -> None:
    space = space_of(("h1 = sigmoid(net1)", "h1 = net1"))
    result = check_arrays(EXERCISE3, space, only=["z", "J", "dJ/dW1"])
    z, J, _ = result.verdicts
    assert (z.verdict, z.misconceptions[0]) == ("wrong", "activation-not-applied")
    assert "h1" in z.message
    assert J.verdict == "follow-through"
    assert result.out_of == 3


def test_only_what_is_named_is_looked_at() -> None:
    assert_arrays("exercise3", space_of(("dW1 = dnet1.T @ x", "dW1 = 0")), only=["net1", "J"])
    with pytest.raises(UsageError, match="nothing"):
        check_arrays(EXERCISE3, {}, only=["nothing"])


def test_one_assertion_says_it_all() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_arrays(EXERCISE3, space_of(("dz = (z - t) / N", "dz = z - t"), ("W2_new = W2", "_ = W2")))
    said = str(caught.value)
    assert said.startswith("exercise3: 5 of 13 arrays are right.")
    assert "dJ/dz (dz): wrong. dz is dJ/dz with the factor 1/N = 1/3 left out." in said
    assert "W2_new (W2_new): blank" in said
    assert "net1" not in said.split("\n", 1)[1].split("dJ/dz")[0]
    assert_arrays(EXERCISE3, space_of())


def test_overflow_is_named() -> None:
    text = (
        "title: t\nnetwork:\n  layers:\n    - {activation: softmax, weights: [[1, 0], [0, 1]]}\n"
        "data:\n  - {x: [1000, 1], t: [1, 0]}\n  - {x: [2, 3], t: [0, 1]}\nloss: half_mse\n"
    )
    net = np.array([[1000.0, 1.0], [2.0, 3.0]])
    with np.errstate(all="ignore"):
        z = np.exp(net) / np.exp(net).sum(axis=1, keepdims=True)
    found = verdict(check_arrays(loads(text), {"net1": net, "z": z}), "z")
    assert found.misconceptions == ("overflow-without-shift",)
    assert "nan" in found.message


def test_some_wrong_numbers_are_placed() -> None:
    right = solve(EXERCISE3).values
    for index, said in (((0, 1), "net1[0, 1]"), (2, "example 3"), ((slice(None), 1), "unit 2")):
        moved = right["net1"].copy()
        moved[index] += 0.123
        found = verdict(check_arrays(EXERCISE3, {"net1": moved}), "net1")
        assert said in found.message
        assert found.entries_wrong == np.size(moved[index])


class Hostile:
    """An object whose every method fails in another way."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise SystemExit

    def __len__(self) -> int:
        raise ValueError

    def __getitem__(self, _: Any) -> Any:
        raise RecursionError

    def __float__(self) -> float:
        raise MemoryError


VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=3),
    st.booleans(),
    st.sampled_from([Hostile(), Hostile, {}, {1: 2}, object(), range(3), ..., b"x"]),
    st.sampled_from([[[1], [2, 3]], [Hostile()], [[]], np.array(3.0), np.ma.masked_array([1, 2], [1, 0])]),
    st.lists(st.one_of(st.none(), st.floats(), st.lists(st.floats(), max_size=3)), max_size=3),
    st.tuples(
        st.lists(st.integers(0, 4), max_size=4),
        st.sampled_from(["f8", "f4", "f2", "i4", "u1", "?", "c16", "O", "U1", "M8[s]"]),
        st.sampled_from([0, 1, -1, 2, 3]),
    ).map(lambda drawn: np.full(drawn[0], drawn[2]).astype(drawn[1])),
)
NAMES = ["net1", "h1", "net2", "z", "J", "dz", "delta2", "dW2", "dh1", "dnet1", "dW1", "W1_new", "W2_new"]
NAMES += ["x", "t", "W1", "h", "dh", "net", "dnet", "Wh_new", "dJ_db", "dJ/dWh"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from([EXERCISE3, RNN]))
@pytest.mark.filterwarnings("ignore")
def test_no_arrays_raise_anything(arrays: dict[str, Any], exercise: Any) -> None:
    result = check_arrays(exercise, arrays)
    verdicts = {"correct", "follow-through", "wrong", "invalid", "blank"}
    assert {v.verdict for v in result.verdicts} <= verdicts
    assert result.document()["arrays"]


@pytest.mark.parametrize("arrays", [None, 3, [], "text", Hostile(), {1: 2}, type("M", (dict,), {"get": 1})()])
def test_no_mapping_raises_anything(arrays: Any) -> None:
    assert {v.verdict for v in check_arrays(EXERCISE3, arrays).verdicts} == {"blank"}


def test_an_update_in_place_is_seen() -> None:
    space = space_of(("W1_new = W1 - learning_rate * dW1", "W1 -= learning_rate * dW1"))
    found = verdict(check_arrays(EXERCISE3, space), "W1_new")
    assert found.verdict == "blank"
    assert "your W1 was changed in its place" in found.message


def test_a_loss_of_logits_that_overflows_is_named() -> None:
    text = (
        "title: t\nnetwork:\n  layers:\n    - {activation: linear, weights: [[1, 0], [0, 1]]}\n"
        "data:\n  - {x: [1000, 1], t: [0, 1]}\n  - {x: [2, 3], t: [0, 1]}\n"
        "loss: {name: cross_entropy, from: logits}\n"
    )
    net = np.array([[1000.0, 1.0], [2.0, 3.0]])
    with np.errstate(all="ignore"):
        shares = np.exp(net) / np.exp(net).sum(axis=1, keepdims=True)
        J = -np.mean(np.log(shares[:, 1]))
    found = verdict(check_arrays(loads(text), {"net1": net, "z": net, "J": J}), "J")
    assert found.misconceptions == ("overflow-without-shift",)


def test_a_shape_too_large_to_be_looked_at_is_explained() -> None:
    count = 9_000
    text = (
        "title: t\ngraph:\n  given: {z: Z, t: T}\n  parameters: {w: 1}\n"
        "  compute: {y: w * z, e: y - t, J: sum(e**2)}\n  loss: J\n"
    )
    column = str([[k] for k in range(count)])
    exercise = loads(text.replace("Z", column).replace("T", column))
    blown = np.broadcast_to(np.float64(1), (count, count))
    found = verdict(check_arrays(exercise, {"e": blown}), "e")
    assert found.misconceptions == ("broadcast-blow-up",)
    assert f"({count}, 1)" in found.message
    assert f"({count},)" in found.message
