"""What is said of a name that is no quantity: why there is none, or what was probably meant."""

import pytest

from backprop_tutor.language.names import Vocabulary

ARRAYS = frozenset({"x", "t", "W1", "b1", "net1", "h1", "W2", "net2", "h2", "W3", "z"})
PLAIN = Vocabulary({"relu": "relu"}, ARRAYS | {"J", "a"}, ARRAYS)
UPDATED = Vocabulary({}, ARRAYS | {"J", "eta", "W1_new", "W2_new", "b1_new"}, ARRAYS)


@pytest.mark.parametrize(
    ("vocabulary", "spelling", "advice"),
    [
        (PLAIN, "b2", "Layer 2 has no bias."),
        (PLAIN, "b_3", "Layer 3 has no bias."),
        (PLAIN, "b₂", "Layer 2 has no bias."),
        (PLAIN, "b4", "There is b1."),
        (PLAIN, "h3", "There are h1 and h2."),
        (PLAIN, "W4", "There are W1 and W2 and W3."),
        (PLAIN, "eta", "The exercise has no learning_rate, which an update needs."),
        (PLAIN, "W1_new", "The exercise has no learning_rate, which an update needs."),
        (UPDATED, "lr", "Write eta for the learning rate."),
        (UPDATED, "x_new", "x is not updated."),
        (PLAIN, "x1", "Write x[1]."),
        (PLAIN, "x12", "Write x[1,2]."),
        (PLAIN, "x_1", "Write x[1]."),
        (PLAIN, "x10", "Write x[10]."),  # indices count from 1
        (PLAIN, "x0", "Did you mean x?"),
        (PLAIN, "x01", ""),
        (PLAIN, "x123", ""),
        (PLAIN, "W112", "Write W1[1,2]."),
        (PLAIN, "a1", "Did you mean a?"),  # one number has no elements
        (PLAIN, "xW1", "For a product write x*W1."),
        (PLAIN, "nett1", "Did you mean net1 or net2?"),
        (PLAIN, "qqq", ""),
        (PLAIN, "if", "There are no conditions here: write relu(x), max(x, 0) or abs(x)."),
        (Vocabulary({}), "q1", "Write q[1]."),  # any name may be a quantity
    ],
)
def test_advice(vocabulary: Vocabulary, spelling: str, advice: str) -> None:
    assert (vocabulary.explanation(spelling) or vocabulary.guess(spelling)) == advice


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("h1", "h1"),
        ("h₁", "h1"),
        ("h_1", "h1"),
        ("dJdW1", "dJ/dW1"),
        ("dJ_dW1", "dJ/dW1"),
        ("dJdW₁", "dJ/dW1"),
        ("dJ_dx", None),
        ("h9", None),
    ],
)
def test_spellings_of_quantities(spelling: str, name: str | None) -> None:
    known = Vocabulary({}, PLAIN.names and PLAIN.names | {"dJ/dW1"})
    assert known.quantity(spelling) == name


def test_a_quantity_is_no_function_and_no_infinity() -> None:
    shadowed = Vocabulary({"relu": "relu", "exp": "exp"}, frozenset({"exp", "ReLU", "inf"}))
    assert (shadowed.function("exp"), shadowed.function("ReLU"), shadowed.function("RELU")) == (
        "exp",
        None,
        "relu",
    )
    assert shadowed.is_not_finite("NaN")
    assert not shadowed.is_not_finite("inf")
    assert PLAIN.is_not_finite("inf")


def test_a_derivative_is_of_two_differentials() -> None:
    assert PLAIN.gradient("dJ", "dW1") == "dJ/dW1"
    assert [PLAIN.gradient(*pair) for pair in (("dJ", "x"), ("J", "dx"), ("d", "dx"), ("dq", "dx"))] == [
        None
    ] * 4


def test_the_nearest_function_or_quantity() -> None:
    assert PLAIN.nearest("rellu") == "Did you mean relu?"
    assert PLAIN.nearest("dot") == "Write A @ B for a matrix product."
    assert PLAIN.nearest("qqq") == ""
