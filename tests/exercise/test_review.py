from fractions import Fraction

import numpy as np
import pytest
from sample_files import NETWORK, spoiled

from backprop_tutor import loads, solve
from backprop_tutor.exercise.review import Remark, digits_needed, remarks, together


def review(text: str) -> list[Remark]:
    exercise = loads(text)
    solution = solve(exercise)
    values = {name: solution.value(name) for name in exercise.graph.nodes}
    loss = exercise.graph.loss
    gradients = {name: solution.value(f"d{loss}/d{name}") for name in exercise.graph.parameters}
    exact = {name: array for name in values if (array := solution.exact(name)) is not None}
    return remarks(exercise, values, gradients, exact)


def graph(**parts: str) -> str:
    compute = "".join(f"    {name}: {formula}\n" for name, formula in parts.items() if name != "w")
    return f"title: x\ngraph:\n  parameters: {{w: {parts['w']}}}\n  compute:\n{compute}  loss: J\n"


def test_an_exercise_with_nothing_against_it_has_no_remarks() -> None:
    assert review(NETWORK) == []


def test_a_value_on_a_kink_is_pointed_out() -> None:
    (remark,) = review(spoiled(NETWORK, ("[-1, 1]]", "[0, 1]]")))
    assert (remark.kind, remark.quantity) == ("kink", "h1")
    assert remark.text.startswith("h1[2] lies on the kink of relu")


@pytest.mark.parametrize(
    ("w", "J"),
    [("[1, -1]", "max(abs(w))"), ("0", "abs(w)"), ("[2, 2, 1]", "max(w)"), ("1", "maximum(w, 1)")],
)
def test_kinks_are_known_from_the_ops_table(w: str, J: str) -> None:
    assert "kink" in {remark.kind for remark in review(graph(w=w, J=J))}


def test_many_places_are_named_in_few_words() -> None:
    (remark,) = review(graph(w="[0, 0, 0, 0, 0]", J="sum(relu(w) + w)"))
    assert "[1]" in remark.text
    assert " and 2 more lie on the kink" in remark.text


@pytest.mark.parametrize(
    ("J", "saturated"),
    [("sigmoid(w)", True), ("tanh(w)", True), ("sigmoid(w/5)", False), ("softplus(w)", False)],
)
def test_a_saturated_unit_is_pointed_out(J: str, saturated: bool) -> None:
    assert ("saturated" in {remark.kind for remark in review(graph(w="6", J=J))}) == saturated


def test_a_gradient_that_is_zero_everywhere_is_pointed_out() -> None:
    found = review(spoiled(NETWORK, ("t: [2]", "t: [1]")))
    assert [remark.quantity for remark in found if remark.kind == "zero gradient"] == ["W1", "W2", "b2"]
    assert found[0].text.startswith("dJ/dW1 is zero in every entry")


def test_remarks_that_say_the_same_are_one_sentence() -> None:
    found = review(spoiled(NETWORK, ("t: [2]", "t: [1]")))
    assert [remark.text for remark in together(found)] == [
        "dJ/dW1, dJ/dW2 and dJ/db2 are zero in every entry: there is nothing to learn. Change a number."
    ]
    long = {"w": "1/9999991", "a": "w*w", "b": "a*w", "J": "b*w"}
    [remark] = together(remark for remark in review(graph(**long)) if remark.kind == "long number")
    assert remark.text.startswith("w, a, b and 1 more need more than 6 digits by hand.")


def test_a_parameter_that_the_loss_does_not_use_is_pointed_out() -> None:
    [remark] = review(
        "title: x\ngraph:\n  parameters: {w: 1, v: [1, 2]}\n  compute: {q: v*w, L: w*w}\n  loss: L\n"
    )
    assert (remark.kind, remark.quantity) == ("unused", "v")
    assert remark.text.startswith("v has no part in L")


def test_a_number_that_is_long_by_hand_is_pointed_out() -> None:
    assert [remark.quantity for remark in review(spoiled(NETWORK, ("t: [2]", "t: [2.3456789]")))] == [
        "t",
        "J",
    ]
    (remark,) = review(graph(w="[1/997, 1/991]", a="sum(w)", J="a"))[:1]
    assert (remark.kind, remark.quantity) == ("long number", "a")


@pytest.mark.parametrize(
    ("number", "digits"),
    {
        "0": 1,
        "-12": 2,
        "1000000": 1,
        "123456": 6,
        "0.001": 1,
        "1.0625": 4,
        "3/8": 2,
        "1/3": 2,
        "-22/7": 3,
        "1/1000000": 1,
        "355/113": 6,
    }.items(),
)
def test_digits_are_counted_as_they_are_written(number: str, digits: int) -> None:
    assert digits_needed(Fraction(number)) == digits


def test_float_data_is_not_for_hand_work() -> None:
    exercise = loads(NETWORK)
    values = {name: np.full(node.shape, 0.123456789) for name, node in exercise.graph.nodes.items()}
    assert [remark for remark in remarks(exercise, values, {}) if remark.kind == "long number"] == []


@pytest.mark.parametrize(("targets", "found"), [("[0, 1]", []), ("[1/3, 2/3]", []), ("[1, 1]", ["targets"])])
def test_targets_of_a_cross_entropy_that_do_not_add_up_to_1_are_pointed_out(
    targets: str, found: list[str]
) -> None:
    text = (
        "title: t\nnetwork:\n  layers: [{activation: softmax, weights: [[1, 0], [0, 1]]}]\n"
        f"data: [{{x: [1, 2], t: [0, 1]}}, {{x: [2, 1], t: {targets}}}]\nloss: cross_entropy\n"
    )
    assert [remark.kind for remark in review(text)] == found
    assert review(text.replace("cross_entropy", "half_mse")) == []


IMAGE = "title: x\ngraph:\n  given: {X: [[1, 2], [3, 3]]}\n  parameters: {K: [[[[1]]], [[[-1]]]]}\n"


def test_a_dead_channel_and_a_tie_in_a_pool_are_pointed_out() -> None:
    compute = "  compute:\n    Z: relu(conv2d(X, K))\n    P: max_pool(Z)\n    J: sum(P)\n  loss: J\n"
    kinds = {remark.kind: remark.text for remark in review(IMAGE + compute)}
    assert kinds["dead"].startswith("channel 2 of Z is dead")
    tie = "of equal largest entries of a window the first passes the gradient"
    assert any(tie in remark.text and "P[1,1,1]" in remark.text for remark in review(IMAGE + compute))


def test_a_norm_over_one_element_is_pointed_out() -> None:
    given = "title: x\ngraph:\n  parameters: {w: [[2], [3]], g: [1], b: [0]}\n"
    compute = "  compute:\n    n: layer_norm(w, g, b)\n    J: sum(n)\n  loss: J\n"
    assert "one element" in [remark.kind for remark in review(given + compute)]


def test_data_compared_with_data_lie_on_no_kink() -> None:
    given = "title: x\ngraph:\n  given: {t: [1, 2]}\n  parameters: {w: [3, 4]}\n"
    compute = "  compute:\n    J: sum(where(t == 1, w, 2 * w))\n  loss: J\n"
    assert review(given + compute) == []


@pytest.mark.parametrize(
    ("bias", "said"),
    [
        (9, "f1<1>[1] and f1<2>[1] are stuck open, as a saturated gate"),
        (-9, "f1<1>[1] and f1<2>[1] are stuck shut, as a saturated gate"),
        (0, ""),
    ],
)
def test_a_saturated_gate_is_told_from_a_saturated_unit(bias: int, said: str) -> None:
    gate = "{weights: [[1/4]], recurrent: [[0]], bias: [%s]}"
    gates = "".join(f"        {g}: {gate % (bias if g == 'f' else 0)}\n" for g in "ifog")
    text = (
        f"title: t\nnetwork:\n  layers:\n    - lstm:\n{gates}data:\n  - {{x: [[1], [2]], t: [[1], [1]]}}\n"
        "loss: half_mse\n"
    )
    texts = [one.text for one in together(review(text)) if one.kind == "saturated"]
    assert [text.partition(":")[0] for text in texts] == ([said] if said else [])
    assert all("change W_f1 or U_f1 or b_f1." in text for text in texts)


def test_a_sigmoid_that_multiplies_is_a_gate_and_a_tanh_is_none() -> None:
    text = (
        "title: t\ngraph:\n  parameters: {a: 9, b: 9, c: 1}\n  compute:\n    g: sigmoid(a)\n    h: tanh(b)\n"
        "    J: (g * c + h * c - 1) ** 2\n  loss: J\n"
    )
    found = {one.quantity: one.text for one in review(text) if one.kind == "saturated"}
    assert "stuck open" in found["g"]
    assert "is saturated" in found["h"]
    assert found["g"].endswith("change a.")
